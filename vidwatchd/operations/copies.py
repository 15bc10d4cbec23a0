"""copies: files that hold the same bytes: found by size and fingerprint, believed only when all of both were compared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from itertools import combinations, groupby

from vidwatchd.fingerprint import fingerprint, same_content
from vidwatchd.model import Video
from vidwatchd.operations import Context
from vidwatchd.operations.groups import rank

# Of more copies than this each is paired with the best kept alone: around it a group is made.
MANY = 4

Read = Callable[[int], None]


def likely(ctx: Context, video_ids: Collection[int] | None = None) -> Iterator[tuple[int, int]]:
    """Pairs of one size and one fingerprint, the lower id first; a fingerprint that nobody asked for yet is worked out."""
    for _, same in groupby(ctx.index.hashes.same_sizes(video_ids), key=lambda found: found.size_bytes):
        marked: dict[str, list[int]] = {}
        for found in same:
            mark = found.fingerprint or _fingerprint(ctx, found.id)
            if mark:
                marked.setdefault(mark, []).append(found.id)
        for ids in marked.values():
            yield from combinations(ids, 2) if len(ids) <= MANY else _around_best(ctx, ids)


def proven(ctx: Context, one: Video, other: Video) -> bool | None:
    """What comparing all of both files gave, as far as these very files were compared; None: not yet."""
    proofs: dict[frozenset[tuple[int, ...]], bool] = ctx.held.setdefault("copies", {})
    return proofs.get(_pair(one, other))


def prove(ctx: Context, one: Video, other: Video, read: Read = lambda count_bytes: None) -> bool:
    """Compare all of both files; a file that cannot be read proves nothing."""
    same = False
    with suppress(OSError, ValueError):  # ValueError: one of them shrank meanwhile
        paths = (ctx.store(video.library_id).video(video.path) for video in (one, other))
        same = same_content(*paths, read=read)
    ctx.held.setdefault("copies", {})[_pair(one, other)] = same
    return same


def _around_best(ctx: Context, ids: Collection[int]) -> Iterator[tuple[int, int]]:
    best = min(ctx.index.videos.many(ids), key=rank).id
    yield from ((min(best, other), max(best, other)) for other in ids if other != best)


def _pair(one: Video, other: Video) -> frozenset[tuple[int, ...]]:
    return frozenset((v.id, v.size_bytes, v.mtime_ns, v.ctime_ns) for v in (one, other))


def _fingerprint(ctx: Context, video_id: int) -> str:
    video = ctx.index.videos.get(video_id)
    with suppress(OSError):
        return fingerprint(ctx.store(video.library_id).video(video.path))
    return ""
