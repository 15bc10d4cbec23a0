"""test_tones: high dynamic range as filters."""

import av
import numpy as np
import pytest

from tests.clips import _run, lavfi
from vidwatchd.media import frames, tones
from vidwatchd.media.probe import probe


@pytest.mark.parametrize(("transfer", "named"), [("pq", "smpte2084"), ("hlg", "arib-std-b67")])
def test_the_chain_and_its_steps_are_the_same(transfer, named):
    joined = tones.chain(transfer)
    steps = tones.steps(transfer)
    assert f"color_trc={named}:" in joined
    assert [step.partition("=")[0] for step in joined.split(",")] == [name for name, _ in steps]
    assert steps[0][1]["color_trc"] == named
    assert ("format", {"pix_fmts": "gbrpf32le"}) in steps
    assert ("tonemap", {"tonemap": "reinhard", "param": "0.5263", "peak": "5", "desat": "0"}) in steps


@pytest.mark.parametrize(("transfer", "named"), [("pq", "smpte2084"), ("hlg", "arib-std-b67")])
def test_films_and_pictures_look_alike(tmp_path, transfer, named):
    film, mapped = str(tmp_path / "film.mkv"), str(tmp_path / "mapped.mkv")
    labels = f"setparams=range=tv:color_primaries=bt2020:color_trc={named}:colorspace=bt2020nc"
    _run(*lavfi("testsrc2=s=320x180:r=1:d=1"), "-vf", f"format=yuv420p10,{labels}", "-c:v", "ffv1", film)
    _run("-i", film, "-vf", f"{tones.chain(transfer)},format=yuv444p", "-c:v", "ffv1", mapped)
    picture, still = _first(film), _first(mapped)
    assert picture.shape == (180, 320, 3)
    assert np.abs(picture - still).mean() < 4
    assert picture.std() > 40


def _first(path):
    info = probe(path)
    with av.open(path) as film:
        frame = next(film.decode(video=0))
        return np.asarray(frames.picture(frame, info, info.width), dtype=float)


def test_standard_range_stays_as_it_is():
    assert (tones.chain(""), tones.steps("")) == ("", [])


def test_the_ffmpeg_at_hand_maps_tones():
    assert tones.can_tone_map()
