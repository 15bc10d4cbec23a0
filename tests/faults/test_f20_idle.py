"""test_f20_idle: between scans nothing of a library is read, and the processor rests. Also F19: our own files are no news."""

import os
import time

import psutil
import pytest

from tests.live import put

IDLE_SECONDS = 3.0


@pytest.fixture
def idle(daemons, tmp_path):
    """A daemon that has nothing to do any more, its workers gone."""
    for number in range(3):
        put(tmp_path / "lib", f"sub{number}/{number}.mp4", number)
    daemon = daemons(tmp_path / "lib", jobs={"idle_seconds": 0.2})
    daemon.wait_done(*(f"sub{number}/{number}.mp4" for number in range(3)))
    daemon.wait_idle()
    daemon.wait_for(lambda: not daemon.family() or all("spawn" not in " ".join(p.cmdline()) for p in daemon.family()))
    return daemon


def reads(folder):
    """When each file and folder was last read, made old first so that the next read shows (relatime)."""
    return {path: os.lstat(path).st_atime_ns for path in [folder, *folder.rglob("*")]}


def age(folder):
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, ns=(10**9, os.lstat(path).st_mtime_ns))


def test_f20_an_idle_while(idle, tmp_path):
    lib = tmp_path / "lib"
    age(lib)
    (lib / "sub0/0.mp4").read_bytes()
    if reads(lib)[lib / "sub0/0.mp4"] == 10**9:
        pytest.skip("this file system keeps no access times")
    idle.wait_for(lambda: not idle.library("lib")["scanning"])
    # Setting the times was itself an event for every video: a new one is the fence behind which these looks lie.
    put(lib, "fence.mp4", "fence")
    idle.wait_done("fence.mp4")
    idle.wait_idle()
    process = psutil.Process(idle.process.pid)
    for path in [lib, *lib.rglob("*")]:
        if not path.suffix == ".mp4":
            os.utime(path, ns=(10**9, os.lstat(path).st_mtime_ns))
    before, used, bytes_read = reads(lib), process.cpu_times(), process.io_counters().read_chars
    time.sleep(IDLE_SECONDS)
    after, spent, read_now = reads(lib), process.cpu_times(), process.io_counters().read_chars
    assert [path for path in after if after[path] != before[path]] == []
    cpu = (spent.user + spent.system - used.user - used.system) / IDLE_SECONDS
    assert cpu < 0.05, f"{cpu:.1%} of a core"
    assert read_now - bytes_read < 200_000
    idle.stop()
