"""test_reach: known faces near a vector, as the index has them now."""

import numpy as np
import pytest

from tests import seen
from vidwatchd.operations import reach


@pytest.fixture(autouse=True)
def _with_faces(few_kinds, monkeypatch):
    seen.known(monkeypatch)


def near(desk, vector, eps=0.4):
    with reach.held(desk.ctx, seen.SPACE, eps) as known:
        ((ids, cosines),) = known.within(np.asarray([vector], np.float32))
    return ids.tolist(), cosines.tolist()


def face_ids(desk, path):
    return [row.id for row in desk.index.faces.of(desk.id(path))]


def test_what_is_near_nearest_first(desk):
    seen.publish(desk, "a.mp4", [seen.face(1, 0), seen.face(2, 0, number=1)])
    seen.publish(desk, "b.mp4", [seen.face(1, 1)])
    ids, cosines = near(desk, seen.look(1, 0))
    assert ids == [face_ids(desk, "a.mp4")[0], *face_ids(desk, "b.mp4")]
    assert cosines == pytest.approx([1.0, 0.81], abs=0.05)


def test_what_comes_later_is_found_and_what_is_gone_is_not(desk):
    seen.publish(desk, "a.mp4", [seen.face(1, 0)])
    assert near(desk, seen.look(1, 0))[0] == face_ids(desk, "a.mp4")
    seen.publish(desk, "b.mp4", [seen.face(1, 1)])
    assert len(near(desk, seen.look(1, 0))[0]) == 2
    desk.index.artifacts.lose([desk.id("a.mp4")])
    assert near(desk, seen.look(1, 0))[0] == face_ids(desk, "b.mp4")


def test_the_distance_in_force_counts(desk):
    seen.publish(desk, "a.mp4", [seen.face(1, 0), seen.face(1, 1, number=1, left=0.7)])
    assert len(near(desk, seen.look(1, 0), 0.4)[0]) == 2
    assert len(near(desk, seen.look(1, 0), 0.01)[0]) == 1


def test_after_an_error_it_is_built_anew(desk):
    seen.publish(desk, "a.mp4", [seen.face(1, 0)])
    with pytest.raises(ZeroDivisionError), reach.held(desk.ctx, seen.SPACE, 0.4):
        raise ZeroDivisionError
    assert desk.ctx.held["people_reach"] == {}
    assert near(desk, seen.look(1, 0))[0] == face_ids(desk, "a.mp4")


def test_vectors_come_as_asked_for(desk):
    seen.publish(desk, "a.mp4", [seen.face(1, 0)])
    (face,) = face_ids(desk, "a.mp4")
    with reach.held(desk.ctx, seen.SPACE, 0.4) as known:
        rows = known.vectors(np.array([face, 999]))
    assert np.abs(rows[0] - seen.look(1, 0)).max() < 0.01
    assert not rows[1].any()


def test_no_blobs_are_a_matrix_too():
    assert reach.matrix([], 4).shape == (0, 4)
