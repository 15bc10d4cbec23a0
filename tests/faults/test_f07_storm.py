"""test_f07_storm: one file reported a thousand times is one job a kind."""

import os

from tests.live import KINDS, put


def storm(file):
    for _ in range(1000):
        os.utime(file)


def test_f07_a_storm_of_touches(daemons, tmp_path):
    file = put(tmp_path / "lib", "a.mp4")
    daemon = daemons(tmp_path / "lib")
    daemon.api("/api/jobs/pause", {})
    daemon.wait_for(lambda: "a.mp4" in daemon.videos())
    storm(file)  # while it is queued
    put(tmp_path / "lib", "fence.mp4", "fence")
    # The jobs of one look are written at once, a moment after its videos.
    daemon.wait_for(lambda: any(job["video_name"] == "fence.mp4" for job in daemon.jobs()))
    assert sorted(job["kind"] for job in daemon.jobs() if job["video_name"] == "a.mp4") == sorted(KINDS)
    daemon.api("/api/jobs/resume", {})
    daemon.wait_done("a.mp4", "fence.mp4")
    daemon.wait_idle()
    jobs = {job["id"]: job["ended_at"] for job in daemon.jobs()}
    storm(file)  # when it is done
    put(tmp_path / "lib", "fence.mp4", "another fence")
    daemon.wait_for(lambda: {job["ended_at"] for job in daemon.jobs()} - set(jobs.values()))
    daemon.wait_done("fence.mp4")
    daemon.wait_idle()
    assert {job["id"] for job in daemon.jobs() if job["video_name"] == "a.mp4"} <= set(jobs)
    daemon.stop()
