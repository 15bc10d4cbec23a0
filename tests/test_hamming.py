"""test_hamming: everything near is found, once, and nothing else; beside comparing each with each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidwatchd import hamming
from vidwatchd.errors import UsageError
from vidwatchd.hamming import Neighbours, distances

WORDS = st.integers(0, 2**64 - 1)


def words(values):
    return np.array(values, np.uint64)


def clustered(count=1500, seed=1):
    """Random hashes, near relatives of some, and a number of equal ones."""
    random = np.random.default_rng(seed)
    own = random.integers(0, 2**64, count, dtype=np.uint64)
    near = own[: count // 3].copy()
    for _ in range(8):
        near ^= np.uint64(1) << random.integers(0, 64, len(near), dtype=np.uint64)
    return np.concatenate([own, near, own[:40], np.zeros(30, np.uint64)])


def brute(one, other, distance):
    bits = np.bitwise_count(one[:, None] ^ other[None])
    return {(int(a), int(b), int(bits[a, b])) for a, b in np.argwhere(bits <= distance)}


def gathered(blocks):
    rows = [tuple(map(int, row)) for block in blocks for row in zip(*block, strict=True)]
    assert len(rows) == len(set(rows)), "something was told twice"
    return set(rows)


@pytest.mark.parametrize("distance", [0, 1, 4, 5, 8, 13])
@pytest.mark.parametrize("chunks", [3, 4, 5, 8])
def test_all_pairs_are_those_of_each_with_each(distance, chunks, monkeypatch):
    monkeypatch.setattr(hamming, "_chunk_count", lambda *given: chunks)
    found = Neighbours(clustered())
    expected = {row for row in brute(found.values, found.values, distance) if row[0] < row[1]}
    assert gathered(found.pairs(distance)) == expected
    assert distance < 4 or expected


@pytest.mark.parametrize("distance", [0, 5, 8, 20])
def test_near_ones_are_those_of_each_with_each(distance):
    found, asked = Neighbours(clustered()), clustered(200, seed=1)
    assert gathered(found.near(asked, distance)) == brute(asked, found.values, distance)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=30), st.lists(st.integers(0, 63), max_size=8), st.integers(0, 12))
def test_whatever_the_hashes(values, flipped, distance):
    turned = [value ^ sum(1 << bit for bit in set(flipped)) for value in values[:5]]
    found = Neighbours(words([*values, *turned]))
    assert gathered(found.near(words(values), distance)) == brute(words(values), found.values, distance)
    assert gathered(found.pairs(distance)) == {r for r in brute(found.values, found.values, distance) if r[0] < r[1]}


def test_equal_hashes_count_once_and_know_their_rows():
    found = Neighbours(words([7, 3, 7, 7, 3, 9]))
    assert found.values.tolist() == [3, 7, 9]
    assert sorted(found.rows(1).tolist()) == [0, 2, 3]
    assert found.counts().tolist() == [2, 3, 1]
    owners, rows = found.expand(np.array([2, 0]))
    assert owners.tolist() == [0, 1, 1]
    assert rows[0] == 5
    assert sorted(rows[1:].tolist()) == [1, 4]


def test_thousands_of_equal_hashes_are_one():
    black = Neighbours(np.concatenate([np.zeros(30_000, np.uint64), words([1, 2**63, 2**64 - 1])]))
    assert gathered(black.pairs(5)) == {(0, 1, 1), (0, 2, 1), (1, 2, 2)}


def test_large_answers_come_in_blocks(monkeypatch):
    monkeypatch.setattr(hamming, "BLOCK", 1000)
    found = Neighbours(np.arange(300, dtype=np.uint64))  # all within nine bits of each other
    blocks = list(found.pairs(9))
    assert sum(len(left) for left, _, _ in blocks) == 300 * 299 // 2
    assert max(len(left) for left, _, _ in blocks) <= 1300
    assert gathered(found.near(found.values, 9)) == brute(found.values, found.values, 9)


def test_nothing_has_no_neighbours():
    nothing = Neighbours(words([]))
    assert list(nothing.pairs(5)) == list(nothing.near(words([1]), 5)) == []
    assert gathered(Neighbours(words([1])).pairs(5)) == set()


@pytest.mark.parametrize("distance", [-1, 64])
def test_a_distance_must_be_one(distance):
    with pytest.raises(UsageError):
        list(Neighbours(words([1, 2])).pairs(distance))


def test_distances_are_counted_element_by_element():
    assert distances(words([0, 3]), words([2**64 - 1, 1])).tolist() == [64, 1]
