"""test_ignore: names that count, and names that do not."""

from __future__ import annotations

import pytest

from vidwatchd.config import ScanConfig
from vidwatchd.ignore import VIDEO_EXTENSIONS, Patterns, Rules, is_junk, is_peoples_sidecar


@pytest.mark.parametrize(
    "name",
    [
        "._a.mp4", ".hidden", ".artifacts", ".Trash-1000", ".stfolder", "~$a.mp4", "@eaDir", "@EADIR", "#recycle",
        "#snapshot", "$RECYCLE.BIN", "System Volume Information", "lost+found", "a.mp4.part", "a.mp4.crdownload",
        "a.mp4.partial", "a.mp4.!qB", "a.mp4.tmp", "a.mp4.download",
    ],
)  # fmt: skip
def test_junk(name):
    assert is_junk(name)


@pytest.mark.parametrize(
    "name", ["a.mp4", "partial.mp4", "a.part.mp4", "@home", "#1 hit.mp4", "tmp", "-a.mp4", "download"]
)
def test_no_junk(name):
    assert not is_junk(name)


def test_the_endings_are_the_settings_defaults():
    assert frozenset(ScanConfig().extensions) == VIDEO_EXTENSIONS


@pytest.mark.parametrize(
    ("name", "is_video"),
    [("a.mp4", True), ("a.MKV", True), ("a", False), ("mp4", False), (".mp4", False), ("a.mp4 ", False)],
)
def test_video_names(name, is_video):
    assert Rules().is_video_name(name) is is_video


@pytest.mark.parametrize(
    ("lines", "name", "hidden"),
    [
        ("*sample*", "My Sample.mp4", True),
        ("*sample*\n!my*", "My Sample.mp4", False),
        ("!my*\n*sample*", "My Sample.mp4", True),
        ("# *.mp4\n\n", "a.mp4", False),
        ("a?.mp4", "ab.mp4", True),
        ("a?.mp4", "abc.mp4", False),
        ("[ab].mp4", "b.mp4", True),
        ("/a.mp4", "a.mp4", True),
        ("a.mp4/", "a.mp4", False),
        ("a+b (1).mp4", "a+b (1).mp4", True),
    ],
)
def test_patterns(lines, name, hidden):
    assert Patterns().with_lines(lines.splitlines()).hides(name) is hidden


def test_a_pattern_for_folders():
    assert Patterns().with_lines(["extras/"]).hides("Extras", folder=True)


@pytest.mark.parametrize(
    ("name", "is_sidecar"),
    [
        ("a.mp4.tags.json", True),
        ("a.mp4.edits.json", True),
        (".faces.index.json", True),
        (".verdicts.json", True),
        (".searches.json", True),
        (".library.json", False),
        ("a.mp4.made.json", False),
        ("a.mp4.thumbs.jpg", False),
    ],
)
def test_peoples_sidecars(name, is_sidecar):
    assert is_peoples_sidecar(name) is is_sidecar


@pytest.mark.parametrize(
    ("name", "is_companion"),
    [("a.srt", True), ("a.EN.SRT", True), (".a.srt", False), ("srt", False), ("a.srt.part", False), ("a.mp4", False)],
)
def test_companion_names(name, is_companion):
    assert Rules.of((".mp4",), companions=(".srt", ".mp4")).is_companion_name(name) is is_companion
