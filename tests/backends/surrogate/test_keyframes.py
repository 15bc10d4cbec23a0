"""test_keyframes: each scene as one picture, for as long as it lasts."""

import os
from itertools import pairwise

import av
import numpy as np
import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.keyframes import Keyframes, spans
from vidwatchd.backends.surrogate.request import Request
from vidwatchd.errors import Cancelled, MediaError
from vidwatchd.media.probe import open_media, probe

pytestmark = pytest.mark.system

CUTS = (0.0, 10.0, 25.2, 31.0, 44.96, 60.0)


def shown(source, out, ctx=None, **more):
    """(time, picture) of the slideshow."""
    with open_media(source) as media:
        made = Keyframes().run(Request(source, lambda: media, str(out), **more), ctx or BackendContext(""))
    assert made.origin == "real"
    with av.open(made.path) as film:
        return [(f.time, f.reformat(32, 18, format="rgb24").to_ndarray().astype(float)) for f in film.decode(video=0)]


def test_each_scene_shows_its_own_picture_while_it_lasts(clips, tmp_path):
    found = shown(clips.cuts(), tmp_path, scenes=CUTS)
    assert set(CUTS) <= {round(time, 2) for time, _ in found}
    assert probe(str(tmp_path / "resultant.mp4")).duration_seconds == pytest.approx(70, abs=0.05)
    white = [picture.mean() for time, picture in found if 44.96 <= time < 59.9]
    green = [picture[:, :, 1].mean() - picture[:, :, 0].mean() for time, picture in found if 10 <= time < 25.1]
    assert min(white) > 240
    assert min(green) > 60
    assert os.listdir(tmp_path) == ["resultant.mp4"]


def test_a_film_without_known_scenes_is_parted_evenly(clips, tmp_path):
    found = shown(clips.long(), tmp_path)
    assert np.diff([time for time, _ in found][:-1]) == pytest.approx(5.0, abs=0.002)
    assert found[-1][0] == pytest.approx(80, abs=0.1)


def test_black_gives_way_to_what_the_scene_has(clips, tmp_path):
    found = shown(clips.black_middle(), tmp_path, scenes=(0.0, 2.0))  # the middle of 2 to 6 s is black throughout
    assert all(picture.std() > 20 for _, picture in found)


def test_it_lasts_as_long_as_the_sound_within_the_size(clips, tmp_path):
    shown(clips.cuts(), tmp_path, scenes=CUTS, sound_seconds=75.0, max_bytes=5000)
    assert probe(str(tmp_path / "resultant.mp4")).duration_seconds == pytest.approx(75, abs=0.05)
    assert os.path.getsize(tmp_path / "resultant.mp4") <= 5250


@pytest.mark.parametrize("name", ["zero", "rotated", "narrow_pixels", "hdr", "variable_rate", "jumping"])
def test_odd_films(clips, tmp_path, name):
    source = getattr(clips, name)()
    assert shown(source, tmp_path)
    was, made = probe(source), probe(str(tmp_path / "resultant.mp4"))
    assert made.duration_seconds == pytest.approx(was.duration_seconds, abs=0.05)
    assert made.width / made.height == pytest.approx(was.width / was.height, rel=0.02)


def test_spans():
    assert spans((), 12.0, 10**6) == [(0, 4), (4, 8), (8, 12)]
    assert spans((0.0, 3.0, 3.9, 7.9), 8.0, 10**6) == [(0, 3), (3, 3.9), (3.9, 8)], "the last is no scene"
    assert len(spans((), 7200.0, 10**7)) == 60
    few = spans(tuple(float(at) for at in range(0, 100, 2)), 100.0, 10_000)
    assert len(few) == 4
    assert (few[0][0], few[-1][1]) == (0, 100)
    assert all(ends == begins for (_, ends), (begins, _) in pairwise(few))
    assert spans((), 0.0, 10**6) == [(0.0, 0.04)]


def test_it_stops_and_refuses(clips, tmp_path):
    with pytest.raises(Cancelled):
        shown(clips.cuts(), tmp_path, BackendContext("", cancelled=lambda: True))
    with pytest.raises(MediaError, match="has no picture"):
        shown(clips.audio_only(), tmp_path)
    assert os.listdir(tmp_path) == []
    assert Keyframes().ready() is None
