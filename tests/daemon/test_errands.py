"""test_errands: tasks are run one at a time, stopped at once, and gone on with."""

import threading
import time

import pytest

from tests.desk import Desk
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.daemon.errands import Errands
from vidwatchd.errors import StorageError
from vidwatchd.operations import jobs, tasks
from vidwatchd.operations.jobs import Order


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def started(desk):
    begun = []

    def start():
        begun.append(Errands(desk.ctx))
        begun[-1].start()
        return begun[-1]

    yield start
    for errands in begun:
        errands.stop(PATIENCE_SECONDS)
        assert not errands._thread.is_alive()


def endless(ctx, order, progress):
    """Until it is told to end."""
    while True:
        progress(1, 2, ["a.mp4"])
        time.sleep(0.01)


def state(desk, task_id):
    return jobs.get(desk.ctx, task_id)["state"]


def test_what_waits_and_what_comes_is_run_one_at_a_time(desk, started, monkeypatch):
    running, most = [], []

    def count(ctx, order, progress):
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return {}

    monkeypatch.setitem(tasks.TASKS, "count", count)
    first = [jobs.submit(desk.ctx, Order("count"))["id"] for _ in range(3)]
    errands = started()
    until(lambda: {state(desk, task) for task in first} == {"done"})
    later = jobs.submit(desk.ctx, Order("count"))["id"]
    errands.wake()
    until(lambda: state(desk, later) == "done")
    until(lambda: not errands.busy)
    assert max(most) == 1


def test_stopped_it_ends_soon_and_the_task_waits_for_the_next_start(desk, started, monkeypatch):
    monkeypatch.setitem(tasks.TASKS, "endless", endless)
    task = jobs.submit(desk.ctx, Order("endless"))["id"]
    errands = started()
    until(lambda: state(desk, task) == "running" and errands.busy)
    errands.stop(PATIENCE_SECONDS)
    assert not errands._thread.is_alive()
    assert state(desk, task) == "queued"
    monkeypatch.setitem(tasks.TASKS, "endless", lambda ctx, order, progress: {"n": 1})
    started()
    until(lambda: state(desk, task) == "done")


def test_one_that_does_not_listen_is_left_behind_its_row_is_not(desk, monkeypatch):
    go = threading.Event()
    monkeypatch.setitem(tasks.TASKS, "deaf", lambda ctx, order, progress: {"n": go.wait(PATIENCE_SECONDS)})
    task = jobs.submit(desk.ctx, Order("deaf"))["id"]
    errands = Errands(desk.ctx)
    errands.start()
    until(lambda: state(desk, task) == "running")
    errands.stop(0.1)
    assert state(desk, task) == "queued"
    go.set()
    errands._thread.join(PATIENCE_SECONDS)
    assert state(desk, task) == "queued"


def test_cancelled_it_goes_on_with_the_next(desk, started, monkeypatch):
    monkeypatch.setitem(tasks.TASKS, "endless", endless)
    task, after = (jobs.submit(desk.ctx, Order(name))["id"] for name in ("endless", "report"))
    started()
    until(lambda: state(desk, task) == "running")
    jobs.cancel(desk.ctx, task)
    until(lambda: state(desk, after) == "done")
    assert state(desk, task) == "cancelled"


def test_what_nobody_thought_of_fails_that_task_alone(desk, started, monkeypatch, caplog):
    monkeypatch.setitem(tasks.TASKS, "bad", lambda ctx, order, progress: 1 / 0)
    bad, good = (jobs.submit(desk.ctx, Order(name))["id"] for name in ("bad", "report"))
    started()
    until(lambda: state(desk, good) == "done")
    assert state(desk, bad) == "failed"
    assert jobs.get(desk.ctx, bad)["error"] == "internal error: division by zero"
    assert "a task failed" in caplog.text


def test_an_index_that_fails_only_delays_it(desk, started, monkeypatch):
    failed = []

    def fail(ctx):
        if not failed:
            failed.append(1)
            raise StorageError("the disk is full")

    monkeypatch.setattr(tasks, "recover", fail)
    task = jobs.submit(desk.ctx, Order("report"))["id"]
    errands = started()
    until(lambda: failed)
    errands.wake()
    until(lambda: errands.wake() or state(desk, task) == "done")
