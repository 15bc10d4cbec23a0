"""test_tasks: long operations as rows: one owner each, leased, cancelled, queued again after a crash."""

import threading
import time

import pytest

from vidwatchd.model import JobState

ME = "me"


def claim(index, owner=ME, lease_seconds=60):
    return index.tasks.claim(owner, lease_seconds)


def state(index, task_id):
    return index.requests.get(task_id)["state"]


def test_the_task_that_waits_longest_comes_first_with_its_params(index):
    first, second = (index.tasks.add("report", {"n": n}) for n in (1, 2))
    assert claim(index) == (first, "report", {"n": 1})
    assert claim(index) == (second, "report", {"n": 2})
    assert claim(index) is None
    assert state(index, first) == "running"
    assert index.tasks.owners() == {ME}


def test_two_claimers_never_take_the_same_task(index):
    ids = {index.tasks.add("report", {}) for _ in range(20)}
    taken = []
    threads = [threading.Thread(target=lambda: taken.extend(claim(index)[0] for _ in range(5))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 20
    assert set(taken) == ids


def test_nothing_is_claimed_while_all_is_paused(index):
    index.tasks.add("report", {})
    index.jobs.pause()
    assert claim(index) is None
    index.jobs.resume()
    assert claim(index)


def test_progress_is_kept_by_the_owner_alone_and_until_it_is_cancelled(index):
    task = index.tasks.add("report", {})
    claim(index)
    assert index.tasks.keep(task, ME, 60, 2.5, 10, ["a.mp4", "b.mp4"])
    row = index.requests.get(task)
    assert (row["progress_current"], row["progress_total"], row["doing"]) == (2.5, 10, "a.mp4, b.mp4")
    assert not index.tasks.keep(task, "another", 60, 3, 10)
    index.tasks.cancel(task)
    assert not index.tasks.keep(task, ME, 60, 3, 10)
    index.tasks.finish(task, ME, JobState.DONE, result={"n": 1})
    assert (state(index, task), index.tasks.result(task)) == ("cancelled", None)


def test_a_task_ends_with_its_result_or_its_reason(index):
    good, bad, worse = (index.tasks.add("report", {}) for _ in range(3))
    for _ in range(3):
        claim(index)
    index.tasks.finish(good, ME, JobState.DONE, result={"é": [1]})
    index.tasks.finish(bad, ME, JobState.FAILED, error="why")
    assert index.tasks.result(good) == {"é": [1]}
    assert (state(index, bad), index.requests.get(bad)["error"], index.tasks.result(bad)) == ("failed", "why", None)
    index.tasks.fail(ME, "all else")
    assert [row["error"] for row in index.tasks.latest(state="failed")] == ["all else", "why"]
    index.tasks.cancel(worse)
    assert state(index, worse) == "failed", "what has ended stays as it ended"
    assert index.tasks.owners() == set()


def test_what_is_given_back_runs_again(index):
    task = index.tasks.add("report", {})
    claim(index)
    index.tasks.keep(task, ME, 60, 5, 10, ["a"])
    index.tasks.release("another")
    assert state(index, task) == "running"
    index.tasks.release(ME)
    row = index.requests.get(task)
    assert (row["state"], row["progress_current"], row["doing"]) == ("queued", 0, "")


def test_a_vanished_owners_task_is_queued_again_but_not_for_ever(index):
    task = index.tasks.add("report", {})
    for _ in range(2):
        assert claim(index)[0] == task
        index.tasks.reclaim(3)
        assert state(index, task) == "running"
        index.tasks.expire("another")
        index.tasks.expire(ME)
        index.tasks.reclaim(3)
        assert state(index, task) == "queued"
    claim(index, lease_seconds=-1)
    index.tasks.reclaim(3)
    row = index.requests.get(task)
    assert (row["state"], row["error"]) == ("failed", "the program ended each time it ran")


def test_lists_hold_tasks_only(index):
    index.requests.add("thumbs", {}, [])
    ids = [index.tasks.add(name, {}) for name in ("report", "codecs", "report")]
    assert [row["id"] for row in index.tasks.latest()] == ids[::-1]
    assert [row["id"] for row in index.tasks.latest(task="report", limit=1)] == ids[2:]
    claim(index)
    assert [row["id"] for row in index.tasks.latest(state="running")] == ids[:1]
    index.tasks.finish(ids[0], ME, JobState.DONE)
    claim(index)
    assert [row["id"] for row in index.tasks.shown(time.time() - 60, 9)] == [ids[1], ids[2], ids[0]]
    assert [row["id"] for row in index.tasks.shown(time.time() + 60, 9)] == [ids[1], ids[2]]


@pytest.mark.parametrize("ended", [True, False])
def test_old_ones_are_forgotten_when_they_have_ended(index, ended):
    task = index.tasks.add("report", {})
    claim(index)
    if ended:
        index.tasks.finish(task, ME, JobState.DONE)
    index.jobs.trim(time.time() + 10)
    assert len(index.tasks.latest()) == (0 if ended else 1)


def test_orders_of_one_name_come_with_what_was_asked(index):
    first = index.tasks.add("models", {"params": {"pull": "tiny"}})
    index.tasks.add("dupes", {"params": {}})
    index.tasks.cancel(first)
    second = index.tasks.add("models", {"params": {"pull": "base"}})
    found = index.tasks.orders("models", 0.0)
    assert {row["id"]: row["params"]["params"]["pull"] for row in found} == {first: "tiny", second: "base"}
    assert [row["id"] for row in index.tasks.orders("models", 1e12)] == [second]
