"""test_report: coverage in numbers and as a matrix."""

import time

import pytest

from tests.desk import KINDS
from vidwatchd import artifacts
from vidwatchd.backends.models import missing
from vidwatchd.config import parse
from vidwatchd.errors import InvalidDirectory, NotFound, Unavailable
from vidwatchd.model import Artifact, ArtifactState
from vidwatchd.operations import report as module
from vidwatchd.operations.report import counts, everything, inside, over, report


def test_the_form_is_the_documented_one(desk):
    desk.made("d/a.mp4")
    desk.put("d/e/b.mp4")
    found = report(desk.ctx, str(desk.root / "d"), recursive=True)
    assert found["total"] == 2
    assert found["kinds"].keys() == set(KINDS)
    assert found["kinds"]["thumbs"] == {"done": 1, "percent": 50.0, "missing": 1, "failed": 0, "unavailable": 0}
    assert found["videos"] == [
        {"path": "a.mp4", "artifacts": dict.fromkeys(KINDS, "done")},
        {"path": "e/b.mp4", "artifacts": dict.fromkeys(KINDS, "missing")},
    ]


def test_the_numbers_add_up(desk):
    for number, state in enumerate(["done", "failed", "unavailable", "stale", "missing"]):
        desk.put(f"{number}.mp4")
        desk.scan()
        desk.index.artifacts.put(Artifact(desk.id(f"{number}.mp4"), "thumbs", ArtifactState(state)), files={})
    counts = everything(desk.ctx)["kinds"]["thumbs"]
    assert counts == {"done": 1, "percent": 20.0, "missing": 2, "failed": 1, "unavailable": 1}


def test_nothing_is_nothing(desk):
    found = report(desk.ctx, str(desk.root))
    assert (found["total"], found["videos"]) == (0, [])
    assert found["kinds"]["thumbs"]["percent"] == 0.0
    assert over(desk.ctx, [])["total"] == 0


def test_other_settings_than_it_was_made_with_count_as_missing(desk):
    desk.made()
    desk.ctx.config = parse({**desk.ctx.config.model_dump(), "artifacts": {"thumbs": {"width": 99}}})
    found = report(desk.ctx, str(desk.root))
    assert found["kinds"]["thumbs"]["missing"] == 1
    assert found["kinds"]["sprites"]["missing"] == 0


def test_gone_videos_do_not_count(desk):
    desk.made()
    (desk.root / "clip.mp4").unlink()
    assert report(desk.ctx, str(desk.root))["total"] == 0


def test_over_the_network_only_what_is_known(desk):
    desk.made("d/a.mp4")
    assert inside(desk.ctx, "d")["videos"][0]["path"] == "a.mp4"
    assert inside(desk.ctx, str(desk.root), recursive=True)["total"] == 1
    with pytest.raises(NotFound):
        inside(desk.ctx, "/etc")
    with pytest.raises(InvalidDirectory):
        report(desk.ctx, "/no/such/folder")


def test_a_row_names_every_kind():
    assert module.row({"thumbs": ArtifactState.STALE}) == {**dict.fromkeys(KINDS, "missing"), "thumbs": "stale"}


def test_a_report_asks_a_fixed_number_of_questions(desk):
    counts = []
    for many in (2, 12):
        for number in range(many):
            desk.put(f"{number}.mp4")
        desk.scan()
        asked = []
        desk.index.db.conn.set_trace_callback(asked.append)
        everything(desk.ctx)
        desk.index.db.conn.set_trace_callback(None)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_counts_say_how_far_each_kind_is_and_why_the_rest_is_not_there(desk):
    for number, state in enumerate(["done", "failed", "failed", "unavailable", "stale", "missing", "done"]):
        desk.put(f"{number}.mp4")
        desk.scan()
        error = "cut" if state == "failed" else "pip" if state == "unavailable" else ""
        found = Artifact(desk.id(f"{number}.mp4"), "thumbs", ArtifactState(state), error=error)
        desk.index.artifacts.put(found, files={})
    (desk.root / "6.mp4").unlink()
    desk.scan()
    found = counts(desk.ctx)
    thumbs = {kind["kind"]: kind for kind in found["kinds"]}["thumbs"]
    assert (found["total"], [kind["kind"] for kind in found["kinds"]]) == (6, list(KINDS))
    assert {name: thumbs[name] for name in ("title", "done", "percent", "missing", "failed", "unavailable", "fix")} == {
        "title": "Thumbnails",
        "done": 1,
        "percent": 16.6,
        "missing": 2,
        "failed": 2,
        "unavailable": 1,
        "fix": "",
    }
    assert thumbs["reasons"]["failed"] == [{"reason": "cut", "count": 2}]
    assert thumbs["reasons"]["unavailable"] == [{"reason": "pip", "count": 1}]


def test_a_kind_that_cannot_be_made_here_says_what_helps(desk, monkeypatch):
    lacking = Unavailable("whisper is not installed", hint="pip install it")
    monkeypatch.setattr(artifacts.KINDS["sprites"], "ready", lambda kind, models: lacking)
    fixes = {kind["kind"]: kind["fix"] for kind in counts(desk.ctx)["kinds"]}
    assert fixes["sprites"] == "whisper is not installed (pip install it)"
    assert fixes["thumbs"] == ""


def test_a_kind_that_only_lacks_a_model_names_it(desk, monkeypatch):
    monkeypatch.setattr(artifacts.KINDS["sprites"], "ready", lambda kind, models: missing("small"))
    found = {kind["kind"]: kind["model"] for kind in counts(desk.ctx)["kinds"]}
    assert (found["sprites"], found["thumbs"]) == ("small", "")


def test_counts_are_taken_again_only_after_a_moment(desk):
    assert counts(desk.ctx)["total"] == 0
    desk.put("a.mp4")
    desk.scan()
    assert counts(desk.ctx)["total"] == 0
    desk.ctx.held["coverage"] = (time.monotonic(), desk.ctx.held["coverage"][1])
    assert counts(desk.ctx)["total"] == 1
