"""test_dispatcher: from owed to recorded: what is made, what fails, what dies, what changes meanwhile."""

import os
import time
from pathlib import Path

import pytest

from tests.desk import KINDS, Desk, FakeRunner, make, tree
from tests.waiting import PATIENCE_SECONDS
from vidwatchd import jobs
from vidwatchd.config import parse
from vidwatchd.errors import StorageError, WorkerDied
from vidwatchd.fingerprint import fingerprint
from vidwatchd.index.jobs import Jobs
from vidwatchd.jobs import Dispatcher
from vidwatchd.jobs import dispatcher as module
from vidwatchd.library import Store
from vidwatchd.model import ArtifactState, Outcome


def failing(*kinds, permanent=False, state=ArtifactState.FAILED):
    """A runner's work in which these kinds fail."""

    def work(task):
        return [Outcome(o.kind, state, error="why", permanent=permanent) if o.kind in kinds else o for o in make(task)]

    return work


def dying(*kinds):
    """A runner's work in which these kinds take the worker with them."""

    def work(task):
        if {kind for kind, _ in task.kinds} & set(kinds):
            raise WorkerDied("crashed with SIGSEGV")
        return make(task)

    return work


def old(desk, path="clip.mp4"):
    """A file that is older than a young one."""
    desk.index.db.conn.execute("UPDATE videos SET ctime_ns = 0")


def ready(desk, path="clip.mp4"):
    desk.put(path)
    desk.scan()


def test_everything_of_a_video_is_made_in_one_visit_published_and_recorded(desk):
    ready(desk)
    original = (desk.root / "clip.mp4").read_bytes()
    assert desk.work() == [KINDS]
    assert desk.states() == dict.fromkeys(KINDS, "done")
    assert {state for _, state in desk.jobs()} == {"done"}
    assert desk.store.made("clip.mp4")[0].keys() == set(KINDS)
    assert (desk.root / "clip.mp4").read_bytes() == original
    assert desk.index.videos.get(desk.id("clip.mp4")).duration_seconds == 12.5
    assert os.listdir(desk.root / ".artifacts" / ".making") == []


def test_the_second_time_nothing_is_owed(desk):
    ready(desk)
    desk.work()
    desk.scan()
    assert desk.work() == []


@pytest.mark.parametrize(
    "name", ["new\nline.mp4", 'it\'s "q".mp4', "100%d.mp4", "-x.mp4", "🎬.mp4", "a" * 251 + ".mp4", "\U0010ffff.mp4"]
)
def test_odd_names_go_all_the_way(desk, name):
    ready(desk, "d/" + name)
    desk.work()
    assert desk.states("d/" + name) == dict.fromkeys(KINDS, "done")
    for files in desk.index.artifacts.all_files(desk.id("d/" + name)).values():
        assert (
            all((desk.root / "d" / ".artifacts" / os.fsdecode(os.fsencode(n))).exists() for n in files.values())
            or "\U0010ffff" in name
        )


def test_what_fails_retries_and_is_then_set_aside_with_its_reason(desk):
    ready(desk)
    old(desk)
    runner = FakeRunner(failing("thumbs"))
    kinds = desk.work(runner)
    assert [names.count("thumbs") for names in kinds] == [1, 1, 1]
    assert dict(desk.jobs()) == {"metadata": "done", "thumbs": "failed", "sprites": "done"}
    assert desk.index.artifacts.of(desk.id("clip.mp4"))["thumbs"].error == "why"
    desk.scan()
    assert desk.work() == []


def test_what_cannot_ever_work_is_set_aside_at_once(desk):
    ready(desk)
    old(desk)
    assert len(desk.work(FakeRunner(failing("thumbs", permanent=True)))) == 1
    assert dict(desk.jobs())["thumbs"] == "failed"


def test_a_young_file_that_does_not_open_is_tried_again(desk):
    ready(desk)
    assert len(desk.work(FakeRunner(failing("thumbs", permanent=True)))) == 3


def test_set_aside_stays_until_the_content_changes(desk):
    ready(desk)
    desk.work(FakeRunner(failing("thumbs")))
    desk.scan()
    assert desk.work() == []
    desk.put("clip.mp4", "other content")
    desk.scan()
    assert desk.work() == [KINDS]
    assert dict(desk.jobs()) == dict.fromkeys(KINDS, "done")


