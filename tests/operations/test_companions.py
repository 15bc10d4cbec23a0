"""test_companions: a subtitle file that comes, changes or goes makes stale what was made without it, and nothing else."""

import os

import pytest

from tests.desk import KINDS, FakeRunner, make
from vidwatchd import artifacts
from vidwatchd.artifacts import beside
from vidwatchd.artifacts.base import Kind
from vidwatchd.model import ArtifactState, Outcome
from vidwatchd.operations import companions, rename
from vidwatchd.operations.scan import Look, scan_and_owe


class Lines(Kind):
    """Stands for a kind made from subtitle files."""

    name, title, summary, suffixes, reads = "lines", "Lines", "what they say", (".lines.json",), (".srt",)


class Reviews(Kind):
    """Stands for one that is made from others."""

    name, title, summary, suffixes, reads = "reviews", "Reviews", "what it is", (".reviews.json",), (".nfo",)


def work(task):
    """As a worker does it: what lay beside the video stands in the facts."""
    found = []
    for outcome in make(task):
        state = beside.state(task.source, artifacts.kind(outcome.kind).reads)
        outcome.facts.update({"beside": state} if artifacts.kind(outcome.kind).reads else {})
        found.append(outcome)
    return found


def unable(task):
    """No model, and one that fails."""
    states = {"lines": ArtifactState.UNAVAILABLE, "reviews": ArtifactState.FAILED}
    return [Outcome(o.kind, states[o.kind], error="no", permanent=True) if o.kind in states else o for o in make(task)]


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setitem(artifacts.KINDS, "lines", Lines)
    monkeypatch.setitem(artifacts.KINDS, "reviews", Reviews)


@pytest.fixture
def film(desk):
    desk.runner.work = work
    desk.put("d/Film.mp4")
    desk.put("d/Other.mp4", "other" * 40)
    desk.scan()
    desk.work()
    return desk.root / "d"


def looked(desk):
    """What a look at the folder leads to."""
    scan_and_owe(desk.ctx, desk.library, Look(only=("d",)))
    return desk.work()


def test_a_file_that_comes_changes_or_goes_leads_to_one_job(desk, film):
    assert looked(desk) == []
    file = desk.put("d/Film.en.srt", "1")
    desk.events.clear()
    assert looked(desk) == [("lines",)]
    assert ("video", {"ids": [desk.id("d/Film.mp4")], "why": "artifact"}) in desk.events
    assert looked(desk) == []
    file.write_text("longer")
    assert looked(desk) == [("lines",)]
    file.unlink()
    assert looked(desk) == [("lines",)]
    assert desk.index.artifacts.of(desk.id("d/Film.mp4"))["lines"].facts["beside"] == {}
    assert looked(desk) == []


def test_each_kind_has_its_own_files_and_each_video_too(desk, film):
    desk.put("d/Other.nfo", "x")
    assert looked(desk) == [("reviews",)]
    assert desk.runner.tickets[-1].task.name == "Other.mp4"
    desk.put("d/Nobody.srt", "x")
    desk.put("d/Filmed.srt", "x")
    assert looked(desk) == []


def test_a_file_is_that_of_the_video_with_the_longest_name(desk, film):
    desk.put("d/Film.2.mp4", "two" * 50)
    looked(desk)
    desk.put("d/Film.2.en.srt", "x")
    assert looked(desk) == [("lines",)]
    assert desk.runner.tickets[-1].task.name == "Film.2.mp4"
    desk.put("d/Film.srt", "x")
    assert looked(desk) == [("lines",)]
    assert desk.runner.tickets[-1].task.name == "Film.mp4"
    desk.rebuild()
    desk.runner.work = work
    desk.scan()
    assert desk.work() == []


def test_a_whole_scan_sees_it_too(desk, film):
    desk.put("d/Film.srt", "x")
    desk.scan()
    assert desk.work() == [("lines",)]


