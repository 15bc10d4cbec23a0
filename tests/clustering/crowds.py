"""crowds: vectors as faces have them, and faces that are grouped already, for the tests of clustering."""

from types import SimpleNamespace

import numpy as np

from vidwatchd.clustering import Standing
from vidwatchd.clustering.geometry import unit


def crowd(count=300, people=30, dimensions=32, seed=1, noise=0.8):
    """Unit vectors of some people, each with its own spread, in no order."""
    chance = np.random.default_rng(seed)
    middles = unit(chance.normal(size=(people, dimensions)))
    apart = unit(chance.normal(size=(count, dimensions)))
    return unit(middles[chance.integers(0, people, count)] + noise * chance.uniform(0.6, 1.3, (count, 1)) * apart)


class Album:
    """Known faces, compared each with each."""

    def __init__(self, eps):
        self.eps, self.rows, self.places, self.asked = eps, {}, {}, 0

    def within(self, vectors):
        self.asked += len(vectors)
        ids = np.array(sorted(self.rows), np.int64)
        if not len(ids):
            return [(ids, np.empty(0, np.float32)) for _ in vectors]
        return [self._near(ids, cosines) for cosines in unit(vectors) @ self.vectors(ids).T]

    def vectors(self, ids):
        return np.array([self.rows[int(one)] for one in ids], np.float32)

    def standings(self, ids):
        return {int(one): self.places[int(one)] for one in ids if int(one) in self.places}

    def put(self, ids, vectors, joined):
        """Do as told, and merge all that is to be merged."""
        self.rows |= dict(zip(map(int, ids), vectors, strict=True))
        fresh = max([0, *(p.group or 0 for p in self.places.values())])
        one = {group: sets[0] for sets in joined.merged for group in sets}
        for face in {*self.places, *joined.groups}:
            before = self.places.get(face, Standing(None))
            group = joined.groups.get(face, before.group)
            group = None if group is None else fresh - group if group < 0 else one.get(group, group)
            self.places[face] = Standing(group, joined.counts.get(face, before.neighbours), before.fixed)

    def labels(self):
        ids = sorted(self.rows)
        return SimpleNamespace(
            groups=np.array([-1 if (g := self.places[one].group) is None else g for one in ids]),
            counts=np.array([self.places[one].neighbours for one in ids]),
            vectors=self.vectors(ids),
        )

    def _near(self, ids, cosines):
        near = np.flatnonzero(cosines >= np.float32(1 - self.eps))
        near = near[np.argsort(-cosines[near], kind="stable")]
        return ids[near], cosines[near]


def same(one, other):
    """Whether two labellings are one partition; -1 is of none."""
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    alone = all((a == -1) == (b == -1) for a, b in pairs)
    return alone and len(pairs) == len(set(one.tolist())) == len(set(other.tolist()))
