import uuid

import pytest

from tests.live import ALL
from vidwatchd.operations import tasks

JOB = {
    "id",
    "kind",
    "task",
    "video_id",
    "state",
    "progress",
    "error",
    "video_name",
    "progress_current",
    "progress_total",
}


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_submit_follow_cancel(fresh, prefix):
    request = fresh.ask(f"{prefix}/jobs", {"task": "thumbs", "directory": "sub"}, status=202)
    assert uuid.UUID(request["id"])
    assert (request["state"], request["progress_total"], request["progress_current"]) == ("queued", 2, 0)
    listed = fresh.ask(f"{prefix}/jobs")
    assert set(listed["kinds"]) == set(ALL)
    assert listed["jobs"][0] == fresh.ask(f"{prefix}/jobs/{request['id']}")
    job = next(job for job in listed["jobs"] if job["kind"] == "thumbs")
    assert set(job) >= JOB
    assert fresh.ask(f"{prefix}/jobs/{job['id']}")["video_name"] in ("b.mp4", "c.mp4")
    assert fresh.ask(f"{prefix}/jobs/{job['id']}", method="DELETE")["state"] == "cancelled"
    assert fresh.ask(f"{prefix}/jobs/{request['id']}", method="DELETE")["state"] == "cancelled"
    assert {job["state"] for job in fresh.ask(f"{prefix}/jobs?state=cancelled")["jobs"]} == {"cancelled"}


def test_the_events_of_a_job_that_has_ended_end(fresh):
    request = fresh.ask("/api/jobs", {"task": "thumbs", "directory": "sub"}, status=202)
    fresh.ask(f"/api/jobs/{request['id']}", method="DELETE")
    answer = fresh.client.get(f"/api/jobs/{request['id']}/events")
    assert answer.content_type.startswith("text/event-stream")
    assert b"event: job" in answer.data
    assert fresh.followed == {}


def test_a_job_that_runs_is_followed(fresh):
    request = fresh.ask("/api/jobs", {"task": "thumbs", "directory": "sub"}, status=202)
    with fresh.client.get(f"/api/jobs/{request['id']}/events", buffered=False) as answer:
        stream = iter(answer.response)
        assert b"retry:" in next(stream)
        assert list(fresh.followed) == [request["id"]]


def test_all_events(fresh):
    with fresh.client.get("/api/events", buffered=False) as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        fresh.hub.publish("video", {"ids": [1]})
        stream = iter(answer.response)
        assert b'"ids":[1]' in next(stream) + next(stream, b"")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"task": ""}, 400),
        ({"task": ","}, 400),
        ({"task": "colours"}, 404),
        ({"task": "thumbs", "directory": "/etc"}, 404),
        ({"task": "thumbs", "directory": "\ud800"}, 422),
        ({"task": "thumbs", "directory": "\0"}, 422),
        ({"task": "thumbs", "library": 999}, 404),
        ({"task": "thumbs", "library": 10**30}, 422),
        ({"task": "thumbs", "params": {"no_such": 1}}, 400),
        ({"task": "thumbs", "params": {"quality": "x"}}, 400),
        ({"task": "thumbs,sprites", "params": {"no_such": 1}}, 400),
        ({"task": "dupes", "params": {"limit": "x"}}, 400),
        ({"task": "report", "params": {"no_such": 1}}, 400),
        ({"task": "thumbs", "video_ids": [10**30]}, 422),
        ({"task": "thumbs", "video_ids": [999]}, 404),
        ({}, 422),
        ({"task": "thumbs", "colour": 1}, 422),
    ],
)
def test_nonsense_owes_nothing(steady, body, status):
    steady.refused("/api/jobs", body, status=status)
    assert steady.ask("/api/jobs")["jobs"] == []


