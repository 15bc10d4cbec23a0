"""test_request: how long a real picture is to last."""

import pytest

from vidwatchd.backends.surrogate.request import Request
from vidwatchd.media.probe import open_media


@pytest.mark.parametrize(("sound", "lasts"), [(0, 80), (79.5, 79.5), (76.5, 76.5), (20, 80), (90, 90)])
def test_as_long_as_the_sound_unless_that_breaks_off(clips, sound, lasts):
    with open_media(clips.long()) as media:
        assert Request(media.path, lambda: media, "", sound).lasting() == pytest.approx(lasts)
