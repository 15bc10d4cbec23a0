"""test_jobs: the queue: owed once, claimed by one, leased, retried, set aside, cancelled, paused."""

import multiprocessing
import time

import pytest

from tests.desk import file
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.index import open_index
from vidwatchd.index.jobs import Owing
from vidwatchd.index.later import LAST, Later
from vidwatchd.model import Artifact, ArtifactState, JobState, Presence

CAPS = {"metadata": 3, "thumbs": 4, "sprites": 2, "faces": 1}
ME = "here:1:me"


@pytest.fixture
def ids(index, library):
    return index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(10)])


def owing(kind="thumbs", **values):
    return Owing(
        **{"kind": kind, "tier": "quick", "version": 1, "settings": {"width": 1}, "settings_hash": "h", **values}
    )


def claim(index, caps=None, owner=ME, lease_seconds=60.0, **options):
    return index.jobs.claim(caps or CAPS, owner=owner, lease_seconds=lease_seconds, **options)


def rows(index, *columns):
    return index.rows(f"SELECT {', '.join(columns)} FROM jobs ORDER BY id")


# -- owing


def test_owing_twice_owes_once(index, library, ids):
    assert len(index.jobs.owe(owing(), library_id=library.id)) == 10
    assert index.jobs.owe(owing(), library_id=library.id) == []
    assert index.jobs.owe(owing(), video_ids=ids[:3]) == []
    assert index.jobs.owe(owing()) == []
    assert len(rows(index, "id")) == 10


def test_what_is_done_failed_or_unavailable_is_not_owed_unless_a_person_asks(index, library, ids):
    for video_id, state in zip(ids, ("done", "failed", "unavailable", "stale", "missing"), strict=False):
        index.artifacts.put(Artifact(video_id, "thumbs", ArtifactState(state)), files={})
    index.jobs.owe(owing(), library_id=library.id)
    assert {row[0] for row in rows(index, "video_id")} == set(ids[3:])
    index.jobs.owe(owing(asked=True), video_ids=ids)
    assert {row[0] for row in rows(index, "video_id")} == {*ids} - {ids[0]}
    index.jobs.owe(owing(force=True), video_ids=ids)
    assert {row[0] for row in rows(index, "video_id")} == {*ids}


def test_only_present_videos_of_the_scope_are_owed(index, library, ids):
    other = index.libraries.add(uuid="u2", root="/other", name="o", watched=True, layout="beside")
    index.videos.add(other.id, [file("x.mp4")])
    index.videos.set_presence(library.id, ["0.mp4"], Presence.GONE)
    index.videos.set_presence(library.id, ["1.mp4"], Presence.UNKNOWN, "EIO")
    assert len(index.jobs.owe(owing(), library_id=library.id)) == 8
    assert index.jobs.owe(owing(), video_ids=[]) == []
    assert len(index.jobs.owe(owing())) == 1


def test_a_kind_that_requires_others_waits_for_them(index, library, ids):
    needy = owing("faces", requires=("thumbs", "metadata"))
    assert index.jobs.owe(needy, video_ids=ids) == []
    index.artifacts.put(Artifact(ids[0], "thumbs", ArtifactState.DONE), files={})
    assert index.jobs.owe(needy, video_ids=ids) == []
    index.artifacts.fail(Artifact(ids[0], "metadata", ArtifactState.UNAVAILABLE))
    assert len(index.jobs.owe(needy, video_ids=ids)) == 1


def test_other_content_version_or_settings_are_other_work(index, library, ids):
    index.jobs.owe(owing(), video_ids=ids[:1])
    assert len(index.jobs.owe(owing(version=2), video_ids=ids[:1])) == 1
    assert len(index.jobs.owe(owing(settings_hash="other"), video_ids=ids[:1])) == 1
    index.videos.touch(library.id, [file("0.mp4", 99)], replaced=True)
    assert len(index.jobs.owe(owing(), video_ids=ids[:1])) == 1


