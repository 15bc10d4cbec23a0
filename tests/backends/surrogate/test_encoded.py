"""test_encoded: what needs nothing but an ffmpeg says so, and refuses what shows nothing."""

import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.encoded import Encoded, refuse_pictureless, running
from vidwatchd.backends.surrogate.request import Request
from vidwatchd.errors import MediaError
from vidwatchd.media.probe import open_media


def test_an_ffmpeg_is_all_it_needs(tmp_path):
    assert Encoded().ready() is None
    assert "is no executable" in str(Encoded(str(tmp_path / "none")).ready())


def test_what_shows_nothing_is_refused(clips):
    with open_media(clips.normal()) as media:
        refuse_pictureless(media)
    with open_media(clips.audio_only()) as media, pytest.raises(MediaError, match="has no picture"):
        refuse_pictureless(media)


def test_it_runs_for_as_long_as_the_film_takes(clips, tmp_path):
    ctx = BackendContext("", progress=print, cancelled=lambda: True)
    with open_media(clips.normal()) as media:
        run = running(media, Request(media.path, lambda: media, str(tmp_path)), 2.0, ctx)
    assert (run.seconds, run.progress, run.cancelled) == (2.0, ctx.progress, ctx.cancelled)
    assert run.timeout_seconds >= 600
