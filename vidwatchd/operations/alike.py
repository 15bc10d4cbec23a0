"""alike: which videos show the same, judged by the hashes of a few exact frames of each.

Two videos are alike when some of their frames agree and no other (but one) contradicts, in one way of laying them side by
side: as they are, one begun or ended up to two seconds later (its frames then match those just before the other's), or
mirrored. A frame without detail (black, a fade, one colour) has no weight. Frames must also tell *when* they are from: where
those of different moments match nearly as well as those of the same, they show one place, a still or a logo, and prove nothing.
The numbers are measured: tests/bench/bench_duplicates.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidwatchd.hamming import BITS, Neighbours, distances
from vidwatchd.index.hashes import Packed

# How much shorter one may be: two seconds cut off with what encoders add, or the 4 % of a film shown at 25 frames a second
# instead of 24; and never so much that it matters to a short clip.
APART_SECONDS, APART_FRACTION, APART_OF_SHORT = 2.5, 0.05, 0.25
SHORTEST_SECONDS = 1.0
FEWEST_FRAMES = 2
# From so many frames on, the worst one is left out: a cut lies within the quarter second that no shift meets.
MANY_FRAMES = 4
# The part of the frames whose mean is what counts: cropping and quick movement cost the others some bits. None of them, but
# for one, may be further apart than this.
AGREEING, CONTRADICTING_BITS = 0.4, 14
# So many times, and so many bits more, must frames of different moments be apart than those of the same. Shifted, each
# frame takes the best of five, and any two look more alike: that has to prove more.
CONTRAST, SHIFTED_CONTRAST, CONTRAST_BITS = 2.0, 3.0, 1.0
# A frame that so many videos share is a station's logo or a test card: it leads to no candidates.
COMMON = 400
# A frame further apart than this leads to none either, however low the threshold.
FURTHEST_BITS = 12
BLOCK = 1 << 15

Bits = NDArray[np.uint8]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Videos whose hashes have one form (n videos × f frames × s steps before each), by duration."""

    ids: Rows
    seconds: NDArray[np.float64]
    first_seconds: NDArray[np.float64]
    dct: NDArray[np.uint64]
    mirrored: NDArray[np.uint64]
    before: NDArray[np.uint64]
    telling: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Alike videos: ids and how alike they are, from 0 to 1."""

    one: Rows
    other: Rows
    similarity: NDArray[np.float64]


def shelves(packed: Iterable[Packed]) -> list[Shelf]:
    """The hashes of an index as arrays, one shelf for each form."""
    forms: dict[tuple[int, int], list[Packed]] = {}
    for part in packed:
        forms.setdefault((part.frames, part.steps), []).append(part)
    return [_shelf(frames, steps, parts) for (frames, steps), parts in forms.items()]


def pairs(shelf: Shelf, threshold: float) -> Pairs:
    """All alike pairs of a shelf."""
    found = [_alike(shelf, one, other, threshold) for one, other in _candidates(shelf, threshold)]
    return _joined(shelf, found)


def best(found: Pairs, most: int) -> dict[tuple[int, int], float]:
    """The most alike pairs as ids (the lower first) with their similarity."""
    some = np.argsort(-found.similarity, kind="stable")[:most]
    low, high = np.minimum(found.one, found.other)[some], np.maximum(found.one, found.other)[some]
    similarity = found.similarity[some].round(4)
    return dict(zip(zip(low.tolist(), high.tolist(), strict=True), similarity.tolist(), strict=True))


def _shelf(frames: int, steps: int, parts: list[Packed]) -> Shelf:
    def hashes(name: str, *shape: int) -> NDArray[np.uint64]:
        """One member of all, a row a video."""
        return np.frombuffer(b"".join(getattr(p, name) for p in parts), ">u8").astype(np.uint64).reshape(-1, *shape)

    def numbers(name: str, type_: Any) -> NDArray[Any]:
        """One list of all, end to end."""
        return np.array([value for part in parts for value in getattr(part, name)], type_)

    flat = np.frombuffer(b"".join(part.flat for part in parts), np.uint8).reshape(-1, frames) == ord("1")
    order = np.argsort(numbers("seconds", np.float64), kind="stable")
    return Shelf(
        numbers("video_ids", np.int64)[order],
        numbers("seconds", np.float64)[order],
        numbers("first_seconds", np.float64)[order],
        hashes("dct", frames)[order],
        hashes("mirrored", frames)[order],
        hashes("before", frames, steps)[order],
        ~flat[order],
    )


def _candidates(shelf: Shelf, threshold: float) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of which at least one frame is near: of frames whose mean is near, one is."""
    furthest = _furthest(threshold)
    seen: list[Rows] = []
    for frame in range(shelf.dct.shape[1]):
        seen += [_coded(shelf, *_near_duration(shelf, *rows)) for rows in _near_frames(shelf, frame, furthest)]
    codes = np.unique(np.concatenate([np.empty(0, np.int64), *seen]))
    for start in range(0, len(codes), BLOCK):
        one, other = np.divmod(codes[start : start + BLOCK], len(shelf))
        yield one, other


def _furthest(threshold: float) -> int:
    return min(FURTHEST_BITS, int((1 - threshold) * BITS))


def _coded(shelf: Shelf, one: Rows, other: Rows) -> Rows:
    return np.unique(np.minimum(one, other) * len(shelf) + np.maximum(one, other))


