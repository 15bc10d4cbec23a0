from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pebble.pool.base_pool import PoolStatus

from tests.runners import work
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.errors import Cancelled, StorageError, WorkerDied
from vidwatchd.model import ArtifactState, ProductTask, VisitTask
from vidwatchd.runners import Runner, Ticket
from vidwatchd.runners.local import LocalRunner, LocalTicket

pytestmark = pytest.mark.system

# Quick ones, and several: what is tested is where they are made.
KINDS = (("metadata", {}), ("thumbs", {}), ("sprites", {"max_frames": 4}))


@pytest.fixture(scope="module")
def shared():
    """One warm pool for all tests that leave it as they found it."""
    runner = LocalRunner(2, memory_bytes=2**30)
    yield runner
    runner.close()


@pytest.fixture
def own():
    runner = LocalRunner(2)
    yield runner
    runner.close()


def _ticket(runner: LocalRunner, job, task: VisitTask, seconds: float = PATIENCE_SECONDS) -> LocalTicket:
    return LocalTicket(task, runner.call(job, task, timeout_seconds=seconds), runner._memory_bytes)


def _task(clips, out: Path) -> VisitTask:
    return VisitTask(clips.normal(), str(out), KINDS)


def _hanging_pid(out: Path) -> int:
    return int(until(lambda: (out / "pid").exists() and (out / "pid").read_text()))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:  # it ended just now, or there is no /proc
        return not Path("/proc/self/stat").exists()


def test_a_visit_is_made_elsewhere(shared, clips, tmp_path):
    runner: Runner = shared
    ticket: Ticket = runner.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS)
    outcomes = ticket.result()
    assert [outcome.state for outcome in outcomes] == [ArtifactState.DONE] * len(KINDS)
    assert ticket.done()
    assert ticket.progress() == 1
    assert runner.warm
    assert runner.workers == 2


def test_a_crash_costs_one_visit_and_names_its_signal(shared, clips, tmp_path):
    crashed, fine = _ticket(shared, work.crash, _task(clips, tmp_path)), _ticket(shared, work.manners, None)
    with pytest.raises(WorkerDied, match="SIGSEGV"):
        crashed.result()
    assert fine.result()
    assert len(shared.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS).result()) == len(KINDS)


def test_leaving_without_a_word_is_a_death(shared, clips, tmp_path):
    with pytest.raises(WorkerDied, match="exit code 3"):
        _ticket(shared, work.leave, _task(clips, tmp_path)).result()


def test_a_hang_is_ended_when_its_time_is_up(shared, clips, tmp_path):
    for seconds in (0.3, 3.0, 30.0):  # a slow machine needs longer to begin
        with pytest.raises(WorkerDied, match=f"longer than {seconds:g} s"):
            _ticket(shared, work.hang, _task(clips, tmp_path), seconds).result()
        if (tmp_path / "pid").exists():
            break
    pid = _hanging_pid(tmp_path)
    until(lambda: not _lives(pid))


def test_cancelling_kills(shared, clips, tmp_path):
    ticket = _ticket(shared, work.hang, _task(clips, tmp_path))
    pid = _hanging_pid(tmp_path)
    ticket.cancel()
    with pytest.raises(Cancelled):
        ticket.result()
    until(lambda: not _lives(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound a process's data")
@pytest.mark.parametrize("job", [work.swell, work.swell_in_numpy])
def test_too_much_memory_ends_that_visit_only(shared, clips, tmp_path, job):
    with pytest.raises(WorkerDied, match=r"more than 1\.0 GiB"):
        _ticket(shared, job, _task(clips, tmp_path)).result()
    assert len(shared.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS).result()) == len(KINDS)


def test_a_disk_that_cannot_be_written_is_told_as_that(shared, clips, tmp_path):
    with pytest.raises(StorageError):
        _ticket(shared, work.no_space, _task(clips, tmp_path)).result()


DEAF = """
import signal
from multiprocessing import resource_tracker
from vidwatchd.runners.local import _without_interrupts
with _without_interrupts():
    resource_tracker.getfd()  # as the first child that is begun does
    assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
"""


def test_the_first_children_are_born_deaf_to_interrupts_too():
    done = subprocess.run([sys.executable, "-c", DEAF], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")


def test_interrupts_are_the_parents_business(shared, clips, tmp_path):
    assert len(_ticket(shared, work.interrupted, _task(clips, tmp_path)).result()) == len(KINDS)


def test_workers_are_polite(own):
    manners = _ticket(own, work.manners, None).result
    found = own.call(work.manners, None, timeout_seconds=PATIENCE_SECONDS).result()
    assert found["nice"] == min(os.nice(0) + 10, 19)
    assert found["oom"] == "500"
    assert manners


def test_a_worker_downloads_nothing(own):
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        assert own.call(os.getenv, name, timeout_seconds=PATIENCE_SECONDS).result() == "1"


def test_workers_come_with_work_and_stay_a_while(own):
    assert not own.warm
    assert own.idle_close()
    pid = own.call(work.manners, None, timeout_seconds=PATIENCE_SECONDS).result()["pid"]
    assert own.warm
    assert not own.idle_close()
    assert _lives(pid)


def test_workers_leave_by_themselves_and_come_again(clips, tmp_path):
    runner = LocalRunner(1, idle_seconds=0.1)
    pid = runner.call(work.manners, None, timeout_seconds=PATIENCE_SECONDS).result()["pid"]
    until(lambda: not runner.warm)
    until(lambda: not _lives(pid))
    assert len(runner.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS).result()) == len(KINDS)
    runner.close()


def test_close_waits_for_what_runs(own, clips, tmp_path):
    ticket = own.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS)
    own.close(wait_seconds=PATIENCE_SECONDS)
    assert len(ticket.result()) == len(KINDS)


