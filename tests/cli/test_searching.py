"""test_searching: moments and saved searches from the command line."""

import shutil

import pytest

from tests.cli.conftest import Program, files_under


@pytest.fixture
def known(tmp_path, clips):
    """(program, folder) with two videos in the index."""
    program, videos = Program(tmp_path / "home"), tmp_path / "videos"
    videos.mkdir()
    for name in ("beach day.mp4", "other.mp4"):
        shutil.copy(clips.normal(), videos / name)
    assert program("library", "add", videos).code == 0
    assert program("scan", videos).code == 0
    assert program("tags", videos / "other.mp4", "--set", "sunset").code == 0
    return program, videos


def test_search_finds_and_writes_nothing(known):
    vw, folder = known
    before = files_under(folder)
    done = vw("search", "beach")
    assert (done.code, done.out.splitlines()) == (0, ["beach day.mp4  (name)", "1 video"])
    assert vw("search", "sunsett").out.splitlines() == [
        "Nothing for 'sunsett'; shown: sunset",
        "other.mp4  (tag)",
        "1 video",
    ]
    assert [
        hit["video"]["name"] for hit in vw("search", "--output-format", "json", "--", "mp4", "-sunset").json["hits"]
    ] == ["beach day.mp4"]
    assert vw("search", "nowhere to be found").out == "0 videos\n"
    done = vw("search", "longer:abc")
    assert (done.code, done.err.startswith("longer:abc was looked for as words: longer takes")) == (0, True)
    assert vw("search").code == 2
    for nothing in ("", "*", '""'):
        done = vw("search", nothing)
        assert (done.code, "there is no word to look for" in done.err) == (2, True)
    assert vw("search", "--", "-sunset").out.startswith("beach day.mp4")
    assert files_under(folder) == before


def test_saved_searches(known):
    vw, folder = known
    assert vw("searches", "--save", "Sun", "tag:sunset").out == "Sun: tag:sunset\n"
    assert (folder / ".artifacts/.searches.json").exists()
    assert vw("searches", "--output-format", "json").json["searches"][0]["query"] == "tag:sunset"
    assert vw("searches", "--remove", "sun").out == ""
    done = vw("searches", "--remove", "sun")
    assert (done.code, done.out) == (1, "")
    assert "no saved search" in done.err
