"""test_slides: pictures at their times."""

import av
import pytest
from PIL import Image

from vidwatchd.errors import MediaError
from vidwatchd.media import slides

RED, BLUE = Image.new("RGB", (64, 36), "red"), Image.new("RGB", (32, 18), "blue")


def shown(path):
    """(time, red and blue of the middle) of every picture."""
    with av.open(path) as film:
        return [(frame.time, *frame.to_ndarray(format="rgb24")[18, 32, ::2]) for frame in film.decode(video=0)]


def test_each_picture_is_shown_until_the_next(tmp_path):
    path = str(tmp_path / "slides.mkv")
    slides.write(path, [(0.0, RED), (25.5, BLUE)], (64, 36), 30.0)
    found = shown(path)
    assert [time for time, *_ in found] == pytest.approx([0, 10, 20, 25.5, 29.96], abs=0.002)
    assert [red > 200 > blue for _, red, blue in found] == [True, True, True, False, False]


def test_one_picture_for_a_moment(tmp_path):
    path = str(tmp_path / "slides.mkv")
    slides.write(path, [(0.0, RED)], (64, 36), 0.02)
    assert [time for time, *_ in shown(path)] == [0]


def test_where_it_cannot_be_written(tmp_path):
    with pytest.raises(MediaError, match="could not be joined"):
        slides.write(str(tmp_path / "nowhere" / "slides.mkv"), [(0.0, RED)], (64, 36), 1.0)
