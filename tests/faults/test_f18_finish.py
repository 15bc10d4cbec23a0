"""test_f18_finish: what is done is not owed again."""

from tests.live import KINDS, put


def test_f18_finish_twice(daemons, tmp_path):
    put(tmp_path / "lib", "sub/a.mp4")
    daemon = daemons(tmp_path / "lib")
    daemon.wait_done("sub/a.mp4")
    daemon.wait_idle()
    for directory in (str(tmp_path / "lib"), "sub"):
        for _ in range(2):
            body = {"task": "finish", "directory": directory, "recursive": True}
            request = daemon.api("/api/jobs", body, status=202)
            assert (request["state"], request["progress_total"], request["progress"]) == ("done", 0, 1.0)
    assert len(daemon.jobs()) == len(KINDS)
    report = daemon.api("/api/report")
    assert report["kinds"]["thumbs"] == {"done": 1, "percent": 100.0, "missing": 0, "failed": 0, "unavailable": 0}
    daemon.stop()