def test_set_aside_stays_until_a_person_asks(desk):
    ready(desk)
    desk.work(FakeRunner(failing("thumbs")))
    jobs.owe(desk.index, desk.config, ["thumbs"], video_ids=[desk.id("clip.mp4")], asked=True)
    assert desk.work() == [("thumbs",)]
    assert desk.states()["thumbs"] == "done"


def test_an_unavailable_kind_is_no_failure_and_not_tried_again(desk):
    ready(desk)
    desk.work(FakeRunner(failing("thumbs", state=ArtifactState.UNAVAILABLE)))
    assert desk.states()["thumbs"] == "unavailable"
    assert dict(desk.jobs())["thumbs"] == "done"
    desk.scan()
    assert desk.work() == []
    jobs.refresh(desk.index, desk.config)
    desk.scan()
    assert desk.work() == [("thumbs",)]


def test_after_a_death_each_kind_goes_by_itself_and_only_the_poison_is_set_aside(desk):
    ready(desk)
    kinds = desk.work(FakeRunner(dying("sprites")))
    assert kinds[0] == KINDS
    assert all(len(names) == 1 for names in kinds[1:])
    assert kinds.count(("sprites",)) == 2
    assert kinds.count(("thumbs",)) == kinds.count(("metadata",)) == 1
    assert dict(desk.jobs()) == {"metadata": "done", "thumbs": "done", "sprites": "failed"}
    assert "SIGSEGV" in desk.index.artifacts.of(desk.id("clip.mp4"))["sprites"].error


def test_an_innocent_kind_is_not_set_aside_for_a_shared_death(tmp_path):
    desk = Desk(tmp_path, jobs={"attempts": 1, "retry_seconds": [0]})
    ready(desk)
    desk.work(FakeRunner(dying("sprites")))
    assert dict(desk.jobs()) == {"metadata": "done", "thumbs": "done", "sprites": "failed"}
    desk.close()


def test_a_cancelled_job_ends_its_visit_and_the_others_go_on(desk):
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    (thumbs,) = [row[0] for row in desk.index.rows("SELECT id FROM jobs WHERE kind = 'thumbs'")]
    desk.index.jobs.cancel([thumbs])
    dispatcher._told = 0
    dispatcher.step()
    assert desk.runner.tickets[0].cancelled
    desk.runner.let_go()
    while dispatcher.step():
        pass
    assert dict(desk.jobs()) == {"metadata": "done", "thumbs": "cancelled", "sprites": "done"}
    assert "thumbs" not in desk.states()
    desk.scan()
    assert desk.work() == []


def test_work_that_was_cancelled_as_it_ended_is_not_published(desk):
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    desk.index.jobs.cancel([row[0] for row in desk.index.rows("SELECT id FROM jobs WHERE kind = 'thumbs'")])
    desk.runner.let_go()
    dispatcher.step()
    assert desk.states() == {"metadata": "done", "sprites": "done"}


def test_what_a_dying_worker_still_wrote_is_cleared_too(desk, monkeypatch):
    monkeypatch.setattr(module, "CLEARING_SECONDS", PATIENCE_SECONDS)
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    out = Path(dispatcher.visits[0].out)
    desk.index.jobs.cancel([row[0] for row in desk.index.rows("SELECT id FROM jobs")])
    desk.runner.tickets[0].cancel()
    dispatcher.step()
    for _ in range(30):  # more turns than a busy dispatcher takes in a quarter of a second
        assert not out.exists()
        (out / "metadata").mkdir(parents=True)
        assert dispatcher.wait_seconds() < 1
        dispatcher.step()
    assert not out.exists()
    dispatcher.leavings.left = {
        out: (base, 0.0) for out, (base, _) in dispatcher.leavings.left.items()
    }  # its time is over
    dispatcher.step()
    assert dispatcher.wait_seconds() > 1


def test_stopping_queues_again_and_leaves_nothing(desk):
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    dispatcher.stop()
    assert {state for _, state in desk.jobs()} == {"queued"}
    assert desk.index.rows("SELECT DISTINCT attempts FROM jobs") == [(0,)]
    assert os.listdir(desk.root / ".artifacts" / ".making") == []


