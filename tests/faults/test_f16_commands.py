"""test_f16_commands: a command stopped or killed while its children work leaves none of them and nothing half."""

import os
import shutil
import signal
import subprocess

import psutil
import pytest

from tests.cli.conftest import Program
from tests.waiting import PATIENCE_SECONDS, until


@pytest.fixture
def vw(tmp_path):
    """The program with a fresh home."""
    return Program(tmp_path / "home")


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_f16_stopping_leaves_no_child_and_no_litter(vw, tmp_path, clips, signum, code):
    videos = tmp_path / "videos"
    videos.mkdir()
    for number in range(4):
        os.link(clips.long(), videos / f"{number}.mp4")
    process = vw.start("sprites", videos, "--workers", "1", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: [*videos.glob(".artifacts/.making/*")])
    process.send_signal(signum)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out, err.strip()) == (code, b"", b"")
    until(lambda: not _children_of(process.pid))
    assert [*videos.glob(".artifacts/.making/*")] == []
    done = vw("sprites", videos, "--output-format", "json")
    assert (done.code, len([*videos.glob(".artifacts/*.sprites.jpg")])) == (0, 4)


def test_f16_ctrl_c_leaves_no_child_and_nothing_half(vw, clips, tmp_path):
    (tmp_path / "box").mkdir()
    shutil.copy(clips.long(".mkv"), tmp_path / "box" / "long.mkv")
    words = ("transcode", tmp_path / "box", tmp_path / "new", "--force", "--preset", "veryslow")
    with vw.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        family = _encoding(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert not psutil.wait_procs(family, timeout=PATIENCE_SECONDS)[1]
    assert os.listdir(tmp_path / "new") == []


def test_f16_killed_it_leaves_a_hidden_folder_that_the_next_run_sweeps(vw, clips, tmp_path):
    (tmp_path / "box").mkdir()
    shutil.copy(clips.long(".mkv"), tmp_path / "box" / "long.mkv")
    words = ("transcode", tmp_path / "box", tmp_path / "new", "--force", "--preset")
    with vw.start(*words, "veryslow", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        family = _encoding(process)
        process.kill()
    assert not psutil.wait_procs(family, timeout=PATIENCE_SECONDS)[1]
    (left,) = os.listdir(tmp_path / "new")
    assert left.startswith(".")
    assert vw(*words, "ultrafast").code == 0
    assert set(os.listdir(tmp_path / "new")) == {".transcoded.json", "long.mp4"}


def _children_of(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.split()


def _encoding(process):
    """Its children, once an ffmpeg that encodes is among them."""

    def family():
        found = psutil.Process(process.pid).children(recursive=True)
        return any(_encodes(child) for child in found) and found

    return until(family)


def _encodes(child):
    try:
        return any("made.mp4" in word for word in child.cmdline())
    except psutil.Error:
        return False
