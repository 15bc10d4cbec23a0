"""make: have kinds made for the videos of a folder, now and in the foreground, or as a request for the daemon."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.errors import Conflict, StorageError
from vidwatchd.jobs import Dispatcher
from vidwatchd.model import ArtifactState, Video, display
from vidwatchd.operations import Context, learning, libraries
from vidwatchd.operations.scan import Look, scan

# Nothing of ours runs, nobody else's does, and still jobs wait: somebody paused them or the library went away.
STUCK_SECONDS = 5.0
# Counting 100,000 jobs takes tens of milliseconds: now and then will do while some are on their way.
COUNT_SECONDS = 0.5

Progress = Callable[[float, int, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make: which kinds, whether anew, and settings that differ from the settings file (kind → field → value)."""

    kinds: tuple[str, ...]
    force: bool = False
    asked: bool = True
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    keep: bool = False
    """What is there stays, whatever settings it was made with."""

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds by their own names, each once. Raises NotFound."""
        return tuple(dict.fromkeys(artifacts.kind(name).name for name in self.kinds))

    @property
    def task(self) -> str:
        """The request's name for people."""
        return ",".join(self.kinds)


@dataclass(slots=True)
class Summary:
    """What came of it, in artifacts, over all and a kind at a time.

    ``failed`` lists what is not there and why; ``items`` what is there of kinds that a person named: path, kind, facts,
    ``made_at``, and a ``line`` for people where the kind has one.
    """

    videos: int = 0
    made: int = 0
    skipped: int = 0
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    failed: list[dict[str, str]] = field(default_factory=list)
    unavailable: list[dict[str, str]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    """Why some of it was left to be made later."""
    seconds: float = 0.0

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {name: getattr(self, name) for name in self.__slots__} | {"seconds": round(self.seconds, 2)}


def videos_in(ctx: Context, directory: str, *, recursive: bool) -> tuple[libraries.Place, list[Video]]:
    """Look at a folder now and give its videos. Raises InvalidDirectory, LibraryOffline, MassLoss."""
    place = libraries.named(ctx, directory)
    if not ctx.index.looking:  # whoever asks the index itself has seen that the folder is as it says
        scan(ctx, place.library, look_at(place, recursive=recursive))
    return place, ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)


def look_at(place: libraries.Place, *, recursive: bool) -> Look:
    """How to look at a folder that a command names: every file in it counts at once."""
    whole = recursive and not place.folder
    return Look(only=None if whole else (place.folder,), recursive=recursive, settle_seconds=0.0)


