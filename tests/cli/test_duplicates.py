"""test_duplicates: videos that are there twice, from the command line."""

import json
import shutil

import pytest

from tests.cli.conftest import files_under


@pytest.fixture
def twice(tmp_path, clips):
    """A film, its copy, a smaller one of it, another film."""
    videos = tmp_path / "videos"
    (videos / "sub").mkdir(parents=True)
    shutil.copy(clips.long(), videos / "film.mp4")
    shutil.copy2(videos / "film.mp4", videos / "sub" / "copy\x1b[31m.mp4")
    shutil.copy(clips.long(".mkv"), videos / "again.mkv")
    shutil.copy(clips.normal(), videos / "other.mp4")
    return videos


@pytest.fixture
def hashed(vw, twice):
    assert vw("metadata,phash", twice, "-r", "--workers", "2").code == 0
    return twice


def test_without_hashes_it_names_the_command(vw, twice):
    done = vw("dupes", twice, "-r")
    assert done.code == 0
    assert (
        done.out.splitlines()[-1]
        == f"1 group of duplicates, 0 videos compared, 4 without a hash: vidwatchd phash {twice} -r"
    )
    assert not vw.data.exists(), "looking wrote something"


def test_groups_with_the_one_to_keep_first(vw, hashed):
    before = files_under(hashed)
    done = vw("dupes", hashed, "-r")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("100.0% alike; keep the first: ")
    assert {line.split("  ")[1] for line in lines[1:4]} == {"film.mp4", "again.mkv", "sub/copy\\x1b[31m.mp4"}
    assert lines[4:] == ["1 group of duplicates, 4 videos compared"]
    assert "1:20  160×90  h264" in lines[1]
    assert files_under(hashed) == before


@pytest.mark.parametrize("name", ["dupes", "phash-dupes"])
def test_for_programs(vw, hashed, name):
    found = vw(name, hashed, "-r", "--output-format", "json").json
    assert (found["compared"], found["without_hash"], found["threshold"]) == (4, 0, 0.92)
    assert {video["path"] for video in found["groups"][0]["videos"]} == {
        "film.mp4",
        "again.mkv",
        "sub/copy\x1b[31m.mp4",
    }
    assert found["groups"][0]["keeper"] == found["groups"][0]["videos"][0]["id"]
    assert [pair["kind"] for pair in found["pairs"]] == ["exact", "near", "near"]


def test_limit_and_threshold(vw, hashed):
    done = vw("dupes", hashed, "-r", "--limit", "0")
    assert done.out.splitlines() == ["1 group more: --limit 1", "1 group of duplicates, 4 videos compared"]
    found = vw("dupes", hashed, "-r", "--threshold", "1", "--limit", "1", "--output-format", "json").json
    assert (found["threshold"], len(found["pairs"])) == (1.0, 1)
    for wrong in (["--threshold", "2"], ["--threshold", "x"], ["--limit", "-1"]):
        assert vw("dupes", hashed, *wrong).code == 2


def test_the_settings_threshold_is_the_default(vw, hashed):
    (hashed / "videorc.json").write_text(json.dumps({"thresholds": {"phash_similarity": 0.97}}))
    assert vw("dupes", hashed, "--output-format", "json").json["threshold"] == 0.97


def test_keep_both_is_remembered_beside_the_videos(vw, hashed):
    done = vw("dupes", "--keep-both", hashed / "film.mp4", hashed / "again.mkv")
    assert (done.code, done.out) == (
        0,
        f"{hashed / 'film.mp4'} and {hashed / 'again.mkv'} are two different videos\n",
    )
    shutil.rmtree(vw.data)
    found = vw("dupes", hashed, "--output-format", "json").json
    assert (found["groups"], found["compared"]) == ([], 3)


def test_keep_both_takes_two_files(vw, hashed):
    for wrong in ([hashed / "film.mp4", hashed / "none.mp4"], [hashed, hashed / "film.mp4"], [hashed / "film.mp4"] * 2):
        done = vw("dupes", "--keep-both", *wrong)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


def test_a_broken_file_of_verdicts_is_one_sentence(vw, hashed):
    (hashed / ".artifacts" / ".verdicts.json").write_text("{")
    for words in (["dupes", hashed], ["dupes", "--keep-both", hashed / "film.mp4", hashed / "again.mkv"]):
        done = vw(*words)
        assert (done.code, done.err.count("\n")) == (1, 1)
        assert "not a valid file of verdicts" in done.err
    assert (hashed / ".artifacts" / ".verdicts.json").read_text() == "{"


def test_it_chains(vw, hashed):
    found = vw("report,dupes", hashed, "-r", "--output-format", "json").json
    assert found["dupes"]["compared"] == 4
