"""test_likeness: whoever looks like a person is found, the nearest first, as comparing all faces finds them."""

import numpy as np
import pytest

from tests import seen
from vidwatchd.operations import likeness


@pytest.fixture
def rows(desk, monkeypatch):
    """Nine people, whose looks go from the first's to another's."""
    seen.known(monkeypatch)
    ends, found = (seen.look(1, 0), seen.look(2, 0)), []
    for place in range(9):
        found.append(desk.index.people.create(settled=True).id)
        vector = seen.between(*ends, place / 8)
        number = seen.write(desk, f"{place}.mp4", [seen.face(0, vector=vector), seen.face(90 + place, number=1)])
        ids = desk.index.faces.put(
            number, seen.KIND, 1.0, seen.SPACE, [seen.face(0, vector=vector), seen.face(90 + place, number=1)]
        )
        desk.index.faces.assign(dict.fromkeys(ids, found[-1]))
    return found


def test_the_nearest_come_first(desk, rows):
    near = likeness.nearest(desk.ctx, rows[0], limit=4)
    assert list(near) == rows[1:5]
    one, other = seen.look(1, 0), seen.between(seen.look(1, 0), seen.look(2, 0), 1 / 8)
    assert near[rows[1]] == pytest.approx(1 - float(np.dot(one, other)), abs=2e-3)


def test_hidden_people_are_left_out_and_some_may_be_asked_for(desk, rows):
    desk.index.people.change(rows[1], hidden=True)
    assert list(likeness.nearest(desk.ctx, rows[0], limit=2)) == rows[2:4]
    assert list(likeness.nearest(desk.ctx, rows[0], among=[rows[7], rows[3], rows[0]])) == [rows[3], rows[7]]


def test_who_has_no_face_is_like_nobody(desk, rows):
    assert likeness.nearest(desk.ctx, desk.index.people.create().id) == {}
