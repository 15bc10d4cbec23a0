"""test_compare: real films beside real films."""

import subprocess

import imageio_ffmpeg
import pytest

from vidwatchd.errors import MediaError
from vidwatchd.products import compare
from vidwatchd.products.base import ProductContext
from vidwatchd.products.compare import Compare

EXE = imageio_ffmpeg.get_ffmpeg_exe()


def compared(first, second, out, **settings):
    return Compare(ffmpeg_path=EXE, **settings).make((first, second), str(out), ProductContext()).facts


def encoded(source, target, *arguments):
    subprocess.run([EXE, "-v", "error", "-y", "-i", source, *arguments, str(target)], check=True)
    return str(target)


@pytest.mark.parametrize(
    ("ssim", "name"),
    [(1, "excellent"), (0.98, "excellent"), (0.97, "good"), (0.95, "good"), (0.9, "fair"), (0.8, "poor")],
)
def test_classes(ssim, name):
    assert compare.quality(ssim) == name


def test_equal_pictures_are_identical_whatever_the_container(clips, tmp_path):
    copy = encoded(clips.normal(), tmp_path / "copy.mkv", "-c", "copy")
    found = compared(clips.normal(), copy, tmp_path)
    assert (found["identical"], found["ssim"], found["psnr"], found["quality"]) == (True, 1.0, None, "excellent")
    assert (found["frames"], found["notes"]) == (75, [])


def test_worse_is_worse_and_smaller_is_brought_to_size(clips, tmp_path):
    fine = compared(clips.normal(), encoded(clips.normal(), tmp_path / "a.mp4", "-crf", "20"), tmp_path)
    coarse = compared(
        clips.normal(), encoded(clips.normal(), tmp_path / "b.mp4", "-crf", "45", "-s", "160x90"), tmp_path
    )
    assert fine["ssim"] > coarse["ssim"]
    assert fine["psnr"] > coarse["psnr"] >= coarse["psnr_min"]
    assert (coarse["quality"], coarse["width"], coarse["height"]) == ("poor", 320, 180)


def test_other_lengths_and_rates_are_said(clips, tmp_path):
    short = encoded(clips.normal(), tmp_path / "short.mp4", "-t", "2", "-r", "10")
    found = compared(clips.normal(), short, tmp_path)
    assert found["difference_seconds"] == pytest.approx(-1, abs=0.1)
    assert found["frames"] == pytest.approx(20, abs=1)
    assert len(found["notes"]) == 2


def test_a_turned_film_beside_its_upright_copy(clips, tmp_path):
    found = compared(clips.rotated(), encoded(clips.rotated(), tmp_path / "up.mp4", "-crf", "1"), tmp_path)
    assert (found["width"], found["height"], found["quality"]) == (180, 320, "excellent")


def test_vmaf_when_asked(clips, tmp_path):
    found = compared(clips.hevc(), clips.hevc(), tmp_path, vmaf=True)
    assert found["vmaf"] > 90


def test_a_missing_filter_is_told(tmp_path):
    bare = tmp_path / "ffmpeg"
    bare.write_text("#!/bin/sh\necho ' TS ssim VV->V x'\necho ' TS psnr VV->V x'\n")
    bare.chmod(0o755)
    assert Compare(ffmpeg_path=str(bare)).ready() is None
    assert "no libvmaf filter" in str(Compare(ffmpeg_path=str(bare), vmaf=True).ready())
    assert Compare(ffmpeg_path=str(tmp_path / "none")).ready()


def test_what_is_no_film_is_told(clips, tmp_path):
    for wrong in (clips.audio_only(), clips.silent_picture(), clips.junk()):
        with pytest.raises(MediaError):
            compared(clips.normal(), wrong, tmp_path)


def test_a_limit_grows_with_the_film():
    assert compare.time_limit(100) > compare.time_limit(1)
