"""test_f16_stop: stopped or cancelled while workers run: no child is left, the work is queued again."""

import signal

import psutil

from tests.live import KINDS, artifacts, clip, encoded, put
from tests.waiting import PATIENCE_SECONDS


def test_f16_stopped_with_children_running_and_gone_on_with_afterwards(daemons, tmp_path):
    names = [f"{count}.mp4" for count in range(4)]
    for count, name in enumerate(names):
        put(tmp_path / "lib", name, count)
    daemon = daemons(tmp_path / "lib", workers={"total": 2})
    daemon.wait_for(lambda: [job for job in daemon.jobs() if job["state"] == "running"] and daemon.family())
    with daemon.listen():
        daemon.stop(signal.SIGTERM)
    assert not list((tmp_path / "lib/.artifacts/.making").glob("*"))
    early = {path: state for path, state in artifacts(tmp_path / "lib").items() if not path.endswith("made.json")}
    daemon.start()
    daemon.wait_done(*names)
    daemon.wait_idle()
    assert {job["state"] for job in daemon.jobs()} == {"done"}
    assert max(job["attempts"] for job in daemon.jobs()) == 1, "an attempt was counted for a stop"
    whole = artifacts(tmp_path / "lib")
    assert {path: whole.get(path) for path in early} == early, "something was made twice"
    looked_at = daemon.library("lib")["last_scan_at"]
    daemon.stop(signal.SIGINT)
    daemon.start()
    daemon.wait_for(lambda: daemon.library("lib")["last_scan_at"] > looked_at)
    daemon.wait_idle()
    assert artifacts(tmp_path / "lib") == whole
    assert len(daemon.jobs()) == len(KINDS) * len(names)
    daemon.stop()


def test_f16_cancelled_while_it_runs(daemons, tmp_path):
    long = encoded("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=8", "-g", "300")
    put(tmp_path / "lib", "long.mp4", base=long)
    daemon = daemons(tmp_path / "lib", artifacts={"sprites": {"interval_seconds": 0.2}, "thumbs": {"time": "99%"}})
    running = daemon.wait_for(lambda: [job for job in daemon.jobs() if job["state"] == "running"])
    for job in running:
        assert daemon.api(f"/api/jobs/{job['id']}", method="DELETE")["state"] in ("cancelled", "done")
    daemon.wait_idle()
    assert {job["state"] for job in daemon.jobs()} <= {"cancelled", "done"}
    daemon.wait_for(lambda: not list((tmp_path / "lib/.artifacts/.making").glob("*")))
    put(tmp_path / "lib", "next.mp4", base=clip())
    daemon.wait_done("next.mp4", kinds=("metadata",))
    daemon.stop()


def running(daemon, notes, **params):
    """The id of a long task that has begun, its child too."""
    order = {"task": "slow", "params": {"notes": str(notes), **params}}
    task = daemon.api("/api/jobs", order, status=202)["id"]
    daemon.wait_for(lambda: daemon.api(f"/api/jobs/{task}")["progress_current"] > 2 and sleeping(daemon))
    return task


def sleeping(daemon):
    """The task's children."""
    return [child for child in daemon.family() if _sleeps(child)]


def _sleeps(child):
    try:
        return child.name() == "sleep" and child.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_f16_stopped_while_a_task_runs_which_is_run_again_afterwards(daemons, tmp_path):
    daemon = daemons(tmp_path / "lib", program=("-m", "tests.faults.slow_task"))
    task = running(daemon, tmp_path / "notes")
    daemon.stop(signal.SIGTERM)
    assert (tmp_path / "notes").read_text().splitlines()[1:] == ["cleaned"]
    daemon.start()
    daemon.wait_for(lambda: daemon.api(f"/api/jobs/{task}")["progress_current"] > 0 and sleeping(daemon))
    assert (tmp_path / "notes").read_text().count("begun") == 2
    daemon.stop(signal.SIGINT)


def test_f16_killed_while_a_task_runs_which_is_run_again_at_the_next_start(daemons, tmp_path):
    daemon = daemons(tmp_path / "lib", program=("-m", "tests.faults.slow_task"))
    task = running(daemon, tmp_path / "notes")
    (child,) = sleeping(daemon)
    daemon.process.kill()
    daemon.process.wait()
    daemon.process.stdout.close()
    child.kill()
    daemon.start()
    daemon.wait_for(lambda: daemon.api(f"/api/jobs/{task}")["state"] == "running" and sleeping(daemon))
    assert (tmp_path / "notes").read_text().count("begun") == 2
    daemon.stop()


def test_f16_a_task_cancelled_while_it_runs_ends_long_before_it_would_have_and_is_followed_to_its_end(
    daemons, tmp_path
):
    daemon = daemons(tmp_path / "lib", program=("-m", "tests.faults.slow_task"))
    task = running(daemon, tmp_path / "notes")
    shown = daemon.api("/api/jobs/summary")["tasks"]
    assert [(row["id"], row["state"], row["progress_total"]) for row in shown] == [(task, "running", 600)]
    assert b"slow" in daemon.ask("/fragments/activity")[2]
    with daemon.listen(f"/api/jobs/{task}/events") as events:
        daemon.wait_for(lambda: len(events.of("job")) > 2)
        assert daemon.api(f"/api/jobs/{task}", method="DELETE")["state"] == "cancelled"
        daemon.wait_for(lambda: not sleeping(daemon))
        assert events.ended.wait(PATIENCE_SECONDS)
    told = events.of("job")
    assert [row["progress_current"] for row in told] == sorted(row["progress_current"] for row in told)
    assert told[-1]["state"] == "cancelled"
    after = daemon.api("/api/jobs", {"task": "report"}, status=202)["id"]
    done = daemon.wait_for(lambda: (found := daemon.api(f"/api/jobs/{after}"))["state"] == "done" and found)
    assert done["result"]["total"] == 0
    daemon.stop()
