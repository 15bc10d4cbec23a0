"""test_looking: scan, list and report."""

import os
import shutil

import pytest

from tests.cli.conftest import READY, files_under
from vidwatchd import artifacts


def test_list_shows_mp4_in_the_folder(vw, folder):
    shutil.copy(folder / "beach.mp4", folder / "other.mkv")
    assert vw("list", folder).out == "beach.mp4\nbroken.mp4\n"
    assert vw("list", folder, "--ext", "mkv").out == "other.mkv\n"
    assert vw("list", folder, "--ext", "*").out == "beach.mp4\nbroken.mp4\nother.mkv\n"


def test_list_goes_deeper_and_lets_no_control_character_out(vw, folder):
    done = vw("list", folder, "-r")
    assert done.out.splitlines() == ["beach.mp4", "broken.mp4", "sub/new\\nline \\x1b[31m.mp4"]


def test_list_sorts_and_shows_sizes(vw, folder):
    lines = vw("list", folder, "--show-size", "--sort", "size").out.splitlines()
    assert lines[0].endswith("KB  beach.mp4")
    assert lines[1] == "   900 B  broken.mp4"
    assert lines[2].endswith("in 2 videos")


@pytest.mark.system
def test_list_as_json_holds_what_is_known(made):
    vw, folder = made
    done = vw("list", folder, "-r", "--output-format", "json")
    beach = done.json["videos"][0]
    size = (folder / "beach.mp4").stat().st_size
    assert done.json["total"] == 3
    assert beach == {
        "path": "beach.mp4",
        "name": "beach.mp4",
        "size_bytes": size,
        "duration_seconds": 2.0,
        "width": 320,
        "height": 180,
        "video_codec": "h264",
    }


def test_json_is_ascii_whatever_the_names(vw, folder):
    os.rename(folder / "beach.mp4", os.path.join(os.fsencode(folder), b"caf\xe9 \xc3\xbc.mp4"))
    done = vw("list", folder, "--output-format", "json")
    assert done.out.isascii()
    assert done.json["total"] == 2


@pytest.mark.parametrize("command", ["list", "report", "tags"])
def test_looking_writes_nothing(vw, folder, command):
    before = files_under(folder, vw.home.parent)
    assert vw(command, folder, "-r").code == 0
    assert files_under(folder, vw.home.parent) == before


@pytest.mark.system
@pytest.mark.parametrize("command", ["list", "report", "tags"])
def test_looking_writes_nothing_beside_an_index(made, command):
    vw, folder = made
    before = files_under(folder, vw.data)
    assert vw(command, folder, "-r").code == 0
    assert files_under(folder, vw.data) == before


@pytest.mark.system
def test_looking_at_a_moved_video_moves_none_of_its_files(vw, folder):
    (folder / "broken.mp4").unlink()
    assert vw("thumbs", folder).code == 0
    (folder / "beach.mp4").rename(folder / "shore.mp4")
    before = files_under(folder, vw.data)
    assert vw("report", folder, "--output-format", "json").json["kinds"]["thumbs"]["done"] == 1
    assert files_under(folder, vw.data) == before
    assert vw("scan", folder).code == 0
    assert (folder / ".artifacts" / "shore.mp4.jpg").exists()


@pytest.mark.system
def test_report_counts_and_lists(made):
    vw, folder = made
    found = vw("report", folder, "-r", "--output-format", "json").json
    assert found["total"] == 3
    assert found["kinds"]["thumbs"] == {"done": 2, "percent": 66.7, "missing": 0, "failed": 1, "unavailable": 0}
    assert found["videos"][1] == {
        "path": "broken.mp4",
        "artifacts": dict.fromkeys(artifacts.KINDS, "unavailable") | dict.fromkeys(READY, "failed"),
    }


@pytest.mark.system
def test_report_of_a_subfolder_is_relative_to_it(made):
    vw, folder = made
    assert vw("report", folder / "sub", "--output-format", "json").json["videos"][0]["path"].startswith("new")


@pytest.mark.system
def test_report_as_a_table(made):
    vw, folder = made
    lines = vw("report", folder, "-r").out.splitlines()
    assert lines[0].split() == ["3", "videos", "done", "percent", "missing", "failed", "unavailable"]
    assert lines[2].split() == ["thumbs", "2", "66.7", "%", "0", "1", "0"]


def test_scan_says_what_is_new(vw, folder):
    done = vw("scan", folder, "-r")
    assert (done.code, done.out.partition(", in ")[0]) == (0, "3 videos: 3 added")
    assert vw("scan", folder, "--output-format", "json").json["added"] == 0


def test_a_mass_loss_must_be_accepted(vw, tmp_path):
    videos = tmp_path / "many"
    videos.mkdir()
    for number in range(12):
        (videos / f"{number}.mp4").write_bytes(b"x" * (number + 1))
    assert vw("scan", videos).code == 0
    for path in videos.glob("*.mp4"):
        path.unlink()
    refused = vw("scan", videos)
    assert refused.code == 1
    assert "--accept-loss" in refused.err
    assert vw("scan", videos, "--accept-loss", "--output-format", "json").json["gone"] == 12


@pytest.mark.parametrize("command", ["list", "report", "scan", "finish", "dupes", "metadata", "thumbs", "sprites"])
@pytest.mark.parametrize("target", ["/nowhere", __file__])
def test_a_wrong_folder_is_one_sentence(vw, command, target):
    done = vw(command, target)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("vidwatchd: ")


@pytest.mark.system
def test_a_folder_of_any_bytes(vw, folder):
    odd = os.path.join(os.fsencode(folder.parent), b"caf\xe9 %\n")
    os.rename(folder, odd)
    assert vw.alone("list", os.fsdecode(odd)).out == "beach.mp4\nbroken.mp4\n"
    done = vw.alone("report", os.fsdecode(odd) + "/nowhere")
    assert (done.code, done.err) == (2, f"vidwatchd: the folder {folder.parent}/caf\\xe9 %\\n/nowhere does not exist\n")


def test_a_folder_that_cannot_be_read(vw, folder):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (folder / "sub").chmod(0)
    done = vw("list", folder, "-r")
    (folder / "sub").chmod(0o755)
    assert (done.code, done.err) == (1, "sub: Permission denied\n")
