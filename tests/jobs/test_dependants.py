"""test_dependants: kinds made from other kinds' files get them, wait for them, and are made again when they are."""

from pathlib import Path

import pytest

from tests.desk import KINDS, FakeRunner, make
from vidwatchd import artifacts, jobs
from vidwatchd.artifacts.base import Kind
from vidwatchd.config import LibraryConfig
from vidwatchd.jobs.dependants import inputs, owe_dependants
from vidwatchd.model import ArtifactState, Outcome


class Talk(Kind):
    """Stands for a kind that a model makes."""

    name, title, summary, tier, suffixes = "talk", "Talk", "what is said", "model", (".talk.json",)


class Parts(Kind):
    """Stands for a kind made from two others' files."""

    name, title, summary, suffixes = "parts", "Parts", "what it consists of", (".parts.json",)
    requires = ("talk", "thumbs")


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setitem(artifacts.KINDS, "talk", Talk)
    monkeypatch.setitem(artifacts.KINDS, "parts", Parts)


def lacking(*kinds, state=ArtifactState.UNAVAILABLE):
    def work(task):
        return [Outcome(o.kind, state, error="no model") if o.kind in kinds else o for o in make(task)]

    return work


def test_one_waits_for_what_it_is_made_from_and_is_handed_the_files(desk):
    desk.put("clip.mp4")
    desk.scan()
    visits = desk.work()
    assert visits[-1] == ("parts",)
    assert {*visits} == {KINDS, ("talk",), ("parts",)}
    given = desk.runner.tickets[-1].task.inputs
    assert given.keys() == {"talk", "thumbs"}
    assert Path(given["talk"][".talk.json"]).read_text().startswith("talk of")
    assert desk.states()["parts"] == "done"


@pytest.mark.parametrize("state", [ArtifactState.UNAVAILABLE, ArtifactState.FAILED])
def test_what_cannot_be_made_holds_up_nobody(desk, state):
    desk.put("clip.mp4")
    desk.scan()
    desk.work(FakeRunner(lacking("talk", state=state)))
    assert (desk.states()["talk"], desk.states()["parts"]) == (state, "done")


def test_when_what_it_was_made_from_comes_later_it_is_made_again(desk):
    desk.put("clip.mp4")
    desk.scan()
    desk.work(FakeRunner(lacking("talk")))
    desk.index.artifacts.available("talk")
    jobs.owe(desk.index, desk.ctx.config, ["talk"], video_ids=[desk.id("clip.mp4")])
    assert desk.work() == [("talk",), ("parts",)]
    assert desk.work() == []


def test_one_that_a_person_had_made_in_its_own_way_stays(desk):
    video_id = desk.made()
    desk.index.db.conn.execute("UPDATE artifacts SET pinned = 1 WHERE kind = 'parts'")
    assert owe_dependants(desk.index, desk.ctx.config, desk.store, video_id, ["talk"]) == []
    assert desk.states()["parts"] == "done"


def test_who_asks_for_one_gets_it_of_what_there_is(desk):
    desk.put("clip.mp4")
    desk.scan()
    desk.index.db.conn.execute("DELETE FROM jobs")
    jobs.owe(desk.index, desk.ctx.config, ["parts"], video_ids=[desk.id("clip.mp4")], asked=True)
    assert desk.work() == [("parts",)]
    assert desk.runner.tickets[-1].task.inputs == {}


def test_whoever_waits_for_the_first_waits_for_what_comes_of_it(desk):
    desk.put("clip.mp4")
    desk.scan()
    ids = [row[0] for row in desk.index.rows("SELECT id FROM jobs")]
    request = desk.index.requests.add("finish", {}, ids)
    dispatcher = desk.dispatcher(request=request)
    while dispatcher.step() or desk.queued():
        pass
    assert len(desk.index.requests.job_ids(request)) == len(ids) + 1
    assert desk.states()["parts"] == "done"


def test_kinds_that_require_nothing_are_handed_nothing(desk):
    video_id = desk.made()
    assert inputs(desk.index, desk.store, desk.index.videos.get(video_id), KINDS) == {}


# -- the worker that keeps models


def test_kinds_with_a_model_go_to_the_worker_that_keeps_it(desk):
    desk.put("clip.mp4")
    desk.scan()
    models = FakeRunner(workers=1)
    dispatcher = desk.dispatcher(models=models)
    while dispatcher.step() or desk.queued():
        pass
    assert models.kinds == [("talk",)]
    assert desk.runner.kinds == [KINDS, ("parts",)]


def test_a_long_one_with_a_model_does_not_hold_up_the_pictures(desk):
    models = FakeRunner(workers=1)
    models.hold = True
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        desk.put(name)
    desk.scan()
    dispatcher = desk.dispatcher(models=models)
    for _ in range(10):
        dispatcher.step()
    assert len(models.tickets) == 1
    assert {desk.states(name)["thumbs"] for name in ("a.mp4", "b.mp4", "c.mp4")} == {"done"}
    dispatcher.stop()


def test_a_model_at_work_counts_as_one_of_the_workers(desk):
    models = FakeRunner(workers=1)
    models.hold = desk.runner.hold = True
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        desk.put(name)
    desk.scan()
    dispatcher = desk.dispatcher(models=models)
    dispatcher._fill()
    modelled = [visit for visit in dispatcher.visits if visit.modelled]
    assert len(modelled) == 1
    desk.runner.let_go()
    dispatcher.step()
    desk.runner.hold = True
    dispatcher.step()
    assert len([visit for visit in dispatcher.visits if not visit.modelled]) <= 1
    dispatcher.stop()


def test_what_failed_without_what_it_is_made_from_is_tried_again_with_it(desk):
    desk.put("clip.mp4")
    desk.scan()
    desk.work(FakeRunner(lacking("talk")))
    failing = FakeRunner(lambda task: [Outcome(o.kind, ArtifactState.FAILED, permanent=True) for o in make(task)])
    video_id = desk.id("clip.mp4")
    jobs.owe(desk.index, desk.config, ["parts"], video_ids=[video_id], asked=True, force=True)
    desk.index.db.execute("UPDATE videos SET ctime_ns = 0")
    desk.index.db.conn.commit()
    desk.work(failing)
    assert desk.states()["parts"] == "failed"
    jobs.owe(desk.index, desk.config, ["talk"], video_ids=[video_id], asked=True, force=True)
    desk.work()
    assert desk.states()["parts"] == "done"


def test_what_was_made_without_stays_when_that_still_cannot_be_made(desk):
    desk.put("clip.mp4")
    desk.scan()
    desk.work(FakeRunner(lacking("talk")))
    made_at = desk.index.artifacts.of(desk.id("clip.mp4"))["parts"].made_at
    jobs.owe(desk.index, desk.config, ["talk"], video_ids=[desk.id("clip.mp4")], asked=True, force=True)
    assert ("parts",) not in desk.work(FakeRunner(lacking("talk", state=ArtifactState.FAILED)))
    assert desk.index.artifacts.of(desk.id("clip.mp4"))["parts"].made_at == made_at


def test_nobody_waits_for_what_the_library_does_not_want(desk):
    desk.ctx.config = desk.config.model_copy(
        update={"libraries": (LibraryConfig(path=str(desk.root), kinds=("thumbs", "parts")),)}
    )
    desk.put("clip.mp4")
    desk.scan()
    assert desk.work() == [("thumbs",), ("parts",)]
    assert desk.runner.tickets[-1].task.inputs.keys() == {"thumbs"}
    assert desk.states().keys() >= {"thumbs", "parts"}