def test_done_work_whose_files_vanished_is_owed_again_as_new(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:1])
    job = claim(index)[0]
    index.jobs.finish(job.id, JobState.DONE, owner=ME)
    assert index.jobs.owe(owing(), video_ids=ids[:1]) == [job.id]
    assert rows(index, "state", "attempts", "error", "ended_at") == [("queued", 0, "", None)]


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_what_was_set_aside_or_cancelled_stays_so_until_a_person_asks(index, ids, state):
    index.jobs.owe(owing(), video_ids=ids[:1])
    job = claim(index)[0]
    index.jobs.finish(job.id, state, "why", owner=ME)
    assert index.jobs.owe(owing(), video_ids=ids[:1]) == []
    assert index.jobs.owe(owing(asked=True), video_ids=ids[:1]) == [job.id]
    assert rows(index, "state", "attempts") == [("queued", 0)]


def test_pending_jobs_are_joined_and_hastened(index, ids):
    owed = index.jobs.owe(owing(), video_ids=ids)
    job = claim(index)[0]
    index.jobs.retry(job.id, after_seconds=1000, error="x", alone=False, owner=ME)
    assert set(index.jobs.pending(["thumbs"], ids)) == set(owed)
    assert set(index.jobs.pending(["thumbs"], ids, due_only=True)) == set(owed) - {job.id}
    assert index.jobs.pending(["faces"], ids) == []
    index.jobs.hasten([job.id], 5)
    assert claim(index)[0].id == job.id


# -- claiming


def test_a_claim_takes_one_videos_kinds_of_one_tier(index, ids):
    for kind, tier in (("metadata", "quick"), ("thumbs", "quick"), ("faces", "heavy")):
        index.jobs.owe(owing(kind, tier=tier), video_ids=ids[:2])
    first, second = claim(index), claim(index)
    assert [job.kind for job in first] == ["metadata", "thumbs"]
    assert {job.video_id for job in first} == {ids[0]}
    assert {job.video_id for job in second} == {ids[1]}
    assert [job.kind for job in claim(index)] == ["faces"]
    assert first[0].attempts == 1
    assert first[0].settings == {"width": 1}
    assert first[0].state is JobState.RUNNING


def test_caps_hold_over_all_owners(index, ids):
    index.jobs.owe(owing("faces"), video_ids=ids)
    index.jobs.owe(owing("sprites"), video_ids=ids)
    assert [job.kind for job in claim(index)] == ["faces", "sprites"]
    assert [job.kind for job in claim(index, owner="there:2:x")] == ["sprites"]
    assert claim(index) == []


def test_a_cap_of_one_kind_does_not_hold_up_another(index, ids):
    index.jobs.owe(owing("faces", priority=1), video_ids=ids)
    index.jobs.owe(owing("thumbs"), video_ids=ids)
    claim(index)
    assert [job.kind for job in claim(index)] == ["thumbs"]


def test_the_urgent_come_first_then_the_oldest(index, ids):
    index.jobs.owe(owing(), video_ids=ids)
    index.jobs.owe(owing("metadata", priority=10), video_ids=ids[7:])
    order = [claim(index, {"metadata": 99, "thumbs": 99})[0].video_id for _ in range(10)]
    assert order == [*ids[7:], *ids[:7]]


def test_nothing_of_a_library_that_is_away_is_claimed(index, library, ids):
    other = index.libraries.add(uuid="u2", root="/other", name="o", watched=True, layout="beside")
    far = index.videos.add(other.id, [file("x.mp4")])
    index.jobs.owe(owing(), library_id=library.id)
    index.jobs.owe(owing(priority=90), library_id=other.id)
    index.libraries.update(library.id, online=False)
    assert claim(index)[0].video_id == far[0]
    assert claim(index) == []
    index.libraries.update(library.id, online=True)
    assert claim(index)[0].video_id == ids[0]


def test_a_request_claims_only_what_it_asked_for(index, ids):
    index.jobs.owe(owing("metadata"), video_ids=ids)
    mine = index.jobs.owe(owing("thumbs"), video_ids=ids[5:6])
    request = index.requests.add("thumbs", {}, mine)
    assert [(job.kind, job.video_id) for job in claim(index, request=request)] == [("thumbs", ids[5])]
    assert claim(index, request=request) == []


def test_two_connections_never_get_the_same_job(index, ids, tmp_path):
    other = open_index(str(tmp_path / "data"))
    index.jobs.owe(owing(), video_ids=ids)
    taken = [job.id for _ in range(5) for side in (index, other) for job in claim(side, {"thumbs": 99})]
    assert len(taken) == len(set(taken)) == 10
    other.close()


