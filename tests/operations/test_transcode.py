"""test_transcode: a whole folder, and what must never happen to it."""

import contextlib
import os
import shutil
import subprocess

import imageio_ffmpeg
import pytest

from tests.clips import ODD_NAMES
from vidwatchd.config import parse
from vidwatchd.errors import Forbidden, InvalidDirectory, NotFound, StorageError, Unavailable, UsageError
from vidwatchd.model import portable
from vidwatchd.operations import libraries
from vidwatchd.operations import transcode as module
from vidwatchd.operations.compare import compare
from vidwatchd.operations.jobs import Order
from vidwatchd.operations.transcode import Wanted, transcode

pytestmark = pytest.mark.system

FAST = {"preset": "ultrafast"}


@pytest.fixture
def box(tmp_path, clips):
    (tmp_path / "box" / "sub").mkdir(parents=True)
    shutil.copy(clips.normal(), tmp_path / "box" / "fits.mp4")
    shutil.copy(clips.hevc(), tmp_path / "box" / "sub" / "new\nline é.mp4")
    (tmp_path / "box" / "broken.mkv").write_bytes(b"no video\n" * 99)
    return tmp_path / "box"


@pytest.fixture
def ctx(tmp_path, bench):
    settings = {"data_dir": str(tmp_path / "data"), "media": {"ffmpeg_path": imageio_ffmpeg.get_ffmpeg_exe()}}
    with bench.open(parse(settings, tmp_path / "videorc.json")) as ctx:
        yield ctx


def run(ctx, source, target, *, recursive=True, progress=lambda *said: None, product=FAST, **more):
    return transcode(ctx, str(source), str(target), Wanted(recursive, product=product, **more), progress=progress)


def states(done):
    return {row["path"]: row["state"] for row in done["files"]}


def tree(folder):
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_tree_is_made_sources_stay_and_failures_stop_no_other(ctx, box, tmp_path):
    before, told = tree(box), []
    done = run(ctx, box, tmp_path / "new" / "tree", progress=lambda *said: told.append(said))
    assert states(done) == {"broken.mkv": "failed", "fits.mp4": "fits", "sub/new\nline é.mp4": "done"}
    assert done["counts"] == {"failed": 1, "fits": 1, "done": 1}
    assert tree(box) == before
    assert set(tree(tmp_path / "new" / "tree")) == {".transcoded.json", "sub/new\nline é.mp4"}
    made = next(row for row in done["files"] if row["state"] == "done")
    assert made["reasons"] == ["video is hevc, not h264"]
    assert made["copied"] == ["audio"]
    assert made["output_bytes"] > 0
    assert told[-1][:2] == (1, 1)


def test_a_second_run_makes_nothing_and_force_makes_all(ctx, box, tmp_path):
    run(ctx, box, tmp_path / "new")
    first = tree(tmp_path / "new")
    assert states(run(ctx, box, tmp_path / "new"))["sub/new\nline é.mp4"] == "there"
    assert tree(tmp_path / "new") == first
    forced = run(ctx, box, tmp_path / "new", force=True)
    assert forced["counts"] == {"failed": 1, "done": 2}
    assert tree(tmp_path / "new") != first
    os.utime(box / "sub" / "new\nline é.mp4")
    assert states(run(ctx, box, tmp_path / "new"))["sub/new\nline é.mp4"] == "done"


def test_names_of_any_kind(ctx, tmp_path, clips):
    (tmp_path / "box").mkdir()
    for name in ODD_NAMES:
        shutil.copy(clips.chapters(), tmp_path / "box" / name)
    done = run(ctx, tmp_path / "box", tmp_path / "new", workers=2)
    assert [row["error"] for row in done["files"] if row["error"]] == []
    assert done["counts"] == {"done": len(ODD_NAMES)}
    assert {name for name in os.listdir(tmp_path / "new") if name != ".transcoded.json"} == set(ODD_NAMES)
    assert {tuple(row["copied"]) for row in done["files"]} == {("video", "audio")}
    first, second = (str(tmp_path / folder / portable(ODD_NAMES[6])) for folder in ("box", "new"))
    assert compare(ctx, first, second)["identical"]


def test_a_plan_writes_nothing(ctx, box, tmp_path):
    done = run(ctx, box, tmp_path / "new", dry_run=True)
    assert done["counts"] == {"failed": 1, "fits": 1, "planned": 1}
    assert done["dry_run"] is True
    assert not (tmp_path / "new").exists()


def test_what_was_not_made_here_is_never_overwritten(ctx, box, tmp_path):
    (tmp_path / "new" / "sub").mkdir(parents=True)
    mine = tmp_path / "new" / "sub" / "new\nline é.mp4"
    mine.write_text("a letter")
    for force in (False, True):
        done = run(ctx, box, tmp_path / "new", force=force)
        assert states(done)["sub/new\nline é.mp4"] == "failed"
        assert "move it away" in done["files"][2]["error"]
        assert mine.read_text() == "a letter"


def test_what_was_made_for_other_codecs_is_made_anew(ctx, box, tmp_path):
    run(ctx, box, tmp_path / "new")
    planned = run(ctx, box, tmp_path / "new", dry_run=True, product={"target_v": "vp9"})
    assert states(planned)["sub/new\nline é.mp4"] == "planned"


