"""test_jobs: asking for work and following it."""

import json
from dataclasses import replace

import pytest

from tests.desk import KINDS, make
from vidwatchd import artifacts
from vidwatchd.artifacts.stored import Stored
from vidwatchd.artifacts.subtitles import Subtitles
from vidwatchd.config import LibraryConfig
from vidwatchd.errors import ConfigError, Forbidden, NotFound, UsageError
from vidwatchd.model import Artifact, ArtifactState, Outcome
from vidwatchd.operations import jobs
from vidwatchd.operations.jobs import Order


def failing(task):
    return [Outcome(o.kind, ArtifactState.FAILED, error="why") if o.kind == "thumbs" else o for o in make(task)]


def test_a_request_is_followed_to_its_end(desk):
    desk.put("d/a.mp4")
    request = jobs.submit(desk.ctx, Order("finish", "d"))
    assert (request["state"], request["progress_total"], request["progress_current"]) == ("queued", 3, 0)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    dispatcher._told = 0
    dispatcher.step()
    half = jobs.get(desk.ctx, request["id"])
    assert (half["state"], half["progress"]) == ("running", 0.5)
    desk.runner.let_go()
    dispatcher.step()
    assert jobs.get(desk.ctx, request["id"]) == {**half, "state": "done", "progress": 1.0, "progress_current": 3}


def test_finish_makes_what_the_library_wants(desk):
    desk.put("a.mp4")
    wanted = (LibraryConfig(path=str(desk.root), kinds=("thumbs",)),)
    ctx = replace(desk.ctx, config=desk.config.model_copy(update={"libraries": wanted}))
    assert jobs.submit(ctx, Order("finish"))["progress_total"] == 1


@pytest.mark.parametrize("task", ["thumbs", "meta,thumbs", " thumbs , sprites ", "finish"])
def test_tasks_are_kinds_or_finish(desk, task):
    desk.put("a.mp4")
    assert jobs.submit(desk.ctx, Order(task))["progress_total"] == {"thumbs": 1, "finish": 3}.get(task, 2)


def test_asking_twice_joins_the_same_jobs(desk):
    desk.put("a.mp4")
    first, second = (jobs.submit(desk.ctx, Order("thumbs")) for _ in range(2))
    assert first["id"] != second["id"]
    assert len(desk.jobs()) == 1
    desk.work()
    assert jobs.get(desk.ctx, second["id"])["state"] == "done"


def test_a_request_for_nothing_is_done(desk):
    assert jobs.submit(desk.ctx, Order("thumbs"))["state"] == "done"


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (Order("thumb"), NotFound), (Order("thumbs", "/etc"), NotFound), (Order("thumbs", library_id=99), NotFound),
        (Order("thumbs,sprites", params={"nonsense": 1}), UsageError),
        (Order("thumbs,sprites", params={"interval_seconds": "x"}), ConfigError),
        (Order("dupes", params={"limit": "x"}), UsageError), (Order("report", params={"x": 1}), UsageError),
        (Order("thumbs", params={"nonsense": 1}), ConfigError), (Order("thumbs", params={"width": "wide"}), ConfigError),
    ],
)  # fmt: skip
def test_a_wrong_order_is_refused_and_owes_nothing(desk, order, error):
    desk.put("a.mp4")
    with pytest.raises(error):
        jobs.submit(desk.ctx, order)
    assert desk.jobs() == []


def test_each_of_several_kinds_gets_the_parameters_that_it_knows(desk):
    desk.put("a.mp4")
    asked = jobs.submit(desk.ctx, Order("thumbs,sprites,metadata", params={"interval_seconds": 3, "width": 64}))
    assert asked["progress_total"] == 3
    rows = desk.index.rows("SELECT kind, settings FROM jobs WHERE state = 'queued'")
    settings = {str(kind): json.loads(str(text)) for kind, text in rows}
    assert settings["sprites"]["interval_seconds"] == 3
    assert settings["thumbs"]["width"] == 64
    assert not {"interval_seconds", "width"} & settings["metadata"].keys()


@pytest.mark.parametrize(("kind", "member"), [(Stored, "ffmpeg_path"), (Subtitles, "whisper_cpp_bin")])
def test_no_order_names_a_program_to_run(desk, monkeypatch, kind, member):
    monkeypatch.setitem(artifacts.KINDS, kind.name, kind)
    desk.put("a.mp4")
    with pytest.raises(Forbidden, match=member):
        jobs.submit(desk.ctx, Order(kind.name, params={member: "/bin/sh"}))
    assert desk.jobs() == []


def test_subjects_are_videos_a_library_or_a_folder(desk):
    for name in ("a.mp4", "d/b.mp4", "d/e/c.mp4"):
        desk.put(name)
    desk.scan()
    desk.work()
    for order, total in (
        (Order("thumbs", force=True, video_ids=(desk.id("a.mp4"),)), 1),
        (Order("thumbs", force=True, library_id=desk.library_id), 3),
        (Order("thumbs", "d", force=True), 1),
        (Order("thumbs", "d", force=True, recursive=True), 2),
        (Order("thumbs", "d", recursive=True), 0),
    ):
        assert jobs.submit(desk.ctx, order)["progress_total"] == total
        desk.work()


