"""work: what the runner's tests have workers do; importable by a spawned process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from vidwatchd.errors import StorageError
from vidwatchd.making import make_visit
from vidwatchd.model import Outcome, VisitTask


def noted_pid(task: VisitTask) -> None:
    """Write this process's number where the test finds it."""
    path = Path(task.out, "pid.new")
    path.write_text(str(os.getpid()))
    path.replace(Path(task.out, "pid"))


def crash(task: VisitTask) -> list[Outcome]:
    os.kill(os.getpid(), signal.SIGSEGV)
    return []


def leave(task: VisitTask) -> list[Outcome]:
    os._exit(3)


def hang(task: VisitTask) -> list[Outcome]:
    noted_pid(task)
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(600)


def swell(task: VisitTask) -> list[Outcome]:
    held = [bytes(64 * 2**20) for _ in range(100)]  # a bytearray would be filled, which takes seconds
    return held[:0]


def swell_in_numpy(task: VisitTask) -> list[Outcome]:
    import numpy as np

    np.ones(2**30)
    return []


def interrupted(task: VisitTask) -> list[Outcome]:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)
    return make_visit(task)


def manners(task: VisitTask) -> dict[str, object]:
    score = Path("/proc/self/oom_score_adj")
    return {"nice": os.nice(0), "pid": os.getpid(), "oom": score.read_text().strip() if score.exists() else "500"}


def run_a_hanging_pool(out: str) -> None:
    """What the test that kills a parent starts: a parent with one worker that hangs."""
    from vidwatchd.runners.local import LocalRunner

    runner = LocalRunner(1)
    runner.call(hang, VisitTask("", out, ()), timeout_seconds=600)
    time.sleep(600)


def start_parent(out: str) -> subprocess.Popen[bytes]:
    script = f"from tests.runners.work import run_a_hanging_pool; run_a_hanging_pool({out!r})"
    guarded = f"if __name__ == '__main__':\n    {script}"
    return subprocess.Popen([sys.executable, "-c", guarded], cwd=Path(__file__).parents[2])


def no_space(task: VisitTask) -> list[Outcome]:
    raise StorageError("nothing can be written", hint="make room")
