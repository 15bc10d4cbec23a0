"""test_vectors: vectors come out of the index as they were put, by model, and go with what they are of."""

import struct

import pytest

from tests.desk import file
from vidwatchd.index import Index, migrations
from vidwatchd.index.vectors import Space
from vidwatchd.model import Artifact, ArtifactState, Presence

SPACE = Space("frames", "clip:1", 2)


@pytest.fixture
def ids(index, library):
    found = index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(3)])
    for number in found:
        index.artifacts.put(Artifact(number, "meaning", ArtifactState.DONE, made_at=5.0), files={})
    return found


def put(index, video_id, *rows, space=SPACE, made_at=5.0):
    times = [float(n) for n in range(len(rows))], [n + 1.5 for n in range(len(rows))]
    index.vectors.put(video_id, "meaning", made_at, space, times, b"".join(struct.pack("<2e", *row) for row in rows))


def found(index, space=SPACE):
    return [row.video_id for some in index.vectors.rows(space) for row in some]


def test_what_was_put_comes_back(index, ids):
    put(index, ids[0], (1, 0), (0, 1))
    (row,) = next(index.vectors.rows(SPACE))
    assert (row.video_id, row.count, struct.unpack("<4e", row.vectors)) == (ids[0], 2, (1, 0, 0, 1))
    (stretches,) = index.vectors.stretches([row.id]).values()
    assert [(s.video_id, s.start_seconds, s.end_seconds) for s in stretches] == [(ids[0], 0, 1.5), (ids[0], 1, 2.5)]
    assert index.vectors.of(ids[0], "frames") == {SPACE: row}
    assert index.vectors.of(ids[0], "speech") == {}
    assert (index.vectors.made_at(ids[0], "meaning"), index.vectors.made_at(ids[1], "meaning")) == (5.0, 0.0)


def test_models_and_sources_stay_apart(index, ids):
    others = [Space("frames", "clip:2", 2), Space("speech", "clip:1", 2)]
    put(index, ids[0], (1, 0), (0, 1))
    put(index, ids[0], (1, 0), space=others[0])
    put(index, ids[1], (1, 0), space=others[1])
    assert index.vectors.spaces() == {SPACE: 2, others[0]: 1, others[1]: 1}
    assert [found(index, space) for space in (SPACE, *others)] == [[ids[0]], [ids[0]], [ids[1]]]


def test_they_come_some_at_a_time(index, library):
    many = index.videos.add(library.id, [file(f"m{n}.mp4", n + 10) for n in range(70)])
    for number in many:
        index.artifacts.put(Artifact(number, "meaning", ArtifactState.DONE), files={})
        put(index, number, (1, 0))
    assert [len(some) for some in index.vectors.rows(SPACE)] == [32, 32, 6]
    assert found(index) == many


def test_again_takes_the_place_of_before(index, ids):
    put(index, ids[0], (1, 0))
    put(index, ids[0], (0, 1), (0, 1), made_at=6.0)
    assert index.vectors.spaces() == {SPACE: 2}
    index.vectors.forget(ids[0], "meaning")
    assert index.vectors.spaces() == {}


def test_they_go_with_the_files_and_with_the_video(index, ids):
    for number in ids:
        put(index, number, (1, 0))
    index.artifacts.lose([ids[0]], ["meaning"])
    index.videos.forget([ids[1]])
    assert found(index) == [ids[2]]


def test_what_is_gone_or_of_another_content_is_not_found(index, ids):
    for number in ids:
        put(index, number, (1, 0))
    index.videos.set_presence(1, ["0.mp4"], Presence.GONE)
    index.videos.set_fingerprint(ids[1], "new")
    index.artifacts.outdate([ids[1]])
    index.artifacts.outdate([ids[2]])  # by its settings alone: what was made still tells of it
    assert found(index) == [ids[2]]


def test_the_migration_keeps_what_there_was(tmp_path):
    steps = migrations()
    place = next(n for n, (_, sql) in enumerate(steps) if "CREATE TABLE vectors" in sql)
    index = Index(str(tmp_path / "index.db"))
    index.migrate(steps[:place])
    library = index.libraries.add(uuid="u1", root="/box", name="box", watched=True, layout="beside")
    (number,) = index.videos.add(library.id, [file("a.mp4")])
    index.artifacts.put(Artifact(number, "meaning", ArtifactState.DONE), files={})
    index.migrate()
    put(index, number, (1, 0))
    assert (index.version(), found(index)) == (len(steps), [number])
    index.close()
