"""dupes: videos that are there twice: exact copies, and others that show the same. Nothing is ever deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from vidwatchd.errors import UsageError
from vidwatchd.index.listing import MAX_LIMIT
from vidwatchd.model import Video
from vidwatchd.operations import Context, comparison, copies, jobs, libraries, parameters, verdicts, videos
from vidwatchd.operations.comparison import Compared, Couple
from vidwatchd.operations.groups import EXACT, Group, Pair, grouped
from vidwatchd.operations.make import Progress, videos_in

LIMIT = 25
# So many pairs become groups within a request: 0.1 s.
MOST_SETTLED = 5000
# Below this two random pictures are as alike.
LEAST_SIMILARITY = 0.6

Proof = Callable[[Video, Video], bool | None]


@dataclass(frozen=True, slots=True)
class Settled:
    """Groups and pairs as they are shown: what people called different is left out, copies are proven or called near."""

    groups: list[Group]
    pairs: list[Pair]
    unproven: list[tuple[Video, Video]]


def folder(
    ctx: Context,
    directory: str,
    *,
    recursive: bool = False,
    threshold: float | None = None,
    limit: int = LIMIT,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The duplicates among a folder's videos. Raises InvalidDirectory, LibraryOffline, UsageError, Conflict."""
    level = _level(ctx, threshold)
    found = videos_in(ctx, directory, recursive=recursive)[1]
    return _now(ctx, {video.id for video in found}, level, limit, progress or _silent)


def run_task(ctx: Context, order: jobs.Order, progress: Progress) -> dict[str, Any]:
    """The same for a posted order, as the index knows the videos; ``params``: threshold, limit."""
    limit, level = check(ctx, order)
    return _now(ctx, _ordered(ctx, order), level, limit, progress)


def check(ctx: Context, order: jobs.Order) -> tuple[int, float]:
    """The limit and the threshold that an order asks for. Raises UsageError for what means nothing."""
    parameters.known("dupes", order.params, ("limit", "threshold"))
    threshold = order.params.get("threshold")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float | None):
        raise UsageError(f"threshold must be a number, not {threshold!r}", hint="as 0.92")
    return parameters.whole(order.params, "limit", LIMIT), _level(ctx, threshold)


def overview(
    ctx: Context, *, limit: int = LIMIT, threshold: float | None = None, library_id: int | None = None
) -> dict[str, Any]:
    """The duplicates of everything, as last compared; ``computing`` says that a newer answer is on its way.

    Raises NotFound for an unknown library, UsageError, Conflict.
    """
    level, held = _level(ctx, threshold), comparison.held(ctx)
    mine = None if library_id is None else _of_library(ctx, library_id)
    wanted = lambda ids: mine is None or mine.issuperset(ids)  # noqa: E731
    found, fresh = held.latest(ctx, level)
    found = found or Compared({}, frozenset(), 0, 0, level)
    settled = _settled(
        ctx, _pairs(found, wanted, MOST_SETTLED), limit, lambda one, other: copies.proven(ctx, one, other)
    )
    if settled.unproven:
        held.start(ctx, lambda: _prove(ctx, settled.unproven))
        held.wait()
        settled = _settled(
            ctx, _pairs(found, wanted, MOST_SETTLED), limit, lambda one, other: copies.proven(ctx, one, other)
        )
    return _shown(ctx, found, settled, limit, computing=not fresh or bool(settled.unproven))


def of_video(ctx: Context, video_id: int) -> dict[str, Any]:
    """The duplicates of one video, the surest first, as last compared. Raises NotFound, Conflict."""
    ctx.index.videos.get(video_id)
    held = comparison.held(ctx)
    found, fresh = held.latest(ctx, _level(ctx, None))
    pairs = _pairs(found, lambda ids: video_id in ids, MOST_SETTLED) if found else []
    settled = _settled(ctx, pairs, LIMIT, lambda one, other: copies.proven(ctx, one, other))
    if settled.unproven:
        held.start(ctx, lambda: _prove(ctx, settled.unproven))
    ties = {pair.one + pair.other - video_id: pair for pair in settled.pairs}
    items = _items(ctx, ties)
    shown = [{**items[other], **_tie(pair)} for other, pair in ties.items() if other in items]
    return {"duplicates": shown, "computing": not fresh or bool(settled.unproven)}


def _now(ctx: Context, video_ids: Collection[int], threshold: float, limit: int, progress: Progress) -> dict[str, Any]:
    """Compare, prove and show; copies are read to their ends."""
    progress(0, 1, ())
    found = comparison.compare(ctx, threshold, video_ids)

    def prove(one: Video, other: Video) -> bool:
        """Whether two files hold the same bytes."""
        known = copies.proven(ctx, one, other)
        names = (one.name, other.name)
        tell = lambda count_bytes: progress(min(count_bytes / one.size_bytes, 1), 1, names)  # noqa: E731
        return copies.prove(ctx, one, other, tell) if known is None else known

    settled = _settled(ctx, _pairs(found), limit, prove)
    progress(1, 1, ())
    return _shown(ctx, found, settled, limit, computing=False)


