"""test_proxy: the whole film, small, within the size aimed at, with what is wrong told."""

import os
from dataclasses import replace

import pytest

from tests.clips import _run, lavfi
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.check import check
from vidwatchd.backends.surrogate.proxy import Proxy
from vidwatchd.backends.surrogate.request import Request
from vidwatchd.backends.surrogate.stub import Stub
from vidwatchd.errors import MediaError
from vidwatchd.media.probe import open_media, probe
from vidwatchd.storing.likeness import likeness

pytestmark = pytest.mark.system


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
    def lasts(sound_seconds):
        return probe(proxied(clips.still(), tmp_path, sound_seconds=sound_seconds).path).duration_seconds

    assert (lasts(3.2), lasts(0.4)) == pytest.approx((3.2, 2), abs=0.13)


def test_the_size_is_held_to(clips, tmp_path):
    proxied(clips.normal(), tmp_path, max_bytes=6000)
    assert 3000 < os.path.getsize(tmp_path / "resultant.mp4") <= 6000


@pytest.mark.parametrize("clip", ["normal", "zero"])
def test_a_film_goes_into_less_than_a_placeholder(clips, tmp_path, clip):
    with open_media(getattr(clips, clip)()) as media:
        request = Request(media.path, lambda: media, str(tmp_path), max_bytes=1600)
        (tmp_path / "black").mkdir()
        made, black = (
            Proxy().run(request, BackendContext("")),
            Stub().run(replace(request, out=str(tmp_path / "black")), BackendContext("")),
        )
        assert os.path.getsize(made.path) <= 1600 < os.path.getsize(black.path)
        check(made, request)
        assert likeness(media, made.path) > likeness(media, black.path) + 0.1


def test_a_film_that_ends_before_its_time_is_told_of(clips, tmp_path):
    made = proxied(clips.truncated(), tmp_path, max_bytes=10_000)
    (note,) = made.notes
    assert note.startswith("the film's pictures end at 4")
    assert "of 80 s" in note
    assert probe(made.path).duration_seconds == pytest.approx(80, abs=0.5)


def test_a_time_lapse_of_hours_has_no_more_pictures_than_it_had(clips, tmp_path):
    lapse = str(tmp_path / "lapse.mkv")
    _run(*lavfi("testsrc2=s=64x64:r=1/300:d=36000"), "-g", "2", "-preset", "ultrafast", lapse)
    info = probe(proxied(lapse, tmp_path).path)
    assert (info.duration_seconds, info.frames_per_second) == pytest.approx((36000, 1 / 300), rel=0.01)


def test_nothing_to_make_smaller(clips, tmp_path):
    with pytest.raises(MediaError, match="has no picture"):
        proxied(clips.audio_only(), tmp_path)
    assert os.listdir(tmp_path) == []


def test_an_ffmpeg_that_is_not_there(tmp_path):
    assert Proxy().ready() is None
    assert "is no executable" in str(Proxy(str(tmp_path / "none")).ready())
