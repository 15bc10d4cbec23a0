from __future__ import annotations

import pytest

from tests.kinds import make, picture
from vidwatchd.media.images import liveliness


def test_the_middle_by_default(clips, tmp_path):
    made = make("thumbs", clips.long(), tmp_path, width=80)
    assert made.facts["time"] == pytest.approx(40, abs=1)
    assert (made.facts["width"], made.facts["height"]) == (80, 45)
    assert picture(tmp_path / "thumbs/made.jpg").size == (80, 45)


@pytest.mark.parametrize(("time", "at"), [("10", 10.0), ("33.3", 33.3), ("25%", 20.0), ("100%", 79.9), ("500", 79.9)])
def test_the_very_frame_at_a_given_time(clips, tmp_path, time, at):
    assert make("thumbs", clips.long(), tmp_path, time=time).facts["time"] == pytest.approx(at, abs=0.01)


def test_a_black_middle_gives_way_to_a_livelier_place(clips, tmp_path):
    made = make("thumbs", clips.black_middle(), tmp_path)
    assert made.facts["time"] in (pytest.approx(2.5, abs=0.1), pytest.approx(7.5, abs=0.1))
    assert liveliness(picture(tmp_path / "thumbs/made.jpg")) > 12


def test_a_black_frame_that_was_asked_for_is_given(clips, tmp_path):
    assert make("thumbs", clips.black_middle(), tmp_path, time="5").facts["time"] == pytest.approx(5, abs=0.05)


def test_quality_is_ffmpegs_scale(clips, tmp_path):
    sizes = []
    for quality in (2, 10, 31):
        make("thumbs", clips.normal(), tmp_path, quality=quality)
        sizes.append((tmp_path / "thumbs/made.jpg").stat().st_size)
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("time", ["noon", "-3", "101%", "", "1e3", "½"])
def test_a_time_that_means_nothing_is_refused(time):
    from pydantic import ValidationError

    from vidwatchd.artifacts import Thumbs

    with pytest.raises(ValidationError, match="must be middle"):
        Thumbs(time=time)


def test_a_number_is_a_time_too():
    from vidwatchd.artifacts import Thumbs

    assert Thumbs(time=10).time == "10"
