"""near: a growing set of vectors that is asked which of them are within reach; it holds 64 bytes of each, not the vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from vidwatchd.clustering.geometry import Ids, Vectors, least_cosine, unit
from vidwatchd.clustering.sketches import WORDS, Codes, codes, estimates, least_estimate, most_bits, turned

Found = tuple[Ids, Vectors]
# So many vectors are fetched at a time: 16 MB at 512 dimensions.
_FETCH = 8192


class Near:
    """Sketches by id, of vectors of so many ``dimensions``."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._count = 0
        self._ids: Ids = np.empty(0, np.int64)
        # A row a word: each is gone through from end to end.
        self._words: Codes = np.empty((WORDS, 0), np.uint64)

    def __len__(self) -> int:
        return self._count

    def add(self, ids: Iterable[int] | Ids, vectors: NDArray[np.floating]) -> None:
        """Take these in; an id that is here already gets the new vector."""
        self.add_codes(ids, codes(vectors))

    def add_codes(self, ids: Iterable[int] | Ids, some: Codes) -> None:
        """Take these in by their (n, 8) ``codes``."""
        numbers = _numbers(ids)
        self.remove(numbers)
        end = self._count + len(numbers)
        self._grow(end)
        self._ids[self._count : end] = numbers
        self._words[:, self._count : end] = some.T
        self._count = end

    def remove(self, ids: Iterable[int] | Ids) -> None:
        """Forget these, as far as they are here."""
        here = self._ids[: self._count]
        gone = np.isin(here, _numbers(ids))
        if gone.any():
            kept = np.flatnonzero(~gone)
            self._ids[: len(kept)] = here[kept]
            self._words[:, : len(kept)] = self._words[:, kept]
            self._count = len(kept)

    def within(
        self, vectors: NDArray[np.floating], eps: float, fetch: Callable[[Ids], NDArray[np.floating]]
    ) -> list[Found]:
        """For each vector the ids at most a cosine distance of ``eps`` away, nearest first, with their exact cosines.

        ``fetch`` gives the vectors of those ids that the sketches do not rule out: (n, d), in the order asked for.
        """
        least = least_cosine(eps)
        exact = unit(vectors)
        candidates = [self._candidates(question, float(least)) for question in turned(exact)]
        asked = np.unique(np.concatenate(candidates)) if candidates else np.empty(0, np.int64)
        found: list[list[Found]] = [[] for _ in candidates]
        for start in range(0, len(asked), _FETCH):
            some = asked[start : start + _FETCH]
            rows = unit(fetch(some))
            for one, mine, kept in zip(exact, candidates, found, strict=True):
                kept.append(_checked(one, mine, some, rows, least))
        return [_nearest(each) for each in found]

    def guessed(self, vectors: NDArray[np.floating]) -> tuple[Ids, NDArray[np.uint16]]:
        """All ids, those that seem nearest to any of the vectors first, and in how many bits of 512 each differs from it."""
        least = np.full(self._count, np.iinfo(np.uint16).max, np.uint16)
        for own in codes(unit(vectors)):
            np.minimum(least, self._differing(own), out=least)
        order = np.argsort(least, kind="stable")
        return self._ids[order], least[order]

    def _differing(self, own: Codes) -> NDArray[np.uint16]:
        bits = np.zeros(self._count, np.uint16)
        for word, mine in zip(self._words, own, strict=True):
            bits += np.bitwise_count(word[: self._count] ^ mine)
        return bits

    def _candidates(self, question: Vectors, least: float) -> Ids:
        """The ids that may be within reach."""
        bits = self._differing(np.packbits(question > 0).view("<u8"))
        places = np.flatnonzero(bits <= most_bits(least))
        likely = estimates(question, self._words[:, places].T) >= least_estimate(least, self.dimensions)
        return np.sort(self._ids[places[likely]])

    def _grow(self, size: int) -> None:
        if size > len(self._ids):
            room = max(size, 2 * len(self._ids), 64)
            ids, words = np.empty(room, np.int64), np.empty((WORDS, room), np.uint64)
            ids[: self._count], words[:, : self._count] = self._ids[: self._count], self._words[:, : self._count]
            self._ids, self._words = ids, words


def _numbers(ids: Iterable[int] | Ids) -> Ids:
    return ids if isinstance(ids, np.ndarray) else np.fromiter(ids, np.int64)


def _checked(one: Vectors, mine: Ids, some: Ids, rows: Vectors, least: np.float32) -> Found:
    """Of the fetched rows, both sorted by id, those that are this question's and within reach."""
    places = np.searchsorted(some, mine[(mine >= some[0]) & (mine <= some[-1])])
    cosines = rows[places] @ one
    near = cosines >= least
    return some[places[near]], cosines[near]


def _nearest(parts: list[Found]) -> Found:
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    ids, cosines = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.lexsort((ids, -cosines))
    return ids[order], cosines[order]
