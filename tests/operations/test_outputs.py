"""test_outputs: names of new files, and which of those that lie there are ours."""

import os

from vidwatchd.model import FileState
from vidwatchd.operations.outputs import NOTE_NAME, Outputs, names


def test_the_tree_is_mirrored():
    assert names(["a.mkv", "sub/b.webm", "c.mp4"]) == {"a.mkv": "a.mp4", "sub/b.webm": "sub/b.mp4", "c.mp4": "c.mp4"}
    assert names(["name.with.dots.avi", ".x"]) == {"name.with.dots.avi": "name.with.dots.mp4", ".x": ".x.mp4"}


def test_two_of_one_name_are_kept_apart():
    assert names(["a.mkv", "a.avi", "b/a.mkv"]) == {"a.mkv": "a.mkv.mp4", "a.avi": "a.avi.mp4", "b/a.mkv": "b/a.mp4"}
    assert names(["a.mkv", "a.mp4"]) == {"a.mkv": "a.mkv.mp4", "a.mp4": "a.mp4"}
    assert names(["A.mkv", "a.avi"]) == {"A.mkv": "A.mkv.mp4", "a.avi": "a.avi.mp4"}


def test_a_name_that_is_too_long_is_cut():
    long = "é" * 124 + "x.webm"
    (made,) = names([long]).values()
    assert len(os.fsencode(made)) <= 255
    assert made.endswith(".mp4")
    both = names([long, long.replace(".webm", ".mkv")])
    assert len(set(both.values())) == 2


def test_only_what_was_noted_and_is_untouched_is_ours(tmp_path):
    outputs, state = Outputs(str(tmp_path)), FileState("a.mkv", 5, 6, 7, 8)
    (tmp_path / "a.mp4").write_text("made")
    assert not outputs.is_ours("a.mp4")
    outputs.note("a.mp4", "/v/a.mkv", state, ("h264", "aac"))
    again = Outputs(str(tmp_path))
    assert again.is_ours("a.mp4")
    assert again.is_of("a.mp4", "/v/a.mkv", state, ("h264", "aac"))
    assert not again.is_of("a.mp4", "/v/a.mkv", state, ("hevc", "aac"))
    assert not again.is_of("a.mp4", "/w/a.mkv", state, ("h264", "aac"))
    assert not again.is_of("a.mp4", "/v/a.mkv", FileState("a.mkv", 5, 99, 7, 8), ("h264", "aac"))
    (tmp_path / "a.mp4").write_text("changed by hand")
    assert not again.is_ours("a.mp4")


def test_a_note_that_is_none_vouches_for_nothing(tmp_path):
    (tmp_path / "a.mp4").write_text("x")
    for text in ("", "[]", '{"files": []}', '{"files": {"a.mp4": 5}}', '{"files": {"a.mp4": {}}}'):
        (tmp_path / NOTE_NAME).write_text(text)
        assert not Outputs(str(tmp_path)).is_ours("a.mp4")
        assert not Outputs(str(tmp_path)).is_ours("none.mp4")