def test_cancelling_a_request_stops_what_waits_and_runs_and_keeps_what_is_done(desk):
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        desk.put(name)
    request = jobs.submit(desk.ctx, Order("thumbs"))
    desk.index.db.conn.execute("UPDATE jobs SET state = 'done' WHERE id = (SELECT min(id) FROM jobs)")
    assert jobs.cancel(desk.ctx, request["id"])["state"] == "cancelled"
    assert [state for _, state in desk.jobs()] == ["done", "cancelled", "cancelled"]
    assert desk.work() == []
    assert jobs.submit(desk.ctx, Order("thumbs"))["state"] == "queued"


def test_cancelling_one_job(desk):
    desk.put("a.mp4")
    desk.scan()
    (row,) = jobs.listing(desk.ctx, kind="thumbs")["jobs"]
    assert jobs.cancel(desk.ctx, str(row["id"]))["state"] == "cancelled"
    assert desk.work() == [("metadata", "sprites")]


def test_a_failed_request_says_so_and_may_be_tried_again(desk):
    desk.put("a.mp4")
    desk.runner.work = failing
    request = jobs.submit(desk.ctx, Order("finish"))
    desk.work()
    found = jobs.get(desk.ctx, request["id"])
    assert (found["state"], found["failed"], found["progress"]) == ("failed", 1, 1.0)
    assert [row["error"] for row in jobs.summary(desk.ctx)["failed"]] == ["why"]
    desk.runner.work = make
    assert jobs.retry(desk.ctx, kind="meta") == 0
    assert jobs.retry(desk.ctx) == 1
    desk.work()
    assert jobs.get(desk.ctx, request["id"])["state"] == "done"


def test_all_anew_or_what_is_missing_everywhere(desk):
    desk.made("a.mp4")
    desk.put("b.mp4")
    desk.scan()
    assert jobs.run(desk.ctx, "thumbs", "missing")["progress_total"] == 0
    desk.work()
    assert jobs.run(desk.ctx, "thumbs", "all")["progress_total"] == 2
    with pytest.raises(UsageError):
        jobs.run(desk.ctx, "thumbs", "some")
    with pytest.raises(NotFound):
        jobs.run(desk.ctx, "thumb", "all")


def test_pausing_is_shown_and_undone(desk):
    desk.put("a.mp4")
    desk.scan()
    jobs.pause(desk.ctx, "meta")
    assert jobs.summary(desk.ctx)["kinds"]["metadata"]["paused"]
    jobs.pause(desk.ctx)
    assert jobs.summary(desk.ctx)["paused"]
    assert not desk.dispatcher().step()
    jobs.resume(desk.ctx)
    jobs.resume(desk.ctx, "meta")
    assert not jobs.summary(desk.ctx)["paused"]
    assert desk.work() == [KINDS]
    for act in (jobs.pause, jobs.resume):
        with pytest.raises(NotFound):
            act(desk.ctx, "thumb")


def test_the_summary_counts_and_judges_the_time_left(desk):
    for number in range(8):
        desk.put(f"{number}.mp4")
    desk.scan()
    desk.index.db.conn.execute(
        """UPDATE jobs SET state = 'done', ended_at = unixepoch() - 10 + id WHERE kind = 'thumbs'
           AND id IN (SELECT id FROM jobs WHERE kind = 'thumbs' ORDER BY id LIMIT 5)"""
    )
    thumbs = jobs.summary(desk.ctx)["kinds"]["thumbs"]
    assert (thumbs["queued"], thumbs["done"]) == (3, 5)
    assert thumbs["left_seconds"] == pytest.approx(3.0, abs=0.2)
    assert jobs.summary(desk.ctx)["kinds"]["metadata"]["left_seconds"] is None


def test_what_cannot_be_made_here_is_not_counted_as_made(desk):
    desk.made("a.mp4")
    assert jobs.summary(desk.ctx)["kinds"]["thumbs"]["done"] == 1
    desk.index.artifacts.put(Artifact(desk.id("a.mp4"), "thumbs", ArtifactState.UNAVAILABLE), files={})
    thumbs = jobs.summary(desk.ctx)["kinds"]["thumbs"]
    assert (thumbs["done"], thumbs["unavailable"], thumbs["queued"]) == (0, 1, 0)


def test_lists(desk):
    desk.put("a.mp4")
    request = jobs.submit(desk.ctx, Order("finish"))
    found = jobs.listing(desk.ctx)
    assert next(row["id"] for row in found["jobs"]) == request["id"]
    assert len(found["jobs"]) == 4
    assert len(jobs.listing(desk.ctx, state="queued", limit=2)["jobs"]) == 2
    assert jobs.listing(desk.ctx, state="running")["jobs"] == []
    with pytest.raises(UsageError):
        jobs.listing(desk.ctx, state="nonsense")
    with pytest.raises(NotFound):
        jobs.listing(desk.ctx, kind="nonsense")


@pytest.mark.parametrize("wrong", ["99", "x", "", "9" * 60, "00000000-0000-0000-0000-000000000000", "-1", "²"])
def test_what_is_no_job_is_not_found(desk, wrong):
    for ask in (jobs.get, jobs.cancel):
        with pytest.raises(NotFound):
            ask(desk.ctx, wrong)
