"""sets: which of many things belong together, told by pairs of them; whole arrays of pairs at a time."""

from __future__ import annotations

import numpy as np

from vidwatchd.clustering.geometry import Ids


class Sets:
    """Things 0 to ``count`` - 1, each at first alone; a set's root is the least of it."""

    def __init__(self, count: int) -> None:
        self._above: Ids = np.arange(count)

    def roots(self, things: Ids) -> Ids:
        """The root of each one's set."""
        found = self._above[things]
        while True:
            higher = self._above[found]
            if np.array_equal(higher, found):
                break
            found = higher
        self._above[things] = found
        return found

    def join(self, one: Ids, other: Ids) -> None:
        """Put the sets of each pair together."""
        while len(one):
            one, other = self.roots(one), self.roots(other)
            apart = np.flatnonzero(one != other)
            one, other = one[apart], other[apart]
            # The least wins: were it the last one written, a thing with many partners would take a round for each.
            np.minimum.at(self._above, np.maximum(one, other), np.minimum(one, other))
