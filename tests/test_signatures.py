"""test_signatures: a file of faces says what was written, and a foreign or broken one says nothing."""

import json
import struct

import pytest

from vidwatchd import signatures
from vidwatchd.signatures import Box, Face, Sighting, Signatures

BOX = Box(0.25, 0.1, 0.2, 0.3)
EARLY = Sighting(1.0, 4.0, 2.5, BOX, 4, 0.5)
LATE = Sighting(20.0, 22.0, 21.0, Box(0.5, 0.5, 0.1, 0.1), 3, 0.8)
VECTOR = struct.pack("<4e", 1, 0, 0, 0)
FOUND = Signatures("sface", "sface-1234", 4, (Face(0, VECTOR, (EARLY, LATE), ".faces/face_000.jpg"),))


def test_what_was_written_is_read():
    assert signatures.from_plain(json.loads(json.dumps(signatures.to_plain(FOUND)))) == FOUND


def test_nobody_is_a_result():
    found = signatures.from_plain(signatures.to_plain(Signatures("sface", "m", 128)))
    assert found == Signatures("sface", "m", 128, ())


def test_a_face_sums_up_its_sightings():
    (face,) = FOUND.faces
    assert (face.best, face.frames, face.seconds) == (LATE, 7, 5.0)
    assert FOUND.space == "sface:sface-1234:4"


def _changed(**members):
    values = signatures.to_plain(FOUND)
    face = {**values["faces"][0], **{k: v for k, v in members.items() if k not in values}}
    return {**values, "faces": [face], **{k: v for k, v in members.items() if k in values}}


@pytest.mark.parametrize(
    "values",
    [
        None, [], {}, {"faces": []}, _changed(dimensions=3), _changed(dimensions=-1, faces=[]), _changed(dimensions=0),
        _changed(dimensions=10**9, faces=[]), _changed(vector="?"), _changed(vector=7), _changed(tracks=[]),
        _changed(tracks=[{"start": "soon"}]), _changed(face="x"), _changed(faces=7), _changed(faces=[[]]),
        _changed(faces=signatures.to_plain(FOUND)["faces"] * 2),
        _changed(tracks=[{**signatures.to_plain(FOUND)["faces"][0]["tracks"][0], "at": float("nan")}]),
    ],
)  # fmt: skip
def test_a_foreign_file_says_nothing(values):
    assert signatures.from_plain(values) is None


def test_boxes_overlap():
    assert BOX.overlap(BOX) == pytest.approx(1.0)
    assert BOX.overlap(Box(0.8, 0.8, 0.1, 0.1)) == 0.0
    assert BOX.overlap(Box(0.35, 0.1, 0.2, 0.3)) == pytest.approx(1 / 3)
    assert Box(0, 0, 0, 0).overlap(Box(0, 0, 0, 0)) == 0.0