def test_a_killed_programs_work_is_done_by_the_next_once(desk):
    ready(desk)
    desk.runner.hold = True
    desk.dispatcher(owner="gone:0:x").step()
    desk.index.jobs.expire("gone:0:x")
    desk.runner.hold = False
    assert desk.work() == [KINDS]
    assert {state for _, state in desk.jobs()} == {"done"}


def test_a_job_that_ends_every_program_is_set_aside_with_its_reason(desk):
    ready(desk)
    desk.runner.hold = True
    for _ in range(4 * module.PROGRAM_ENDS):
        dispatcher = desk.dispatcher()
        dispatcher.step()
        desk.index.jobs.expire(dispatcher.owner)
    assert {state for _, state in desk.jobs()} == {"failed"}
    assert desk.states() == dict.fromkeys(KINDS, "failed")
    assert "the program ended" in desk.index.artifacts.of(desk.id("clip.mp4"))["thumbs"].error


def test_leases_are_kept_for_what_is_on_its_way_only(desk):
    """A visit that was lost on an error must come back by itself, not stay "running" as long as its program lives."""
    for name in ("a.mp4", "b.mp4"):
        ready(desk, name)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    dispatcher.visits.pop(0)
    desk.index.db.conn.execute("UPDATE jobs SET lease_until = 1 WHERE state = 'running'")
    dispatcher._renewed = 0
    dispatcher._keep()
    ended = desk.index.rows("SELECT DISTINCT video_id FROM jobs WHERE lease_until = 1")
    assert len(ended) == 1


# -- the file changes meanwhile


def test_a_file_that_is_not_as_known_is_not_begun(desk):
    ready(desk)
    desk.put("clip.mp4", "growing and growing")
    assert desk.work() == []
    assert ("doubt", {"video_id": desk.id("clip.mp4")}) in desk.events
    assert desk.index.rows("SELECT DISTINCT state, attempts FROM jobs") == [("queued", 0)]


@pytest.mark.parametrize("keep_times", [False, True])
def test_what_was_made_of_other_content_is_thrown_away(desk, keep_times):
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    clip = desk.root / "clip.mp4"
    before, status = clip.read_bytes(), clip.stat()
    clip.write_bytes(b"x" * len(before) if keep_times else b"new")
    if keep_times:
        os.utime(clip, ns=(status.st_atime_ns, status.st_mtime_ns))
    desk.runner.let_go()
    dispatcher.step()
    assert desk.index.artifacts.of(desk.id("clip.mp4")) == {}
    assert not desk.beside("clip.mp4", ".made.json").exists()
    assert "doubt" in dict(desk.events)
    dispatcher.stop()
    desk.scan()
    assert desk.work() == [KINDS]
    assert b"x" * 20 in desk.beside("clip.mp4", ".jpg").read_bytes() or not keep_times


def test_a_growing_file_is_not_made_over_and_over(desk):
    ready(desk)
    desk.work(FakeRunner(lambda task: desk.put("clip.mp4", os.urandom(9)) and make(task)))
    assert len(desk.runner.tickets) <= 1


def test_a_video_that_moved_meanwhile_gets_its_artifacts_at_its_new_place(desk):
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    (desk.root / "d").mkdir()
    (desk.root / "clip.mp4").rename(desk.root / "d" / "new.mp4")
    desk.scan()
    desk.runner.let_go()
    dispatcher.step()
    assert desk.states("d/new.mp4") == dict.fromkeys(KINDS, "done")
    assert desk.store.made("d/new.mp4")[0].keys() == set(KINDS)
    assert not desk.beside("clip.mp4", ".made.json").exists()


def test_a_video_that_could_not_be_opened_because_it_moved_is_no_failure(desk):
    ready(desk)
    desk.runner.hold = True
    desk.runner.work = failing(*KINDS)
    dispatcher = desk.dispatcher()
    dispatcher.step()
    (desk.root / "clip.mp4").rename(desk.root / "new.mp4")
    desk.scan()
    desk.runner.work = make
    desk.runner.let_go()
    dispatcher.step()
    assert {state for _, state in desk.jobs()} == {"running"}, "tried again at once"
    dispatcher.step()
    assert desk.states("new.mp4") == dict.fromkeys(KINDS, "done")


