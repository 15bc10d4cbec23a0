"""test_make: a folder's artifacts made in the foreground, and what came of it in numbers."""

import os
from pathlib import Path

import pytest

from tests.desk import KINDS, make
from vidwatchd.errors import ConfigError, Conflict, InvalidDirectory, LibraryOffline, NotFound, StorageError, WorkerDied
from vidwatchd.model import ArtifactState, Outcome
from vidwatchd.operations import Context, libraries
from vidwatchd.operations import make as module
from vidwatchd.operations.make import Wanted, videos_in
from vidwatchd.operations.make import make as made


def numbers(summary):
    return (summary.videos, summary.made, summary.skipped, len(summary.failed), len(summary.unavailable))


def run(desk, *kinds, path="", recursive=True, **options):
    return made(desk.ctx, str(desk.root / path), Wanted(kinds or KINDS, **options), recursive=recursive)


def outcomes(**states):
    def work(task):
        return [
            Outcome(o.kind, states[o.kind], error="why", permanent=True) if o.kind in states else o for o in make(task)
        ]

    return work


def test_what_is_missing_is_made_and_then_skipped(desk):
    desk.put("a.mp4")
    desk.put("d/b.mp4")
    assert numbers(run(desk)) == (2, 6, 0, 0, 0)
    assert numbers(run(desk)) == (2, 0, 6, 0, 0)
    assert numbers(run(desk, force=True)) == (2, 6, 0, 0, 0)


def test_only_the_named_folder_and_kinds(desk):
    for name in ("a.mp4", "d/b.mp4", "d/e/c.mp4"):
        desk.put(name)
    assert numbers(run(desk, "thumbs", path="d", recursive=False)) == (1, 1, 0, 0, 0)
    assert numbers(run(desk, "thumbs", path="d")) == (2, 1, 1, 0, 0)
    assert desk.ids().keys() == {"d/b.mp4", "d/e/c.mp4"}
    assert desk.states("d/b.mp4") == {"thumbs": "done"}


def test_it_does_not_do_what_else_is_owed(desk):
    """The daemon's own queue is not a command's business."""
    desk.put("a.mp4")
    desk.scan()
    assert numbers(run(desk, "thumbs")) == (1, 1, 0, 0, 0)
    assert dict(desk.jobs()) == {"metadata": "queued", "thumbs": "done", "sprites": "queued"}


def test_aliases_and_repeats_count_once(desk):
    desk.put("a.mp4")
    assert numbers(run(desk, "meta", "metadata")) == (1, 1, 0, 0, 0)


def test_failures_are_listed_with_their_reason_each_time(desk):
    desk.put("a.mp4")
    desk.put("b.mp4")
    desk.scan()
    desk.index.db.conn.execute("UPDATE videos SET ctime_ns = 0")
    desk.runner.work = outcomes(thumbs=ArtifactState.FAILED)
    summary = run(desk)
    assert numbers(summary) == (2, 4, 0, 2, 0)
    assert summary.failed[0] == {"path": "a.mp4", "kind": "thumbs", "reason": "why"}
    desk.runner.work = make
    again = run(desk, asked=False)
    assert (again.made, len(again.failed)) == (0, 2)
    assert numbers(run(desk)) == (2, 2, 4, 0, 0)


def test_unavailable_is_told_apart_and_never_made_less_than_nothing(desk):
    desk.put("a.mp4")
    desk.runner.work = outcomes(thumbs=ArtifactState.UNAVAILABLE)
    assert numbers(run(desk)) == (1, 2, 0, 0, 1)
    again = run(desk)
    assert (again.made, len(again.unavailable)) == (0, 1)


def test_a_dying_worker_costs_one_job(desk):
    desk.put("a.mp4")

    def work(task):
        if ("sprites" in dict(task.kinds)) and len(task.kinds) <= 3:
            raise WorkerDied("crashed with SIGSEGV")
        return make(task)

    desk.runner.work = work
    summary = run(desk)
    assert numbers(summary) == (1, 2, 0, 1, 0)
    assert "SIGSEGV" in summary.failed[0]["reason"]


