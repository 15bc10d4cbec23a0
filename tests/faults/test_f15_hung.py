"""test_f15_hung: a disk that does not answer holds up nobody but itself."""

import os
import time

import pytest

from tests.faults.hanging import hanging_disk
from tests.live import put

SLOW = ("slow.mp4", "other.mp4")
PATHS = ("/health", "/api/videos", "/api/libraries", "/api/jobs", "/api/jobs/summary", "/api/coverage", "/api/stored", "/")


@pytest.fixture
def disk(tmp_path):
    with hanging_disk(tmp_path / "real", tmp_path / "disk") as disk:
        yield disk


def slowest(daemon, *paths):
    """The longest time that one of these takes to be answered."""
    taken = {}
    for path in paths:
        began = time.monotonic()
        assert daemon.ask(path)[0] < 600
        taken[path] = time.monotonic() - began
    return max((seconds, path) for path, seconds in taken.items())


def test_f15_reading_and_writing_hang(daemons, tmp_path, disk):
    lib = tmp_path / "lib"
    put(lib, "quick.mp4")
    for number, name in enumerate(SLOW):
        put(disk.folder, name, number)
    daemon = daemons(disk.folder, lib, workers={"total": 2})
    found = daemon.wait_done("quick.mp4", *SLOW)
    put(disk.folder, "third.mp4", 7)
    disk.hang()
    try:
        made = [
            daemon.api(f"/api/videos/{found[name]['id']}/make", {"kinds": ["thumbs", "sprites"], "force": True}, status=202)
            for name in SLOW
        ]
        daemon.api(f"/api/libraries/{daemon.library('disk')['id']}/scan", {}, status=202)
        time.sleep(1)
        assert slowest(daemon, *PATHS, f"/api/videos/{found['slow.mp4']['id']}")[0] < 1
        put(lib, "new.mp4", 3)
        daemon.wait_done("new.mp4")
        assert slowest(daemon, *PATHS)[0] < 1
    finally:
        disk.go_on()
    daemon.wait_done("third.mp4", *SLOW)
    for each in made:
        daemon.wait_for(lambda job=each: daemon.api(f"/api/jobs/{job['id']}")["state"] == "done")
    daemon.stop()
