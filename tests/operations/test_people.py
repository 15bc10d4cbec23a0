"""test_people: people are listed, looked up and told of as programs and pages want them."""

import pytest

from tests import seen
from vidwatchd.errors import NotFound, UsageError
from vidwatchd.operations import people


@pytest.fixture
def crowd(desk, monkeypatch):
    """Ann is in both videos, Bob in the first."""
    seen.known(monkeypatch)
    seen.publish(desk, "a.mp4", [1, 2])
    seen.publish(desk, "b.mp4", [1])
    return seen.name(desk, "a.mp4", "Ann"), seen.name(desk, "a.mp4", "Bob", 1)


def test_a_page_of_people(desk, crowd):
    found = people.listed(desk.ctx, people.Asked())
    assert [(p["name"], p["faces"], p["videos"], p["seconds"]) for p in found["people"]] == [
        ("Ann", 2, 2, 8.0),
        ("Bob", 1, 1, 4.0),
    ]
    assert (found["total"], found["unsorted"], found["available"], found["reason"]) == (2, 0, True, "")
    assert found["people"][0]["page_url"] == f"/people/{crowd[0].uuid}"


def test_one_person_page_by_page(desk, crowd):
    first = people.one(desk.ctx, crowd[0].uuid, limit=1)
    rest = people.one(desk.ctx, crowd[0].uuid, offset=first["next_offset"])
    assert {video["path"] for found in (first, rest) for video in found["videos"]} == {"a.mp4", "b.mp4"}
    assert rest["next_offset"] is None
    assert rest["videos"][0]["faces"][0]["spans"] == [[8.0, 12.0]]


def test_a_person_is_found_by_name_id_and_the_start_of_one(desk, crowd):
    ann = crowd[0]
    for which in ("ann", ann.uuid, ann.uuid[:13]):
        assert people.find(desk.ctx, which).uuid == ann.uuid
    with pytest.raises(NotFound):
        people.find(desk.ctx, "nobody")
    twins = [desk.index.people.create(f"twin-{n}") for n in range(2)]
    with pytest.raises(UsageError, match="beginning of several ids"):
        people.find(desk.ctx, twins[0].uuid[:5])


def test_names_to_choose_from_begin_with_whoever_looks_alike(desk, crowd):
    number = seen.publish(desk, "c.mp4", [seen.face(0, vector=seen.between(seen.look(2, 0), seen.look(9, 0), 0.6))])
    stranger = desk.index.people.by_id(desk.index.faces.of(number)[0].person_id)
    assert [each["name"] for each in people.names(desk.ctx)["names"]] == ["Ann", "Bob"]
    assert [each["name"] for each in people.names(desk.ctx, like=stranger.uuid)["names"]] == ["Bob", "Ann"]
    assert [each["name"] for each in people.names(desk.ctx, "b")["names"]] == ["Bob"]
    near = people.similar(desk.ctx, stranger.uuid)["people"]
    assert near[0]["name"] == "Bob"
    assert near[0]["likeness"] == pytest.approx(1 - near[0]["distance"], abs=1e-3)


def test_who_is_in_a_video_and_when(desk, crowd):
    desk.index.people.change(crowd[1].id, hidden=True)
    (ann,) = people.of_video(desk.ctx, desk.id("a.mp4"))["people"]
    assert (ann["name"], ann["spans"], ann["frames_here"], ann["first_seconds"]) == ("Ann", [[8.0, 12.0]], 5, 8.0)
