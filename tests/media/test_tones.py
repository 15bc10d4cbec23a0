"""test_tones: high dynamic range as filters."""

import pytest

from vidwatchd.media import tones


@pytest.mark.parametrize(("transfer", "named"), [("pq", "smpte2084"), ("hlg", "arib-std-b67")])
def test_the_chain_and_its_steps_are_the_same(transfer, named):
    joined = tones.chain(transfer)
    steps = tones.steps(transfer)
    assert f"tin={named}:" in joined
    assert [step.partition("=")[0] for step in joined.split(",")] == [name for name, _ in steps]
    assert steps[0][1]["tin"] == named
    assert ("format", {"pix_fmts": "gbrpf32le"}) in steps
    assert ("tonemap", {"tonemap": "hable", "desat": "0"}) in steps


def test_standard_range_stays_as_it_is():
    assert (tones.chain(""), tones.steps("")) == ("", [])


def test_the_ffmpeg_at_hand_maps_tones():
    assert tones.can_tone_map()
