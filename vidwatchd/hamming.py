"""hamming: which of very many 64-bit hashes differ in few bits, without comparing each with each.

Multi-index hashing (Norouzi, Punjani and Fleet 2012): the bits are cut into chunks; two hashes that differ in at most d
bits differ in few bits of at least one chunk, so only those are compared whose chunk is one of a few near keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import combinations, groupby, pairwise
from math import comb
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vidwatchd.errors import UsageError

Hashes: TypeAlias = NDArray[np.uint64]
Rows: TypeAlias = NDArray[np.int64]
Found: TypeAlias = tuple[Rows, Rows, NDArray[np.uint8]]

BITS = 64
# Wider chunks would need tables that no processor's cache holds, narrower ones make every hash a candidate.
MAX_CHUNKS, WIDEST = 8, 22
# How much is compared at a time: 1 << 19 pairs are 20 MB of arrays.
BLOCK = 1 << 19
# What a look into a table, a comparison, the sorting of a value and a place in a table cost, in nanoseconds: measured.
LOOK_NS, COMPARE_NS, SORT_NS, TABLE_NS = 4.0, 14.0, 110.0, 4.0


class Neighbours:
    """Hashes that can be asked for their neighbours. Equal ones count once: ``values`` are the distinct ones, sorted.

    Whatever is found is told by positions in ``values``; ``rows(i)`` are the positions of the i-th in what was given.
    """

    def __init__(self, hashes: Hashes) -> None:
        self._order = np.argsort(hashes)
        ordered = hashes[self._order]
        fresh = np.ones(len(ordered), bool)
        fresh[1:] = ordered[1:] != ordered[:-1]
        self.values: Hashes = ordered[fresh]
        self._starts = np.append(np.flatnonzero(fresh), len(ordered))
        self._cuts: dict[int, list[_Chunk]] = {}

    def rows(self, value: int) -> Rows:
        """The positions, in what was given, of one of ``values``."""
        return self._order[self._starts[value] : self._starts[value + 1]]

    def counts(self) -> Rows:
        """How often each of ``values`` was given."""
        return np.diff(self._starts)

    def expand(self, values: Rows) -> tuple[Rows, Rows]:
        """Every row of every one of these values, beside the position (in ``values``, the argument) it belongs to."""
        counts = self._starts[values + 1] - self._starts[values]
        owners = np.repeat(np.arange(len(values)), counts)
        return owners, self._order[_ranges(self._starts[values], counts)]

    def pairs(self, distance: int) -> Iterator[Found]:
        """All pairs of distinct values at most ``distance`` bits apart, each once: (lesser, greater, bits between).

        They come in blocks, so that memory stays small however many there are.
        """
        for chunk, radius, before in self._plan(distance, len(self.values)):
            for one, other in chunk.within(radius):
                differing = chunk.values[one] ^ chunk.values[other]
                left, right, bits = _checked(one, other, differing, distance, before)
                left, right = chunk.order[left], chunk.order[right]
                yield np.minimum(left, right), np.maximum(left, right), bits

    def near(self, hashes: Hashes, distance: int) -> Iterator[Found]:
        """For each of these hashes the values at most ``distance`` bits away: (position of the hash, value, bits)."""
        for chunk, radius, before in self._plan(distance, len(hashes)):
            for one, other in chunk.around(hashes, radius):
                differing = hashes[one] ^ chunk.values[other]
                left, right, bits = _checked(one, other, differing, distance, before)
                yield left, chunk.order[right], bits

    def _plan(self, distance: int, asked: int) -> Iterator[tuple[_Chunk, int, list[tuple[int, int, int]]]]:
        """The chunks to look through, each with the bits that may differ in it and (shift, width, radius) of those
        before it, by which what they found already is told."""
        if not 0 <= distance < BITS:
            raise UsageError(f"a distance of {distance} bits is not from 0 to {BITS - 1}")
        if not len(self.values):
            return
        count = _chunk_count(len(self.values), asked, distance, self._cuts)
        before: list[tuple[int, int, int]] = []
        for chunk, radius in zip(self._cut(count), _radii(distance, count), strict=True):
            if radius >= 0:
                yield chunk, min(radius, chunk.width), list(before)
                before.append((chunk.shift, chunk.width, radius))

    def _cut(self, count: int) -> list[_Chunk]:
        if count not in self._cuts:
            self._cuts[count] = [_Chunk(self.values, shift, width) for shift, width in _widths(count)]
        return self._cuts[count]


class _Chunk:
    """The values ordered by some of their bits, with a table that tells where each key's begin."""

    def __init__(self, values: Hashes, shift: int, width: int) -> None:
        self.shift, self.width = shift, width
        keys = _part(values, shift, width)
        self.order = np.argsort(keys)
        self.keys, self.values = keys[self.order], values[self.order]
        counts = np.bincount(self.keys, minlength=1 << width)
        self.first = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=self.first[1:])
        # A byte a key: most keys have no value, and a table four times as small is asked in half the time.
        self.some = counts > 0

    def within(self, radius: int) -> Iterator[tuple[Rows, Rows]]:
        """Positions of values whose keys differ in at most ``radius`` bits, each pair once."""
        every = np.arange(len(self.keys))
        ends = self.first[self.keys + 1]
        yield from _products(every, every + 1, ends - every - 1)
        for top, masks in groupby(_masks(self.width, radius)[1:], key=int.bit_length):
            lower = np.flatnonzero(self.keys >> (top - 1) & 1 == 0)  # of each pair the one without that bit
            keys = self.keys[lower]
            for mask in masks:
                yield from self._meet(lower, keys ^ mask)

    def around(self, hashes: Hashes, radius: int) -> Iterator[tuple[Rows, Rows]]:
        """(position of the hash, position of the value) where their keys differ in at most ``radius`` bits."""
        masks = np.array(_masks(self.width, radius))
        asked = _part(hashes, self.shift, self.width)
        step = max(1, BLOCK // len(masks))
        for start in range(0, len(asked), step):
            keys = (asked[start : start + step, None] ^ masks).ravel()
            owners = np.repeat(np.arange(start, min(start + step, len(asked))), len(masks))
            yield from self._meet(owners, keys)

    def _meet(self, owners: Rows, keys: Rows) -> Iterator[tuple[Rows, Rows]]:
        hit = np.flatnonzero(self.some[keys])
        keys = keys[hit]
        starts = self.first[keys].astype(np.int64)
        yield from _products(owners[hit], starts, self.first[keys + 1] - starts)


def distances(one: Hashes, other: Hashes) -> NDArray[np.uint8]:
    """How many bits differ, element by element."""
    bits: NDArray[np.uint8] = np.bitwise_count(one ^ other)
    return bits


def _products(owners: Rows, starts: Rows, counts: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Each owner beside every position of its range, in blocks."""
    ends = np.cumsum(counts, dtype=np.int64)
    at = 0
    while at < len(owners):
        done = int(ends[at - 1]) if at else 0
        until = max(at + 1, int(np.searchsorted(ends, done + BLOCK, side="right")))
        some = counts[at:until]
        for piece in _pieces(starts[at:until], some):
            yield np.repeat(owners[at:until], piece[1]), _ranges(*piece)
        at = until


def _pieces(starts: Rows, counts: Rows) -> Iterator[tuple[Rows, Rows]]:
    """The ranges as they are, or one that is longer than a block in parts."""
    if len(counts) > 1 or not len(counts) or counts[0] <= BLOCK:
        yield starts, counts
        return
    for offset in range(0, int(counts[0]), BLOCK):
        yield starts + offset, np.minimum(counts - offset, BLOCK)


def _ranges(starts: Rows, counts: Rows) -> Rows:
    """The numbers of all the ranges, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    numbers: Rows = np.arange(total) + np.repeat(starts - (ends - counts), counts)
    return numbers


def _checked(
    one: Rows, other: Rows, differing: Hashes, distance: int, before: list[tuple[int, int, int]]
) -> tuple[Rows, Rows, NDArray[np.uint8]]:
    """Those near enough, without those that an earlier chunk has told."""
    bits = np.bitwise_count(differing)
    kept = np.flatnonzero(bits <= distance)
    differing = differing[kept]
    for shift, width, radius in before:
        news = np.flatnonzero(np.bitwise_count(_part(differing, shift, width)) > radius)
        kept, differing = kept[news], differing[news]
    return one[kept], other[kept], bits[kept]


def _part(hashes: Hashes, shift: int, width: int) -> Rows:
    return (hashes >> np.uint64(shift) & np.uint64((1 << width) - 1)).astype(np.int64)


def _widths(count: int) -> list[tuple[int, int]]:
    """(shift, width) of each chunk; the first holds the lowest bits."""
    edges = [BITS * n // count for n in range(count + 1)]
    return [(low, high - low) for low, high in pairwise(edges)]


def _radii(distance: int, count: int) -> list[int]:
    """How many bits may differ in each chunk: were there one more in every chunk, there were more than ``distance``."""
    return [(distance + 1 + n) // count - 1 for n in range(count)]


@lru_cache(maxsize=64)
def _masks(width: int, radius: int) -> list[int]:
    """Every key of at most ``radius`` ones, by its highest one."""
    ones = (sum(1 << bit for bit in bits) for size in range(radius + 1) for bits in combinations(range(width), size))
    return sorted(ones)


def _chunk_count(values: int, asked: int, distance: int, cut: Collection[int] = ()) -> int:
    """Into how many chunks to cut so that it takes the least time; in those numbers of ``cut`` they are there already."""

    def cost(count: int) -> float:
        """In nanoseconds, as far as can be told before."""
        looks = compares = 0.0
        for (_, width), radius in zip(_widths(count), _radii(distance, count), strict=True):
            masks = sum(comb(width, size) for size in range(radius + 1))
            looks += asked * masks
            compares += asked * masks * values / (1 << width)
        made = 0.0 if count in cut else count * values * SORT_NS + sum(1 << w for _, w in _widths(count)) * TABLE_NS
        return looks * LOOK_NS + compares * COMPARE_NS + made

    least = -(-BITS // WIDEST)
    return min(range(least, MAX_CHUNKS + 1), key=cost)
