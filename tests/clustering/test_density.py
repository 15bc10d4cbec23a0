"""test_density: the very groups that scikit-learn's DBSCAN finds."""

import numpy as np
import pytest

from tests.clustering.crowds import crowd
from vidwatchd.clustering import dbscan, density
from vidwatchd.errors import Cancelled, UsageError


@pytest.mark.parametrize("tile", [64, 301, 1448])
@pytest.mark.parametrize("min_samples", [1, 2, 3, 5, 12])
@pytest.mark.parametrize("eps", [0.1, 0.3, 0.45, 0.6])
def test_the_groups_are_those_of_scikit_learn(eps, min_samples, tile, monkeypatch):
    from sklearn.cluster import DBSCAN  # loads for seconds

    monkeypatch.setattr(density, "TILE", tile)
    for seed in range(3):
        vectors = crowd(301, seed=seed)
        theirs = DBSCAN(eps=eps, min_samples=min_samples, metric="cosine").fit(vectors).labels_
        assert dbscan(vectors, eps, min_samples).tolist() == theirs.tolist()


def test_equal_rows_halves_zeros_one_and_none():
    one = crowd(1)
    assert dbscan(np.repeat(one, 3000, axis=0), 1e-3, 5).tolist() == [0] * 3000
    assert dbscan(one, 0.4).tolist() == [0] and dbscan(one, 0.4, 2).tolist() == [-1]
    assert dbscan(np.empty((0, 8), np.float32), 0.4).tolist() == []
    assert dbscan(np.zeros((2, 8), np.float32), 0.4).tolist() == [0, 1]
    vectors = crowd(200)
    assert dbscan(vectors.astype(np.float16), 0.4).tolist() == dbscan(vectors, 0.4).tolist()


def test_it_tells_how_far_it_is_and_stops(monkeypatch):
    monkeypatch.setattr(density, "TILE", 50)
    told = []
    dbscan(crowd(230), 0.4, progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0 and 0 < told[0] < 0.2
    with pytest.raises(Cancelled):
        dbscan(crowd(230), 0.4, progress=told.append, cancelled=lambda: len(told) > 20)


@pytest.mark.parametrize(("eps", "min_samples"), [(0, 1), (2, 1), (0.4, 0)])
def test_what_means_nothing_is_refused(eps, min_samples):
    with pytest.raises(UsageError):
        dbscan(crowd(3), eps, min_samples)
