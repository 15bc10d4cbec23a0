"""test_f20_idle: between scans nothing of a library is read, and the processor rests."""

import os
import time

import psutil
import pytest
from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyFD, Mask

from tests.live import put

IDLE_SECONDS = 2.0


@pytest.fixture
def idle(daemons, tmp_path):
    """A daemon that has nothing to do any more, its workers gone."""
    for number in range(3):
        put(tmp_path / "lib", f"sub{number}/{number}.mp4", number)
    daemon = daemons(tmp_path / "lib", jobs={"idle_seconds": 0.2})
    daemon.wait_done(*(f"sub{number}/{number}.mp4" for number in range(3)))
    daemon.wait_idle()
    daemon.wait_for(lambda: _rests(daemon))
    return daemon


def _rests(daemon):
    """Whether its workers are gone and buried: only then does the kernel add what they have read to what it has read."""
    try:
        return all("resource_tracker" in " ".join(child.cmdline()) for child in daemon.family())
    except psutil.Error:
        return False


@pytest.fixture
def seen(idle, tmp_path):
    """Every open, read and listing in the library from now on, whoever does it."""
    events = []

    class Noting:
        def on_event(self, event):
            events.append(event)

        def on_watch_deleted(self, wd):
            pass

    instance = InotifyFD()
    instance.start()
    mask = Mask(InotifyConstants.IN_OPEN | InotifyConstants.IN_ACCESS)
    for folder in [tmp_path / "lib", *(path for path in (tmp_path / "lib").rglob("*") if path.is_dir())]:
        instance.add_callback(os.fsencode(folder), mask, Noting(), CallbackId(1))
    yield events
    instance.stop()
    instance.join()


def test_f20_an_idle_while(idle, seen, tmp_path):
    process = psutil.Process(idle.process.pid)
    used, before = process.cpu_times(), process.io_counters().read_chars
    time.sleep(IDLE_SECONDS)
    spent, now = process.cpu_times(), process.io_counters().read_chars
    assert [event.name for event in seen] == []
    cpu = (spent.user + spent.system - used.user - used.system) / IDLE_SECONDS
    assert cpu < 0.05, f"{cpu:.1%} of a core"
    assert now - before < 200_000
    os.listdir(tmp_path / "lib")
    idle.wait_for(lambda: seen)  # they would have been seen
    idle.stop()
