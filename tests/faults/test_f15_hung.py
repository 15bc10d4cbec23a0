"""test_f15_hung: a disk that does not answer holds up nobody but itself."""

import time

import pytest

from tests.faults.hanging import hanging_disk
from tests.live import put

SLOW = ("slow.mp4", "other.mp4")
PATHS = (
    "/health",
    "/api/videos",
    "/api/libraries",
    "/api/jobs",
    "/api/jobs/summary",
    "/api/coverage",
    "/api/stored",
    "/",
)


@pytest.fixture
def disk(tmp_path):
    with hanging_disk(tmp_path / "real", tmp_path / "disk") as disk:
        yield disk


def slowest(daemon, *paths):
    """The longest time that one of these takes to be answered, each at its best: the machine has other things to do."""
    return max((min(answered(daemon, path) for _ in range(3)), path) for path in paths)


def answered(daemon, path):
    """In how many seconds."""
    began = time.monotonic()
    assert daemon.ask(path)[0] < 600
    return time.monotonic() - began


def test_f15_reading_and_writing_hang(daemons, tmp_path, disk):
    lib = tmp_path / "lib"
    put(lib, "quick.mp4")
    for number, name in enumerate(SLOW):
        put(disk.folder, name, number)
    daemon = daemons(disk.folder, lib, kinds=["metadata", "thumbs"], workers={"total": 2}, jobs={"hung_seconds": 1.0})
    found = daemon.wait_done("quick.mp4", *SLOW, kinds=("metadata", "thumbs"))
    number = found["slow.mp4"]["id"]
    paths = (
        *PATHS,
        f"/api/videos/{number}",
        f"/watch/{number}",
        f"/api/videos/{number}/file",
        found["slow.mp4"]["thumb_url"],
    )
    slowest(daemon, *paths)  # what is made with the first question only
    number = daemon.library("disk")["id"]
    put(disk.folder, "third.mp4", 7)
    disk.hang()
    try:
        made = [
            daemon.api(f"/api/videos/{found[name]['id']}/make", {"kinds": ["thumbs"], "force": True}, status=202)
            for name in SLOW
        ]
        daemon.api(f"/api/libraries/{number}/scan", {}, status=202)
        time.sleep(0.1)  # what is asked in the very moment waits for the disk
        put(lib, "new.mp4", 3)
        assert slowest(daemon, *paths)[0] < 1
        daemon.wait_done("new.mp4", kinds=("metadata", "thumbs"))
        assert slowest(daemon, *paths)[0] < 1
        assert daemon.ask(paths[-1])[0] == 503
    finally:
        disk.go_on()
    daemon.wait_done("third.mp4", *SLOW, kinds=("metadata", "thumbs"))
    for each in made:
        daemon.wait_for(lambda job=each: daemon.api(f"/api/jobs/{job['id']}")["state"] == "done")
    daemon.stop()


def test_f15_it_hangs_when_the_daemon_starts(daemons, tmp_path, disk):
    lib = tmp_path / "lib"
    put(lib, "quick.mp4")
    put(disk.folder, "slow.mp4", 1)
    daemon = daemons(disk.folder, lib, kinds=["metadata", "thumbs"], jobs={"hung_seconds": 1.0})
    daemon.wait_for(lambda: len(daemon.videos()) == 2)
    daemon.stop()
    disk.hang()
    try:
        daemon.start()
        daemon.wait_done("quick.mp4", kinds=("metadata", "thumbs"))
        daemon.wait_for(lambda: "does not answer" in daemon.library("disk")["problem"])
        assert slowest(daemon, "/health", "/api/videos", "/api/libraries")[0] < 1
    finally:
        disk.go_on()
    daemon.wait_done("slow.mp4", kinds=("metadata", "thumbs"))
    assert daemon.library("disk")["online"]
    daemon.stop()
