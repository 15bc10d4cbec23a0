"""test_proxy: the whole film, small, within the size aimed at, with what is wrong told."""

import os

import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.proxy import Proxy
from vidwatchd.backends.surrogate.request import Request
from vidwatchd.errors import MediaError
from vidwatchd.media.probe import open_media, probe


def proxied(source, out, ctx=None, **more):
    with open_media(source) as media:
        return Proxy().run(Request(source, lambda: media, str(out), **more), ctx or BackendContext(""))


def test_it_is_the_film_itself(clips, tmp_path):
    told = []
    made = proxied(clips.normal(), tmp_path, BackendContext("", progress=told.append))
    assert (made.path, made.origin, made.notes) == (str(tmp_path / "resultant.mp4"), "real", ())
    info = probe(made.path)
    assert info.duration_seconds == pytest.approx(3, abs=1 / info.frames_per_second)
    assert (info.width / info.height, info.audio_codec) == (pytest.approx(16 / 9, abs=0.02), "")
    assert os.listdir(tmp_path) == ["resultant.mp4"]
    assert told == sorted(told)
    assert told[-1] > 0.9


def test_it_lasts_as_long_as_the_sound(clips, tmp_path):
    assert probe(proxied(clips.normal(), tmp_path, sound_seconds=4.2).path).duration_seconds == pytest.approx(
        4.2, abs=0.13
    )
    assert probe(proxied(clips.normal(), tmp_path, sound_seconds=0.4).path).duration_seconds == pytest.approx(
        3, abs=0.13
    )


def test_the_size_is_held_to(clips, tmp_path):
    proxied(clips.cuts(), tmp_path, max_bytes=20_000)
    assert os.path.getsize(tmp_path / "resultant.mp4") <= 21_000


def test_a_film_that_ends_before_its_time_is_told_of(clips, tmp_path):
    made = proxied(clips.truncated(), tmp_path)
    (note,) = made.notes
    assert note.startswith("the film's pictures end at 4")
    assert "of 80 s" in note
    assert probe(made.path).duration_seconds == pytest.approx(80, abs=0.5)


def test_a_time_lapse_of_hours_has_no_more_pictures_than_it_had(clips, tmp_path):
    info = probe(proxied(clips.hours(), tmp_path).path)
    assert (info.duration_seconds, info.frames_per_second) == pytest.approx((36000, 1 / 60), rel=0.01)


def test_nothing_to_make_smaller(clips, tmp_path):
    with pytest.raises(MediaError, match="has no picture"):
        proxied(clips.audio_only(), tmp_path)
    assert os.listdir(tmp_path) == []


def test_an_ffmpeg_that_is_not_there(tmp_path):
    assert Proxy().ready() is None
    assert "is no executable" in str(Proxy(str(tmp_path / "none")).ready())