def _claimer(folder, go, out):
    index = open_index(folder)
    go.wait(60)
    taken = []
    while jobs := index.jobs.claim({"thumbs": 10**6, "metadata": 10**6}, owner="x", lease_seconds=60):
        taken += [job.id for job in jobs]
        time.sleep(0.002)  # the time of some work, in which the others have their turn
    out.put(taken)
    index.close()


def test_processes_that_claim_at_once_never_get_the_same_job(index, library, tmp_path):
    ids = index.videos.add(library.id, [file(f"{n}.mp4") for n in range(150)])
    index.jobs.owe(owing(), video_ids=ids)
    index.jobs.owe(owing("metadata"), video_ids=ids)
    context = multiprocessing.get_context("fork")
    go, out = context.Barrier(4), context.Queue()
    workers = [context.Process(target=_claimer, args=(str(tmp_path / "data"), go, out)) for _ in range(4)]
    for worker in workers:
        worker.start()
    taken = [out.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert sum(map(len, taken)) == len(set().union(*map(set, taken))) == 300
    assert sum(bool(some) for some in taken) > 1, "only one process got anything: nothing was tried"
    assert rows(index, "max(attempts)") == [(1,)]


# -- keeping and ending


def test_an_attempt_is_counted_before_the_work(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:1])
    claim(index)
    assert rows(index, "state", "attempts", "owner") == [("running", 1, ME)]


def test_a_lease_that_ended_is_queued_again_and_a_kept_one_is_not(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:2])
    lost, kept = claim(index, lease_seconds=-1)[0], claim(index, lease_seconds=-1)[0]
    index.jobs.renew(ME, 60, [kept.id])
    assert index.jobs.reclaim(5) == []
    assert index.jobs.states([lost.id, kept.id]) == {lost.id: JobState.QUEUED, kept.id: JobState.RUNNING}
    index.jobs.renew("somebody else", 60, [kept.id])
    assert claim(index)[0].id == lost.id


def test_a_programs_ends_count_apart_and_set_aside_in_the_end(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:1])
    index.jobs.owe(owing("metadata"), video_ids=ids[:1])
    kinds = []
    for _ in range(3):
        kinds.append([job.kind for job in claim(index, lease_seconds=-1)])
        assert index.jobs.reclaim(3) == [] or len(kinds) == 3
    # Together twice; from the second end on each by itself, so that one poison takes only itself down.
    assert [len(names) for names in kinds] == [2, 2, 1]
    states = dict(index.rows("SELECT kind, state FROM jobs"))
    assert states == {kinds[2][0]: "failed", ({"thumbs", "metadata"} - set(kinds[2])).pop(): "queued"}
    assert rows(index, "max(attempts)") == [(0,)]


def test_a_dead_owners_leases_end_at_once(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:2])
    claim(index, owner="dead")
    claim(index, owner="alive")
    assert index.jobs.owners() == {"dead", "alive"}
    index.jobs.expire("dead")
    index.jobs.reclaim(5)
    assert index.jobs.owners() == {"alive"}


def test_release_takes_the_attempt_back_and_may_wait(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:2])
    one, two = claim(index)[0], claim(index)[0]
    assert index.jobs.release(ME, [one.id], after_seconds=1000) == 1
    assert index.jobs.release("somebody else") == 0
    assert index.jobs.release(ME) == 1
    assert rows(index, "state", "attempts") == [("queued", 0), ("queued", 0)]
    assert [job.id for job in claim(index)] == [two.id]
    assert claim(index) == []


def test_a_retry_waits_its_time_and_is_then_claimed(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:1])
    job = claim(index)[0]
    index.jobs.retry(job.id, after_seconds=1000, error="why", alone=False, owner=ME)
    assert claim(index) == []
    assert index.jobs.next_due() - time.time() == pytest.approx(1000, abs=PATIENCE_SECONDS)
    index.db.conn.execute("UPDATE jobs SET not_before = not_before - 1000 WHERE id = ?", (job.id,))
    again = until(lambda: claim(index))
    assert (again[0].id, again[0].attempts, again[0].error) == (job.id, 2, "why")


