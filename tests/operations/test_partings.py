"""test_partings: a file that is to go is let go once its form is made and nothing else waits for the file."""

import os
from typing import ClassVar

import pytest

from vidwatchd import artifacts
from vidwatchd.artifacts.thumbs import Thumbs
from vidwatchd.library import PARTING_SUFFIX, note_parting
from vidwatchd.operations import partings


class Kept(Thumbs):
    """A kind that outlasts its video."""

    kept: ClassVar[str] = ".jpg"


@pytest.fixture
def keeping(monkeypatch):
    """From here on thumbnails count as what outlasts a video."""
    return lambda: monkeypatch.setitem(artifacts.KINDS, "thumbs", Kept)


def waiting(desk):
    return [task["params"]["video_ids"] for task in desk.index.tasks.orders(partings.TASK, 1e12)]


def test_only_who_is_to_go_and_is_stored_and_done(desk, keeping):
    desk.put("clip.mp4")
    desk.scan()
    video = desk.id("clip.mp4")
    desk.index.forms.part(video, "clip.mp4", "x")
    desk.work()
    partings.consider_all(desk.ctx)
    assert waiting(desk) == [], "it has no stored form"
    keeping()
    desk.index.forms.stay(video)
    partings.consider(desk.ctx, video)
    assert waiting(desk) == [], "it is to stay"
    desk.index.forms.part(video, "clip.mp4", "x")
    partings.consider_all(desk.ctx)
    partings.consider(desk.ctx, video)
    assert waiting(desk) == [[video]], "once"


def test_who_is_still_looked_at_stays(desk, keeping):
    video = desk.made()
    keeping()
    desk.index.forms.part(video, "clip.mp4", "x")
    desk.index.artifacts.lose([video], ["sprites"])
    desk.scan()
    assert desk.queued()
    partings.consider(desk.ctx, video)
    assert waiting(desk) == []


def test_a_note_that_means_another_file_is_put_away(desk):
    file = desk.put("clip.mp4")
    desk.scan()
    video, store = desk.index.videos.get(desk.id("clip.mp4")), desk.ctx.store(desk.library_id)
    note_parting(store, "clip.mp4", "1-x")
    partings.recall(desk.ctx, video)
    assert desk.index.forms.partings() == [video.id]
    partings.withdraw(desk.ctx, video)
    note_parting(store, "clip.mp4", "1-x")
    os.utime(file)
    partings.recall(desk.ctx, video)
    assert desk.index.forms.partings() == []
    assert not os.path.exists(store.file("clip.mp4", PARTING_SUFFIX))
