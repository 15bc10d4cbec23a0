"""density: DBSCAN (Ester, Kriegel, Sander and Xu 1996) on cosine distance, exact, in memory that does not grow with the pairs.

Pairs within reach are found a tile at a time and forgotten at once: of two that are known as dense the sets are put together;
a pair waits only as long as one of it is not dense, and such a one has fewer than ``min_samples`` pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from vidwatchd.clustering.geometry import Ids, Labels, Vectors, least_cosine, unit
from vidwatchd.clustering.sets import Sets
from vidwatchd.errors import Cancelled, UsageError

# So many rows are compared with so many at a time: 8 MB of cosines.
TILE = 1448


def dbscan(
    vectors: NDArray[np.floating],
    eps: float,
    min_samples: int = 1,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Labels:
    """The group of each row of (n, d) float32 (or half) vectors; -1: of none. The same as scikit-learn's DBSCAN gives.

    Groups are numbered in the order of their first dense row; a row at the edge of several is of the first. Exact but for
    pairs whose distance differs from ``eps`` by less than float32 can tell. Raises Cancelled, UsageError.
    """
    if not 0 < eps < 2 or min_samples < 1:
        raise UsageError("a distance is more than 0 and less than 2, and a group has at least one member")
    dense = _Dense(len(vectors), min_samples)
    for one, other, done in _pairs(vectors, eps):
        if cancelled is not None and cancelled():
            raise Cancelled("the grouping was stopped")
        dense.take(one, other)
        if progress is not None:
            progress(done)
    return dense.labels()


class _Dense:
    """What is known so far of which rows are dense, and which of those belong together."""

    def __init__(self, count: int, min_samples: int) -> None:
        self.counts: Labels = np.ones(count, np.int32)
        self._min_samples = min_samples
        self._sets = Sets(count)
        self._waiting: list[tuple[Ids, Ids]] = []
        self._many = count

    def take(self, one: Ids, other: Ids) -> None:
        """Pairs within reach, none told before."""
        np.add.at(self.counts, one, 1)
        np.add.at(self.counts, other, 1)
        self._keep(one, other)
        if sum(len(pairs) for pairs, _ in self._waiting) > self._many:
            self._look_again()
            self._many = 2 * sum(len(pairs) for pairs, _ in self._waiting) + len(self.counts)

    def labels(self) -> Labels:
        """The group of each, once all pairs are told."""
        self._look_again()
        labels = np.full(len(self.counts), -1, np.int32)
        dense = np.flatnonzero(self._is_dense())
        labels[dense] = np.unique(self._sets.roots(dense), return_inverse=True)[1]
        self._edges(labels)
        return labels

    def _is_dense(self) -> NDArray[np.bool_]:
        return self.counts >= self._min_samples

    def _keep(self, one: Ids, other: Ids) -> None:
        both = (self.counts[one] >= self._min_samples) & (self.counts[other] >= self._min_samples)
        self._sets.join(one[both], other[both])
        if not both.all():
            self._waiting.append((one[~both], other[~both]))

    def _look_again(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._keep(np.concatenate([one for one, _ in waiting]), np.concatenate([other for _, other in waiting]))

    def _edges(self, labels: Labels) -> None:
        """What is not dense, but near something that is, belongs to the first such group."""
        last, dense = np.iinfo(np.int32).max, self._is_dense()
        first = np.full(len(labels), last, np.int32)
        for one, other in self._waiting:
            for edge, core in ((one, other), (other, one)):
                some = dense[core] & ~dense[edge]
                np.minimum.at(first, edge[some], labels[core[some]])
        found = first < last
        labels[found] = first[found]


def _pairs(vectors: NDArray[np.floating], eps: float) -> Iterator[tuple[Ids, Ids, float]]:
    """All pairs within reach, each once, and how far that is: 0 to 1."""
    least = least_cosine(eps)
    whole = len(vectors) ** 2
    for top in range(0, len(vectors), TILE):
        rows = unit(vectors[top : top + TILE])
        for left in range(top, len(vectors), TILE):
            one, other = _near(rows, rows if left == top else unit(vectors[left : left + TILE]), least)
            if left == top:
                one, other = one[one < other], other[one < other]
            # Done: the strips above, twice as all of them lie right of the diagonal, and this one's part so far.
            area = top * (2 * len(vectors) - top) + 2 * len(rows) * (min(left + TILE, len(vectors)) - top)
            yield one + top, other + left, min(1.0, area / whole)


def _near(rows: Vectors, columns: Vectors, least: np.float32) -> tuple[Ids, Ids]:
    places = np.flatnonzero(rows @ columns.T >= least)
    one, other = np.divmod(places, len(columns))
    return one, other
