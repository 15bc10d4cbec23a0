"""test_people: who is seen, from the command line: every command for real, as text and as JSON."""

import json

import pytest

from tests import seen
from tests.desk import Desk
from vidwatchd.config import parse

JSON = ("--output-format", "json")


@pytest.fixture
def crowd(vw):
    """Two people in a.mp4, one of them in b.mp4 too, and one in c.mp4 only; the ids of the three."""
    vw.home.mkdir()
    desk = Desk(vw.home)
    seen.publish(desk, "a.mp4", [seen.face(1), seen.face(2, number=1, left=0.1)])
    seen.publish(desk, "b.mp4", [seen.face(1, 1)])
    seen.publish(desk, "c.mp4", [seen.face(3, vector=seen.between(seen.unit(3), seen.unit(1), 0.3))])
    ids = [seen.person_of(desk, *where).uuid for where in (("a.mp4", 0), ("a.mp4", 1), ("c.mp4", 0))]
    desk.close()
    return ids


def listed(vw, *words):
    return [person["id"] for person in vw("people", "list", *words, *JSON).json["people"]]


def test_nobody(vw):
    done = vw("people", "list")
    assert (done.code, done.err) == (0, "")
    assert "nobody is" in done.out
    assert vw("people", *()).out == done.out


def test_list(vw, crowd, tmp_path):
    ann, bob, cid = crowd
    assert listed(vw)[0] == ann
    assert set(listed(vw)) == {ann, bob, cid}
    assert listed(vw, "--limit", "1") == [ann]
    assert listed(vw, "--named") == []
    assert listed(vw, "--hidden") == []
    done = vw("people")
    assert done.code == 0
    assert done.out == vw("people", "list").out
    assert ann[:8] in done.out.splitlines()[1]


def test_list_of_a_folder(vw, crowd, tmp_path):
    assert set(listed(vw, str(vw.home / "box"))) == set(crowd)
    other = tmp_path / "other"
    other.mkdir()
    done = vw("people", "list", other)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "no known library" in done.err
    assert vw("people", "list", tmp_path / "nowhere").code == 2


def test_name_and_show(vw, crowd):
    ann = crowd[0]
    done = vw("people", "name", ann[:8], "Ann Lee")
    assert (done.code, done.out) == (0, f"Named Ann Lee: {ann[:8]}  Ann Lee, 2 faces\n")
    shown = vw("people", "show", "ann LEE", *JSON).json
    assert (shown["id"], {video["path"] for video in shown["videos"]}) == (ann, {"a.mp4", "b.mp4"})
    lines = vw("people", "show", "Ann Lee").out.splitlines()
    assert lines[0] == f"{ann}  Ann Lee: 2 faces in 2 videos"
    assert sum(line.startswith("  face ") for line in lines) == 2
    assert listed(vw, "--named") == [ann]
    assert vw("people", "name", "Ann Lee", "", *JSON).json["person"]["name"] == ""


def test_a_name_that_another_has(vw, crowd):
    ann, bob, _ = crowd
    vw("people", "name", ann, "Ann")
    done = vw("people", "name", bob, "ann")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    found = vw("people", "name", bob, "ann", "--merge", *JSON).json
    assert (found["merged"], found["person"]["id"], found["person"]["faces"]) == (True, ann, 3)


def test_merge_and_undo(vw, crowd):
    ann, bob, cid = crowd
    done = vw("people", "merge", ann, bob, cid, *JSON)
    assert (done.code, done.json["person"]["faces"]) == (0, 4)
    assert listed(vw) == [ann]
    done = vw("people", "undo")
    assert (done.code, done.out.startswith("Taken back: ")) == (0, True)
    assert set(listed(vw)) == set(crowd)
    assert vw("people", "merge", ann, bob).out.count("\n") == 1
    assert vw("people", "undo", *JSON).json["undone"]
    done = vw("people", "undo")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


def test_hide_and_unhide(vw, crowd):
    bob = crowd[1]
    assert vw("people", "hide", bob, *JSON).json["person"]["hidden"]
    assert bob not in listed(vw)
    assert listed(vw, "--hidden") == [bob]
    assert "Nothing to change" in vw("people", "hide", bob).out
    assert vw("people", "unhide", bob).code == 0
    assert bob in listed(vw)


def test_split(vw, crowd):
    ann, bob, _ = crowd
    faces = [face["id"] for video in vw("people", "show", ann, *JSON).json["videos"] for face in video["faces"]]
    found = vw("people", "split", ann, faces[0], "--name", "Dot", *JSON).json
    assert (found["person"]["name"], found["person"]["faces"], found["from"]["faces"]) == ("Dot", 1, 1)
    vw("people", "undo")
    found = vw("people", "split", ann, faces[0], "--into", bob, *JSON).json
    assert (found["person"]["id"], found["person"]["faces"]) == (bob, 2)
    done = vw("people", "split", ann, faces[1])
    assert (done.code, "all the faces" in done.err) == (2, True)
    assert vw("people", "split", ann, "0").code == 2


def test_similar(vw, crowd):
    done = vw("people", "similar", crowd[0], *JSON)
    assert (done.code, {person["id"] for person in done.json["people"]}) == (0, set(crowd[1:]))
    assert all(0 <= person["likeness"] <= 1 for person in done.json["people"])
    assert crowd[2][:8] in vw("people", "similar", crowd[0]).out


@pytest.mark.parametrize("command", [("show",), ("similar",), ("hide",), ("name", "x"), ("merge", "x")])
def test_somebody_unknown(vw, crowd, command):
    done = vw("people", command[0], "nobody-of-that-id", *command[1:])
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "there is no such person" in done.err


def test_the_beginning_of_several_ids(vw, crowd):
    desk = Desk.__new__(Desk)
    desk.folder, desk.events = vw.home, []
    desk.config = parse({"data_dir": str(vw.home / "data")}, vw.home / "videorc.json")
    desk.open()
    for uuid, end in zip(crowd[:2], "12", strict=True):
        desk.index.people.change(desk.index.people.get(uuid).id, uuid=f"abcdef0{end}-0000")
    desk.close()
    done = vw("people", "show", "abcdef")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "beginning of several ids" in done.err
    assert json.loads(vw("people", "show", "abcdef01", *JSON).out)["id"] == "abcdef01-0000"


def test_a_command_that_is_not_there(vw):
    done = vw("people", "lst")
    assert (done.code, "did you mean list?" in done.err) == (2, True)