@pytest.mark.parametrize(("kind", "name"), [("lines", "Film.srt"), ("reviews", "Film.nfo")])
def test_what_was_unavailable_or_failed_is_tried_again(desk, kind, name):
    desk.put("d/Film.mp4")
    desk.scan()
    desk.work(FakeRunner(unable))
    assert desk.states("d/Film.mp4")[kind] in ("unavailable", "failed")
    desk.runner.work = work
    assert looked(desk) == []
    desk.put(f"d/{name}", "x")
    assert looked(desk) == [(kind,)]
    assert desk.states("d/Film.mp4")[kind] == "done"


def test_a_new_index_makes_nothing_that_is_as_it_should_be(desk, film):
    desk.put("d/Film.srt", "x")
    desk.put("d/Other.srt", "x")
    looked(desk)
    desk.put("d/Other.srt", "changed since")
    desk.rebuild()
    desk.runner.work = work
    desk.scan()
    assert desk.work() == [("lines",)]
    assert desk.runner.tickets[-1].task.name == "Other.mp4"
    desk.scan()
    assert desk.work() == []


def test_a_new_index_sees_what_went_meanwhile(desk, film):
    file = desk.put("d/Film.srt", "x")
    looked(desk)
    file.unlink()
    desk.rebuild()
    desk.runner.work = work
    desk.scan()
    assert desk.work() == [("lines",)]


def test_a_move_or_rename_with_them_makes_nothing_again(desk, film):
    desk.put("d/Film.srt", "x")
    looked(desk)
    (desk.root / "e").mkdir()
    for name in ("Film.mp4", "Film.srt"):
        os.rename(film / name, desk.root / "e" / name)
    assert len(desk.scan().moved) == 1
    assert desk.work() == []
    rename.file(desk.ctx, str(desk.root / "e/Film.mp4"), str(desk.root / "e/New name.mp4"))
    assert (desk.root / "e/New name.srt").exists()
    desk.scan()
    assert desk.work() == []


def test_a_video_that_moves_away_from_them_is_made_without(desk, film):
    desk.put("d/Film.srt", "x")
    looked(desk)
    (desk.root / "e").mkdir()
    os.rename(film / "Film.mp4", desk.root / "e" / "Film.mp4")
    desk.scan()
    assert desk.work() == [("lines",)]


def test_what_is_being_made_begins_again(desk):
    desk.runner.work = work
    desk.put("d/Film.mp4")
    desk.scan()
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    desk.put("d/Film.srt", "x")
    desk.scan()
    desk.runner.let_go()
    while dispatcher.step():
        pass
    assert "lines" not in desk.states("d/Film.mp4")
    desk.index.db.execute("UPDATE jobs SET not_before = 0 WHERE not_before > 0")
    desk.index.db.conn.commit()
    while dispatcher.step():
        pass
    made = desk.index.artifacts.of(desk.id("d/Film.mp4"))["lines"]
    assert (made.state, list(made.facts["beside"])) == (ArtifactState.DONE, [".srt"])


def test_what_a_person_had_made_with_settings_of_its_own_stays(desk, film):
    desk.index.db.execute("UPDATE artifacts SET pinned = 1")
    desk.index.db.conn.commit()
    desk.put("d/Film.srt", "x")
    assert looked(desk) == []


def test_a_folder_that_is_gone_leaves_nothing_behind(desk, film):
    desk.put("d/Film.srt", "x")
    looked(desk)
    assert desk.index.tags.sidecars_in(desk.library_id, "d").keys() == {"Film.srt"}
    for file in (*film.glob("*.*"), *film.glob(".artifacts/*")):
        if file.is_file():
            file.unlink()
    film.joinpath(".artifacts").rmdir()
    film.rmdir()
    desk.scan()
    assert desk.index.tags.sidecars_in(desk.library_id, "d") == {}


def test_an_unchanged_library_is_asked_nothing(desk, film):
    desk.put("d/Film.srt", "x")
    desk.scan()
    desk.work()
    desk.scan()
    asked = []
    desk.index.db.conn.set_trace_callback(asked.append)
    desk.scan()
    desk.index.db.conn.set_trace_callback(None)
    assert not [sql for sql in asked if "sidecars" in sql and "folder = 'd'" in sql]


def test_the_endings_of_all_kinds():
    assert companions.endings() == {".srt", ".nfo"}
    assert set(KINDS) < set(artifacts.KINDS)