def test_close_leaves_no_worker_even_a_hanging_one(own, clips, tmp_path):
    outs = [tmp_path / name for name in "ab"]
    for out in outs:
        out.mkdir()
    tickets = [_ticket(own, work.hang, _task(clips, out)) for out in outs]
    waiting = own.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS)
    pids = [_hanging_pid(out) for out in outs]
    os.kill(pids[1], signal.SIGSTOP)
    own.close()
    assert not any(_lives(pid) for pid in pids)
    for ticket in (*tickets, waiting):
        with pytest.raises(Cancelled):
            ticket.result()


def test_a_pool_that_broke_is_replaced(own, clips, tmp_path):
    pid = own.call(work.manners, None, timeout_seconds=PATIENCE_SECONDS).result()["pid"]
    os.kill(pid, signal.SIGKILL)
    ticket = own.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS)
    until(ticket.done)
    try:
        assert len(ticket.result()) == len(KINDS)
    except WorkerDied:
        assert len(own.submit(_task(clips, tmp_path), timeout_seconds=PATIENCE_SECONDS).result()) == len(KINDS)


def test_workers_survive_the_thread_that_started_them(own, clips, tmp_path):
    pids = []
    thread = threading.Thread(
        target=lambda: pids.append(own.call(work.manners, None, timeout_seconds=PATIENCE_SECONDS).result())
    )
    thread.start()
    thread.join()
    assert _lives(pids[0]["pid"])


def test_a_killed_parent_takes_its_workers_along(tmp_path):
    parent = work.start_parent(str(tmp_path))
    pid = _hanging_pid(tmp_path)
    parent.kill()
    parent.wait()
    until(lambda: not _lives(pid))


@pytest.mark.parametrize("how", [["-m", "started"], ["started.py"]])
def test_it_works_however_the_program_was_started(clips, tmp_path, how):
    """As a module and as a script, like ``python -m vidwatchd`` and the console script."""
    (tmp_path / "started.py").write_text(
        "import sys\n"
        "from vidwatchd.model import VisitTask\n"
        "from vidwatchd.runners.local import LocalRunner\n"
        "def main():\n"
        "    runner = LocalRunner(1)\n"
        f"    task = VisitTask({clips.normal()!r}, {str(tmp_path)!r}, (('metadata', {{}}),))\n"
        "    print([o.state.value for o in runner.submit(task, timeout_seconds=600).result()])\n"
        "    runner.close()\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, *how], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("['done']\n", "")


def test_a_product_is_made_elsewhere_too(shared, clips):
    task = ProductTask("probe", {}, (clips.normal(),))
    (outcome,) = shared.submit(task, timeout_seconds=PATIENCE_SECONDS).result()
    assert (outcome.kind, outcome.state) == ("probe", ArtifactState.DONE)
    assert outcome.facts["document"]["format"]["nb_streams"] == 2


def test_what_a_broken_pool_forgot_is_not_waited_for(own, clips, tmp_path):
    task = _task(clips, tmp_path)
    ticket = LocalTicket(task, own.call(work.hang, task, timeout_seconds=PATIENCE_SECONDS), 0, own._look)
    _hanging_pid(tmp_path)
    own._pool._context.status = PoolStatus.ERROR
    until(ticket.done)
    with pytest.raises(WorkerDied, match="before it began"):
        ticket.result()
    assert own.call(work.manners, None, timeout_seconds=PATIENCE_SECONDS).result()


def test_work_that_comes_after_a_broken_pool_ends_what_that_one_forgot(own, clips, tmp_path):
    task = _task(clips, tmp_path)
    ticket = LocalTicket(task, own.call(work.hang, task, timeout_seconds=PATIENCE_SECONDS), 0)
    _hanging_pid(tmp_path)
    own._pool._context.status = PoolStatus.ERROR
    assert own.call(work.manners, None, timeout_seconds=PATIENCE_SECONDS).result()
    with pytest.raises(WorkerDied, match="before it began"):
        ticket.result()