def test_a_video_that_went_meanwhile_leaves_nothing(desk):
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    (desk.root / "clip.mp4").unlink()
    desk.runner.let_go()
    dispatcher.step()
    dispatcher.stop()
    assert tree(desk.root).keys() == {".artifacts/.library.json"}


@pytest.mark.parametrize("work", [make, failing("metadata"), dying("metadata")])
def test_a_video_that_was_removed_from_the_index_meanwhile_is_no_error(desk, work):
    ready(desk)
    desk.index.db.conn.execute("DELETE FROM jobs WHERE kind <> 'metadata'")
    desk.runner.work = work
    dispatcher = desk.dispatcher()
    dispatcher.step()
    assert len(dispatcher.visits) == 1
    desk.index.libraries.remove(desk.library_id)
    dispatcher.step()
    assert dispatcher.visits == []


@pytest.mark.parametrize("last", ["looked at", "published"])
@pytest.mark.parametrize("work", [make, failing("metadata")])
def test_a_library_may_be_removed_between_any_two_steps(desk, work, last):
    ready(desk)
    desk.index.db.conn.execute("DELETE FROM jobs WHERE kind = 'sprites'")
    left, begun = [], []

    def remove(step):
        if step == last and begun and not left:
            left.append(step)
            desk.index.libraries.remove(desk.library_id)

    class Removed(Store):
        def publish(self, path, made, video):
            entries = super().publish(path, made, video)
            remove("published")
            return entries

    def identify(path):
        remove("looked at")
        return fingerprint(path)

    desk.runner.work = work
    store = lambda number: Removed(desk.index.libraries.get(number), desk.config.data_folder)  # noqa: E731
    dispatcher = Dispatcher(desk.index, desk.ctx.config, desk.runner, store, identify)
    dispatcher.step()
    begun.append(dispatcher.visits[0])
    dispatcher.step()
    assert left == [last]
    assert dispatcher.visits == []
    assert dispatcher.blocked.reason == ""
    assert os.listdir(desk.root / ".artifacts" / ".making") == []


@pytest.mark.parametrize("work", [make, failing(*KINDS)])
def test_what_is_shown_as_done_has_left_its_workspace(desk, work):
    """Whoever waits until nothing is owed any more finds what there is, and nothing that will go in a moment."""
    ready(desk)
    old(desk)
    seen = []

    class Looking(Jobs):
        def finish(self, *given, **more):
            seen.append(os.listdir(desk.root / ".artifacts" / ".making"))
            super().finish(*given, **more)

        def retry(self, *given, **more):
            seen.append(os.listdir(desk.root / ".artifacts" / ".making"))
            super().retry(*given, **more)

    desk.index.jobs = Looking(desk.index)
    desk.runner.work = work
    dispatcher = desk.dispatcher()
    dispatcher.step()
    dispatcher.step()
    assert seen == [[]] * 3


def test_a_disk_that_goes_away_is_not_written_to(desk):
    """The mount point stays as an empty folder: nothing may be made in it."""
    ready(desk)
    desk.index.videos.set_fingerprint(desk.id("clip.mp4"), fingerprint(str(desk.root / "clip.mp4")))
    desk.root.rename(desk.folder / "away")
    desk.root.mkdir()
    desk.dispatcher().step()
    assert list(desk.root.iterdir()) == []
    assert "doubt" in dict(desk.events)
    desk.root.rmdir()
    desk.dispatcher().step()
    assert not desk.root.exists()


# -- places that cannot be written


def full(task):
    raise StorageError("nothing can be written: No space left on device")


def test_a_full_disk_pauses_all_and_counts_no_attempt(desk):
    ready(desk)
    runner = FakeRunner(full)
    dispatcher = desk.dispatcher(runner)
    dispatcher.step()
    dispatcher.step()
    dispatcher.step()
    assert "No space" in dispatcher.blocked.reason
    assert len(runner.tickets) == 1
    assert desk.index.rows("SELECT DISTINCT state, attempts FROM jobs") == [("queued", 0)]
    assert dispatcher.wait_seconds() <= module.BLOCKED_SECONDS
    runner.work, dispatcher.blocked.until = make, 0.0
    dispatcher.step()
    dispatcher.step()
    assert {state for _, state in desk.jobs()} == {"done"}


