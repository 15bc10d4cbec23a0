"""test_reconstitute: the product that joins, as a worker makes it."""

import os

import pytest

from tests.forms import stored_form
from vidwatchd.errors import MediaError
from vidwatchd.products.base import ProductContext
from vidwatchd.products.reconstitute import Reconstitute


def test_what_was_made_is_told(tmp_path):
    stored_form(tmp_path)
    sources, told = [str(tmp_path / name) for name in ("resultant.mp4", "audio.aac")], []
    made = Reconstitute(match="pad").make(sources, str(tmp_path), ProductContext(told.append))
    assert os.path.getsize(made.files[".mp4"])
    assert made.facts == {
        "seconds": pytest.approx(4.04, abs=0.01),
        "picture_seconds": 2.0,
        "sound_seconds": pytest.approx(4.04, abs=0.01),
        "streams": ["h264 video", "aac audio"],
    }
    assert max(told) < 1
    silent = Reconstitute().make(sources[:1], str(tmp_path), ProductContext())
    assert (silent.facts["sound_seconds"], silent.facts["streams"]) == (0.0, ["h264 video"])


def test_what_cannot_be_joined(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(MediaError):
        Reconstitute().make([str(tmp_path / "a.mp4")], str(tmp_path), ProductContext())
