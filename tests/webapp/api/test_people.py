"""test_people: every route of people, asked for real."""

import pytest

from tests import seen
from tests.desk import Desk
from tests.webapp.api.conftest import Shelf


@pytest.fixture
def crowd(tmp_path):
    """(shelf, ids): two people in a.mp4, the first in b.mp4 too; c.mp4 was not looked at."""
    desk = Desk(tmp_path)
    seen.publish(desk, "a.mp4", [seen.face(1, picture=".faces/face_000.jpg"), seen.face(2, number=1, left=0.1)])
    seen.publish(desk, "b.mp4", [seen.face(1, 1)])
    desk.put("c.mp4")
    desk.scan()
    ids = [seen.person_of(desk, "a.mp4", number).uuid for number in (0, 1)]
    yield Shelf(tmp_path, desk.ctx), ids
    desk.close()


def test_lists(crowd):
    shelf, (ann, bob) = crowd
    page = shelf.ask("/api/people")
    assert ([person["id"] for person in page["people"]], page["total"], page["unsorted"]) == ([ann, bob], 2, 0)
    assert page["available"]
    assert set(page["people"][0]) == {
        "id", "name", "hidden", "faces", "videos", "seconds", "frames", "picture_url", "page_url",
    }  # fmt: skip
    assert shelf.ask("/api/people?limit=1&offset=1")["people"][0]["id"] == bob
    assert shelf.ask("/api/people?named=true")["people"] == []
    assert len(shelf.ask("/api/people?hidden=any&named=false&sort=name")["people"]) == 2
    assert shelf.ask("/api/people?library_id=99")["people"] == []
    assert shelf.refused("/api/people?hidden=perhaps", status=422)
    picture = shelf.client.get(page["people"][0]["picture_url"])
    assert (picture.status_code, picture.data) == (200, seen.PIXEL)


def test_one_and_who_looks_alike(crowd):
    shelf, (ann, bob) = crowd
    found = shelf.ask(f"/api/people/{ann}?limit=1")
    assert (found["faces"], len(found["videos"]), found["next_offset"]) == (2, 1, 1)
    (face,) = shelf.ask(f"/api/people/{ann}?limit=1&offset=1")["videos"][0]["faces"]
    assert face["watch_url"].startswith("/watch/")
    (other,) = shelf.ask(f"/api/people/{ann}/similar")["people"]
    assert other["id"] == bob
    assert 0 <= other["likeness"] <= 1


def test_names(crowd):
    shelf, (ann, bob) = crowd
    shelf.ask(f"/api/people/{ann}", {"name": "Ann Lee"}, method="PATCH")
    (found,) = shelf.ask(f"/api/people/names?prefix=le&like={bob}")["names"]
    assert (set(found), found["name"]) == ({"id", "name", "faces", "picture_url"}, "Ann Lee")


def test_naming_hiding_and_a_name_that_is_had(crowd):
    shelf, (ann, bob) = crowd
    found = shelf.ask(f"/api/people/{ann}", {"name": "Ann", "hidden": True}, method="PATCH")
    assert (found["person"]["name"], found["person"]["hidden"], found["merged"]) == ("Ann", True, False)
    assert set(found["undo"]) == {"id", "what"}
    assert shelf.refused(f"/api/people/{bob}", {"name": "ANN"}, method="PATCH", status=409) == "conflict"
    found = shelf.ask(f"/api/people/{bob}", {"name": "ann", "merge": True}, method="PATCH")
    assert (found["merged"], found["person"]["id"]) == (True, ann)
    assert shelf.ask(f"/api/people/{bob}")["id"] == ann, "a former id leads to the person"
    assert any(type_ == "people" for type_, _ in shelf.told)


def test_merge_split_and_back(crowd):
    shelf, (ann, bob) = crowd
    assert shelf.ask("/api/people/undo") == {"undo": None}
    assert shelf.ask("/api/people/merge", {"into": ann, "people": [bob]})["person"]["faces"] == 3
    assert shelf.ask("/api/people/undo")["undo"]["what"]
    assert shelf.ask("/api/people/undo", {})["undone"]
    faces = [face["id"] for video in shelf.ask(f"/api/people/{ann}")["videos"] for face in video["faces"]]
    found = shelf.ask(f"/api/people/{ann}/split", {"faces": faces[:1], "name": "Dot"})
    assert (found["person"]["name"], found["from"]["faces"]) == ("Dot", 1)
    shelf.ask("/api/people/undo", {})
    found = shelf.ask(f"/api/people/{ann}/split", {"faces": faces[1:], "into": bob})
    assert found["person"]["id"] == bob
    undone = shelf.ask("/api/people/undo", {"id": found["undo"]["id"]})
    assert undone["undone"] == found["undo"]["what"]


def test_who_is_in_a_video(crowd):
    shelf, (ann, bob) = crowd
    ids = shelf.ids()
    found = shelf.ask(f"/api/videos/{ids['a.mp4']}/people")
    assert ({person["id"] for person in found["people"]}, found["state"]) == ({ann, bob}, "done")
    assert all(person["spans"] and person["face_ids"] for person in found["people"])
    assert shelf.ask(f"/api/videos/{ids['c.mp4']}/people")["people"] == []


def test_performers(crowd):
    shelf, (ann, _) = crowd
    ids = shelf.ids()
    route = f"/api/videos/{ids['a.mp4']}/performers"
    assert shelf.refused(route, {"action": "infer"}, status=503) == "unavailable"
    shelf.ask(f"/api/people/{ann}", {"name": "Ann"}, method="PATCH")
    said = shelf.ask(route, {"action": "infer"})
    assert (said["performers"], said["inferred"]) == (["Ann"], ["Ann"])
    assert shelf.ask(f"/api/videos/{ids['a.mp4']}/tags")["inferred"] == ["Ann"]
    assert shelf.ask(f"/api/videos/{ids['a.mp4']}")["inferred"] == ["Ann"]
    assert shelf.ask(route, {"action": "refresh", "min_occurrences": 99})["performers"] == []
    shelf.ask(route, {"action": "infer"})
    assert shelf.ask(route, {"action": "remove", "names": ["Ann"]})["performers"] == []
    shelf.ask(f"/api/videos/{ids['a.mp4']}/tags", {"performers_add": ["Bob"]})
    assert shelf.ask(route, {"action": "clear"})["performers"] == []
    assert shelf.refused(f"/api/videos/{ids['c.mp4']}/performers", {"action": "refresh"}, status=503) == "unavailable"
    assert shelf.refused(route, {"action": "guess"}, status=422)


@pytest.mark.parametrize(
    ("path", "body", "method"),
    [
        ("/api/people/nobody", None, None),
        ("/api/people/nobody/similar", None, None),
        ("/api/people/nobody", {"name": "x"}, "PATCH"),
        ("/api/people/nobody/split", {"faces": [1]}, None),
        ("/api/people/merge", {"into": "nobody", "people": ["no"]}, None),
        ("/api/people/names?like=nobody", None, None),
        ("/api/people/undo", {"id": 77}, None),
        ("/api/videos/77/people", None, None),
        ("/api/videos/77/performers", {"action": "infer"}, None),
        ("/api/videos/77/performers", {"action": "clear"}, None),
    ],
)
def test_what_is_not_there(crowd, path, body, method):
    assert crowd[0].refused(path, body, method=method, status=404) == "not_found"
