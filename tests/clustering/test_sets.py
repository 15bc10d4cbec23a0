"""test_sets: pairs told in any order make the same sets."""

import numpy as np

from vidwatchd.clustering.sets import Sets


def test_pairs_make_sets_by_their_least():
    sets = Sets(8)
    sets.join(np.array([5, 3, 7]), np.array([3, 1, 6]))
    sets.join(np.array([], int), np.array([], int))
    assert sets.roots(np.arange(8)).tolist() == [0, 1, 2, 1, 4, 1, 6, 6]


def test_a_star_and_a_long_chain_are_one():
    for one, other in [(np.full(5000, 4999), np.arange(5000)), (np.arange(4999), np.arange(1, 5000))]:
        sets = Sets(5000)
        sets.join(one, other)
        assert not sets.roots(np.arange(5000)).any()
