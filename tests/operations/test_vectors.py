"""test_vectors: the index holds the vectors that the files beside the videos hold, and no others."""

import json

import pytest

from tests.meant import DIMENSIONS, part, publish, unit
from vidwatchd import artifacts
from vidwatchd.fingerprint import fingerprint
from vidwatchd.index.vectors import Space
from vidwatchd.operations import meaning, vectors


@pytest.fixture(autouse=True)
def _with_meaning(monkeypatch):
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, "meaning": meaning.Meaning})


def test_made_again_by_another_model(desk):
    number = publish(desk, "a.mp4", part([unit(1)], model="old:1"))
    publish(desk, "a.mp4", part([unit(1), unit(2)], model="new:1"), made_at=6.0)
    assert desk.index.vectors.spaces() == {Space("frames", "new:1", DIMENSIONS): 2}
    desk.index.artifacts.lose([number])
    assert desk.index.vectors.spaces() == {}


def test_a_file_that_lies_there_is_adopted(desk):
    publish(desk, "a.mp4", part([unit(1)]))
    before = desk.index.vectors.spaces()
    note = desk.beside("a.mp4", ".made.json")
    values = json.loads(note.read_text())
    values["fingerprint"] = values["kinds"]["meaning"]["fingerprint"] = fingerprint(str(desk.root / "a.mp4"))
    note.write_text(json.dumps(values))
    desk.rebuild()
    desk.scan()
    assert desk.index.vectors.spaces() == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"parts": [5]}'])
def test_a_broken_file_says_nothing(desk, text):
    number = publish(desk, "a.mp4", part([unit(1)]))
    desk.beside("a.mp4", ".meaning.json").write_text(text)
    desk.index.vectors.forget(number, "meaning")
    vectors.learn(desk.ctx, number)
    assert desk.index.vectors.spaces() == {}


def test_what_is_known_is_not_read_again(desk):
    number = publish(desk, "a.mp4", part([unit(1)]))
    desk.beside("a.mp4", ".meaning.json").unlink()
    vectors.learn(desk.ctx, number)
    assert len(desk.index.vectors.spaces()) == 1
