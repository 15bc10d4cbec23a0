from __future__ import annotations

import json

import pytest

from tests.kinds import make, picture


def samples(tmp_path):
    return json.loads((tmp_path / "heatmaps/made.heatmaps.json").read_text())["samples"]


def test_black_is_dark_and_what_stands_still_does_not_move(clips, tmp_path):
    """The clip is black from 3 s to 7 s."""
    made = make("heatmaps", clips.black_middle(), tmp_path, interval_seconds=1)
    found = {sample["time"]: sample for sample in samples(tmp_path)}
    assert len(found) == 10
    dark = [s for at, s in found.items() if 3.2 <= at <= 6.9]
    assert (
        max(s["brightness"] for s in dark) < 20 < min(s["brightness"] for at, s in found.items() if at < 3 or at > 7.1)
    )
    assert max(s["motion"] for s in dark[1:]) < 1 < max(s["motion"] for s in found.values())
    assert made.facts["mean_brightness"] == pytest.approx(sum(s["brightness"] for s in found.values()) / 10, abs=0.02)


def test_the_numbers_are_mean_grey_and_mean_difference(clips, tmp_path):
    make("heatmaps", clips.still(), tmp_path)
    for sample in samples(tmp_path):
        assert sample["brightness"] == pytest.approx(0.299 * 0x40 + 0.587 * 0x80 + 0.114 * 0xC0, abs=3)
        assert sample["motion"] == 0


@pytest.mark.parametrize(("mode", "members"), [("brightness", {"brightness"}), ("motion", {"motion"})])
def test_one_measure_alone(clips, tmp_path, mode, members):
    make("heatmaps", clips.normal(), tmp_path, mode=mode)
    assert {frozenset(sample) for sample in samples(tmp_path)} == {frozenset({"time", *members})}


def test_a_long_video_is_measured_at_the_interval_by_its_keyframes(clips, tmp_path):
    made = make("heatmaps", clips.long(), tmp_path)
    assert (made.facts["interval_seconds"], made.facts["samples"]) == (5, 16)
    assert made.facts["visit"]["plan"] in ("seek", "keys")
    assert made.facts["visit"]["frames_decoded"] <= 16
    times = [sample["time"] for sample in samples(tmp_path)]
    assert all(abs(at - (n + 0.5) * 5) <= 2.5 for n, at in enumerate(times))


@pytest.mark.parametrize("mode", ["both", "motion", "brightness"])
def test_the_striped_picture(clips, tmp_path, mode):
    made = make("heatmaps", clips.black_middle(), tmp_path, interval_seconds=1, png=True, mode=mode)
    assert set(made.files) == {".heatmaps.json", ".heatmaps.png"}
    stripes = picture(tmp_path / "heatmaps/made.heatmaps.png")
    assert stripes.size == (1200, 64)
    if mode != "motion":  # the upper stripe is as bright as the video: dark where that is black
        upper = stripes.convert("L")
        assert upper.getpixel((600, 5)) < 30 < upper.getpixel((100, 5))
