"""test_f16_stop: stopped or cancelled while workers run: no child is left, the work is queued again."""

import signal

from tests.live import artifacts, clip, encoded, put


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
    daemon.stop(signal.SIGINT)
    daemon.start()
    daemon.wait_for(lambda: daemon.library("lib")["last_scan_at"] and not daemon.library("lib")["scanning"])
    daemon.wait_idle()
    assert artifacts(tmp_path / "lib") == whole
    assert len(daemon.jobs()) == 3 * len(names)
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
