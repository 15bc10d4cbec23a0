"""test_alike: what a person would call the same is, what only looks it is not."""

import numpy as np
import pytest

from tests import prints
from vidwatchd.operations import alike

FILM = prints.film(1)
STILL = prints.facts([0x0123456789ABCDEF] * 5)


def found(*films, threshold=0.92):
    """Pairs of positions in what was given, with their similarity."""
    pairs = {}
    for shelf in alike.shelves(prints.packed(*films)):
        pairs |= alike.best(alike.pairs(shelf, threshold), 1000)
    return {(one - 1, other - 1): similarity for (one, other), similarity in pairs.items()}


@pytest.mark.parametrize(
    ("other", "similarity"),
    [
        (FILM, 1.0),
        (prints.differing(FILM, 5), 0.9219),
        (prints.differing(FILM, 2, duration_seconds=62.4), 0.9688),
        (prints.mirrored(FILM), 1.0),
        (prints.mirrored(prints.differing(FILM, 3)), 0.9531),
        (prints.trimmed(FILM, start=True), 1.0),
        (prints.trimmed(FILM, start=False), 1.0),
    ],
    ids=["itself", "five bits", "longer", "mirrored", "mirrored and worse", "start cut off", "end cut off"],
)  # fmt: skip
def test_the_same_film(other, similarity):
    assert found(FILM, prints.film(2), other, prints.film(3)) == {(0, 2): similarity}
    assert found(other, FILM) == {(0, 1): similarity}


@pytest.mark.parametrize(
    "other",
    [
        prints.film(2),
        prints.differing(FILM, 6),
        prints.film(1, seconds=70.0),
        {**FILM, "times": [20.0, 30, 40, 50, 55]},
        {**FILM, "dct": FILM["dct"][:32] + prints.film(2)["dct"][32:]},
        {**FILM, "dct": FILM["dct"][:48] + prints.film(2)["dct"][48:]},
    ],
    ids=["another", "six bits", "other length", "other moments", "two frames the same", "three frames the same"],
)
def test_another_film(other):
    assert found(FILM, other) == {}


def test_the_threshold_decides():
    other = prints.differing(FILM, 6)
    assert found(FILM, other, threshold=0.9) == {(0, 1): 0.9062}
    assert found(FILM, prints.differing(FILM, 1), threshold=1.0) == {}
    assert found(FILM, FILM, threshold=1.0) == {(0, 1): 1.0}


def test_one_frame_of_five_may_be_another():
    """A cut lies just there."""
    assert found(FILM, {**FILM, "dct": prints.film(2)["dct"][:16] + FILM["dct"][16:]}) == {(0, 1): 1.0}


def test_flat_frames_have_no_weight():
    def black(film, flat):
        """Its first frames black, as flat says."""
        return {**film, "flat": flat, "dct": "0" * 16 * flat.count("1") + film["dct"][16 * flat.count("1") :]}

    assert found(black(FILM, "11000"), black(prints.film(2), "11000")) == {}
    assert found(black(FILM, "11000"), black(FILM, "11000")) == {(0, 1): 1.0}
    assert found(black(FILM, "11110"), black(FILM, "11110")) == {}, "one frame is no film"
    assert found({**FILM, "flat": "11111"}, {**FILM, "flat": "11111"}) == {}


def test_a_still_is_no_evidence():
    assert found(STILL, STILL, prints.differing(STILL, 1)) == {}


def test_one_place_at_two_times_is_no_evidence():
    """Frames of different moments are as alike as those of the same."""
    place = 0xDEADBEEFCAFEF00D
    walk = lambda seed: prints.differing(prints.facts([place] * 5), 2, seed)  # noqa: E731
    assert found(walk(1), walk(2)) == {}
    assert found(walk(1), walk(1)) == {(0, 1): 1.0}


def test_very_short_ones_are_left_alone():
    assert found(prints.film(1, seconds=0.6), prints.film(1, seconds=0.6)) == {}
    assert found(prints.film(1, seconds=3.0), prints.film(1, seconds=1.0)) == {}, "two seconds of three are much"


def test_only_like_is_compared_with_like():
    assert found(prints.film(1, frames=5), prints.film(1, frames=4)) == {}


@pytest.mark.parametrize("frames", [1, 2, 3, 9])
def test_other_numbers_of_frames(frames):
    film = prints.film(1, frames=frames)
    assert bool(found(film, film)) is (frames > 1)


def test_what_very_many_share_leads_nowhere(monkeypatch):
    """A thousand films that begin with one logo are not compared each with each."""
    monkeypatch.setattr(alike, "COMMON", 20)
    logo = prints.film(99)
    films = [{**prints.film(n), "dct": logo["dct"][:16] + prints.film(n)["dct"][16:]} for n in range(40)]
    shelf = alike.shelves(prints.packed(*films, films[7]))[0]
    asked = [len(one) for one, _ in alike._near_frames(shelf, 0, 5)]
    assert sum(asked) == 0
    assert alike.best(alike.pairs(shelf, 0.92), 10) == {(8, 41): 1.0}


def test_the_best_pairs_are_kept():
    pairs = alike.Pairs(np.array([5, 1, 2]), np.array([4, 2, 3]), np.array([0.95, 0.99, 0.93]))
    assert alike.best(pairs, 2) == {(1, 2): 0.99, (4, 5): 0.95}


def test_nothing_is_nothing():
    assert alike.shelves([]) == []
    assert found(FILM) == {}
