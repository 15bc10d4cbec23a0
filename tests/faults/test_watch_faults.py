"""test_watch_faults: F4 and F5 with the system's own limits, against a watcher in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_SECONDS
from vidwatchd.scan import KnownFiles, Rules, changes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")

REPOSITORY = Path(__file__).parents[2]
FOLLOWED = {"mode": "inotify", "full": True}
CHILD = """
import json, os, sys, time
from vidwatchd.watch import Watcher

def say(**words):
    os.write(1, json.dumps(words).encode() + b"\\n")  # one call: two threads say things

watcher = Watcher({1: sys.argv[1]}, lambda h: say(full=h.full, folders=sorted(h.folders | h.trees)),
                  debounce_seconds=0.02, check_seconds=0.1, poll_seconds=0.2)
watcher.start()
last = None
while True:
    status = watcher.status(1)
    if status != last:
        last = status
        say(mode=status.mode, degraded=status.degraded, fix=status.fix)
    time.sleep(0.02)
"""


class Child:
    """A watcher in another process; it can be stopped as by a busy machine."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def until(self, wanted) -> dict:
        """The next thing it says that is wanted; past the deadline it is killed, and says no more."""
        heard = []
        for line in self.process.stdout:
            heard.append(said := json.loads(line))
            if wanted(said):
                return said
        raise AssertionError(f"it never said so, only {heard[-6:]}: {self.process.stderr.read()}")

    def until_followed(self) -> None:
        """Both the full hint that opens a watch and the word that it stands, in either order."""
        said: dict = {}
        self.until(lambda more: said.update({k: v for k, v in more.items() if v}) or FOLLOWED.items() <= said.items())


@contextmanager
def child(root: Path, *before: str) -> Iterator[Child]:
    process = subprocess.Popen(
        [*before, sys.executable, "-c", CHILD, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    deadline = threading.Timer(PATIENCE_SECONDS, process.kill)
    deadline.start()
    try:
        yield Child(process)
    finally:
        deadline.cancel()
        process.kill()
        process.communicate()


def test_f5_a_burst_while_the_reader_is_stopped_is_all_found_by_one_full_look(tmp_path):
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if most > 20_000:
        pytest.skip(f"the queue holds {most} events")
    with child(tmp_path) as watcher:
        watcher.until_followed()
        os.kill(watcher.process.pid, signal.SIGSTOP)
        for number in range(20_000):
            os.close(os.open(tmp_path / f"{number}.mp4", os.O_CREAT | os.O_WRONLY))
        os.kill(watcher.process.pid, signal.SIGCONT)
        watcher.until(lambda said: said.get("full"))
        found = changes(str(tmp_path), KnownFiles(), rules=Rules(), settle_seconds=0)
        assert len(found.added) == 20_000
        (tmp_path / "after").mkdir()
        watcher.until(lambda said: "after" in said.get("folders", ()))


def limited(name: str, value: int) -> tuple[str, ...]:
    """A command prefix that gives what follows a small inotify limit of its own, in a user namespace; skips if none."""
    script = f'echo {value} > /proc/sys/user/{name} && exec "$@"'
    prefix = ("unshare", "--user", "--map-root-user", "sh", "-c", script, "sh")
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("user namespaces are not to be had here")
    return prefix


@pytest.mark.parametrize(
    ("limit", "value", "fix"),
    [
        ("max_inotify_instances", 0, "max_user_instances"),
        ("max_inotify_watches", 0, "max_user_watches"),
        ("max_inotify_watches", 3, "max_user_watches"),
    ],
)
def test_f4_a_full_table_means_polling_with_the_fix_named(tmp_path, limit, value, fix):
    for number in range(5):
        (tmp_path / f"f{number}").mkdir()
    with child(tmp_path, *limited(limit, value)) as watcher:
        said = watcher.until(lambda said: said.get("mode") == "polling")
        assert said["degraded"]
        assert fix in said["fix"]
        watcher.until(lambda said: said.get("full"))
        watcher.until(lambda said: said.get("full"))


def test_f4_a_table_that_fills_up_while_it_runs_means_polling(tmp_path):
    with child(tmp_path, *limited("max_inotify_watches", 3)) as watcher:
        watcher.until_followed()
        for number in range(5):
            (tmp_path / f"f{number}").mkdir()
        said = watcher.until(lambda said: said.get("mode") == "polling")
        assert "max_user_watches" in said["fix"]
