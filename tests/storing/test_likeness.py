"""test_likeness: the number is the one that ffmpeg gives."""

from __future__ import annotations

import re
import subprocess

import pytest
from PIL import Image

from tests.clips import lavfi
from vidwatchd.errors import Cancelled
from vidwatchd.media.ffmpeg import executable
from vidwatchd.media.measure import Film, Grid, measure
from vidwatchd.media.probe import open_media
from vidwatchd.storing.likeness import likeness, ssim


def ffmpeg(*arguments):
    command = [executable(), "-nostdin", "-hide_banner", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


@pytest.fixture
def films(tmp_path):
    film, small = str(tmp_path / "film.mp4"), str(tmp_path / "small.mp4")
    ffmpeg(*lavfi("mandelbrot=s=320x180:r=12,trim=duration=2"), "-pix_fmt", "yuv420p", "-crf", "10", film)
    ffmpeg("-i", film, "-vf", "scale=96:54", "-crf", "40", "-pix_fmt", "yuv420p", small)
    return film, small


def alike(film, small, **more):
    with open_media(film) as media:
        return likeness(media, small, **more)


def test_it_is_what_ffmpeg_measures(films, tmp_path):
    told = []
    found = alike(*films, progress=told.append)
    sides = [Film(path, "mov,mp4", 0) for path in films]
    truth = measure(*sides, Grid(320, 180, 12, 2), str(tmp_path), exe=executable(), timeout_seconds=60)
    assert found == pytest.approx(truth.ssim, abs=0.01)
    assert truth.ssim < 0.97
    assert told


def test_a_film_is_like_itself(films):
    assert alike(films[0], films[0]) == 1.0


def test_what_is_shorter_begins_anew(films, tmp_path):
    black = str(tmp_path / "black.mp4")
    ffmpeg(*lavfi("color=black:s=64x36:r=10:d=0.5"), "-pix_fmt", "yuv420p", black)
    low = alike(films[0], black)
    assert 0 < low < alike(*films) - 0.1


def test_it_can_be_stopped(films):
    with pytest.raises(Cancelled):
        alike(*films, cancelled=lambda: True)


def test_pictures_of_any_size_and_of_one_colour():
    for size in ((1, 1), (7, 5), (8, 8), (33, 17)):
        grey, black = Image.new("RGB", size, (128, 128, 128)), Image.new("RGB", size)
        assert ssim(grey, grey) == pytest.approx(1)
        assert 0 < ssim(grey, black) < 0.9


def test_single_pictures_are_as_ffmpeg_has_them(films, tmp_path):
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    ffmpeg("-i", films[0], "-frames:v", "1", one)
    ffmpeg("-i", films[1], "-vf", "scale=320:180:flags=bicubic", "-frames:v", "1", other)
    graph = "[0]format=yuv420p[a];[1]format=yuv420p[b];[a][b]ssim"
    said = ffmpeg("-i", one, "-i", other, "-lavfi", graph, "-f", "null", "-")
    with Image.open(one) as a, Image.open(other) as b:
        assert ssim(a.convert("RGB"), b.convert("RGB")) == pytest.approx(
            float(re.search(r"All:(\S+)", said)[1]), abs=0.01
        )
