"""test_people_files: the file beside the videos and the index say the same, whoever changed either."""

import json
import os

import pytest

from tests import seen
from tests.desk import Desk
from vidwatchd.errors import Conflict, StorageError
from vidwatchd.library.people import file_of, read_people
from vidwatchd.operations import deciding, libraries, people_files


@pytest.fixture(autouse=True)
def _with_faces(few_kinds, monkeypatch):
    seen.known(monkeypatch)


def values(desk):
    with open(file_of(desk.store), encoding="utf-8") as file:
        return json.load(file)


def edit(desk, change):
    """Change the file by hand, and have a scan see it."""
    found = values(desk)
    change(found)
    with open(file_of(desk.store), "w", encoding="utf-8") as file:
        json.dump(found, file)
    desk.scan()


def entry(found, uuid):
    return next(each for each in found["people"] if each["id"] == uuid)


@pytest.fixture
def filled(desk):
    """Two people in two videos, written down."""
    seen.publish(desk, "a.mp4", [1, 2])
    seen.publish(desk, "b.mp4", [1])
    assert people_files.write_pending(desk.ctx) == []
    return desk


def test_what_came_by_itself_is_written_once(filled):
    found = values(filled)
    assert sorted(len(each["faces"]) for each in found["people"]) == [1, 2]
    assert set(found["videos"]) == {"a.mp4", "b.mp4"}
    before = os.stat(file_of(filled.store)).st_mtime_ns
    people_files.touched(filled.ctx, [filled.library_id])
    assert people_files.write_pending(filled.ctx) == []
    assert os.stat(file_of(filled.store)).st_mtime_ns == before, "nothing changed, and it was written"


def test_a_name_written_by_hand_is_taken_over_and_found(filled):
    ann = seen.person_of(filled, "a.mp4")
    filled.ctx.held["people_listing"] = object()
    edit(filled, lambda found: entry(found, ann.uuid).update(name="Ann"))
    assert seen.person_of(filled, "b.mp4").name == "Ann"
    assert filled.index.people.get(ann.uuid).settled
    assert "people_listing" not in filled.ctx.held
    assert ("people", {"ids": sorted(each["id"] for each in values(filled)["people"])}) in [
        (name, {"ids": sorted(data.get("ids", []))}) for name, data in filled.events
    ]
    words = filled.index.rows("SELECT people FROM words WHERE rowid = ?", filled.id("b.mp4"))
    assert words == [("Ann",)]


def test_a_decision_overwrites_no_edit_that_nobody_scanned_yet(filled):
    ann, bob = (
        filled.index.people.many([row.person_id])[row.person_id] for row in filled.index.faces.of(filled.id("a.mp4"))
    )
    found = values(filled)
    entry(found, ann.uuid)["name"] = "Ann"
    with open(file_of(filled.store), "w", encoding="utf-8") as file:
        json.dump(found, file)
    deciding.change(filled.ctx, bob.uuid, name="Bob")
    assert [filled.index.people.get(each.uuid).name for each in (ann, bob)] == ["Ann", "Bob"]
    assert [entry(values(filled), each.uuid)["name"] for each in (ann, bob)] == ["Ann", "Bob"]


def test_an_edit_nobody_scanned_yet_is_not_overwritten(filled):
    ann = seen.person_of(filled, "a.mp4")
    found = values(filled)
    entry(found, ann.uuid)["name"] = "Ann"
    with open(file_of(filled.store), "w", encoding="utf-8") as file:
        json.dump(found, file)
    seen.publish(filled, "c.mp4", [3])
    assert people_files.write_pending(filled.ctx) == []
    assert entry(values(filled), ann.uuid)["name"] == "Ann"
    assert filled.index.people.get(ann.uuid).name == "Ann"


def test_a_broken_file_is_told_of_and_stays(filled):
    with open(file_of(filled.store), "w", encoding="utf-8") as file:
        file.write("{broken")
    filled.scan()
    (problem,) = filled.index.tags.problems(filled.library_id)
    assert problem["path"] == people_files.PATH
    ann = seen.person_of(filled, "a.mp4")
    with pytest.raises(Conflict):
        deciding.change(filled.ctx, ann.uuid, name="Ann")
    assert filled.index.people.get(ann.uuid).name == ""
    people_files.touched(filled.ctx, [filled.library_id])
    assert len(people_files.write_pending(filled.ctx)) == 1
    with open(file_of(filled.store), encoding="utf-8") as file:
        assert file.read() == "{broken"


def test_one_name_under_two_ids_is_one_person(filled):
    ann, bob = seen.person_of(filled, "a.mp4", 0), seen.person_of(filled, "a.mp4", 1)
    deciding.change(filled.ctx, ann.uuid, name="Ann")
    edit(filled, lambda found: entry(found, bob.uuid).update(name="ANN"))
    older = min(ann, bob, key=lambda person: person.id)
    assert seen.person_of(filled, "a.mp4", 0) == seen.person_of(filled, "a.mp4", 1)
    assert filled.index.people.get(ann.uuid).id == filled.index.people.get(bob.uuid).id == older.id


def test_a_file_that_was_deleted_is_written_again(filled):
    ann = seen.person_of(filled, "a.mp4")
    deciding.change(filled.ctx, ann.uuid, name="Ann")
    before = read_people(filled.store)
    os.unlink(file_of(filled.store))
    filled.scan()
    assert read_people(filled.store) == before


def test_in_a_library_that_cannot_be_written_nothing_is_half_decided(filled, monkeypatch):
    ann = seen.person_of(filled, "a.mp4")

    def refuse(*args):
        raise StorageError("read-only")

    for way in ("write_people", "write_some"):
        monkeypatch.setattr(people_files, way, refuse)
    with pytest.raises(StorageError):
        deciding.change(filled.ctx, ann.uuid, name="Ann")
    assert filled.index.people.get(ann.uuid).name == ""
    people_files.touched(filled.ctx, [filled.library_id])
    seen.publish(filled, "c.mp4", [4])
    assert people_files.write_pending(filled.ctx) == ["people are not written down: read-only"]
    monkeypatch.undo()
    assert people_files.write_pending(filled.ctx) == []
    assert len(values(filled)["people"]) == 3


def test_a_video_that_moves_is_named_by_its_new_path(filled):
    (filled.root / "b.mp4").rename(filled.root / "moved.mp4")
    filled.scan()
    people_files.write_pending(filled.ctx)
    assert set(values(filled)["videos"]) == {"a.mp4", "moved.mp4"}


def test_a_library_that_is_gone_is_owed_nothing(filled):
    people_files.touched(filled.ctx, [filled.library_id, 99])
    assert people_files.write_pending(filled.ctx) == []
    assert filled.ctx.held["people_unwritten"] == set()


def test_in_the_central_layout_the_file_lies_in_the_data_folder(tmp_path, few_kinds, monkeypatch):
    (tmp_path / "central").mkdir()
    desk = Desk(tmp_path / "central", artifacts={"layout": "central"})
    try:
        seen.publish(desk, "a.mp4", [1])
        people_files.write_pending(desk.ctx)
        assert not file_of(desk.store).startswith(str(desk.root))
        ann = seen.person_of(desk, "a.mp4")
        edit(desk, lambda found: entry(found, ann.uuid).update(name="Ann"))
        assert desk.index.people.get(ann.uuid).name == "Ann"
        assert libraries.is_online(desk.ctx, desk.library)
    finally:
        desk.close()
