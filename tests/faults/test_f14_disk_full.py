"""test_f14_disk_full: a full disk pauses the work with its reason; the pages answer, and work resumes by itself."""

import contextlib
import os
import subprocess

import pytest

from tests.faults.disks import fill, small_disk
from tests.live import clip, is_done, put


@pytest.fixture
def small(tmp_path):
    """``small(name, size)``: a little file system of its own."""
    with contextlib.ExitStack() as stack:

        def mount(name, size):
            return stack.enter_context(small_disk(tmp_path / name, size))

        yield mount


def paused(daemon):
    """Why work pauses by itself."""
    return daemon.api("/api/jobs/summary")["problem"]


def test_f14_the_librarys_disk_is_full(daemons, small):
    disk = small("disk", "1m")
    daemon = daemons(disk)
    daemon.api("/api/jobs/pause", {})
    put(disk, "a.mp4")
    daemon.wait_for(lambda: "a.mp4" in daemon.videos())
    ballast = fill(disk)
    daemon.api("/api/jobs/resume", {})
    reason = daemon.wait_for(lambda: paused(daemon))
    assert str(disk) in reason
    item = daemon.videos()["a.mp4"]
    assert set(item["artifacts"].values()) == {"missing"}, "a full disk is not the video's fault"
    assert daemon.ask(f"/api/videos/{item['id']}/file")[2] != b""
    assert daemon.ask("/activity")[0] == 200
    refused = daemon.api(f"/api/videos/{item['id']}/tags", {"add": ["x"]}, status=507)
    assert refused["code"] == "storage_error"
    assert "space" in refused["hint"]
    ballast.unlink()
    daemon.api("/api/jobs/resume", {})  # a person need not wait for the next try
    daemon.wait_done("a.mp4")
    assert paused(daemon) == ""
    assert max(job["attempts"] for job in daemon.jobs()) == 1
    daemon.stop()


def test_f14_the_data_folders_disk_is_full(daemons, small, tmp_path):
    put(tmp_path / "lib", "a.mp4")
    disk = small("data", "12m")
    (tmp_path / "home").mkdir()
    os.symlink(disk, tmp_path / "home" / "data")
    daemon = daemons(tmp_path / "lib")
    daemon.wait_done("a.mp4")
    daemon.wait_idle()
    ballast = fill(disk)
    for number in range(24):  # more rows than the write-ahead log has room for
        put(tmp_path / "lib", f"{number}.mp4", number, base=clip())
    daemon.wait_for(lambda: "the disk is full" in daemon.said())
    assert is_done(daemon.videos()["a.mp4"])
    assert daemon.ask("/")[0] == 200
    assert daemon.ask(daemon.videos()["a.mp4"]["thumb_url"])[0] == 200
    ballast.unlink()
    daemon.wait_done("a.mp4", *(f"{number}.mp4" for number in range(24)))
    daemon.wait_idle()
    assert {job["state"] for job in daemon.jobs()} == {"done"}
    daemon.stop()


def test_f14_a_read_only_library_keeps_its_artifacts_in_the_data_folder(daemons, small):
    disk = small("disk", "4m")
    put(disk, "a.mp4")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    daemon = daemons(disk)
    item = daemon.wait_done("a.mp4")["a.mp4"]
    assert daemon.library("disk")["layout"] == "central"
    assert daemon.ask(item["thumb_url"])[0] == 200
    assert daemon.api(f"/api/videos/{item['id']}/tags", {"add": ["x"]})["tags"] == ["x"]
    assert sorted(os.listdir(disk)) == ["a.mp4"]
    daemon.stop()
