"""test_moments: which pictures of a film are gone on from, and that their form survives."""

import pytest
from PIL import Image

from vidwatchd.backends.surrogate import moments
from vidwatchd.errors import Cancelled
from vidwatchd.media.probe import open_media


@pytest.mark.parametrize(
    ("duration", "scenes", "most", "wanted"),
    [
        (100.0, (0.0, 10.0, 60.0, 70.0), 2, (35.0, 85.0)),
        (100.0, (0.0, 10.0, 60.0, 70.0), 4, (5.0, 35.0, 65.0, 85.0)),
        (10.0, (0.0,), 1, (5.0,)),
        (12.0, (), 3, (2.0, 6.0, 10.0)),
        (10.0, (0.0, 5.0, 99.0), 4, (2.5, 7.5)),
    ],
)
def test_middles_of_the_longest_scenes_in_order(duration, scenes, most, wanted):
    assert moments.times(duration, scenes, most) == pytest.approx(wanted)


def test_the_very_pictures(clips):
    with open_media(clips.normal()) as media:
        first, second = moments.stills(media, (0.5, 2.5), 160, lambda: False)
        assert first.size == second.size == (160, 90)
        assert first.tobytes() != second.tobytes()
        with pytest.raises(Cancelled):
            moments.stills(media, (0.5,), 160, lambda: True)


@pytest.mark.parametrize(
    ("frame", "shown", "wanted"),
    [
        ((720, 480), (1920, 1080), (720, 404)),
        ((720, 480), (1080, 1920), (270, 480)),
        ((720, 480), (300, 200), (720, 480)),
        ((32, 16), (4000, 2), (32, 2)),
    ],
)
def test_the_largest_that_fits(frame, shown, wanted):
    assert moments.inside(frame, shown) == wanted


def test_around_it_all_is_black_and_cutting_gives_it_back():
    frame, part = (72, 48), (72, 40)
    canvas = moments.on_black(Image.new("RGB", (640, 360), "red"), frame, part)
    left, top = moments.corner(frame, part)
    assert (canvas.size, left, top, canvas.getpixel((0, 0))) == (frame, 0, 4, (0, 0, 0))
    assert canvas.crop((left, top, left + 72, top + 40)).getcolors() == [(72 * 40, (255, 0, 0))]
