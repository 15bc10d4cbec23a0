"""test_duplicates: videos that are there twice, from the command line."""

import json
import shutil

import pytest

from tests.cli.conftest import Program, files_under


@pytest.fixture(scope="module")
def twice(tmp_path_factory, clips):
    """A film, its copy, a smaller one of it, another film; nothing is made of them."""
    videos = tmp_path_factory.mktemp("twice") / "videos"
    (videos / "sub").mkdir(parents=True)
    shutil.copy(clips.long(), videos / "film.mp4")
    shutil.copy2(videos / "film.mp4", videos / "sub" / "copy\x1b[31m.mp4")
    shutil.copy(clips.long(".mkv"), videos / "again.mkv")
    shutil.copy(clips.normal(), videos / "other.mp4")
    return videos


@pytest.fixture(scope="module")
def hashed(tmp_path_factory, twice):
    """(program, folder) after they were hashed; for tests that write nothing."""
    home = tmp_path_factory.mktemp("hashed")
    program, videos = Program(home / "home"), shutil.copytree(twice, home / "videos")
    assert program("metadata,phash", videos, "-r", "--workers", "1").code == 0
    return program, videos


@pytest.fixture
def mine(tmp_path, hashed):
    """A copy of the hashed folder that may be written to; the hashes lie in it."""
    return shutil.copytree(hashed[1], tmp_path / "videos")


def test_without_hashes_it_names_the_command(vw, twice):
    done = vw("dupes", twice, "-r")
    assert done.code == 0
    assert (
        done.out.splitlines()[-1]
        == f"1 group of duplicates, 0 videos compared, 4 without a hash: vidwatchd phash {twice} -r"
    )
    assert not vw.data.exists(), "looking wrote something"


def test_groups_with_the_one_to_keep_first(hashed):
    vw, folder = hashed
    before = files_under(folder)
    done = vw("dupes", folder, "-r")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("100.0% alike; keep the first: ")
    assert {line.split("  ")[1] for line in lines[1:4]} == {"film.mp4", "again.mkv", "sub/copy\\x1b[31m.mp4"}
    assert lines[4:] == ["1 group of duplicates, 4 videos compared"]
    assert "1:20  160×90  h264" in lines[1]
    assert files_under(folder) == before


@pytest.mark.parametrize("name", ["dupes", "phash-dupes"])
def test_for_programs(hashed, name):
    vw, folder = hashed
    found = vw(name, folder, "-r", "--output-format", "json").json
    assert (found["compared"], found["without_hash"], found["threshold"]) == (4, 0, 0.92)
    assert {video["path"] for video in found["groups"][0]["videos"]} == {
        "film.mp4",
        "again.mkv",
        "sub/copy\x1b[31m.mp4",
    }
    assert found["groups"][0]["keeper"] == found["groups"][0]["videos"][0]["id"]
    assert [pair["kind"] for pair in found["pairs"]] == ["exact", "near", "near"]


def test_limit_and_threshold(hashed):
    vw, folder = hashed
    done = vw("dupes", folder, "-r", "--limit", "0")
    assert done.out.splitlines() == ["1 group more: --limit 1", "1 group of duplicates, 4 videos compared"]
    found = vw("dupes", folder, "-r", "--threshold", "1", "--limit", "1", "--output-format", "json").json
    assert (found["threshold"], len(found["pairs"])) == (1.0, 1)
    for wrong in (["--threshold", "2"], ["--threshold", "x"], ["--limit", "-1"]):
        assert vw("dupes", folder, *wrong).code == 2


def test_the_settings_threshold_is_the_default(vw, mine):
    (mine / "videorc.json").write_text(json.dumps({"thresholds": {"phash_similarity": 0.97}}))
    assert vw("dupes", mine, "--output-format", "json").json["threshold"] == 0.97


def test_keep_both_is_remembered_beside_the_videos(vw, mine):
    one, other = mine / "film.mp4", mine / "again.mkv"
    done = vw("dupes", "--keep-both", one, other)
    assert (done.code, done.out) == (0, f"{one} and {other} are two different videos\n")
    shutil.rmtree(vw.data)
    found = vw("dupes", mine, "--output-format", "json").json
    assert (found["groups"], found["compared"]) == ([], 3)


def test_keep_both_takes_two_files(hashed):
    vw, folder = hashed
    for wrong in ([folder / "film.mp4", folder / "none.mp4"], [folder, folder / "film.mp4"], [folder / "film.mp4"] * 2):
        done = vw("dupes", "--keep-both", *wrong)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


def test_a_broken_file_of_verdicts_is_one_sentence(vw, mine):
    (mine / ".artifacts" / ".verdicts.json").write_text("{")
    for words in (["dupes", mine], ["dupes", "--keep-both", mine / "film.mp4", mine / "again.mkv"]):
        done = vw(*words)
        assert (done.code, done.err.count("\n")) == (1, 1)
        assert "not a valid file of verdicts" in done.err
    assert (mine / ".artifacts" / ".verdicts.json").read_text() == "{"


def test_it_chains(hashed):
    vw, folder = hashed
    found = vw("report,dupes", folder, "-r", "--output-format", "json").json
    assert found["dupes"]["compared"] == 4
