"""test_faces: faces come out of the index as they were put, by space and person, and go with what they are of."""

import struct

import pytest

from tests.desk import file
from vidwatchd.model import Artifact, ArtifactState
from vidwatchd.signatures import Box, Face, Sighting

KIND, SPACE = "faces", "sface:m:4"
SIGHTING = Sighting(1.0, 4.0, 2.5, Box(0.25, 0.1, 0.2, 0.3), 4, 0.5)
BETTER = Sighting(8.0, 9.5, 8.5, Box(0.1, 0.1, 0.2, 0.2), 2, 0.75)


@pytest.fixture
def ids(index, library):
    found = index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(3)])
    for number in found:
        index.artifacts.put(Artifact(number, KIND, ArtifactState.DONE, made_at=5.0), files={})
    return found


def face(number, *values):
    return Face(number, struct.pack("<4e", *values), (SIGHTING, BETTER), f".faces/face_{number:03}.jpg")


def put(index, video_id, *faces, space=SPACE, made_at=5.0):
    return index.faces.put(video_id, KIND, made_at, space, faces)


def test_what_was_put_comes_back(index, ids):
    first, second = put(index, ids[0], face(0, 1, 0, 0, 0), face(1, 0, 1, 0, 0))
    one, other = index.faces.of(ids[0])
    assert (one.id, one.video_id, one.number, one.space, one.person_id, one.said) == (
        first,
        ids[0],
        0,
        SPACE,
        None,
        False,
    )
    assert (one.frames, one.seconds, one.quality, one.at_seconds) == (6, 4.5, 0.75, 8.5)
    assert (one.sightings, one.best, one.picture) == ((SIGHTING, BETTER), BETTER, ".faces/face_000.jpg")
    assert index.faces.some([second, 999]) == [other]
    assert {i: struct.unpack("<4e", blob) for i, blob in index.faces.vectors([first, second]).items()} == {
        first: (1, 0, 0, 0),
        second: (0, 1, 0, 0),
    }
    assert (index.faces.made_at(ids[0], KIND), index.faces.made_at(ids[1], KIND)) == (5.0, 0.0)


def test_spaces_stay_apart(index, ids):
    (one,) = put(index, ids[0], face(0, 1, 0, 0, 0))
    (other,) = put(index, ids[1], face(0, 1, 0, 0, 0), space="insightface:m:4")
    assert index.faces.spaces() == {SPACE: 1, "insightface:m:4": 1}
    assert [[i for i, _ in some] for some in index.faces.rows(SPACE)] == [[one]]
    assert list(index.faces.rows(SPACE, one)) == []
    assert [[i for i, _ in some] for some in index.faces.rows("insightface:m:4")] == [[other]]


def test_a_face_is_somebodys(index, ids):
    some = put(index, ids[0], face(0, 1, 0, 0, 0), face(1, 0, 1, 0, 0)) + put(index, ids[1], face(0, 1, 0, 0, 0))
    ann, bob = index.people.create(name="Ann"), index.people.create()
    index.faces.assign({some[0]: ann.id, some[1]: bob.id})
    index.faces.assign({some[2]: ann.id}, said=True)
    standings = index.faces.standings(some)
    assert [(s.person_id, s.said) for s in (standings[i] for i in some)] == [
        (ann.id, False),
        (bob.id, False),
        (ann.id, True),
    ]
    assert [row.id for row in index.faces.of_person(ann.id)] == [some[0], some[2]]
    assert [row.id for row in index.faces.of_person(ann.id, [ids[1]])] == [some[2]]
    assert index.faces.ids_of([ann.id, bob.id, 99]) == {ann.id: [some[0], some[2]], bob.id: [some[1]], 99: []}


def test_they_go_with_the_files_and_with_the_video(index, ids):
    for number in ids:
        put(index, number, face(0, 1, 0, 0, 0))
    index.artifacts.lose([ids[0]], [KIND])
    index.videos.forget([ids[1]])
    assert [row.video_id for row in index.faces.of(ids[0]) + index.faces.of(ids[1]) + index.faces.of(ids[2])] == [
        ids[2]
    ]
    index.faces.forget(ids[2], KIND)
    assert index.faces.spaces() == {}


def test_a_cover_that_is_gone_stands_for_nobody(index, ids):
    (only,) = put(index, ids[0], face(0, 1, 0, 0, 0))
    ann = index.people.create(name="Ann")
    index.people.change(ann.id, cover=only)
    assert index.people.by_id(ann.id).cover == only
    index.faces.forget(ids[0], KIND)
    assert index.people.by_id(ann.id).cover is None
