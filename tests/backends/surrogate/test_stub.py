"""test_stub: black, short, tiny, and in the film's shape."""

import os

import av
import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.request import Request
from vidwatchd.backends.surrogate.stub import Stub
from vidwatchd.media.probe import open_media, probe


@pytest.mark.parametrize(("name", "shape"), [("normal", 16 / 9), ("rotated", 9 / 16), ("audio_only", 16 / 9)])
def test_it_is_black_in_the_films_shape(clips, tmp_path, name, shape):
    source = getattr(clips, name)()
    with open_media(source) as media:
        made = Stub().run(Request(source, lambda: media, str(tmp_path), stub_seconds=2.5), BackendContext(""))
    info = probe(made.path)
    assert (made.origin, info.duration_seconds) == ("placeholder", pytest.approx(2.5, abs=0.21))
    assert info.width / info.height == pytest.approx(shape, abs=0.02)
    with av.open(made.path) as film:
        assert max(frame.to_ndarray(format="gray").max() for frame in film.decode(video=0)) <= 16
    assert os.path.getsize(made.path) < 4000


def test_whether_it_can(tmp_path):
    assert Stub().ready() is None
    assert Stub(str(tmp_path / "none")).ready() is not None