def test_kinds_marked_alone_are_claimed_one_by_one(index, ids):
    for kind in ("metadata", "thumbs", "sprites"):
        index.jobs.owe(owing(kind), video_ids=ids[:1])
    for job in claim(index):
        index.jobs.retry(job.id, after_seconds=0, error="died", alone=True, owner=ME)
    assert [[job.kind for job in claim(index)] for _ in range(4)] == [["metadata"], ["thumbs"], ["sprites"], []]


def test_a_job_that_is_not_ones_own_any_more_is_not_ended(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:1])
    job = claim(index, lease_seconds=-1)[0]
    index.jobs.reclaim(5)
    assert claim(index, owner="other")[0].id == job.id
    assert not index.jobs.finish(job.id, JobState.DONE, owner=ME)
    index.jobs.retry(job.id, after_seconds=0, error="x", alone=False, owner=ME)
    assert index.jobs.held([job.id], ME) == set()
    assert index.jobs.held([job.id], "other") == {job.id}
    assert index.jobs.finish(job.id, JobState.DONE, owner="other")


def test_cancelling_stops_what_waits_and_what_runs_but_not_what_ended(index, ids):
    owed = index.jobs.owe(owing(), video_ids=ids[:3])
    done, running = claim(index)[0], claim(index)[0]
    index.jobs.finish(done.id, JobState.DONE, owner=ME)
    assert set(index.jobs.cancel(owed)) == set(owed) - {done.id}
    assert not index.jobs.finish(running.id, JobState.DONE, owner=ME)
    assert [row[0] for row in rows(index, "state")] == ["done", "cancelled", "cancelled"]


def test_what_waits_for_changed_or_gone_videos_is_dropped(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:2])
    index.jobs.owe(owing("metadata"), video_ids=ids[:2])
    running = claim(index, {"metadata": 1})[0]
    index.jobs.drop([running.video_id])
    left = index.rows("SELECT video_id, kind, state FROM jobs ORDER BY id")
    assert (running.video_id, "metadata", "cancelled") in left
    assert len(left) == 3


def test_a_person_tries_again_what_was_set_aside(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:2])
    index.jobs.owe(owing("metadata"), video_ids=ids[:1])
    for _ in range(2):
        for job in claim(index):
            index.jobs.finish(job.id, JobState.FAILED, "why", owner=ME)
    assert len(index.jobs.retry_failed(kind="metadata")) == 1
    failed = [i for i, s in rows(index, "id", "state") if s == "failed"]
    assert index.jobs.retry_failed(job_ids=failed[:1]) == failed[:1]
    assert index.jobs.retry_failed() == failed[1:]
    assert set(rows(index, "state", "attempts", "error")) == {("queued", 0, "")}


def test_pausing_a_kind_or_all(index, ids):
    index.jobs.owe(owing(), video_ids=ids[:2])
    index.jobs.owe(owing("metadata"), video_ids=ids[:2])
    index.jobs.pause("metadata")
    index.jobs.pause("metadata")
    assert index.jobs.paused() == {"metadata"}
    assert [job.kind for job in claim(index)] == ["thumbs"]
    index.jobs.pause()
    assert claim(index) == []
    index.jobs.resume()
    index.jobs.resume("metadata")
    assert {job.kind for job in claim(index)} == {"thumbs", "metadata"}


def test_progress_belongs_to_running_jobs(index, ids):
    owed = index.jobs.owe(owing(), video_ids=ids[:2])
    claim(index)
    index.jobs.progress(dict.fromkeys(owed, 0.5))
    assert [row[0] for row in rows(index, "progress")] == [0.5, 0.0]


def test_next_due_is_nothing_when_nothing_waits(index, ids):
    assert index.jobs.next_due() is None
    index.jobs.owe(owing(), video_ids=ids[:1])
    assert index.jobs.next_due() is None
    claim(index)
    assert index.jobs.next_due() - time.time() == pytest.approx(60, abs=5)


def test_superseded_work_goes_but_not_what_a_person_chose(index, ids):
    for version, hash_, pinned in ((1, "h", False), (2, "a", False), (2, "z", False), (2, "p", True), (2, "h", False)):
        index.jobs.owe(owing(version=version, settings_hash=hash_, pinned=pinned), video_ids=ids[:1])
    index.jobs.supersede("thumbs", 2, "h")
    assert set(rows(index, "version", "settings_hash")) == {(2, "p"), (2, "h")}


