"""test_hashes: what duplicates are told by comes out of the index whole, and what is not in order stays behind."""

import pytest

from tests import prints
from tests.desk import file
from vidwatchd.index import hashes
from vidwatchd.model import Artifact, ArtifactState, Presence


@pytest.fixture
def ids(index, library):
    return index.videos.add(library.id, [file(f"{n}.mp4", n + 1) for n in range(6)])


def found(index, video_ids=None):
    return [number for part in index.hashes.packed("phash", video_ids) for number in part.video_ids]


def test_what_was_put_comes_back_as_bytes(index, ids):
    film = prints.film(1)
    prints.put(index, {ids[0]: film})
    (part,) = index.hashes.packed("phash")
    assert (part.frames, part.steps, part.video_ids) == (5, 4, (ids[0],))
    assert (part.seconds, part.first_seconds) == ((60.0,), (10.0,))
    assert part.dct.hex() == film["dct"]
    assert part.mirrored.hex() == film["mirrored"]
    assert part.before.hex() == film["before"]
    assert part.flat == b"00000"


def test_forms_come_apart(index, ids):
    prints.put(index, {ids[0]: prints.film(1), ids[1]: prints.film(2, frames=3), ids[2]: prints.film(3)})
    assert {(part.frames, part.video_ids) for part in index.hashes.packed("phash")} == {
        (5, (ids[0], ids[2])),
        (3, (ids[1],)),
    }


def test_many_come_some_at_a_time(index, ids, monkeypatch):
    monkeypatch.setattr(hashes, "BATCH", 2)
    prints.put(index, {number: prints.film(number) for number in ids[:5]})
    assert [len(part.video_ids) for part in index.hashes.packed("phash")] == [2, 2, 1]
    assert sorted(found(index)) == ids[:5]


@pytest.mark.parametrize(
    "change",
    [
        {"frames": None}, {"frames": "5"}, {"frames": True}, {"frames": 4}, {"frames": 0, "dct": "", "mirrored": "", "flat": ""},
        {"dct": None}, {"dct": 5}, {"dct": "x" * 80}, {"dct": "0 " * 40}, {"dct": "0" * 79}, {"mirrored": "0"},
        {"before": "0" * 81}, {"before": ["0"]}, {"flat": "00"}, {"flat": None},
        {"times": []}, {"times": ["1"]}, {"duration_seconds": None},
    ],
)  # fmt: skip
def test_facts_of_another_form_are_left_out(index, ids, change):
    """Notes come from anywhere with a copied folder."""
    prints.put(index, {ids[0]: prints.film(1), ids[1]: {**prints.film(2), **change}, ids[2]: {}})
    assert found(index) == [ids[0]]


def test_who_counts(index, ids, library):
    prints.put(index, {number: prints.film(number) for number in ids[:4]}, fingerprint="f")
    index.videos.set_fingerprint(ids[1], "f")
    index.artifacts.outdate(ids[1:3])  # of the third the content is another one now
    index.videos.set_presence(library.id, ["3.mp4"], Presence.GONE)
    assert sorted(found(index)) == ids[:2]
    assert found(index, [ids[1], ids[4]]) == [ids[1]]
    assert index.hashes.without("phash") == 3
    assert index.hashes.without("phash", ids[:2]) == 0
    index.artifacts.fail(Artifact(ids[0], "phash", ArtifactState.FAILED, error="why"))
    assert found(index) == [ids[1]]
    index.libraries.update(library.id, online=False)
    assert found(index) == []
    assert index.hashes.without("phash") == 0


def test_the_stamp_tells_that_something_changed(index, ids, library):
    stamps = [index.hashes.stamp("phash")]
    prints.put(index, {ids[0]: prints.film(1)}, made_at=1.0)
    stamps.append(index.hashes.stamp("phash"))
    prints.put(index, {ids[0]: prints.film(2)}, made_at=2.0)
    stamps.append(index.hashes.stamp("phash"))
    index.videos.set_presence(library.id, ["5.mp4"], Presence.GONE)
    stamps.append(index.hashes.stamp("phash"))
    assert len(set(stamps)) == 4
    assert index.hashes.stamp("phash") == stamps[-1]


def test_same_sizes(index, library):
    ids = index.videos.add(library.id, [file(f"{n}.mp4", 1, size=size) for n, size in enumerate((5, 7, 5, 0, 0, 5))])
    index.videos.set_fingerprint(ids[2], "f")
    index.videos.set_presence(library.id, ["5.mp4"], Presence.UNKNOWN)
    assert [(row.id, row.size_bytes, row.fingerprint) for row in index.hashes.same_sizes()] == [
        (ids[0], 5, ""),
        (ids[2], 5, "f"),
    ]
    assert index.hashes.same_sizes(ids[1:]) == []
