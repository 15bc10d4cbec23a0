"""test_groupings: by what faces are grouped, what is unread, and what files are to hold."""

import pytest

from tests import seen
from tests.desk import Desk
from vidwatchd.index.groupings import Grouping


@pytest.fixture
def desk(tmp_path, few_kinds, monkeypatch):
    seen.known(monkeypatch)
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def asked(desk):
    seen.publish(desk, "a.mp4", [1, 2])
    seen.publish(desk, "b.mp4", [1])
    return desk.index.groupings


def test_by_what_is_remembered(asked):
    asked.put("s:m:8", Grouping(0.3, 2, asked=True))
    asked.put("s:m:8", Grouping(0.35, 1))
    assert asked.all()["s:m:8"] == Grouping(0.35, 1)
    assert seen.SPACE in asked.all()


def test_what_was_made_and_never_read(desk, asked):
    assert asked.unlearned([seen.KIND]) == []
    number = seen.write(desk, "c.mp4", seen.faces(1))
    seen.write(desk, "nobody.mp4", [])
    assert asked.unlearned([seen.KIND]) == [number]


def test_whose_faces_are(desk, asked):
    ann = seen.name(desk, "a.mp4", "Ann")
    rows = asked.belongings(seen.SPACE)
    assert [(row.person_id == ann.id, row.settled, row.said) for row in rows] == [
        (True, True, False), (False, False, False), (True, True, False),
    ]  # fmt: skip
    assert asked.sizes([ann.id], seen.SPACE) == asked.sizes([ann.id]) == {ann.id: 2}
    assert asked.sizes([ann.id], "other") == {}
    assert asked.unsaid([ann.id]) == {ann.id}
    asked.keep([ann.id])
    assert asked.unsaid([ann.id]) == set()


def test_who_lost_a_face_is_doubted_until_looked_at(desk, asked):
    person = seen.person_of(desk, "b.mp4")
    desk.index.artifacts.lose([desk.id("b.mp4")])
    assert (asked.doubtful(), asked.doubted(seen.SPACE)) == ([seen.SPACE], [person.id])
    assert len(asked.vectors_of(person.id, seen.SPACE)) == 1
    asked.trust(seen.SPACE)
    assert (asked.doubtful(), asked.doubted(seen.SPACE)) == ([], [])


def test_where_faces_are(desk, asked, monkeypatch):
    monkeypatch.setattr("vidwatchd.index.groupings._ROWS", 1)
    placed = list(asked.placed(desk.library_id))
    assert [(each.path, each.at_seconds) for each in placed] == [("a.mp4", 10.0), ("a.mp4", 20.0), ("b.mp4", 10.0)]
    assert placed[0].sightings[0].at_seconds == 10.0
    assert asked.libraries([placed[0].person_id]) == asked.with_faces() == {desk.library_id}
    assert asked.videos([each.face_id for each in placed]) == dict.fromkeys(desk.ids().values(), desk.library_id)
    assert asked.of_content(desk.library_id, placed[2].fingerprint) == [desk.id("b.mp4")]
    assert asked.of_content(desk.library_id, "no-fingerprint") == []


def test_likeness_places(desk, asked):
    (row,) = desk.index.faces.of(desk.id("b.mp4"))
    asked.place([(row.id, None)])
    assert seen.person_of(desk, "b.mp4") is None
