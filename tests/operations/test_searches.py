"""test_searches: what is looked for again has a name, in every library, and outlives the index."""

import json

import pytest

from vidwatchd.errors import Conflict, LibraryOffline, NotFound, UsageError
from vidwatchd.operations import libraries, searches


def names(desk):
    return {each["name"]: each["query"] for each in searches.saved(desk.ctx)["searches"]}


def file(desk):
    return desk.root / ".artifacts" / ".searches.json"


def test_save_and_remove(desk):
    searches.save(desk.ctx, " My  trips ", "beach longer:10m")
    searches.save(desk.ctx, "Anna", "person:Anna")
    assert names(desk) == {"Anna": "person:Anna", "My trips": "beach longer:10m"}
    assert desk.events[-1][0] == "searches"
    searches.save(desk.ctx, "my TRIPS", "sea")
    assert names(desk) == {"Anna": "person:Anna", "my TRIPS": "sea"}
    searches.remove(desk.ctx, "anna")
    assert names(desk) == {"my TRIPS": "sea"}
    with pytest.raises(NotFound, match="no saved search 'anna'"):
        searches.remove(desk.ctx, "anna")


def test_they_outlive_the_index(desk):
    searches.save(desk.ctx, "Trips", "beach")
    desk.rebuild()
    assert names(desk) == {"Trips": "beach"}


def test_a_hand_edit_counts_at_once(desk):
    searches.save(desk.ctx, "Trips", "beach")
    values = json.loads(file(desk).read_text())
    values["searches"][0]["query"] = "the beach by hand"
    file(desk).write_text(json.dumps(values))
    assert names(desk) == {"Trips": "the beach by hand"}


def test_of_two_libraries_the_newest_counts(desk):
    searches.save(desk.ctx, "Trips", "old")
    other = desk.folder / "other"
    (other / ".artifacts").mkdir(parents=True)
    libraries.add(desk.ctx, str(other))
    (other / ".artifacts/.searches.json").write_text('{"searches": [{"name": "trips", "query": "", "at": 9e9}]}')
    assert names(desk) == {}


def test_a_broken_file_is_told_of_and_left(desk):
    searches.save(desk.ctx, "Trips", "beach")
    file(desk).write_text("{")
    (problem,) = searches.saved(desk.ctx)["problems"]
    assert "not a valid file of searches" in problem
    with pytest.raises(Conflict):
        searches.save(desk.ctx, "Trips", "sea")
    assert file(desk).read_text() == "{"


@pytest.mark.parametrize(("name", "query"), [("", "x"), ("x", " "), ("n" * 81, "x"), ("x", "q" * 501)])
def test_what_cannot_be_saved(desk, name, query):
    with pytest.raises(UsageError):
        searches.save(desk.ctx, name, query)


def test_without_a_library_there_is_no_place(desk):
    libraries.remove(desk.ctx, desk.library_id)
    with pytest.raises(LibraryOffline):
        searches.save(desk.ctx, "Trips", "beach")
