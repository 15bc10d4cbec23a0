"""test_people: people keep their ids and names, whatever comes together."""

import struct

import pytest

from tests.desk import file
from vidwatchd.errors import NotFound
from vidwatchd.model import Artifact, ArtifactState
from vidwatchd.signatures import Box, Face, Sighting


@pytest.fixture
def faces(index, library):
    """Three faces of one video."""
    (video,) = index.videos.add(library.id, [file("a.mp4", 1)])
    index.artifacts.put(Artifact(video, "faces", ArtifactState.DONE), files={})
    seen = (Sighting(0.0, 1.0, 0.5, Box(0, 0, 1, 1), 3, 0.5),)
    vector = struct.pack("<2e", 1, 0)
    return index.faces.put(video, "faces", 0.0, "s:m:2", [Face(n, vector, seen) for n in range(3)])


def test_a_person_is_found_by_id_and_by_any_spelling_of_the_name(index):
    ann, nobody = index.people.create(name="Ann  Lee", settled=True), index.people.create()
    assert index.people.get(ann.uuid) == index.people.by_id(ann.id) == index.people.named("ann lee") == ann
    assert (nobody.name, nobody.settled, nobody.hidden) == ("", False, False)
    assert index.people.named("") is None
    assert index.people.settled() == [ann]
    assert index.people.many([ann.id, nobody.id, 99]) == {ann.id: ann, nobody.id: nobody}


def test_who_is_unknown_is_told_with_a_remedy(index):
    for ask in (lambda: index.people.get("none"), lambda: index.people.by_id(7)):
        with pytest.raises(NotFound, match="no such person"):
            ask()


def test_a_change_of_name_is_found_by_the_new_one(index):
    ann = index.people.create(name="Ann")
    index.people.change(ann.id, name="Berta", hidden=True, settled=True)
    assert index.people.named("ann") is None
    now = index.people.named("BERTA")
    assert (now.uuid, now.hidden, now.settled) == (ann.uuid, True, True)


def test_former_ids_lead_to_whom_they_became(index, faces):
    ann, bob, eve = (index.people.create(name=name) for name in ("Ann", "", ""))
    index.faces.assign(dict(zip(faces, (ann.id, bob.id, eve.id), strict=True)))
    index.people.absorb(bob.id, [eve.id])
    index.people.absorb(ann.id, [bob.id, ann.id])
    assert index.faces.ids_of([ann.id]) == {ann.id: faces}
    assert [index.people.get(uuid).id for uuid in (ann.uuid, bob.uuid, eve.uuid)] == [ann.id] * 3
    assert index.people.before([ann.id]) == {ann.id: sorted([bob.uuid, eve.uuid])}
    assert index.people.many([bob.id, eve.id]) == {}


def test_an_id_that_is_used_again_leads_to_itself(index):
    ann, bob = index.people.create(), index.people.create()
    index.people.absorb(ann.id, [bob.id])
    again = index.people.create(bob.uuid)
    assert index.people.get(bob.uuid).id == again.id
    assert index.people.before([ann.id]) == {ann.id: []}


def test_only_those_of_whom_something_was_said_stay_without_a_face(index, faces):
    ann, bob, eve = index.people.create(), index.people.create(settled=True), index.people.create()
    index.faces.assign({faces[0]: ann.id})
    assert index.people.tidy() == 1
    assert set(index.people.many([ann.id, bob.id, eve.id])) == {ann.id, bob.id}
