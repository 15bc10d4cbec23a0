"""test_occurrences: who is seen in which videos and how often."""

import pytest

from tests import seen
from tests.desk import Desk
from vidwatchd.model import Presence


@pytest.fixture
def desk(tmp_path, few_kinds, monkeypatch):
    seen.known(monkeypatch)
    made = Desk(tmp_path)
    seen.publish(made, "b.mp4", [seen.face(1, 0, at=20.0, frames=3), seen.face(1, 1, number=1, at=9.0, left=0.7)])
    seen.publish(made, "a.mp4", [1, 2])
    yield made
    made.close()


def test_the_one_with_the_most_faces_first(desk):
    first, second = seen.person_of(desk, "a.mp4", 0).id, seen.person_of(desk, "a.mp4", 1).id
    assert desk.index.occurrences.people() == [first, second]
    assert desk.index.occurrences.people([desk.id("b.mp4")]) == [first]
    assert desk.index.occurrences.people([]) == []


def test_each_video_with_its_numbers(desk):
    person = seen.person_of(desk, "a.mp4", 0).id
    found = desk.index.occurrences.of([person, 99])
    assert [each["video"] for each in found[person]] == ["a.mp4", "b.mp4"]
    assert found[person][1] == {
        "video_id": desk.id("b.mp4"),
        "video": "b.mp4",
        "library": desk.library.name,
        "faces": 2,
        "frames": 8,
        "seconds": 8.0,
        "first_seconds": 7.0,
    }
    assert found[99] == []
    assert len(desk.index.occurrences.of([person], [desk.id("a.mp4")])[person]) == 1


def test_of_videos_that_are_gone_nothing(desk):
    person = seen.person_of(desk, "a.mp4", 0).id
    desk.index.videos.set_presence(desk.library_id, ["b.mp4"], Presence.GONE)
    assert [each["video"] for each in desk.index.occurrences.of([person])[person]] == ["a.mp4"]
