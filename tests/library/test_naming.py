"""test_naming: whatever a client calls a file, it gets a name that is harmless, visible and short enough."""

import os

import pytest

from vidwatchd.ignore import is_junk
from vidwatchd.library.naming import ending_of, fitting, safe_name
from vidwatchd.model import native


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("film.mp4", "film.mp4"),
        (r"C:\fakepath\x.mp4", "x.mp4"),
        ("../../etc/x.mp4", "x.mp4"),
        ("..", "upload"),
        ("", "upload"),
        ("a/", "upload"),
        (".hidden.mp4", "hidden.mp4"),
        ("~$film.mp4", "$film.mp4"),
        ("a\0b\r\nc\x7f.mp4", "abc.mp4"),
        ("\u202egpj.4pm", "gpj.4pm"),
        ("film.mp4 . ", "film.mp4"),
        ("film.mp4.part", "film.mp4"),
        ("film.mp4.tmp.crdownload", "film.mp4"),
        ("NUL.mp4", "_NUL.mp4"),
        ("com1", "_com1"),
        ("Ünï 👩\u200d👧 100%.mkv", "Ünï 👩\u200d👧 100%.mkv"),
    ],
)
def test_names(given, name):
    assert safe_name(given) == name


def test_bytes_that_are_no_utf8_stay():
    assert os.fsencode(native(safe_name(os.fsdecode(b"caf\xe9.mp4")))) == b"caf\xe9.mp4"


@pytest.mark.parametrize("letter", ["x", "é", "👩"])
def test_a_huge_name_is_cut_and_keeps_its_ending(letter):
    for number in (1, 12):
        name = fitting(safe_name(letter * 5000 + ".mp4"), number=number)
        assert 240 < len(name.encode()) <= 255
        assert name.endswith(" (12).mp4" if number > 1 else f"{letter}.mp4")
        assert not is_junk(name)


def test_a_number_stands_before_the_ending():
    assert fitting("film.mp4", number=2) == "film (2).mp4"
    assert fitting("film", number=3) == "film (3)"
    assert fitting("Mr. and Mrs. Somebody Or Other", number=2) == "Mr. and Mrs. Somebody Or Other (2)"


def test_endings():
    assert [ending_of(name) for name in ("a.MP4", "a", "a.b.mkv", ".mp4", "a.")] == ["mp4", "", "mkv", "", ""]
