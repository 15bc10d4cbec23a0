"""test_tasks: long operations run as a whole: asked for like kinds, followed, cancelled, gone on with after an end."""

import threading

import pytest

from tests.waiting import PATIENCE_SECONDS
from vidwatchd.errors import Cancelled, Forbidden, MediaError, NotFound, UsageError
from vidwatchd.operations import jobs, tasks
from vidwatchd.operations.jobs import Order

ME = "somewhere-else,1,me"


@pytest.fixture
def slow(monkeypatch):
    """A task that waits for ``go`` between its two steps, and notes whether it cleaned up."""

    class Slow:
        def __init__(self):
            self.begun, self.go, self.orders, self.cleaned = threading.Event(), threading.Event(), [], False

        def __call__(self, ctx, order, progress):
            self.orders.append(order)
            progress(0, 2, ["first\n.mp4"])
            self.begun.set()
            try:
                assert self.go.wait(PATIENCE_SECONDS)
                progress(1, 2, ["second.mp4"])
                return {"answer": 42}
            finally:
                self.cleaned = True

    made = Slow()
    monkeypatch.setitem(tasks.TASKS, "slow", made)
    monkeypatch.setattr(tasks, "KEEP_SECONDS", 0.0)
    return made


@pytest.fixture
def running(desk, slow):
    """``running(stopping)``: the slow task's id, while it runs in a thread."""
    threads = []

    def start(stopping=lambda: False):
        task_id = jobs.submit(desk.ctx, Order("slow"))["id"]
        threads.append(threading.Thread(target=tasks.run_next, args=(desk.ctx, ME, stopping)))
        threads[-1].start()
        assert slow.begun.wait(PATIENCE_SECONDS)
        return task_id

    def finish():
        slow.go.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)

    start.finish = finish
    yield start
    finish()


def test_a_task_is_asked_for_and_followed_like_any_job(desk, slow, running):
    task_id = running()
    now = jobs.get(desk.ctx, task_id)
    assert (now["task"], now["state"], now["progress"]) == ("slow", "running", 0.0)
    assert (now["progress_current"], now["progress_total"], now["doing"]) == (0, 2, r"first\n.mp4")
    assert jobs.details(desk.ctx, task_id) == {**now, "result": None}
    running.finish()
    ended = jobs.details(desk.ctx, task_id)
    assert (ended["state"], ended["progress"], ended["result"]) == ("done", 1.0, {"answer": 42})
    assert "result" not in jobs.get(desk.ctx, task_id)
    assert ("jobs", {}) in desk.events


def test_the_order_arrives_as_it_was_given(desk, slow):
    desk.put("d/a.mp4")
    desk.scan()
    slow.go.set()
    given = Order("slow", "d", True, True, {"deep": [1]}, (desk.id("d/a.mp4"),), desk.library_id)
    jobs.submit(desk.ctx, given)
    assert tasks.run_next(desk.ctx, ME)
    (order,) = slow.orders
    assert order.directory == f"{desk.root}/d"
    assert (order.recursive, order.force, order.params) == (True, True, {"deep": [1]})
    assert (order.video_ids, order.library_id) == (given.video_ids, desk.library_id)
    assert not tasks.run_next(desk.ctx, ME)


@pytest.mark.parametrize("order", [Order("slow", "/etc"), Order("slow", library_id=99), Order("slow", video_ids=(99,))])
def test_a_task_on_what_is_not_there_is_refused_at_once(desk, slow, order):
    with pytest.raises(NotFound):
        jobs.submit(desk.ctx, order)
    assert desk.index.tasks.latest() == []


def test_every_task_refuses_what_means_nothing_before_it_is_queued(desk):
    assert tasks.CHECKS.keys() == tasks.TASKS.keys()
    for name in tasks.TASKS:
        params = {"destination": f"{desk.root}/new"} if name == "transcode" else {}
        with pytest.raises(UsageError, match="nonsense"):
            jobs.submit(desk.ctx, Order(name, params={**params, "nonsense": 1}))
    for name, params in {
        "codecs": {"workers": -1}, "compare": {"original": "a.mp4", "other": 2}, "dupes": {"threshold": 7},
        "listing": {"eps": "x"}, "models": {"pull": 3}, "transcode": {"destination": f"{desk.root}/new", "crf": "x"},
    }.items():  # fmt: skip
        with pytest.raises(UsageError):
            jobs.submit(desk.ctx, Order(name, params=params))
    with pytest.raises(Forbidden):
        jobs.submit(desk.ctx, Order("transcode", params={"destination": "/etc"}))
    assert desk.index.tasks.latest() == []


