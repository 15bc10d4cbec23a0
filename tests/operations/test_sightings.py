"""test_sightings: a search for people leads to where they are seen; lists and completion know them."""

import json

import pytest

from tests import seen, wording
from vidwatchd.operations import sightings, tags, videos
from vidwatchd.operations.search import search
from vidwatchd.operations.tags import Edit
from vidwatchd.signatures import Box, Face, Sighting


def several(person, *tracks):
    """A face with a sighting for each (at, frames, width)."""
    found = tuple(Sighting(at - 1, at + 2, at, Box(0.1, 0.1, w, 0.3), frames, 0.8) for at, frames, w in tracks)
    return Face(0, seen.look(person, 7).astype("<f2").tobytes(), found)


@pytest.fixture
def crowd(desk, monkeypatch):
    """Ann is seen in a.mp4 five times and typed in c.mp4; Bob Lee is seen in b.mp4."""
    wording.known(monkeypatch)
    seen.known(monkeypatch)
    seen.publish(desk, "a.mp4", [several(1, (10, 2, 0.1), (30, 9, 0.4), (50, 3, 0.1), (70, 1, 0.1), (90, 9, 0.2))])
    seen.publish(desk, "b.mp4", [seen.face(2, at=20.0)])
    desk.put("c.mp4")
    desk.scan()
    seen.name(desk, "a.mp4", "Ann")
    seen.name(desk, "b.mp4", "Bob Lee")
    tags.edit(desk.ctx, desk.id("c.mp4"), Edit(performers_add=("ann",)))
    desk.index.tags.learn_people(list(desk.ids().values()))
    return desk


def hits(desk, typed, **more):
    return {hit["video"]["path"]: hit for hit in search(desk.ctx, typed, **more)["hits"]}


def test_a_chip_leads_to_where_they_are_seen_best(crowd):
    found = hits(crowd, "person:ANN")
    assert set(found) == {"a.mp4", "c.mp4"}
    assert [moment["start"] for moment in found["a.mp4"]["moments"]] == [29, 89, 49]
    first = found["a.mp4"]["moments"][0]
    assert (first["end"], first["source"], first["text"], first["segments"]) == (32, "people", "Ann", [["Ann", True]])
    assert (found["a.mp4"]["sources"], found["a.mp4"]["more"]) == (["person"], 0)
    assert [moment["source"] for moment in found["c.mp4"]["moments"]] == ["name"]


def test_a_word_of_the_name_does_too(crowd):
    hit = hits(crowd, "lee")["b.mp4"]
    assert hit["sources"] == ["person"]
    assert hit["moments"][0]["segments"] == [["Bob ", False], ["Lee", True]]
    assert hit["moments"][0]["start"] == 18.0
    assert hits(crowd, "ann", per_video=1)["a.mp4"]["more"] == sightings.MOST - 1


def test_neither_who_is_not_wanted_nor_who_is_hidden(crowd):
    assert set(hits(crowd, "-person:ann")) == {"b.mp4"}
    crowd.index.people.change(seen.person_of(crowd, "a.mp4").id, hidden=True)
    crowd.index.tags.learn_people(list(crowd.ids().values()))
    assert set(hits(crowd, "person:ann")) == {"c.mp4"}
    assert set(hits(crowd, "ann")) == {"c.mp4"}


def listed(desk, **wanted):
    return {item["path"]: item for item in json.loads(videos.page(desk.ctx, videos.Filter(**wanted)))["videos"]}


def test_the_filter_of_performers_takes_who_is_seen(crowd):
    assert set(listed(crowd, performers=("ANN",))) == {"a.mp4", "c.mp4"}
    assert set(listed(crowd, performers=("ann", "bob lee"))) == set()
    assert set(listed(crowd, performers=("ann", "bob lee"), match_any=True)) == {"a.mp4", "b.mp4", "c.mp4"}
    crowd.index.people.change(seen.person_of(crowd, "a.mp4").id, hidden=True)
    assert set(listed(crowd, performers=("ann",))) == {"c.mp4"}


def test_items_tell_who_is_in_them_each_once(crowd):
    tags.edit(crowd.ctx, crowd.id("a.mp4"), Edit(performers_add=("Zoe", "ANN")))
    found = listed(crowd)
    assert {path: item["people"] for path, item in found.items()} == {
        "a.mp4": ["Zoe", "ANN"],
        "b.mp4": ["Bob Lee"],
        "c.mp4": ["ann"],
    }
    assert found["b.mp4"]["performers"] == []
    crowd.index.people.change(seen.person_of(crowd, "b.mp4").id, hidden=True)
    assert listed(crowd)["b.mp4"]["people"] == []


def test_completion_offers_who_is_seen(crowd):
    found = [(each["name"].lower(), each["count"]) for each in tags.names(crowd.ctx, "performer")]
    assert found == [("ann", 2), ("bob lee", 1)]
    assert tags.names(crowd.ctx, "performer", "le") == [{"name": "Bob Lee", "count": 1}]
    assert tags.names(crowd.ctx, "tag") == []
    tags.edit(crowd.ctx, crowd.id("a.mp4"), Edit(performers_add=("ann",)))
    assert tags.names(crowd.ctx, "performer", "an") == [{"name": "ann", "count": 2}], "a video counts once"
    crowd.index.people.change(seen.person_of(crowd, "b.mp4").id, hidden=True)
    assert tags.names(crowd.ctx, "performer", "bob") == []
