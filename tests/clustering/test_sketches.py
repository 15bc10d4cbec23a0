"""test_sketches: the same bits everywhere, and hardly ever a near one lost."""

import hashlib

import numpy as np
import pytest

from tests.clustering.crowds import crowd
from vidwatchd.clustering import codes
from vidwatchd.clustering.geometry import unit
from vidwatchd.clustering.sketches import estimates, least_estimate, most_bits, turned


def at_cosine(cosine, dimensions, count=2000):
    chance = np.random.default_rng(3)
    one, other = (unit(chance.normal(size=(count, dimensions))) for _ in range(2))
    other = unit(other - np.einsum("ij,ij->i", one, other)[:, None] * one)
    return one, unit(cosine * one + np.sqrt(1 - cosine**2) * other)


def test_the_bits_are_the_same_on_every_machine():
    steps = np.arange(3 * 128, dtype=np.int64).reshape(3, 128) * 2654435761 % 1009 - 504
    vectors = (steps / 2048).astype(np.float32)
    assert hashlib.sha256(codes(vectors).tobytes()).hexdigest()[:16] == "2e24c612140b9171"


def test_any_number_at_once_gives_the_same_bits():
    vectors = crowd(50, dimensions=100)
    one_by_one = np.concatenate([codes(row[None]) for row in vectors])
    assert np.array_equal(one_by_one, codes(vectors)) and one_by_one.shape == (50, 8)
    assert codes(vectors[:0]).shape == (0, 8)


@pytest.mark.parametrize("dimensions", [128, 512, 640, 1024])
@pytest.mark.parametrize("cosine", [0.4, 0.6, 0.8])
def test_pairs_at_the_very_distance_are_kept_and_far_ones_sifted_out(cosine, dimensions):
    one, near = at_cosine(cosine, dimensions)
    far = at_cosine(0.05, dimensions)[1]
    kept, passed = (_kept(one, rows, cosine) for rows in (near, far))
    assert kept.all()
    # Beyond 512 dimensions the bits are only a part of the turned numbers, and 5 sigma reach nearly to what is far.
    assert np.mean(passed) < (0.02 if dimensions <= 512 else 0.05)


@pytest.mark.parametrize("dimensions", [128, 512, 640, 1024])
def test_the_estimate_is_as_sharp_as_it_claims(dimensions):
    one, near = at_cosine(0.6, dimensions)
    found = _estimates(one, codes(near))
    assert abs(found.mean() - 0.6) < 0.005
    assert found.std() <= 1.15 * (0.6 - least_estimate(0.6, dimensions)) / 5


def _kept(one, other, cosine):
    some = codes(other)
    few = np.bitwise_count(codes(one) ^ some).sum(axis=1) <= most_bits(cosine)
    return few & (_estimates(one, some) >= least_estimate(cosine, one.shape[1]))


def _estimates(one, some):
    return np.array([estimates(row, some[n : n + 1])[0] for n, row in enumerate(turned(one))])
