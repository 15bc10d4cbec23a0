"""test_embedded: the video's own text tracks are words without a model."""

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.embedded import Embedded
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.media.probe import open_media


def test_tracks_or_nothing_to_say(clips):
    with open_media(clips.many_tracks()) as media:
        (track,) = Embedded().run(Request(media.path, lambda: media), BackendContext("")).tracks
        assert (track.language, track.text) == ("de", "Guten Tag")
    with open_media(clips.normal()) as media:
        assert Embedded().run(Request(media.path, lambda: media), BackendContext("")) is None
    assert Embedded().ready() is None
