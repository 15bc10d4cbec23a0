"""test_arriving: faces that come in any order are grouped as if all had come at once."""

import numpy as np
import pytest

from tests.clustering.crowds import Album, crowd, same
from vidwatchd.clustering import Standing, grouped, join
from vidwatchd.clustering.geometry import unit


def joined(vectors, eps, min_samples, order, at_once):
    album = Album(eps)
    for start in range(0, len(order), at_once):
        ids = order[start : start + at_once]
        album.put(ids, vectors[ids], join(album, ids, vectors[ids], eps, min_samples))
    return album


@pytest.mark.parametrize("at_once", [1, 7, 160])
@pytest.mark.parametrize("min_samples", [1, 2, 3, 6])
@pytest.mark.parametrize("eps", [0.3, 0.45])
def test_any_order_gives_the_groups_of_all(eps, min_samples, at_once):
    for seed in range(3):
        vectors = crowd(160, people=12, seed=seed)
        order = np.random.default_rng(seed).permutation(len(vectors))
        found = joined(vectors, eps, min_samples, order, at_once).labels()
        whole = grouped(vectors, eps, min_samples)
        assert found.counts.tolist() == whole.neighbours.tolist()
        dense = whole.neighbours >= min_samples
        assert same(found.groups[dense], whole.labels[dense])
        # At the edge of several groups any of them is right; of none is only what is near no dense one.
        assert ((found.groups == -1) == (whole.labels == -1)).all()
        near = (found.vectors @ found.vectors.T >= np.float32(1 - eps)) & dense
        edges = [i for i in np.flatnonzero(~dense) if whole.labels[i] != -1]
        assert all(found.groups[i] in found.groups[near[i]] for i in edges)


def plane(*degrees):
    return np.array([[np.cos(np.radians(d)), np.sin(np.radians(d))] for d in degrees], np.float32)


def album_of(eps, **faces):
    album = Album(eps)
    for name, (degrees, standing) in faces.items():
        album.rows[int(name[1:])], album.places[int(name[1:])] = plane(degrees)[0], standing
    return album


def test_what_connects_two_groups_says_so_and_which_is_nearer():
    album = album_of(0.3, f1=(0, Standing(10)), f2=(80, Standing(20)))
    found = join(album, [5], plane(38), 0.3)
    assert found.merged == [(10, 20)] and found.nearest == {5: 10} and found.groups == {5: 10}
    assert [(link.one, link.other) for link in found.links] == [(10, 20)]
    assert found.counts == {5: 3, 1: 2, 2: 2}


def test_new_faces_that_are_near_each_other_are_one_new_group():
    found = join(Album(0.3), [7, 8, 9], plane(0, 30, 180), 0.3)
    assert found.groups == {7: -1, 8: -1, 9: -2} and found.merged == []


def test_a_face_that_a_person_took_out_neither_moves_nor_connects():
    album = album_of(0.3, f1=(0, Standing(None, fixed=True)), f2=(80, Standing(20)))
    assert join(album, [5], plane(20), 0.3).groups == {5: -1}


def test_a_face_that_a_person_placed_stays_and_the_others_follow_it():
    found = join(album_of(0.3, f1=(0, Standing(10))), [5, 6], plane(20, 60), 0.3, placed={5: 30})
    assert found.groups == {5: 30, 6: 30} and found.merged == [(10, 30)]


def test_nothing_new_changes_nothing():
    found = join(Album(0.3), [], unit(np.empty((0, 2), np.float32)), 0.3)
    assert found.groups == {} and found.counts == {} and found.merged == []
