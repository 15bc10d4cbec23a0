"""test_measure: numbers as ffmpeg's own summary gives them."""

import math
import re
import subprocess

import imageio_ffmpeg
import pytest

from vidwatchd.errors import MediaError
from vidwatchd.media.measure import Film, Grid, measure

EXE = imageio_ffmpeg.get_ffmpeg_exe()
GRID = Grid(320, 180, 25.0, 3.0)


def film(path):
    return Film(path, "mov,mp4", 0)


@pytest.fixture(scope="module")
def coarse(clips, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("coarse") / "it's: [coarse].mp4")
    subprocess.run([EXE, "-v", "error", "-i", clips.normal(), "-crf", "40", path], check=True)
    return path


def summary(first, second, name):
    command = [EXE, "-i", second, "-i", first, "-lavfi", f"[0:v][1:v]{name}", "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def test_it_agrees_with_ffmpegs_summary(clips, tmp_path, coarse):
    out, told = tmp_path / "out: [a],'b'", []
    out.mkdir()
    found = measure(
        film(clips.normal()), film(coarse), GRID, str(out), exe=EXE, timeout_seconds=60, progress=told.append
    )
    ssim = float(re.search(r"All:(\S+)", summary(clips.normal(), coarse, "ssim"))[1])
    psnr = re.search(r"average:(\S+) min:(\S+)", summary(clips.normal(), coarse, "psnr"))
    assert found.frames == 75
    assert found.ssim == pytest.approx(ssim, abs=1e-4)
    assert found.psnr == pytest.approx(float(psnr[1]), abs=0.02)
    assert found.psnr_min == pytest.approx(float(psnr[2]), abs=0.02)
    assert found.ssim_min <= found.ssim
    assert 0 <= found.ssim_min_at < 75
    assert told


def test_the_same_file_twice_is_the_same(clips, tmp_path):
    side = film(clips.normal())
    found = measure(side, side, GRID, str(tmp_path), exe=EXE, timeout_seconds=60)
    assert (found.ssim, found.psnr, found.psnr_min, found.vmaf) == (1, math.inf, math.inf, None)


def test_vmaf_is_worse_for_the_worse(clips, tmp_path, coarse):
    side = film(clips.normal())
    same = measure(side, side, GRID, str(tmp_path), exe=EXE, timeout_seconds=60, vmaf=True)
    worse = measure(side, film(coarse), GRID, str(tmp_path), exe=EXE, timeout_seconds=60, vmaf=True)
    assert same.vmaf > worse.vmaf >= worse.vmaf_min


def test_a_stream_that_is_not_there(clips, tmp_path):
    with pytest.raises(MediaError):
        measure(film(clips.normal()), Film(clips.normal(), "mov", 7), GRID, str(tmp_path), exe=EXE, timeout_seconds=60)