def test_there_is_no_such_job(fresh):
    fresh.ask("/api/jobs", {"task": "finish", "recursive": True}, status=202)
    for job in ("999", "9" * 60, str(uuid.uuid4()), "x", "00000000000000000001", "%00", "٣"):
        for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/events")):
            assert fresh.refused(f"/api/jobs/{job}{rest}", method=method, status=404) == "not_found"


def test_list_filters(fresh):
    fresh.ask("/api/jobs", {"task": "finish", "recursive": True}, status=202)
    assert len(fresh.ask("/api/jobs?kind=thumbs")["jobs"]) == 3
    assert len(fresh.ask("/api/jobs?state=queued&limit=2")["jobs"]) == 2
    fresh.refused("/api/jobs?state=lazy", status=400)
    fresh.refused("/api/jobs?kind=colours", status=404)
    fresh.refused("/api/jobs?limit=0", status=422)


def test_pause_and_resume(fresh):
    assert fresh.ask("/api/jobs/pause", {})["paused"] is True
    assert fresh.ask("/api/jobs/resume", {})["paused"] is False
    assert fresh.ask("/api/jobs/pause", {"kind": "thumbs"})["kinds"]["thumbs"]["paused"] is True
    assert fresh.ask("/api/jobs/resume", {"kind": "thumbs"})["kinds"]["thumbs"]["paused"] is False
    fresh.refused("/api/jobs/pause", {"kind": "colours"}, status=404)


def test_summary(fresh):
    found = fresh.ask("/api/jobs/summary")
    assert set(found) == {"kinds", "tasks", "paused", "problem", "waits", "running", "failed"}
    counts = {"queued", "running", "done", "failed", "unavailable"}
    assert set(found["kinds"]["thumbs"]) == {*counts, "paused", "left_seconds"}


def test_run_and_retry(fresh):
    request = fresh.ask("/api/jobs/run", {"kind": "thumbs"}, status=202)
    assert request["progress_total"] == 3
    fresh.refused("/api/jobs/run", {"kind": "thumbs", "which": "some"}, status=422)
    assert fresh.ask("/api/jobs/retry", {}) == {"queued": 0}
    assert fresh.ask("/api/jobs/retry", {"id": 10**15}) == {"queued": 0}
    fresh.refused("/api/jobs/retry", {"id": 10**30}, status=422)


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_long_operation_is_a_job_too(fresh, prefix):
    asked = fresh.ask(f"{prefix}/jobs", {"task": "report", "directory": "sub"}, status=202)
    assert (asked["state"], asked["task"], asked["progress_current"]) == ("queued", "report", 0)
    assert fresh.ask(f"{prefix}/jobs?kind=report")["jobs"] == [asked]
    assert tasks.run_next(fresh.ctx, "me")
    done = fresh.ask(f"{prefix}/jobs/{asked['id']}")
    assert (done["state"], done["result"]["total"]) == ("done", 2)
    assert fresh.ask("/api/jobs/summary")["tasks"][0]["id"] == asked["id"]
    assert b'"state":"done"' in fresh.client.get(f"{prefix}/jobs/{asked['id']}/events").data
    assert fresh.ask(f"{prefix}/jobs/{asked['id']}", method="DELETE")["state"] == "done"
    fresh.refused(f"{prefix}/jobs", {"task": "report", "directory": "/etc"}, status=404)
    assert "report" in fresh.ask(f"{prefix}/jobs", {"task": "reports"}, status=404)["hint"]


def test_a_batch_is_posted_with_its_caps(fresh):
    body = {"task": "batch", "recursive": True, "params": {"tasks": ["meta", "thumbs"], "max": {"meta": 1}}}
    assert fresh.ask("/api/jobs", body, status=202)["progress_total"] == 6
    assert fresh.ctx.index.requests.caps() == {"metadata": 1, "thumbs": 4}
    fresh.refused("/api/jobs", {"task": "batch", "params": {"tasks": ["colours"]}}, status=400)
    assert fresh.ask("/api/jobs", {"task": "queue"}, status=202)["task"] == "queue"
