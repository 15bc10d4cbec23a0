"""test_learning: what is said is found once it is written down, and no longer than that."""

import json

import pytest

from tests import wording as speech
from tests.keeping import Kept, add_kind, settle
from vidwatchd.cues import Edits, Line
from vidwatchd.library import write_edits
from vidwatchd.operations import learning, upkeep
from vidwatchd.operations.search import search


@pytest.fixture
def talk(desk, monkeypatch):
    """A video with words that nobody has read yet."""
    speech.known(monkeypatch)
    desk.put("clip.mp4")
    desk.scan()
    speech.write(desk, "clip.mp4", en=[(1, 2, "hello there"), (2, 4, "general words")])
    return desk


def found(desk, words):
    return [hit["video"]["path"] for hit in search(desk.ctx, words)["hits"]]


def test_only_what_holds_words_is_read(talk):
    learning.after(talk.ctx, talk.id("clip.mp4"), ["thumbs"])
    assert found(talk, "hello") == []
    learning.after(talk.ctx, talk.id("clip.mp4"), ["thumbs", "spoken", "of another version"])
    assert found(talk, "hello") == ["clip.mp4"]


def test_lines_that_a_person_changed_count(talk):
    edits = Edits({"en": (Line(1, 2, "goodbye then"),)})
    write_edits(talk.store, "clip.mp4", edits)
    learning.learn(talk.ctx, talk.id("clip.mp4"))
    assert found(talk, "hello") == []
    assert found(talk, '"goodbye then general"') == ["clip.mp4"]


def test_what_a_crash_kept_from_being_read_is_read_later(talk):
    assert learning.catch_up(talk.ctx) == 1
    assert found(talk, "hello") == ["clip.mp4"]
    assert learning.catch_up(talk.ctx) == 0


def test_the_night_catches_up(talk):
    upkeep.nightly(talk.ctx)
    assert found(talk, "hello") == ["clip.mp4"]


def test_a_broken_file_says_nothing(talk):
    talk.beside("clip.mp4", speech.SUFFIX).write_text("{")
    learning.learn(talk.ctx, talk.id("clip.mp4"))
    assert found(talk, "hello") == []
    assert found(talk, "clip") == ["clip.mp4"]


def test_a_lost_file_takes_its_words_along(talk):
    learning.learn(talk.ctx, talk.id("clip.mp4"))
    talk.beside("clip.mp4", speech.SUFFIX).unlink()
    talk.scan()
    assert found(talk, "hello") == []


def test_a_new_index_knows_the_words_from_the_notes_beside_the_videos(talk):
    talk.work()  # writes the note of what was made
    note = talk.beside("clip.mp4", ".made.json")
    values = json.loads(note.read_text())
    some = next(iter(values["kinds"].values()))
    values["kinds"]["spoken"] = {**some, "files": {speech.SUFFIX: "clip.mp4.spoken.json"}, "video": None}
    note.write_text(json.dumps(values))
    speech.write(talk, "clip.mp4", en=[(1, 2, "hello there")])
    talk.rebuild()
    talk.scan()
    assert found(talk, "hello") == ["clip.mp4"]


def test_words_follow_a_move(talk):
    learning.learn(talk.ctx, talk.id("clip.mp4"))
    (talk.root / "clip.mp4").rename(talk.root / "moved.mp4")
    talk.scan()
    assert found(talk, "hello") == ["moved.mp4"]


def test_a_video_that_is_gone_is_not_learnt(desk):
    learning.learn(desk.ctx, 99)


def test_the_id_of_a_stored_form_follows_what_is_there(desk, monkeypatch):
    add_kind(monkeypatch)
    desk.put("clip.mp4")
    desk.scan()
    settle(desk)
    video_id = desk.id("clip.mp4")
    form = desk.index.artifacts.of(video_id)[Kept.name].facts["id"]
    assert desk.index.forms.videos(form) == [video_id]
    desk.index.forms.remove(video_id)
    assert learning.catch_up(desk.ctx) >= 1
    assert desk.index.forms.videos(form) == [video_id]
    desk.rebuild()
    desk.scan()
    assert desk.index.forms.videos(form) == [desk.id("clip.mp4")]
    desk.index.artifacts.lose([desk.id("clip.mp4")], [Kept.name])
    learning.after(desk.ctx, desk.id("clip.mp4"), [Kept.name])
    assert desk.index.forms.videos(form) == []