def test_a_good_output_whose_note_was_lost_counts(ctx, box, tmp_path):
    run(ctx, box, tmp_path / "new")
    (tmp_path / "new" / ".transcoded.json").unlink()
    assert states(run(ctx, box, tmp_path / "new"))["sub/new\nline é.mp4"] == "there"


def test_sources_that_would_share_a_name(ctx, tmp_path, clips):
    (tmp_path / "box").mkdir()
    shutil.copy(clips.hevc(), tmp_path / "box" / "a.mp4")
    for name in ("a.mkv", "a.mov", "a.mkv.avi"):
        shutil.copy(clips.hevc(), tmp_path / "box" / name)
    done = run(ctx, tmp_path / "box", tmp_path / "new")
    assert {row["path"]: (row["output"], row["state"]) for row in done["files"]} == {
        "a.mkv": ("a.mkv.mp4", "failed"),
        "a.mkv.avi": ("a.mkv.mp4", "failed"),
        "a.mov": ("a.mov.mp4", "done"),
        "a.mp4": ("a.mp4", "done"),
    }


def test_a_destination_inside_the_source_is_no_source(ctx, box):
    assert run(ctx, box, box / "new")["counts"] == {"failed": 1, "fits": 1, "done": 1}
    assert run(ctx, box, box / "new")["counts"] == {"failed": 1, "fits": 1, "there": 1}


def test_wrong_words_are_refused_before_anything_starts(ctx, box, tmp_path):
    for target in (box, box / "sub" / "..", box / "fits.mp4", ""):
        with pytest.raises(UsageError):
            run(ctx, box, target)
    (tmp_path / "link").symlink_to(box)
    with pytest.raises(UsageError):
        run(ctx, box, tmp_path / "link")
    with pytest.raises(InvalidDirectory):
        run(ctx, tmp_path / "nowhere", tmp_path / "new")
    with pytest.raises(UsageError, match=r"v_bitrate must be a bitrate, not 'fast' \(as 3000k"):
        run(ctx, box, tmp_path / "new", product={"v_bitrate": "fast"})
    with pytest.raises(UsageError, match="crf of h264 goes from 0 to 51"):
        run(ctx, box, tmp_path / "new", product={"crf": 60})
    with pytest.raises(UsageError, match="did you mean"):
        run(ctx, box, tmp_path / "new", product={"presett": "fast"})
    with pytest.raises(Unavailable, match="does not work on this machine"):
        run(ctx, box, tmp_path / "new", product={"hardware": "nvenc"})
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("when", ["planning", "encoding"])
def test_stopped_it_leaves_nothing(ctx, tmp_path, clips, when):
    (tmp_path / "box").mkdir()
    shutil.copy(clips.long(".mkv"), tmp_path / "box" / "long.mkv")

    def stop(done, of, names):
        if when == "planning" or (0 < done < 1 and (tmp_path / "new").exists()):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(ctx, tmp_path / "box", tmp_path / "new", progress=stop, force=True, product={"preset": "veryslow"})
    assert not (tmp_path / "new").exists() or os.listdir(tmp_path / "new") == []
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in running.splitlines() if str(tmp_path) in line and "made.mp4" in line]


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("no small file system can be had here")
    with contextlib.ExitStack() as stack:
        stack.callback(subprocess.run, ["umount", "-l", folder], check=True)
        yield folder


def test_a_disk_without_room_is_told_and_nothing_half_is_left(ctx, box, small):
    ballast = small / "ballast"
    ballast.write_bytes(bytes(20 * 2**20))
    with pytest.raises(StorageError, match="MiB left"):
        run(ctx, box, small / "new")
    assert os.listdir(small / "new") == []
    ballast.unlink()
    assert run(ctx, box, small / "new")["counts"]["done"] == 1


def test_a_disk_that_fills_up_is_told_and_nothing_half_is_left(ctx, tmp_path, small):
    noise = "color=gray:s=640x360:r=25:d=6,noise=c0s=100:c0f=t"
    (tmp_path / "box").mkdir()
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        noise,
        "-c:v",
        "mpeg4",
        "-b:v",
        "2M",
    ]
    subprocess.run([*command, str(tmp_path / "box" / "noise.avi")], check=True)
    with pytest.raises(StorageError, match=r"/small/new: the disk is full \(free some space"):
        run(ctx, tmp_path / "box", small / "new", product={"preset": "ultrafast", "crf": 0})
    assert os.listdir(small / "new") == []


def test_over_the_network_only_from_and_to_libraries(ctx, box, tmp_path):
    libraries.add(ctx, str(box))

    def ask(directory, **params):
        order = Order("transcode", directory, recursive=True, params={**FAST, **params})
        return module.run_task(ctx, order, lambda *said: None)

    assert ask(str(box), destination=str(box / "new"))["counts"]["done"] == 1
    assert ask(".", destination=str(tmp_path / "data" / "out"), dry_run=True)["counts"]["planned"] == 1
    with pytest.raises(NotFound):
        ask("/etc", destination=str(box / "new"))
    for outside in ("/tmp/out", "relative", f"{box}/../out", f"{tmp_path}/data"):
        with pytest.raises(Forbidden):
            ask(str(box), destination=outside)
    with pytest.raises(Forbidden, match="ffmpeg_path"):
        ask(str(box), destination=str(box / "new"), ffmpeg_path="/bin/sh")
    with pytest.raises(UsageError):
        ask(str(box), destination=str(box / "new"), workers=-1)
    with pytest.raises(UsageError, match="names no destination"):
        ask(str(box), destination="")
