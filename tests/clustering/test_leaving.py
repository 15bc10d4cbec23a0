"""test_leaving: when faces go, only groups that can fall apart are looked at, and none that does is overlooked."""

import numpy as np
import pytest

from tests.clustering.crowds import Album, crowd
from vidwatchd.clustering import Standing, edges, grouped, leave


def album_of(vectors, eps, min_samples):
    album, found = Album(eps), grouped(vectors, eps, min_samples)
    album.rows = dict(enumerate(vectors))
    pairs = zip(found.labels.tolist(), found.neighbours.tolist(), strict=True)
    album.places = {face: Standing(None if label < 0 else label, near) for face, (label, near) in enumerate(pairs)}
    return album, found.labels


@pytest.mark.parametrize("min_samples", [1, 2, 4])
@pytest.mark.parametrize("count", [1, 6, 40])
def test_what_falls_apart_is_told_and_the_counts_are_right(count, min_samples):
    told = whole = 0
    for seed in range(8):
        vectors, eps = crowd(160, people=12, seed=seed), 0.4
        album, labels = album_of(vectors, eps, min_samples)
        gone = np.random.default_rng(seed).permutation(160)[:count]
        found = leave(album, gone, eps, min_samples)
        stay = np.setdiff1d(np.arange(160), gone)
        after = grouped(vectors[stay], eps, min_samples)
        counts = {face: album.places[face].neighbours for face in stay.tolist()} | found.counts
        assert [counts[face] for face in stay.tolist()] == after.neighbours.tolist()
        for group in range(labels.max() + 1):
            now = set(after.labels[labels[stay] == group].tolist())
            assert (len(now) <= 1 and -1 not in now) or group in found.apart
        told, whole = told + len(found.apart), whole + len(set(labels[gone].tolist()) - {-1})
    assert min_samples > 1 or count > 6 or told < whole / 2


def test_a_bridge_that_goes_parts_its_group():
    rows = np.array([[np.cos(a), np.sin(a)] for a in np.radians([0, 40, 80])], np.float32)
    album, labels = album_of(rows, 0.3, 1)
    assert labels.tolist() == [0, 0, 0]
    assert leave(album, [1], 0.3).apart == (0,) and leave(album, [0], 0.3).apart == ()
    assert leave(album, [], 0.3).counts == {}


def test_what_is_no_longer_dense_asks_for_the_nearest_group():
    album, labels = album_of(crowd(160, people=12), 0.4, 4)
    loose = [face for face in range(160) if album.places[face].neighbours < 4]
    found = edges(album, loose, 4)
    assert {face: found[face] is None for face in loose} == {face: labels[face] < 0 for face in loose}