def make(
    ctx: Context,
    directory: str,
    wanted: Wanted,
    *,
    recursive: bool = False,
    workers: int = 0,
    caps: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Make what is missing (with ``force``: everything) in a folder and wait for it; ``caps`` hold for all work meanwhile.

    Raises InvalidDirectory, ConfigError, NotFound (unknown kind), StorageError, Conflict (paused, or stuck).
    """
    started = time.monotonic()
    for name in wanted.kinds:  # a wrong setting must be said before anything is looked at
        artifacts.settings_for(ctx.config, name, wanted.overrides.get(name))
    place, videos = videos_in(ctx, directory, recursive=recursive)
    jobs.expire_dead(ctx.index)
    ctx.store(place.library.id).sweep(jobs.owner_lives)
    owed = owe(ctx, wanted, [video.id for video in videos])
    caps = alone(wanted.names, workers) if caps is None else caps
    request = drain(ctx, wanted.task, owed, workers=workers, caps=caps, progress=progress)
    summary = _summary(ctx, wanted, videos, request)
    summary.waits = list(_waits(ctx, wanted, [place.library.id]))
    summary.seconds = time.monotonic() - started
    return summary


def alone(kinds: Collection[str], workers: int) -> dict[str, int]:
    """The cap of a kind that is asked for by itself: all the workers that were typed, whatever workers.<kind> says."""
    return dict.fromkeys(kinds, workers) if workers and len(kinds) == 1 else {}


def owe(ctx: Context, wanted: Wanted, video_ids: Collection[int]) -> list[int]:
    """The jobs that these videos lack, those that wait already included and hastened."""
    if wanted.keep:
        known = ctx.index.artifacts.states(video_ids)
        video_ids = [i for i in video_ids if not _has_all(known.get(i, {}), wanted.names)]
    common = {"video_ids": video_ids, "priority": jobs.NOW, "asked": wanted.asked, "force": wanted.force}
    owed = jobs.owe(ctx.index, ctx.config, wanted.kinds, overrides=wanted.overrides, **common)  # type: ignore[arg-type]
    # A person who names a kind wants it tried now; "finish" leaves what waits for its next try alone.
    waiting = ctx.index.jobs.pending(wanted.names, video_ids, due_only=not wanted.asked)
    urgent = waiting if wanted.asked else ctx.index.jobs.pending(_first(wanted.names), video_ids, due_only=True)
    ctx.index.jobs.hasten(urgent, jobs.NOW)
    return sorted({*owed, *waiting})


def _first(kinds: Collection[str]) -> list[str]:
    """These kinds without those that are made last unless a person names them."""
    return [kind for kind in kinds if not artifacts.KINDS[kind].last]


def _waits(ctx: Context, wanted: Wanted, library_ids: Collection[int]) -> Iterator[str]:
    if not wanted.asked and len(_first(wanted.names)) < len(wanted.names):
        short = jobs.shortage(ctx.index, ctx.config, ctx.store)
        yield from (reason for library_id, reason in short.items() if library_id in library_ids)


def _has_all(states: Mapping[str, ArtifactState], kinds: Collection[str]) -> bool:
    return all(states.get(kind) in (ArtifactState.DONE, ArtifactState.STALE) for kind in kinds)


def drain(
    ctx: Context,
    task: str,
    job_ids: Collection[int],
    *,
    workers: int = 0,
    caps: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> str:
    """Do these jobs here and now; a daemon on the same index may do some of them.

    Returns, when none is due any more, the request that they were done for; "" when there are none.
    """
    if not job_ids:
        return ""
    runner = ctx.runner(workers, most=len(job_ids))
    models = ctx.model_runner()
    dispatcher = ctx.dispatcher(runner, models, partial(learning.after, ctx))
    dispatcher.request = ctx.index.requests.add(task, {}, job_ids, caps=caps)
    try:
        _loop(ctx, dispatcher, len(job_ids), progress or (lambda done, of, names: None))
    finally:
        for each in (runner, models):  # first: a worker that still wrote would leave a workspace behind
            each.close()
        dispatcher.stop()
        ctx.index.requests.uncap(dispatcher.request)
    return dispatcher.request


def _loop(ctx: Context, dispatcher: Dispatcher, total: int, progress: Progress) -> None:
    moved_at, counted_at, left = time.monotonic(), 0.0, total
    progress(0.0, total, ())
    while left:
        now, busy = time.monotonic(), dispatcher.step()
        if not busy or now - counted_at > COUNT_SECONDS:
            counted_at, left = now, ctx.index.requests.waiting(dispatcher.request, dispatcher.room.short)
        if busy:
            moved_at = now
        elif left and dispatcher.blocked.reason:
            raise StorageError(dispatcher.blocked.reason)
        elif left and now - moved_at > STUCK_SECONDS:
            _explain_stuck(ctx, dispatcher.request)
        names = [display(visit.video.name) for visit in dispatcher.visits]
        part = sum(visit.ticket.progress() * len(visit.jobs) for visit in dispatcher.visits)
        progress(total - left + part, total, names)
        time.sleep(min(0.05, dispatcher.wait_seconds()) if left else 0)


def _explain_stuck(ctx: Context, request_id: str) -> None:
    if ctx.index.requests.runs(request_id):
        return  # the daemon is at it
    if ctx.index.jobs.paused():
        raise Conflict("the jobs are paused", hint="resume them on the dashboard's activity page; they are kept")
    raise Conflict("the jobs cannot start now: is the library's disk still there?", hint="they are kept")


def _summary(ctx: Context, wanted: Wanted, videos: Sequence[Video], request: str) -> Summary:
    summary, ids, made = Summary(len(videos)), [video.id for video in videos], ctx.index.requests.made(request)
    summary.unavailable += [line for line in ctx.index.requests.refused(request) if line["kind"] in wanted.names]
    for row in ctx.index.artifacts.troubles(ids, wanted.names):
        line = {"path": row["path"], "kind": row["kind"], "reason": row["reason"]}
        (summary.failed if row["state"] == ArtifactState.FAILED else summary.unavailable).append(line)
    found = ctx.index.artifacts.states(ids).values()
    for name in wanted.names:
        there = sum(states.get(name) is ArtifactState.DONE for states in found)
        counts = {"made": made.get(name, 0), "skipped": max(0, there - made.get(name, 0))}
        troubles = {"failed": summary.failed, "unavailable": summary.unavailable}
        summary.kinds[name] = counts | {
            word: sum(line["kind"] == name for line in lines) for word, lines in troubles.items()
        }
    summary.made, summary.skipped = (sum(each[n] for each in summary.kinds.values()) for n in ("made", "skipped"))
    if wanted.asked:
        summary.items = [_item(row) for row in ctx.index.artifacts.facts(ids, wanted.names)]
    return summary


def _item(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "line": artifacts.KINDS[row["kind"]].line(row["facts"])}
