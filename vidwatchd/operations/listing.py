"""listing: who is seen in a folder's videos, faces found and grouped first; and everybody, a page at a time, as last told."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from vidwatchd import artifacts
from vidwatchd.backends import faces as finders
from vidwatchd.errors import UsageError
from vidwatchd.index.groupings import Grouping
from vidwatchd.library.roots import readable_folder
from vidwatchd.operations import Context, gallery, learning, libraries, make, people, people_files, regrouping, tending
from vidwatchd.operations.make import Progress
from vidwatchd.operations.produce import quiet

if TYPE_CHECKING:
    from vidwatchd.operations.jobs import Order

KEEP_SECONDS = 600.0
LIMIT, MAX_LIMIT = 200, 1000
POLL_SECONDS = 0.2
_KEPT, _LOCK = "people_listing", "people_listing_lock"
_MOST_PAGES = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """How to find, group and name; None is as the settings say, and 0 as a distance what suits the model.

    ``sample_rate`` is for videos whose faces nobody looked for yet; ``gallery`` is a portable path.
    """

    sample_rate: float | None = None
    cluster_eps: float | None = None
    cluster_min_samples: int | None = None
    gallery: str = ""
    gallery_sample_rate: float | None = None
    label_threshold: float | None = None

    def check(self) -> None:
        """Raises UsageError for a number that means nothing, InvalidDirectory for a gallery that is no folder."""
        if self.gallery:
            readable_folder(self.gallery)
        for name, least, most in (("cluster_eps", 0, 1), ("label_threshold", 0, 1), ("cluster_min_samples", 1, 10**6)):
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise UsageError(f"{name} cannot be {value:g}", hint=f"from {least} to {most}")


def listing(
    ctx: Context, directory: str, asked: Asked | None = None, *, recursive: bool = False, progress: Progress = quiet
) -> dict[str, Any]:
    """Find what faces a folder's videos lack, group all as asked, name people by the gallery, and list who is seen there.

    ``{"generated_at", "cached", "total", "offset", "limit", "people": [{"id", "name", "hidden", "faces", "videos",
    "occurrences", "seconds", "picture_url", "occurrences_in": [{"video_id", "video", "library", "faces", "frames",
    "seconds", "first_seconds"}]}], "failed", "unavailable", "labelled", "skipped", "unwritten"}``; occurrences are frames.
    Raises InvalidDirectory, LibraryOffline, UsageError, Unavailable, StorageError.
    """
    asked = asked or Asked()
    asked.check()
    wanted = _wanted(ctx, asked)
    done = make.make(ctx, directory, wanted, recursive=recursive, progress=progress)
    place = libraries.named(ctx, directory)
    videos = ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)
    found = _listed(ctx, {video.id for video in videos}, asked, progress)
    return {**found, "failed": done.failed, "unavailable": done.unavailable}


def run_task(ctx: Context, order: Order, progress: Progress) -> dict[str, Any]:
    """The same for a posted order; the daemon's own workers find the faces, also when the task is cancelled meanwhile.

    ``params``: those of ``Asked`` but gallery, whose folder only the settings name. Raises NotFound, UsageError.
    """
    asked = check(ctx, order)
    video_ids, wanted = _ordered(ctx, order), _wanted(ctx, asked)
    owed = make.owe(ctx, wanted, video_ids)
    if owed:
        request = ctx.index.requests.add(wanted.task, {}, owed)
        ctx.notify("jobs", {})
        while left := ctx.index.requests.waiting(request):
            progress(len(owed) - left, len(owed), ())
            time.sleep(POLL_SECONDS)
        learning.catch_up(ctx)  # a job is done a moment before its faces are learnt
    states = ctx.index.artifacts.troubles(list(video_ids), wanted.names)
    lines = [{"path": row["path"], "kind": row["kind"], "reason": row["reason"]} for row in states]
    return {**_listed(ctx, video_ids, asked, progress), "failed": lines}


def check(ctx: Context, order: Order) -> Asked:
    """What an order asks for. Raises UsageError for parameters that mean nothing."""
    asked = _asked(order.params)
    asked.check()
    _wanted(ctx, asked)
    return asked


def page(ctx: Context, *, offset: int = 0, limit: int = LIMIT, refresh: bool = False) -> dict[str, Any]:
    """Everybody, the most seen first, as in ``listing``: kept for ten minutes, until somebody decides something.

    ``cached`` says that the page was made earlier; ``refresh`` makes all anew.
    """
    offset, limit = max(0, offset), max(1, min(limit, MAX_LIMIT))
    lock: threading.Lock = ctx.held.setdefault(_LOCK, threading.Lock())
    with lock:
        kept: _Kept | None = ctx.held.get(_KEPT)
        if refresh or kept is None or time.time() - kept.at > KEEP_SECONDS:
            # Held before it is filled: a decision meanwhile takes it away, and nobody else sees what it makes untrue.
            kept = ctx.held[_KEPT] = _Kept()
            kept.ids = ctx.index.occurrences.people()
        cached = (offset, limit) in kept.pages
        if not cached:
            kept.pages[offset, limit] = list(_people(ctx, kept.ids[offset : offset + limit]))
            if len(kept.pages) > _MOST_PAGES:
                kept.pages.pop(next(iter(kept.pages)))
        return _page(kept.pages[offset, limit], kept.at, len(kept.ids), offset, limit, cached=cached)


@dataclass(slots=True)
class _Kept:
    """Everybody as of a moment, and the pages that were asked for since."""

    at: float = field(default_factory=time.time)
    ids: list[int] = field(default_factory=list)
    pages: dict[tuple[int, int], list[dict[str, Any]]] = field(default_factory=dict)


def _wanted(ctx: Context, asked: Asked) -> make.Wanted:
    names = tuple(name for name, kind in artifacts.KINDS.items() if kind.seen)
    over = {} if asked.sample_rate is None else {name: {"sample_rate": asked.sample_rate} for name in names}
    for name in names:  # a wrong one must be said before anything is looked at
        artifacts.settings_for(ctx.config, name, over.get(name))
    return make.Wanted(names, overrides=over, keep=bool(over))


def _listed(ctx: Context, video_ids: Collection[int], asked: Asked, progress: Progress) -> dict[str, Any]:
    """Group, name, write down, and tell."""
    _group(ctx, asked, progress)
    named = _label(ctx, asked, progress)
    unwritten = _write(ctx)
    ctx.held.pop(_KEPT, None)
    ids = ctx.index.occurrences.people(video_ids)
    shown = list(_people(ctx, ids, video_ids))
    return {**_page(shown, time.time(), len(ids), 0, len(ids), cached=False), **named, "unwritten": unwritten}


def _group(ctx: Context, asked: Asked, progress: Progress) -> None:
    """Each space by what was asked, unless its faces are grouped so already."""
    now = ctx.index.groupings.all()
    for space in ctx.index.faces.spaces():
        settings = regrouping.wanted(ctx, space)
        own = finders.distances(space).people
        eps = settings.eps if asked.cluster_eps is None else asked.cluster_eps or own
        least = asked.cluster_min_samples or settings.min_samples
        by = Grouping(eps, least, asked=(eps, least) != (settings.eps, settings.min_samples))
        if now.get(space) != by:
            tending.moved(ctx, regrouping.regroup(ctx, space, by, lambda done: progress(done, 1, ())))


def _label(ctx: Context, asked: Asked, progress: Progress) -> dict[str, Any]:
    if not (asked.gallery or ctx.config.people.gallery) or not ctx.index.faces.spaces():
        return {"labelled": [], "skipped": []}
    rate, threshold = asked.gallery_sample_rate, asked.label_threshold
    found = gallery.label(ctx, asked.gallery, sample_rate=rate, threshold=threshold, progress=progress)
    return {"labelled": found["labelled"], "skipped": found["skipped"]}


def _write(ctx: Context) -> list[str]:
    """Write every library's file; why one could not be. The list is right all the same."""
    people_files.touched(ctx, ctx.index.groupings.with_faces())
    return people_files.write_pending(ctx)