def test_cancelled_while_it_runs(desk, slow, running):
    task_id = running()
    assert jobs.cancel(desk.ctx, task_id)["state"] == "cancelled"
    running.finish()
    assert slow.cleaned
    assert jobs.details(desk.ctx, task_id)["state"] == "cancelled"
    assert jobs.details(desk.ctx, task_id)["result"] is None


def test_cancelled_before_it_ran(desk, slow):
    task_id = jobs.submit(desk.ctx, Order("slow"))["id"]
    assert jobs.cancel(desk.ctx, task_id)["state"] == "cancelled"
    assert not tasks.run_next(desk.ctx, ME)


def test_stopped_with_the_program_it_is_queued_again(desk, slow, running):
    end = threading.Event()
    task_id = running(end.is_set)
    end.set()
    running.finish()
    assert slow.cleaned
    assert jobs.get(desk.ctx, task_id)["state"] == "queued"


@pytest.mark.parametrize("error", [MediaError("it cannot be read"), Cancelled("its worker was stopped")])
def test_an_error_of_ours_is_the_tasks(desk, monkeypatch, error):
    def fail(ctx, order, progress):
        raise error

    monkeypatch.setitem(tasks.TASKS, "bad", fail)
    task_id = jobs.submit(desk.ctx, Order("bad"))["id"]
    assert tasks.run_next(desk.ctx, ME)
    found = jobs.get(desk.ctx, task_id)
    assert (found["state"], found["error"], found["failed"]) == ("failed", str(error), 1)


def test_what_a_dead_process_left_is_taken_up_again(desk, slow):
    slow.go.set()
    task_id = jobs.submit(desk.ctx, Order("slow"))["id"]
    import socket

    desk.index.tasks.claim(f"{socket.gethostname()},{2**22 + 1},x", 60)
    assert not tasks.run_next(desk.ctx, ME)
    tasks.recover(desk.ctx)
    assert tasks.run_next(desk.ctx, ME)
    assert jobs.get(desk.ctx, task_id)["state"] == "done"


def test_lists_and_the_summary_hold_tasks(desk, slow):
    desk.put("a.mp4")
    desk.scan()
    task_id = jobs.submit(desk.ctx, Order("slow"))["id"]
    assert [row["id"] for row in jobs.listing(desk.ctx, kind="slow")["jobs"]] == [task_id]
    assert jobs.listing(desk.ctx, kind="report")["jobs"] == []
    queued = jobs.listing(desk.ctx, state="queued")["jobs"]
    assert (queued[0]["id"], len(queued)) == (task_id, 4)
    assert jobs.listing(desk.ctx, state="queued", kind="slow")["jobs"] == queued[:1]
    assert len(jobs.listing(desk.ctx, state="queued", kind="thumbs")["jobs"]) == 1
    assert jobs.listing(desk.ctx)["jobs"][0]["id"] == task_id
    (shown,) = jobs.summary(desk.ctx)["tasks"]
    assert (shown["id"], shown["state"], shown["ended_at"]) == (task_id, "queued", None)


@pytest.mark.parametrize(("name", "found"), [("report", "report"), (" report ", "report"), ("nothing", ""), ("", "")])
def test_names(name, found):
    assert tasks.named(name) == found


def test_the_report_is_a_task(desk):
    desk.made("d/a.mp4")
    desk.made("b.mp4", "b")
    for order, paths in (
        (Order("report"), ["b.mp4", "d/a.mp4"]),
        (Order("report", "d"), ["a.mp4"]),
        (Order("report", library_id=desk.library_id), ["b.mp4", "d/a.mp4"]),
        (Order("report", video_ids=(desk.id("b.mp4"),)), ["b.mp4"]),
    ):
        task_id = jobs.submit(desk.ctx, order)["id"]
        assert tasks.run_next(desk.ctx, ME)
        result = jobs.details(desk.ctx, task_id)["result"]
        assert sorted(row["path"] for row in result["videos"]) == paths