def test_one_folder_that_cannot_be_written_holds_up_nobody_else(desk):
    ready(desk, "a/bad.mp4")
    ready(desk, "b/good.mp4")
    (desk.root / "a" / ".artifacts").write_text("a file in the way")
    desk.work()
    assert desk.states("b/good.mp4") == dict.fromkeys(KINDS, "done")
    assert desk.states("a/bad.mp4") == dict.fromkeys(KINDS, "failed")
    assert "cannot be written" in desk.index.artifacts.of(desk.id("a/bad.mp4"))["thumbs"].error


def test_a_file_that_cannot_be_read_fails_with_its_reason_and_raises_a_doubt(desk):
    ready(desk)
    (desk.root / "clip.mp4").unlink()
    desk.dispatcher().step()
    assert "cannot be read" in desk.index.artifacts.of(desk.id("clip.mp4"))["thumbs"].error
    assert "doubt" in dict(desk.events)


# -- how much at once


def test_no_more_visits_than_workers(desk):
    for number in range(5):
        desk.put(f"{number}.mp4")
    desk.scan()
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    dispatcher.step()
    assert len(dispatcher.visits) == 2
    assert dispatcher.wait_seconds() == 0.01


def test_caps_of_the_settings_hold(desk):
    values = desk.config.model_dump()
    values["workers"] |= {"thumbs": 1, "sprites": 1, "metadata": 2}
    desk.ctx.config = parse(values, desk.config.source)
    for number in range(5):
        desk.put(f"{number}.mp4")
    desk.scan()
    runner = FakeRunner(workers=5)
    runner.hold = True
    desk.dispatcher(runner).step()
    assert runner.kinds == [KINDS, ("metadata",)]


def test_an_idle_dispatcher_sleeps(desk):
    dispatcher = desk.dispatcher()
    assert not dispatcher.step()
    assert dispatcher.wait_seconds() == 60.0


def test_progress_is_told(desk):
    ready(desk)
    desk.runner.hold = True
    dispatcher = desk.dispatcher()
    dispatcher.step()
    dispatcher._told = 0
    dispatcher.step()
    assert desk.index.rows("SELECT DISTINCT progress FROM jobs") == [(0.5,)]
    assert [data["progress"] for type_, data in desk.events if type_ == "progress"] == [0.5] * 3


def test_a_real_worker_makes_real_pictures(desk, clips):
    from vidwatchd.runners.local import LocalRunner

    (desk.root / "clip.mp4").write_bytes(Path(clips.normal()).read_bytes())
    (desk.root / "junk.mp4").write_bytes(b"no video at all" * 99)
    desk.scan()
    old(desk)
    runner = LocalRunner(1)
    dispatcher = desk.dispatcher(runner)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while dispatcher.step() or desk.queued():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    dispatcher.stop()
    runner.close()
    assert desk.states() == dict.fromkeys(KINDS, "done")
    assert desk.beside("clip.mp4", ".jpg").read_bytes()[:2] == b"\xff\xd8"
    assert set(desk.states("junk.mp4").values()) == {"failed"}
    assert desk.index.videos.get(desk.id("clip.mp4")).width == 320


def test_while_a_batch_lasts_its_caps_hold_and_a_long_kind_runs_beside_the_quick_ones(desk):
    for number in range(6):
        desk.put(f"{number}.mp4")
    desk.scan()
    desk.index.db.conn.execute("DELETE FROM jobs WHERE kind NOT IN ('thumbs', 'sprites')")
    desk.index.db.conn.execute("UPDATE jobs SET tier = 'heavy' WHERE kind = 'sprites'")
    runner = FakeRunner(workers=4)
    runner.hold = True
    plain = desk.dispatcher(runner)
    plain.step()
    assert runner.kinds == [("thumbs",)] * 4
    plain.stop()
    owed = [int(row[0]) for row in desk.index.rows("SELECT id FROM jobs")]
    request = desk.index.requests.add("batch", {}, owed, caps={"thumbs": 2, "sprites": 1})
    runner = FakeRunner(workers=4)
    runner.hold = True
    dispatcher = desk.dispatcher(runner)
    dispatcher.step()
    assert sorted(runner.kinds) == [("sprites",), ("thumbs",), ("thumbs",)]
    runner.let_go()
    while dispatcher.step() or desk.queued():
        pass
    assert desk.index.requests.waiting(request) == 0
    assert desk.index.requests.caps() == {}