def test_progress_is_told_to_the_end(desk):
    for number in range(3):
        desk.put(f"{number}.mp4")
    told = []
    made(
        desk.ctx, str(desk.root), Wanted(KINDS), progress=lambda done, of, names: told.append((done, of, tuple(names)))
    )
    assert told[-1] == (9, 9, ())
    assert any(names for _, _, names in told)


def test_other_settings_are_used_and_stay(desk):
    desk.made()
    assert numbers(run(desk, "thumbs", overrides={"thumbs": {"width": 99}})) == (1, 1, 0, 0, 0)
    assert numbers(run(desk, "thumbs", overrides={"thumbs": {"width": 99}})) == (1, 0, 1, 0, 0)
    assert numbers(run(desk, "thumbs")) == (1, 0, 1, 0, 0)
    assert dict(desk.runner.tickets[-1].task.kinds)["thumbs"]["width"] == 99


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (Wanted(("thumb",)), NotFound),
        (Wanted(("thumbs",), overrides={"thumbs": {"nonsense": 1}}), ConfigError),
        (Wanted(("thumbs",), overrides={"thumbs": {"width": -1}}), ConfigError),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_looked_at(desk, wanted, error):
    desk.put("a.mp4")
    with pytest.raises(error):
        made(desk.ctx, str(desk.root), wanted)
    assert desk.ids() == {}


def test_a_folder_that_is_not_there_or_away_is_said(desk):
    with pytest.raises(InvalidDirectory):
        run(desk, path="none")
    desk.made()
    (desk.root / ".artifacts").rename(desk.folder / "kept")
    (desk.root / "clip.mp4").unlink()
    with pytest.raises(LibraryOffline):
        run(desk)


def test_paused_work_is_kept_and_said(desk, monkeypatch):
    monkeypatch.setattr(module, "STUCK_SECONDS", 0.01)
    desk.put("a.mp4")
    desk.index.jobs.pause()
    with pytest.raises(Conflict, match="paused"):
        run(desk)
    desk.index.jobs.resume()
    assert numbers(run(desk)) == (1, 3, 0, 0, 0)


def test_a_full_disk_ends_the_command_with_its_reason(desk):
    desk.put("a.mp4")

    def full(task):
        raise StorageError("nothing can be written: No space left on device")

    desk.runner.work = full
    with pytest.raises(StorageError, match="No space"):
        run(desk)
    assert {state for _, state in desk.jobs()} == {"queued"}
    desk.runner.work = make
    assert numbers(run(desk)) == (1, 3, 0, 0, 0)


def test_what_a_killed_command_left_is_taken_over_at_once(desk):
    desk.put("a.mp4")
    desk.scan()
    import socket
    import subprocess
    import sys

    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    owner = f"{socket.gethostname()},{process.pid},x"
    desk.runner.hold = True
    desk.dispatcher(owner=owner).step()
    desk.runner.hold = False
    assert len(os.listdir(desk.root / ".artifacts" / ".making")) == 1
    assert numbers(run(desk)) == (1, 3, 0, 0, 0)
    assert os.listdir(desk.root / ".artifacts" / ".making") == []


def test_an_empty_folder_starts_no_worker(desk):
    assert numbers(run(desk)) == (0, 0, 0, 0, 0)
    assert desk.runner.tickets == []


def test_videos_in_looks_now(desk):
    desk.put("d/a.mp4")
    place, videos = videos_in(desk.ctx, str(desk.root / "d"), recursive=False)
    assert (place.folder, [video.path for video in videos]) == ("d", ["d/a.mp4"])


@pytest.mark.system
def test_real_workers_make_real_files(desk, clips):
    (desk.root / "it's \n🎬.mp4").write_bytes(Path(clips.normal()).read_bytes())
    ctx = Context(desk.ctx.config, desk.index)
    summary = made(ctx, str(desk.root), Wanted(KINDS), workers=1)
    assert numbers(summary) == (1, 3, 0, 0, 0)
    assert summary.plain()["seconds"] > 0
    assert libraries.one(desk.ctx, desk.library_id)["videos"] == 1


def test_workers_that_were_typed_win_over_the_cap_of_the_settings():
    assert module.alone(("thumbs",), 8) == {"thumbs": 8}
    assert module.alone(("thumbs", "sprites"), 8) == module.alone(("thumbs",), 0) == {}
