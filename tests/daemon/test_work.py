import os
import socket
import subprocess
import threading

import pytest

from tests.desk import KINDS, Desk, make
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.daemon import work as module
from vidwatchd.daemon.work import Work
from vidwatchd.errors import StorageError

pytestmark = pytest.mark.usefixtures("few_kinds")


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.put("a.mp4", "a")
    made.put("b.mp4", "b")
    made.scan()
    yield made
    made.close()


@pytest.fixture
def started(desk, monkeypatch):
    """``started()``: work that has begun, ended with the test."""
    monkeypatch.setattr(module, "PAUSE_AFTER_ERROR_SECONDS", 0.05)
    begun = []

    def start():
        begun.append(Work(desk.ctx))
        begun[-1].start()
        return begun[-1]

    yield start
    for work in begun:
        work.stop(PATIENCE_SECONDS)
        assert not work._thread.is_alive()


def done(desk):
    return all(desk.states(path) == dict.fromkeys(KINDS, "done") for path in ("a.mp4", "b.mp4"))


def test_what_is_owed_is_made_and_then_it_sleeps_until_it_is_woken(desk, started):
    work = started()
    until(lambda: done(desk))
    desk.put("c.mp4", "c")
    desk.scan()
    work.wake()
    until(lambda: desk.states("c.mp4") == dict.fromkeys(KINDS, "done"))
    assert work.problem == desk.ctx.problem() == ""


def test_it_sweeps_up_after_a_dead_process(desk, started):
    dead = subprocess.Popen(["true"])
    dead.wait()
    host, ours = socket.gethostname(), desk.root / ".artifacts/.making"
    for name in (f"{host},{dead.pid},abc,def", f"{host},{os.getpid()},abc,def", "elsewhere,1,abc,def"):
        (ours / name / "thumbs").mkdir(parents=True)
    started()
    until(lambda: done(desk))
    left = {",".join(path.name.split(",")[:2]) for path in ours.iterdir()}
    assert left == {f"{host},{os.getpid()}", "elsewhere,1"}


def test_stopping_puts_everything_back(desk, started):
    desk.runner.hold = True
    work = started()
    until(lambda: len(desk.runner.tickets) == 2)
    work.stop(PATIENCE_SECONDS)
    assert {state for _, state in desk.jobs()} == {"queued"}
    assert all(ticket.cancelled for ticket in desk.runner.tickets)
    assert list((desk.root / ".artifacts/.making").iterdir()) == []
    desk.runner.let_go()
    desk.work()
    assert done(desk)


@pytest.mark.parametrize("error", [RuntimeError("nobody thought of this"), StorageError("the disk is full")])
def test_an_error_pauses_the_work_with_its_reason_and_loses_nothing(desk, started, error, caplog):
    fails = threading.Event()
    fails.set()

    def work(task):
        if fails.is_set():
            raise error
        return make(task)

    desk.runner.work = work
    running = started()
    assert str(error) in until(lambda: desk.ctx.problem())
    fails.clear()
    until(lambda: bool(running.try_now()) or done(desk))
    until(lambda: running.problem == "")
    assert {state for _, state in desk.jobs()} == {"done"}
    assert str(error) in caplog.text


def test_a_beginning_that_fails_is_begun_again(desk, started, monkeypatch):
    """The data folder's disk may be full just when the program starts."""
    real, failed = module.jobs.refresh, []

    def refresh(index, config):
        if not failed:
            failed.append(1)
            raise StorageError("the disk is full")
        real(index, config)

    monkeypatch.setattr(module.jobs, "refresh", refresh)
    started()
    until(lambda: done(desk))
    assert failed == [1]


def test_it_says_when_it_last_stepped(desk, started):
    work = started()
    until(lambda: done(desk))
    before = work.stepped_at
    work.wake()
    until(lambda: work.stepped_at > before)
