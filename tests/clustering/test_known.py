"""test_known: whoever keeps the faces answers three questions; what it no longer knows counts for nothing."""

import numpy as np

from tests.clustering.crowds import Album, crowd
from vidwatchd.clustering import Near, Standing, join


class Kept:
    """Sketches in memory, half floats and standings elsewhere, as a daemon has them."""

    def __init__(self, vectors, standings):
        self.halves, self._standings = vectors.astype(np.float16), standings
        self.near = Near(vectors.shape[1])
        self.near.add(range(len(vectors)), vectors)

    def within(self, vectors):
        return self.near.within(vectors, 0.4, self.vectors)

    def vectors(self, ids):
        return self.halves[ids]

    def standings(self, ids):
        return {int(one): self._standings[int(one)] for one in ids if int(one) in self._standings}


def test_sketches_and_comparing_each_give_the_same_answer():
    vectors = crowd(200, dimensions=128).astype(np.float16).astype(np.float32)
    album = Album(0.4)
    album.put(range(150), vectors[:150], join(album, range(150), vectors[:150], 0.4, 3))
    kept = Kept(vectors[:150], album.places)
    assert join(kept, range(150, 200), vectors[150:], 0.4, 3) == join(album, range(150, 200), vectors[150:], 0.4, 3)


def test_what_is_found_but_no_longer_known_is_as_if_it_were_not_there():
    vectors = np.repeat(crowd(1, dimensions=128), 3, axis=0)
    found = join(Kept(vectors, {1: Standing(7)}), [9], vectors[:1], 0.4)
    assert found.groups == {9: 7} and found.counts == {9: 2, 1: 2}
