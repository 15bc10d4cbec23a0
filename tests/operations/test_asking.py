"""test_asking: questions go to a worker of their own, and nobody waits for a model longer than they want."""

import shutil
import threading
import time

import numpy as np
import pytest

from vidwatchd import artifacts, config, operations
from vidwatchd.errors import Unavailable
from vidwatchd.model import ArtifactState, Outcome
from vidwatchd.operations import libraries, meaning
from vidwatchd.operations.asking import Asker
from vidwatchd.operations.make import Wanted, make
from vidwatchd.operations.scan import Look, scan


@pytest.fixture(autouse=True)
def _with_meaning(monkeypatch):
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, "meaning": meaning.Meaning})


class Slow:
    """A runner whose answers come when they are let go."""

    def __init__(self, outcome=None):
        self.asked, self.go, self.outcome = [], threading.Event(), outcome

    def submit(self, task, *, timeout_seconds):
        self.asked.append(task.settings["texts"])
        facts = {"dimensions": 1, "vectors": "AAAAAAAAAAAA"[: 4 * -(-2 * len(self.asked[-1]) // 3)]}
        outcome = self.outcome or Outcome("embed", ArtifactState.DONE, facts=facts)
        ticket = type("Ticket", (), {})()
        ticket.done, ticket.result = self.go.is_set, lambda: [outcome]
        return ticket

    def close(self):
        self.asked.append("closed")


def three(asker, *texts, patience=0.05):
    return asker.vectors("/m", "m:1", texts, patience)


def test_nobody_waits_longer_than_they_want_and_the_answer_is_kept():
    runner = Slow()
    asker = Asker(runner, "cpu")
    began = time.monotonic()
    with pytest.raises(Unavailable, match=r"being loaded.*again in a moment"):
        three(asker, "a", "b", "c")
    assert time.monotonic() - began < 2
    runner.go.set()
    assert len(three(asker, "c", "a", "b")) == 3
    assert runner.asked == [("a", "b", "c")], "it was asked once"
    asker.close()
    assert runner.asked[-1] == "closed"


def test_only_what_is_not_known_is_asked():
    runner = Slow()
    runner.go.set()
    asker = Asker(runner, "cpu")
    three(asker, "a", "b", "c")
    three(asker, "d", "a", "e", "f", "d")
    assert runner.asked[1] == ("d", "e", "f")


def test_a_failure_is_unavailable_and_the_next_question_is_asked_anew():
    runner = Slow(Outcome("embed", ArtifactState.FAILED, error="it broke"))
    runner.go.set()
    asker = Asker(runner, "cpu")
    for _ in range(2):
        with pytest.raises(Unavailable, match="it broke"):
            three(asker, "a")
    assert len(runner.asked) == 2


def test_the_whole_way_with_real_workers(clips, tiny, tmp_path):
    """Made by one worker, asked by another, and the daemon's own process loads no model."""
    tiny.clip()
    home, videos = tmp_path / "home", tmp_path / "videos"
    videos.mkdir()
    shutil.copy(clips.normal(), videos / "one.mp4")
    shutil.copy(clips.narrow_pixels(), videos / "other.mp4")
    shutil.copy(clips.normal(), videos / "again.mp4")
    with open(videos / "again.mp4", "ab") as file:
        file.write(b"\0\0\0\x08free")  # the same film in another file
    settings = {
        "data_dir": str(home),
        "models": {"folder": str(tiny.folder)},
        "artifacts": {"meaning": {"model": "clip-base"}},
    }
    with operations.open(config.parse(settings, home / "videorc.json")) as ctx:
        libraries.add(ctx, str(videos))
        scan(ctx, ctx.index.libraries.all()[0], Look(settle_seconds=0.0))
        made = make(ctx, str(videos), Wanted(("meaning",)))
        assert (made.failed, made.made) == ([], 3)
        ids = {video.path: video.id for video in ctx.index.videos.in_folder(1, "", recursive=True)}
        found = meaning.similar(ctx, ids["one.mp4"], 0.0)["moments"]
        assert (found[0]["video_id"], found[0]["score"]) == (ids["again.mp4"], pytest.approx(1, abs=0.01))
        folder = str(tiny.folder / "clip-base")
        (vector,) = meaning._asker(ctx).vectors(folder, "clip-base:1", ["a red dog"], 60.0)
        assert np.linalg.norm(np.frombuffer(vector, "<f2").astype(np.float32)) == pytest.approx(1, abs=2e-3)
        assert isinstance(meaning.by_meaning(ctx, "a red dog", patience_seconds=60.0), list)