def _people(ctx: Context, ids: Sequence[int], video_ids: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
    seen = ctx.index.occurrences.of(ids, video_ids)
    rows = {person.uuid: person.id for person in ctx.index.people.many(ids).values()}
    for shown in people.plain(ctx, ids):
        if there := seen[rows[shown["id"]]]:
            yield {
                **{name: shown[name] for name in ("id", "name", "hidden")},
                "faces": sum(each["faces"] for each in there),
                "videos": len(there),
                "occurrences": sum(each["frames"] for each in there),
                "seconds": round(sum(each["seconds"] for each in there), 3),
                "picture_url": shown["picture_url"],
                "occurrences_in": there,
            }


def _page(
    shown: list[dict[str, Any]], at: float, total: int, offset: int, limit: int, *, cached: bool
) -> dict[str, Any]:
    return {
        "generated_at": at,
        "cached": cached,
        "total": total,
        "offset": offset,
        "limit": limit,
        "people": shown,
    }


def _ordered(ctx: Context, order: Order) -> set[int]:
    """The ids of the videos that an order is about; all, where it names nothing."""
    if order.video_ids:
        return {*order.video_ids}
    if order.directory:
        place = libraries.inside(ctx, order.directory)
        found = ctx.index.videos.in_folder(place.library.id, place.folder, recursive=order.recursive)
        return {video.id for video in found}
    known = [library.id for library in ctx.index.libraries.all()] if order.library_id is None else [order.library_id]
    return {video.id for number in known for video in ctx.index.videos.in_folder(number, "", recursive=True)}


def _asked(params: Mapping[str, Any]) -> Asked:
    """What an order's parameters say; ``eps`` and ``min_samples`` are short for the names of the settings."""
    short = {"eps": "cluster_eps", "min_samples": "cluster_min_samples"}
    values = {short.get(name, name): value for name, value in params.items() if value is not None}
    known = {each.name for each in fields(Asked)} - {"gallery"}
    if unknown := sorted(values.keys() - known):
        hint = "people.gallery names it" if unknown[0] == "gallery" else f"it takes {', '.join(sorted(known))}"
        raise UsageError(f"listing has no parameter {unknown[0]}", hint=hint)
    for name, value in values.items():
        whole = name == "cluster_min_samples"
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise UsageError(f"{name} must be a {'whole ' if whole else ''}number, not {value!r}")
    return Asked(**values)
