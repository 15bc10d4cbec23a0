"""test_edits: lines and chapters that people changed lie beside the video and come back as they were said."""

import json
from pathlib import Path

import pytest

from vidwatchd.cues import Chapter, Edits, Line
from vidwatchd.errors import Conflict, StorageError
from vidwatchd.library import Store, parse_edits, read_edits, write_edits
from vidwatchd.model import Library

EDITS = Edits({"en": (Line(1.0, 2.5, "Hello\nyou"),)}, (Chapter(0.0, 30.0, "Start"),))


@pytest.fixture
def store(tmp_path):
    (tmp_path / "box" / ".artifacts").mkdir(parents=True)
    return Store(Library(1, "u", str(tmp_path / "box"), "box"), str(tmp_path / "data"))


def sidecar(store):
    return Path(store.file("clip.mp4", ".edits.json"))


def test_nothing_changed_is_no_file(store):
    assert read_edits(store, "clip.mp4") is None


def test_what_is_written_comes_back(store):
    written = write_edits(store, "clip.mp4", EDITS)
    assert read_edits(store, "clip.mp4") == (EDITS, written)
    assert written.path == ".artifacts/clip.mp4.edits.json"
    assert json.loads(sidecar(store).read_text()) == {
        "video": "clip.mp4",
        "lines": {"en": [{"start": 1.0, "end": 2.5, "text": "Hello\nyou"}]},
        "chapters": [{"start": 0.0, "end": 30.0, "title": "Start"}],
    }


def test_chapters_as_made_are_not_noted_and_no_chapters_at_all_are(store):
    write_edits(store, "clip.mp4", Edits({}))
    assert "chapters" not in json.loads(sidecar(store).read_text())
    write_edits(store, "clip.mp4", Edits({}, ()))
    assert read_edits(store, "clip.mp4")[0].chapters == ()


def test_members_of_others_are_kept(store):
    sidecar(store).write_text('{"colour": "red", "lines": {}}')
    write_edits(store, "clip.mp4", EDITS)
    assert json.loads(sidecar(store).read_text())["colour"] == "red"


@pytest.mark.parametrize(
    "content",
    ["[]", '{"lines": []}', '{"lines": {"en": [{"start": 1}]}}', '{"lines": {"en": [{"start": 1, "end": 2, "text": 3}]}}',
     '{"chapters": [{"start": "x", "end": 1, "title": "t"}]}', '{"chapters": 4}', "{", ""],
)  # fmt: skip
def test_a_broken_file_is_named_and_left_alone(store, content):
    sidecar(store).write_text(content)
    with pytest.raises(Conflict, match="not a valid file of edits"):
        read_edits(store, "clip.mp4")
    assert sidecar(store).read_text() == content


def test_a_place_that_cannot_be_written_says_so(store):
    sidecar(store).parent.rmdir()
    sidecar(store).parent.write_text("in the way")
    with pytest.raises(StorageError, match="cannot be written"):
        write_edits(store, "clip.mp4", EDITS)


def test_a_hand_written_file_may_leave_members_out():
    assert parse_edits({}) == Edits({})
    assert parse_edits({"chapters": None}).empty
