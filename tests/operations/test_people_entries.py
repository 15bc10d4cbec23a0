"""test_people_entries: the file holds who is seen, and loses nothing that people said of videos that are away."""

from dataclasses import replace

import pytest

from tests import seen
from vidwatchd.library.people import Entry, Mark, Said
from vidwatchd.operations import people_entries
from vidwatchd.signatures import Box

BOX = Box(0.1, 0.2, 0.2, 0.3)


@pytest.fixture(autouse=True)
def _with_faces(few_kinds, monkeypatch):
    seen.known(monkeypatch)


def entries(desk, before=None):
    return people_entries.entries(desk.ctx, desk.library_id, before or Said())


def test_names_come_first_and_each_face_is_a_mark(desk):
    seen.publish(desk, "a.mp4", [1, 2])
    bob = seen.name(desk, "a.mp4", "Bob", 1)
    first, second = entries(desk).entries
    assert (first.uuid, first.name, first.settled) == (bob.uuid, "Bob", True)
    assert (second.name, second.settled) == ("", False)
    assert [(mark.video, mark.at_seconds, mark.said) for mark in first.marks] == [("a.mp4", 20.0, False)]
    assert entries(desk).fingerprints.keys() == {"a.mp4"}


def test_written_twice_it_is_the_same(desk):
    seen.publish(desk, "a.mp4", [1, 2])
    seen.name(desk, "a.mp4", "Bob")
    once = entries(desk)
    assert entries(desk, once) == once


def test_a_settled_person_whose_videos_are_away_stays(desk):
    seen.publish(desk, "a.mp4", [1, 2])
    bob = seen.name(desk, "a.mp4", "Bob")
    before = entries(desk)
    desk.index.artifacts.lose([desk.id("a.mp4")])
    after = entries(desk, before)
    assert [entry.uuid for entry in after.entries] == [bob.uuid]
    assert after.entries[0].marks == next(e for e in before.entries if e.uuid == bob.uuid).marks


def test_somebody_of_the_file_whom_the_index_does_not_know(desk):
    known, unknown = Entry("u1", "Ann", settled=True), Entry("u2")
    assert entries(desk, Said((known, unknown))).entries == (known,)


def test_former_ids_lead_on(desk):
    seen.publish(desk, "a.mp4", [1, 2])
    bob, other = seen.name(desk, "a.mp4", "Bob"), seen.person_of(desk, "a.mp4", 1)
    desk.index.people.absorb(bob.id, [other.id])
    before = Said((Entry(other.uuid, before=("older",)),))
    (entry,) = entries(desk, before).entries
    assert set(entry.before) == {other.uuid, "older"}


def test_a_video_that_moved_is_known_by_its_content(desk):
    number = seen.publish(desk, "a.mp4", [1])
    print_ = desk.index.videos.get(number).fingerprint
    mark = Mark("old/name.mp4", 10.0, BOX)
    assert people_entries.video_of(desk.ctx, desk.library_id, mark, {"old/name.mp4": print_}).id == number
    assert people_entries.video_of(desk.ctx, desk.library_id, mark, {}) is None
    assert people_entries.video_of(desk.ctx, desk.library_id, replace(mark, video="a.mp4"), {}).id == number


def test_nobody_is_nobody(desk):
    assert people_entries.known(desk.ctx, "none") is None
    assert entries(desk) == Said()
