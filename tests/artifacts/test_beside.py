"""test_beside: which files are a video's, and in what state."""

import os

import pytest

from vidwatchd.artifacts.beside import Beside, ends, state, stems, without_others
from vidwatchd.model import portable

SRT = (".srt", ".vtt")


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("Film.srt", ".srt"),
        ("Film.en.forced.SRT", ".en.forced.SRT"),
        ("Film.mkv.de.vtt", ".mkv.de.vtt"),
        ("FILM.srt", ".srt"),
        ("Film 2.srt", None),
        ("Filmed.srt", None),
        ("Film.txt", None),
        ("Filmsrt", None),
    ],
)
def test_what_belongs_to_a_film(name, rest):
    assert Beside({name: (7, 9)}).of("Film.mkv", SRT) == ({rest: [9, 7]} if rest else {})


def test_what_belongs_to_a_longer_name():
    found = Beside({"Film.2.srt": (1, 1), "Film.srt": (1, 1), "Film.en.srt": (1, 1)}).of("Film.mp4", SRT)
    assert without_others(found, "Film.mp4", stems(["Film.mp4", "FILM.2.mkv"])).keys() == {".srt", ".en.srt"}
    assert without_others(found, "Film.mp4", stems(["Film.mp4"])) == found


def test_an_accent_may_be_written_in_two_ways():
    assert Beside({"Cafe\u0301.srt": (1, 2)}).of("Café.mp4", SRT) == {".srt": [2, 1]}


def test_each_kind_asks_for_its_own_endings():
    files = Beside({"a.srt": (1, 2), "a.nfo": (3, 4)})
    assert files.of("a.mp4", (".nfo",)) == {".nfo": [4, 3]}
    assert ends("A.NFO", (".nfo",))
    assert not ends(".nfo", (".nfo",))


def test_the_state_of_what_lies_there(tmp_path):
    for name in ("a.en.srt", "b.srt", "a.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "a.srt").mkdir()
    os.symlink("b.srt", tmp_path / "a.link.srt")
    mtime_ns = (tmp_path / "a.en.srt").stat().st_mtime_ns
    assert state(str(tmp_path / "a.mp4"), SRT) == {".en.srt": [8, mtime_ns]}
    assert state(str(tmp_path / "gone" / "a.mp4"), SRT) == {}


def test_any_name_a_file_can_have(tmp_path):
    name = os.fsdecode(b"b\xff.mp4")
    (tmp_path / os.fsdecode(b"b\xff.srt")).write_text("x")
    found = state(str(tmp_path / name), SRT)
    assert list(found) == [".srt"]
    assert Beside({portable(os.fsdecode(b"b\xff.srt")): (found[".srt"][1], 1)}).of(portable(name), SRT) == found


def test_a_rename_leaves_it_the_same(tmp_path):
    (tmp_path / "a.en.srt").write_text("x")
    before = state(str(tmp_path / "a.mp4"), SRT)
    (tmp_path / "a.en.srt").rename(tmp_path / "other.name.en.srt")
    assert state(str(tmp_path / "other.name.mp4"), SRT) == before
