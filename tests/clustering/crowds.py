"""crowds: vectors as faces have them, for the tests of clustering."""

import numpy as np

from vidwatchd.clustering.geometry import unit


def crowd(count=300, people=30, dimensions=32, seed=1, noise=0.8):
    """Unit vectors of some people, each with its own spread, in no order."""
    chance = np.random.default_rng(seed)
    middles = unit(chance.normal(size=(people, dimensions)))
    apart = unit(chance.normal(size=(count, dimensions)))
    return unit(middles[chance.integers(0, people, count)] + noise * chance.uniform(0.6, 1.3, (count, 1)) * apart)


def same(one, other):
    """Whether two labellings are one partition; -1 is of none."""
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    alone = all((a == -1) == (b == -1) for a, b in pairs)
    return alone and len(pairs) == len(set(one.tolist())) == len(set(other.tolist()))