def test_long_ended_work_is_forgotten_but_a_living_request_keeps_its_jobs(index, ids):
    owed = index.jobs.owe(owing(), video_ids=ids[:3])
    kept = index.requests.add("thumbs", {}, owed[1:])
    ended = index.requests.add("thumbs", {}, owed[:1])
    for _ in range(2):
        index.jobs.finish(claim(index)[0].id, JobState.DONE, owner=ME)
    index.jobs.trim(time.time() + 10)
    assert [row[0] for row in rows(index, "id")] == owed[1:]
    assert [row["id"] for row in index.requests.latest(9)] == [kept] != [ended]


# -- how it is done


def plans(index, sql, *params):
    return " | ".join(str(row[3]) for row in index.rows(f"EXPLAIN QUERY PLAN {sql}", *params))


def test_a_claim_walks_through_no_backlog(index, library, ids):
    """Every statement of a claim goes by an index, whatever waits in front of it."""
    index.jobs.owe(owing(), library_id=library.id)
    index.optimise()
    asked = []
    index.db.conn.set_trace_callback(asked.append)
    assert claim(index, {"thumbs": 1, "sprites": 1})
    index.db.conn.set_trace_callback(None)
    statements = [sql for sql in asked if not sql.startswith(("BEGIN", "COMMIT"))]
    assert len(statements) > 4
    for sql in statements:
        plan = plans(index, sql)
        for table in ("j", "jobs", "heads", "artifacts", "videos", "v"):
            allowed = "jobs_running" if table == "jobs" else "nothing"  # a partial index of what runs now
            assert f"SCAN {table} " not in f"{plan} " or allowed in plan, (sql, plan)
        assert "jobs_by_state" not in plan, (sql, plan)


def test_balanced_a_long_kind_runs_beside_the_many_quick_ones(index, library, ids):
    index.jobs.owe(owing("thumbs"), library_id=library.id)
    index.jobs.owe(owing("faces", tier="heavy"), library_id=library.id)
    plain = [claim(index)[0].kind for _ in range(2)]
    assert plain == ["thumbs", "thumbs"]
    index.jobs.release(ME)
    assert [claim(index, balanced=True)[0].kind for _ in range(5)] == ["thumbs", "faces", "thumbs", "thumbs", "thumbs"]
    assert claim(index, balanced=True) == []


def test_balanced_what_is_urgent_still_comes_first(index, ids):
    index.jobs.owe(owing("thumbs", priority=10), video_ids=ids[:2])
    index.jobs.owe(owing("faces", tier="heavy", priority=50), video_ids=ids)
    assert [claim(index, balanced=True)[0].kind for _ in range(3)] == ["thumbs", "thumbs", "faces"]


def test_what_runs_of_a_video_is_set_back_for_a_while(index, ids):
    index.jobs.owe(owing("thumbs"), video_ids=ids[:1])
    (job,) = claim(index)
    assert index.jobs.set_back(ids[1], 60) == []
    assert index.jobs.set_back(ids[0], 60) == [job.id]
    assert index.jobs.held([job.id], ME) == set()
    assert claim(index) == []
    index.jobs.resume_now([job.id])
    (again,) = claim(index)
    assert (again.id, again.attempts) == (job.id, 1)


def test_what_is_made_from_something_that_changed_begins_again(index, ids):
    index.jobs.owe(owing("thumbs"), video_ids=ids[:2])
    index.jobs.owe(owing("sprites"), video_ids=ids[:1])
    jobs = [job for _ in range(2) for job in claim(index)]
    assert len(jobs) == 3
    first = next(job for job in jobs if (job.video_id, job.kind) == (ids[0], "thumbs"))
    index.jobs.begin_again(ids[:1], ["thumbs"], 60)
    assert index.jobs.held([job.id for job in jobs], ME) == {job.id for job in jobs} - {first.id}
    assert claim(index) == []
    index.jobs.resume_now([first.id])
    assert claim(index)[0].attempts == 1


def test_what_failed_for_good_may_be_owed_when_what_it_is_made_from_changed(index, ids):
    index.jobs.owe(owing("thumbs"), video_ids=ids[:2])
    for _ in range(2):
        index.jobs.finish(claim(index)[0].id, JobState.FAILED, "no", owner=ME)
    index.jobs.forgive(ids[:1], ["thumbs"])
    assert len(index.jobs.owe(owing("thumbs"), video_ids=ids[:2])) == 1