def _near_frames(shelf: Shelf, frame: int, furthest: int) -> Iterator[tuple[Rows, Rows]]:
    """Videos of which this frame is near the other's: that frame, its mirror image or one just before it."""
    rows = np.flatnonzero(shelf.telling[:, frame])
    shown = shelf.dct[rows, frame]
    others = np.column_stack([shown, shelf.mirrored[rows, frame], shelf.before[rows, frame]])
    fresh = others != shown[:, None]  # where nothing moves, the frames before are the same again
    fresh[:, 0] = True
    owners = np.broadcast_to(rows[:, None], others.shape)[fresh]
    asked, known = Neighbours(shown), Neighbours(others[fresh])
    rare, rarely = asked.counts() <= COMMON, known.counts() <= COMMON
    values = np.flatnonzero(rare)
    for left, right, _ in known.near(asked.values[values], furthest):
        kept = rarely[right]
        for one, other in _expanded(asked, values[left[kept]], known, right[kept]):
            yield rows[one], owners[other]


def _expanded(asked: Neighbours, left: Rows, known: Neighbours, right: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Every row of the one value beside every row of the other, some at a time."""
    step = max(1, BLOCK // 64)
    for start in range(0, len(left), step):
        pair, one = asked.expand(left[start : start + step])
        again, other = known.expand(right[start : start + step][pair])
        yield one[again], other


def _near_duration(shelf: Shelf, one: Rows, other: Rows) -> tuple[Rows, Rows]:
    kept = (one != other) & _durations_fit(shelf, one, other)
    return one[kept], other[kept]


def _durations_fit(shelf: Shelf, one: Rows, other: Rows) -> NDArray[np.bool_]:
    first, second = shelf.seconds[one], shelf.seconds[other]
    shorter, longer = np.minimum(first, second), np.maximum(first, second)
    allowed = np.maximum(np.minimum(APART_SECONDS, shorter * APART_OF_SHORT), longer * APART_FRACTION)
    # Frames taken at other places of the film are not comparable, whatever they show.
    places = np.abs(shelf.first_seconds[one] - shelf.first_seconds[other])
    return (shorter >= SHORTEST_SECONDS) & (longer - shorter <= allowed) & (places <= allowed)


def _alike(shelf: Shelf, one: Rows, other: Rows, threshold: float) -> tuple[Rows, Rows, NDArray[np.float64]]:
    """Of these pairs the alike ones, with their similarity."""
    fits = _durations_fit(shelf, one, other)
    one, other = one[fits], other[fits]
    first, second = shelf.dct[one], shelf.dct[other]
    flipped = shelf.mirrored[one]
    plain = distances(first, second)
    ways = (
        (first, plain, CONTRAST),
        (first, np.minimum(plain, _nearest(first, shelf.before[other])), SHIFTED_CONTRAST),
        (first, np.minimum(plain, _nearest(second, shelf.before[one])), SHIFTED_CONTRAST),
        (flipped, distances(flipped, second), CONTRAST),
    )
    weight = shelf.telling[one] & shelf.telling[other]
    best = np.full(len(one), np.inf)
    for shown, bits, contrast in ways:
        agreed, all_but_one = _agreement(bits, weight)
        near = np.flatnonzero(agreed <= np.minimum((1 - threshold) * BITS, best))
        apart = _apart(shown[near], second[near], shelf.telling[one[near]], shelf.telling[other[near]])
        proved = near[apart >= contrast * all_but_one[near] + CONTRAST_BITS]
        best[proved] = agreed[proved]
    kept = np.isfinite(best)
    return one[kept], other[kept], 1 - best[kept] / BITS


def _nearest(shown: NDArray[np.uint64], before: NDArray[np.uint64]) -> Bits:
    if not before.shape[2]:
        return np.full(shown.shape, BITS, np.uint8)
    nearest: Bits = distances(shown[:, :, None], before).min(axis=2)
    return nearest


def _agreement(bits: Bits, weight: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean bits of the frames that agree best, endless where others contradict them; and of nearly all frames."""
    count = weight.sum(axis=1)
    counted = np.where(count >= MANY_FRAMES, count - 1, count)
    ordered = np.sort(np.where(weight, bits, 255), axis=1).astype(np.float64)
    sums = np.cumsum(ordered, axis=1)
    rows, agreeing = np.arange(len(bits)), np.clip((count * AGREEING).round().astype(int), FEWEST_FRAMES, None)
    fits = (count >= FEWEST_FRAMES) & (ordered[rows, np.maximum(counted, 1) - 1] <= CONTRADICTING_BITS)
    last = bits.shape[1] - 1
    agreed = sums[rows, np.minimum(agreeing - 1, last)] / agreeing
    return np.where(fits, agreed, np.inf), sums[rows, np.maximum(counted, 1) - 1] / np.maximum(counted, 1)


def _apart(
    shown: NDArray[np.uint64], second: NDArray[np.uint64], telling: NDArray[np.bool_], others: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The mean bits between frames of different moments."""
    frames = shown.shape[1]
    total, count = np.zeros(len(shown)), np.zeros(len(shown))
    for shift in range(1, frames):
        turned = np.roll(second, shift, axis=1)
        weight = telling & np.roll(others, shift, axis=1)
        total += (distances(shown, turned) * weight).sum(axis=1)
        count += weight.sum(axis=1)
    apart: NDArray[np.float64] = total / np.maximum(count, 1)
    return apart


def _joined(shelf: Shelf, found: list[tuple[Rows, Rows, NDArray[np.float64]]]) -> Pairs:
    one, other, similarity = (
        (np.concatenate(parts) for parts in zip(*found, strict=True)) if found else (np.empty(0, np.int64),) * 3
    )
    return Pairs(shelf.ids[one], shelf.ids[other], similarity.astype(np.float64))
