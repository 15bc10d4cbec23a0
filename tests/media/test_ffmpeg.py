from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import ffmpeg as graphs
import imageio_ffmpeg
import pytest

from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.errors import Cancelled, MediaError, Unavailable
from vidwatchd.media import ffmpeg
from vidwatchd.model import portable

EMBEDDED = imageio_ffmpeg.get_ffmpeg_exe()
ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=5", "-f", "null", "-"]


def test_the_settings_win_then_the_path_then_the_embedded_one(monkeypatch, tmp_path):
    mine = tmp_path / "ffmpeg"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o755)
    assert ffmpeg.executable(EMBEDDED) == EMBEDDED
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ffmpeg.executable() == str(mine)
    monkeypatch.setenv("PATH", "")
    assert ffmpeg.executable() == EMBEDDED
    with pytest.raises(Unavailable, match="ffmpeg_path"):
        ffmpeg.executable("/nowhere/ffmpeg")


def test_a_graph_runs_and_tells_its_progress(clips, tmp_path):
    told: list[float] = []
    spec = graphs.input("file:" + clips.normal()).video.filter("scale", 64, -2)
    spec = graphs.output(spec, "file:" + str(tmp_path / "-%d out.mp4"))
    ffmpeg.run(spec, exe=EMBEDDED, duration_seconds=3, progress=told.append, timeout_seconds=PATIENCE_SECONDS)
    assert os.path.getsize(tmp_path / "-%d out.mp4") > 0
    assert told
    assert told == sorted(told)
    assert all(0 <= done <= 1 for done in told)


def test_a_graph_can_name_any_file(clips, tmp_path):
    source = shutil.copy(clips.normal(), os.path.join(os.fsencode(tmp_path), b"\xff.mp4"))
    spec = graphs.output(graphs.input("file:" + portable(os.fsdecode(source))).audio, "-", format="null")
    assert os.fsencode(ffmpeg.arguments(spec)[1]) == b"file:" + source
    ffmpeg.run(spec, exe=EMBEDDED, timeout_seconds=PATIENCE_SECONDS)


def test_its_last_words_are_in_the_error():
    with pytest.raises(MediaError, match="No such file"):
        ffmpeg.run(["-i", "/nowhere.mp4", "-f", "null", "-"], exe=EMBEDDED, timeout_seconds=PATIENCE_SECONDS)


def test_it_is_ended_when_it_takes_too_long():
    with pytest.raises(MediaError, match=r"longer than 0\.5 s"):
        ffmpeg.run(ENDLESS, exe=EMBEDDED, timeout_seconds=0.5)


def test_it_is_ended_when_somebody_stops_it():
    began = time.monotonic()
    with pytest.raises(Cancelled):
        ffmpeg.run(ENDLESS, exe=EMBEDDED, timeout_seconds=60, cancelled=lambda: time.monotonic() - began > 0.3)


def test_much_to_say_blocks_nothing():
    noisy = ["-loglevel", "debug", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=20", "-f", "null", "-"]
    assert len(ffmpeg.run(noisy, exe=EMBEDDED, timeout_seconds=60).splitlines()) <= 12


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_it_dies_with_its_parent():
    script = f"from vidwatchd.media import ffmpeg; ffmpeg.run({ENDLESS}, exe={EMBEDDED!r}, timeout_seconds=600)"
    parent = subprocess.Popen([sys.executable, "-c", script])
    child = until(lambda: _child_running_ffmpeg(parent.pid))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert until(lambda: not _is_ffmpeg(child))


def _child_running_ffmpeg(pid: int) -> int | None:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return next((int(child) for child in file.read().split() if _is_ffmpeg(int(child))), None)


def _is_ffmpeg(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().startswith(os.fsencode(EMBEDDED))
    except OSError:
        return False
