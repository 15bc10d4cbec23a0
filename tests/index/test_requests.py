"""test_requests: what a person asked for in one go, and how far it is."""

import time

import pytest

from tests.desk import file
from vidwatchd.errors import NotFound
from vidwatchd.index.jobs import Owing
from vidwatchd.model import Artifact, ArtifactState, JobState

ME = "me"


@pytest.fixture
def owed(index, library):
    index.videos.add(library.id, [file(f"{n}.mp4") for n in range(4)])
    return index.jobs.owe(Owing("thumbs", "quick", 1, {}, "h"), library_id=library.id)


def claim(index):
    return index.jobs.claim({"thumbs": 9}, owner=ME, lease_seconds=60)[0]


def test_a_requests_counts_are_those_of_its_jobs(index, owed):
    request = index.requests.add("thumbs", {"force": False}, owed)
    done, failed, running = claim(index), claim(index), claim(index)
    index.jobs.finish(done.id, JobState.DONE, owner=ME)
    index.jobs.finish(failed.id, JobState.FAILED, "why", owner=ME)
    index.jobs.progress({running.id: 0.25})
    row = index.requests.get(request)
    assert [row[name] for name in ("total", "done", "failed", "running", "part", "dropped")] == [4, 1, 1, 1, 0.25, 0]
    assert sorted(index.requests.job_ids(request)) == owed
    index.requests.cancel(request)
    assert index.requests.get(request)["cancelled"] == 1


def test_what_waits_for_a_retry_is_not_waited_for(index, owed):
    request = index.requests.add("thumbs", {}, owed)
    job = claim(index)
    assert index.requests.waiting(request) == 4
    index.jobs.retry(job.id, after_seconds=1000, error="x", alone=False, owner=ME)
    assert index.requests.waiting(request) == 3
    assert index.requests.get(request)["retrying"] == 1
    assert index.requests.waiting("no such request") == 0


def test_made_counts_artifacts_not_jobs(index, owed):
    request = index.requests.add("thumbs", {}, owed)
    for state in (ArtifactState.DONE, ArtifactState.UNAVAILABLE):
        job = claim(index)
        index.artifacts.put(Artifact(job.video_id, "thumbs", state), files={})
        index.jobs.finish(job.id, JobState.DONE, owner=ME)
    assert (index.requests.made(request), index.requests.runs(request)) == ({"thumbs": 1}, False)
    claim(index)
    assert (index.requests.made(request), index.requests.runs(request)) == ({"thumbs": 1}, True)


def test_a_job_may_belong_to_several_requests_and_is_listed_once(index, owed):
    first, second = index.requests.add("a", {}, [*owed, *owed]), index.requests.add("b", {}, owed[:1])
    assert index.requests.get(first)["total"] == 4
    assert index.requests.get(second)["total"] == 1
    assert [row["id"] for row in index.requests.latest(1)] == [second]


def test_an_empty_request_is_one(index):
    assert index.requests.get(index.requests.add("finish", {}, []))["total"] == 0


@pytest.mark.parametrize("wrong", ["", "x", "1", "'; --"])
def test_an_unknown_request_is_not_found(index, wrong):
    with pytest.raises(NotFound):
        index.requests.get(wrong)


def test_jobs_are_listed_newest_first_and_filtered(index, owed):
    job = claim(index)
    assert [row["id"] for row in index.requests.jobs()] == owed[::-1]
    assert [row["id"] for row in index.requests.jobs(limit=2)] == owed[:1:-1]
    assert [row["id"] for row in index.requests.jobs(state="running")] == [job.id]
    assert [row["id"] for row in index.requests.jobs(video_id=job.video_id)] == [job.id]
    assert [row["id"] for row in index.requests.jobs(video_id=job.video_id, state="queued")] == []
    assert index.requests.jobs(kind="faces") == []
    assert index.requests.job(job.id)["video_name"] == "0.mp4"
    with pytest.raises(NotFound):
        index.requests.job(999)


def test_counts_and_pace(index, owed):
    assert index.requests.counts() == [("thumbs", "queued", 4)]
    assert index.requests.pace("thumbs", 0) is None
    for number in range(3):
        index.jobs.finish(claim(index).id, JobState.DONE, owner=ME)
        index.db.conn.execute("UPDATE jobs SET ended_at = ? WHERE id = ?", (time.time() + 2 * number, owed[number]))
    assert index.requests.done_counts() == {"thumbs": 3}
    assert index.requests.pace("thumbs", 0) == pytest.approx(2, abs=0.5)
    assert index.requests.pace("faces", 0) is None


def test_requests_leave_with_a_removed_library_but_do_not_break(index, library, owed):
    request = index.requests.add("thumbs", {}, owed)
    index.libraries.remove(library.id)
    assert index.requests.get(request)["total"] == 0


def test_caps_hold_until_their_request_is_over_and_the_smallest_counts(index, owed):
    assert index.requests.caps() == {}
    index.requests.add("thumbs", {}, owed)
    first = index.requests.add("batch", {}, owed[:1], caps={"thumbs": 5, "sprites": 1})
    second = index.requests.add("batch", {}, owed, caps={"thumbs": 2})
    assert index.requests.caps() == {"thumbs": 2, "sprites": 1}
    index.requests.uncap(second)
    assert index.requests.caps() == {"thumbs": 5, "sprites": 1}
    index.jobs.finish(claim(index).id, JobState.DONE, owner=ME)
    assert index.requests.caps() == {}
    assert index.one("SELECT caps FROM requests WHERE id = ?", first) == ("",)
