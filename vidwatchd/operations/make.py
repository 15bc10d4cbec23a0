"""make: have kinds made for the videos of a folder, now and in the foreground, or as a request for the daemon."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.errors import Conflict, StorageError
from vidwatchd.jobs import Dispatcher
from vidwatchd.model import ArtifactState, JobState, Video, display
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.scan import Look, scan

# Nothing of ours runs, nobody else's does, and still jobs wait: somebody paused them or the library went away.
STUCK_SECONDS = 5.0

Progress = Callable[[float, int, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make: which kinds, whether anew, and settings that differ from the settings file (kind → field → value)."""

    kinds: tuple[str, ...]
    force: bool = False
    asked: bool = True
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """The request's name for people."""
        return ",".join(self.kinds)


@dataclass(slots=True)
class Summary:
    """What came of it, in jobs; ``failed`` lists what is not there and why."""

    videos: int = 0
    made: int = 0
    skipped: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    unavailable: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {name: getattr(self, name) for name in self.__slots__} | {"seconds": round(self.seconds, 2)}


def videos_in(ctx: Context, directory: str, *, recursive: bool) -> tuple[libraries.Place, list[Video]]:
    """Look at a folder now and give its videos. Raises InvalidDirectory, LibraryOffline, MassLoss."""
    place = libraries.named(ctx, directory)
    whole = recursive and not place.folder
    look = Look(only=None if whole else (place.folder,), recursive=recursive, settle_seconds=0.0)
    scan(ctx, place.library, look)
    return place, ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)


def make(
    ctx: Context,
    directory: str,
    wanted: Wanted,
    *,
    recursive: bool = False,
    workers: int = 0,
    progress: Progress | None = None,
) -> Summary:
    """Make what is missing (with ``force``: everything) in a folder and wait for it.

    Raises InvalidDirectory, ConfigError, NotFound (unknown kind), StorageError, Conflict (paused, or stuck).
    """
    started = time.monotonic()
    for name in wanted.kinds:  # a wrong setting must be said before anything is looked at
        artifacts.settings_for(ctx.config, name, wanted.overrides.get(name))
    _, videos = videos_in(ctx, directory, recursive=recursive)
    ids = [video.id for video in videos]
    owed = owe(ctx, wanted, ids)
    drain(ctx, owed, workers=workers, progress=progress)
    summary = _summary(ctx, wanted, videos, owed)
    summary.seconds = time.monotonic() - started
    return summary


def owe(ctx: Context, wanted: Wanted, video_ids: Collection[int]) -> list[int]:
    """The jobs that these videos lack, those that wait already included and hastened."""
    common = {"video_ids": video_ids, "priority": jobs.NOW, "asked": wanted.asked, "force": wanted.force}
    owed = jobs.owe(ctx.index, ctx.config, wanted.kinds, overrides=wanted.overrides, **common)  # type: ignore[arg-type]
    names = [artifacts.kind(name).name for name in wanted.kinds]
    # A person who names a kind wants it tried now; "finish" leaves what waits for its next try alone.
    waiting = ctx.index.jobs.pending(names, video_ids, due_only=not wanted.asked)
    ctx.index.jobs.hasten(waiting, jobs.NOW)
    return sorted({*owed, *waiting})


def drain(ctx: Context, job_ids: Collection[int], *, workers: int = 0, progress: Progress | None = None) -> None:
    """Do these jobs here and now; a daemon on the same index may do some of them. Returns when none is due any more."""
    if not job_ids:
        return
    runner = ctx.runner(workers)
    dispatcher = ctx.dispatcher(runner)
    dispatcher.only = set(job_ids)
    try:
        _loop(ctx, dispatcher, job_ids, progress or (lambda done, of, names: None))
    finally:
        dispatcher.stop()
        runner.close()


def _loop(ctx: Context, dispatcher: Dispatcher, job_ids: Collection[int], progress: Progress) -> None:
    moved_at = time.monotonic()
    progress(0.0, len(job_ids), ())
    while left := ctx.index.jobs.waiting(job_ids):
        if dispatcher.step():
            moved_at = time.monotonic()
        elif dispatcher.blocked.reason:
            raise StorageError(dispatcher.blocked.reason)
        elif time.monotonic() - moved_at > STUCK_SECONDS:
            _explain_stuck(ctx, job_ids)
        names = [display(visit.video.name) for visit in dispatcher.visits]
        part = sum(visit.ticket.progress() * len(visit.jobs) for visit in dispatcher.visits)
        progress(len(job_ids) - left + part, len(job_ids), names)
        time.sleep(min(0.05, dispatcher.wait_seconds()))


def _explain_stuck(ctx: Context, job_ids: Collection[int]) -> None:
    if JobState.RUNNING in ctx.index.jobs.states(job_ids).values():
        return  # the daemon is at it
    if ctx.index.jobs.paused():
        raise Conflict("the jobs are paused", hint="resume them on the dashboard's activity page; they are kept")
    raise Conflict("the jobs cannot start now: is the library's disk still there?", hint="they are kept")


def _summary(ctx: Context, wanted: Wanted, videos: Sequence[Video], owed: Collection[int]) -> Summary:
    states = ctx.index.jobs.states(owed)
    names = [artifacts.kind(name).name for name in wanted.kinds]
    summary = Summary(len(videos), skipped=len(videos) * len(names) - len(owed))
    for video in videos:
        for kind, artifact in ctx.index.artifacts.of(video.id).items():
            line = {"path": video.path, "kind": kind, "reason": artifact.error}
            if kind in names and artifact.state is ArtifactState.FAILED:
                summary.failed.append(line)
            if kind in names and artifact.state is ArtifactState.UNAVAILABLE:
                summary.unavailable.append(line)
    undone = sum(state is not JobState.DONE for state in states.values())
    summary.made = len(states) - undone - len(summary.unavailable)
    return summary