# -- what is made last

LATER = Later(("stored",), ("metadata", "thumbs", "sprites", "faces"))
WITH_LAST = {**CAPS, "stored": 1}


def last(**values):
    return owing("stored", tier="quick", priority=LAST, **values)


def test_what_is_last_waits_for_all_else_and_is_joined_with_nothing(index, ids):
    index.jobs.owe(owing("thumbs"), video_ids=ids[:2])
    index.jobs.owe(last(), video_ids=ids[:2])
    taken = [claim(index, WITH_LAST, later=LATER) for _ in range(3)]
    assert [[job.kind for job in jobs] for jobs in taken] == [["thumbs"], ["thumbs"], ["stored"]]


def test_what_a_person_asked_for_is_not_last_and_still_goes_alone(index, ids):
    index.jobs.owe(owing("thumbs"), video_ids=ids)
    index.jobs.owe(owing("stored", priority=20), video_ids=ids[:1])
    assert [job.kind for job in claim(index, WITH_LAST, later=LATER)] == ["stored"]


def test_what_waits_where_no_worker_is_free_holds_the_last_back_too(index, ids):
    index.jobs.owe(owing("faces", tier="heavy"), video_ids=ids[:1])
    index.jobs.owe(last(), video_ids=ids[1:2])
    assert claim(index, {"stored": 1}, later=LATER) == []
    index.jobs.pause("faces")
    assert claim(index, {"stored": 1}, later=LATER)[0].kind == "stored"


def test_a_request_of_the_last_kind_waits_only_for_its_own(index, ids):
    index.jobs.owe(owing("thumbs"), video_ids=ids)
    owed = index.jobs.owe(last(), video_ids=ids[:1])
    request = index.requests.add("finish", {}, owed)
    assert claim(index, WITH_LAST, later=LATER, request=request)[0].kind == "stored"


def test_in_a_library_short_of_room_the_last_waits_and_others_go_on(index, library, ids):
    other = index.libraries.add(uuid="u2", root="/other", name="o", watched=True, layout="beside")
    far = index.videos.add(other.id, [file("x.mp4")])
    owed = index.jobs.owe(last())
    request = index.requests.add("finish", {}, owed)
    assert index.later.libraries(["stored"]) == [library.id, other.id]
    short = Later(LATER.kinds, LATER.after, (library.id,))
    assert [job.video_id for job in claim(index, WITH_LAST, later=short)] == far
    assert claim(index, {"stored": 9}, later=short) == []
    assert (index.requests.waiting(request), index.requests.waiting(request, [library.id])) == (11, 1)
    assert (index.later.count(library.id, ["stored"]), index.later.count(other.id, ["stored"])) == (10, 0)


def test_a_claim_of_what_is_last_walks_through_no_backlog(index, library, ids):
    index.jobs.owe(last(), library_id=library.id)
    index.optimise()
    asked = []
    index.db.conn.set_trace_callback(asked.append)
    assert claim(index, WITH_LAST, later=LATER)
    index.later.libraries(["stored"])
    index.db.conn.set_trace_callback(None)
    for sql in [sql for sql in asked if not sql.startswith(("BEGIN", "COMMIT"))]:
        plan = plans(index, sql)
        for table in ("j", "jobs", "heads", "videos", "v"):
            allowed = "jobs_running" if table == "jobs" else "nothing"
            assert f"SCAN {table} " not in f"{plan} " or allowed in plan, (sql, plan)
    assert "jobs_due (library_id=? AND kind=? AND priority>? AND priority<?)" in " ".join(
        plans(index, s) for s in asked
    )


def test_what_a_library_does_not_want_any_more_is_taken_back_unless_asked_for(index, library, ids):
    owed = index.jobs.owe(last(), video_ids=ids[:3])
    index.requests.add("stored", {}, owed[:1])
    index.jobs.owe(owing("thumbs"), video_ids=ids[:1])
    index.jobs.take_back(library.id, ["stored"])
    assert [tuple(row) for row in rows(index, "kind", "id")] == [("stored", owed[0]), ("thumbs", owed[2] + 1)]