def _pairs(
    found: Compared, wanted: Callable[[Couple], bool] = lambda ids: True, most: int = comparison.MOST_PAIRS
) -> list[Pair]:
    """What was found as pairs, as far as wanted: those that may be copies, then the most alike, so many of each."""
    copied = (Pair(*ids, 1.0, EXACT, found.near.get(ids, 0.0)) for ids in sorted(found.copies) if wanted(ids))
    near = (Pair(*ids, found.near[ids]) for ids in found.near if ids not in found.copies and wanted(ids))
    return [*islice(copied, most), *islice(near, most)]


def _settled(ctx: Context, pairs: Iterable[Pair], limit: int, proof: Proof) -> Settled:
    """What is shown of these pairs. One that may be of copies is proven first, or counts for what it looks like."""
    listed = list(pairs)
    known = {video.id: video for video in ctx.index.videos.many({i for p in listed for i in (p.one, p.other)})}
    said, uuids = verdicts.known(ctx), {library.id: library.uuid for library in ctx.index.libraries.all()}

    def different(one: int, other: int) -> bool:
        """Whether a person said so."""
        return said.different(known[one], known[other], uuids)

    left = [p for p in listed if {p.one, p.other} <= known.keys() and not different(p.one, p.other)]
    waiting: set[Pair] = set()
    while True:
        groups, left = grouped(left, known, different), sorted(left, key=lambda pair: pair.order)
        shown = {*left[:limit], *(pair for group in groups[:limit] for pair in group.pairs)}
        proofs = {pair: proof(known[pair.one], known[pair.other]) for pair in shown if pair.kind == EXACT}
        doubtful = {pair for pair, same in proofs.items() if not same}
        if not doubtful:
            return Settled(groups, left, [(known[pair.one], known[pair.other]) for pair in waiting])
        waiting |= {pair for pair in doubtful if proofs[pair] is None}
        left = [pair.unproven if pair in doubtful else pair for pair in left]
        left = [pair for pair in left if pair.similarity]


def _prove(ctx: Context, pairs: Iterable[tuple[Video, Video]]) -> None:
    for one, other in pairs:
        copies.prove(ctx, one, other)
    ctx.notify("duplicates", {})


def _shown(ctx: Context, found: Compared, settled: Settled, limit: int, *, computing: bool) -> dict[str, Any]:
    groups = settled.groups[:limit]
    items = _items(ctx, [member for group in groups for member in group.members])
    return {
        "groups": [_group(group, items) for group in groups if {*group.members} <= items.keys()],
        "pairs": [{"a": pair.one, "b": pair.other, **_tie(pair)} for pair in settled.pairs[:limit]],
        "total_groups": len(settled.groups),
        "total_pairs": len(settled.pairs),
        "compared": found.compared,
        "without_hash": found.without_hash,
        "threshold": found.threshold,
        "computing": computing,
    }


def _group(group: Group, items: dict[int, dict[str, Any]]) -> dict[str, Any]:
    ties = [{"kind": group.kind, "similarity": 1.0}, *map(_tie, group.pairs)]
    members = [{**items[member], **tie} for member, tie in zip(group.members, ties, strict=True)]
    head = {"kind": group.kind, "similarity": group.similarity, "keeper": group.keeper, "reason": group.reason}
    return {**head, "videos": members}


def _tie(pair: Pair) -> dict[str, Any]:
    return {"similarity": pair.similarity, "kind": pair.kind}


def _items(ctx: Context, video_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The videos as every list shows them, by id."""
    ids = list(dict.fromkeys(video_ids))
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(ids), MAX_LIMIT):
        wanted = videos.Filter(ids=tuple(ids[start : start + MAX_LIMIT]), presence="any", limit=MAX_LIMIT)
        found |= {item["id"]: item for item in json.loads(videos.page(ctx, wanted))["videos"]}
    return found


def _level(ctx: Context, threshold: float | None) -> float:
    level = ctx.config.thresholds.phash_similarity if threshold is None else threshold
    if not LEAST_SIMILARITY <= level <= 1:
        raise UsageError(
            f"a threshold of {level:g} is not from {LEAST_SIMILARITY:g} to 1", hint="below, any two pictures are alike"
        )
    return float(level)


def _ordered(ctx: Context, order: jobs.Order) -> set[int]:
    """The ids of the videos that an order is about."""
    if order.video_ids:
        return {*order.video_ids}
    if order.library_id is not None:
        return _of_library(ctx, order.library_id)
    place = libraries.inside(ctx, order.directory)
    found = ctx.index.videos.in_folder(place.library.id, place.folder, recursive=order.recursive)
    return {video.id for video in found}


def _of_library(ctx: Context, library_id: int) -> set[int]:
    library = ctx.index.libraries.get(library_id)
    return {video.id for video in ctx.index.videos.in_folder(library.id, "", recursive=True)}


def _silent(done: float, of: int, names: Sequence[str]) -> None:
    """Nobody watches."""
