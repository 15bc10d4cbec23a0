"""test_joining: what a new face connects becomes one person, unless two of them were said to be two."""

import pytest

from tests import seen


@pytest.fixture(autouse=True)
def _with_faces(few_kinds, monkeypatch):
    seen.known(monkeypatch)


def bridge(desk, path="bridge.mp4", part=0.45):
    """A face between two people, nearer to the first."""
    row = seen.between(seen.look(1, 0), seen.look(2, 0), part)
    return seen.publish(desk, path, [seen.face(0, vector=row)])


@pytest.fixture
def two(desk):
    seen.publish(desk, "a.mp4", [seen.face(1, 0)])
    seen.publish(desk, "b.mp4", [seen.face(2, 0)])
    assert seen.person_of(desk, "a.mp4") != seen.person_of(desk, "b.mp4")
    return desk


def test_a_face_between_two_makes_them_one(two):
    first, second = seen.person_of(two, "a.mp4"), seen.person_of(two, "b.mp4")
    bridge(two)
    assert {seen.person_of(two, path) for path in two.ids()} == {first}, "the older of two of one size stays"
    assert two.index.people.get(second.uuid) == first


def test_the_larger_one_keeps_its_id(two):
    seen.publish(two, "b2.mp4", [seen.face(2, 5)])
    larger = seen.person_of(two, "b.mp4")
    bridge(two)
    assert {seen.person_of(two, path) for path in two.ids()} == {larger}


def test_one_who_was_named_takes_up_one_who_was_not(two):
    bob = seen.name(two, "b.mp4", "Bob")
    bridge(two)
    assert {seen.person_of(two, path) for path in two.ids()} == {bob}
    words = two.index.rows("SELECT people FROM words WHERE rowid = ?", two.id("a.mp4"))
    assert words == [("Bob",)], "the search knows it too"


def test_a_face_that_somebody_took_out_ties_nobody(two):
    bridge(two)
    taken = two.index.faces.of(two.id("bridge.mp4"))[0]
    two.index.faces.assign({taken.id: None}, said=True)
    seen.publish(two, "c.mp4", [seen.face(0, vector=seen.between(seen.look(1, 0), seen.look(2, 0), 0.5), at=50.0)])
    assert two.index.faces.of(two.id("bridge.mp4"))[0].person_id is None


def test_other_models_faces_are_never_compared(two):
    seen.publish(two, "c.mp4", [seen.face(1, 0)], model="other")
    assert seen.person_of(two, "c.mp4") != seen.person_of(two, "a.mp4")


def test_a_face_without_anybody_near_is_somebody_new(two):
    seen.publish(two, "c.mp4", [seen.face(3, 0)])
    assert len({seen.person_of(two, path).uuid for path in two.ids()}) == 3
