"""test_surroundings: what is within reach, what is dense, and what a person took out."""

import numpy as np

from tests.clustering.crowds import Album
from vidwatchd.clustering import Standing
from vidwatchd.clustering.geometry import unit
from vidwatchd.clustering.surroundings import Surroundings, among

ROWS = unit(np.array([[1, 0], [1, 0.2], [0, 1], [1, 0.1]], np.float32))


def test_each_is_beside_the_others_within_reach_and_not_itself():
    found = among([4, 5, 6], ROWS[:3], 0.1)
    assert {face: [other for other, _ in near] for face, near in found.items()} == {4: [5], 5: [4], 6: []}


def test_dense_ones_around_leave_out_what_a_person_took_out():
    album = Album(0.1)
    album.rows = dict(enumerate(ROWS))
    album.places = {0: Standing(7, 3), 1: Standing(None, 3, fixed=True), 2: Standing(None, 1), 3: Standing(7, 1)}
    near = Surroundings(album, 3)
    near.look([9], ROWS[3:])
    assert [face for face, _ in near.reached[9]] == [3, 1, 0]
    assert [face for face, _ in near.dense_around(9)] == [0]
    assert near.was_dense(0) and not near.was_dense(9) and near.group(9) is None
