from __future__ import annotations

import pytest

from vidwatchd.artifacts.places import as_place, seconds_of


@pytest.mark.parametrize(
    ("place", "seconds"), [("middle", 40.0), ("10", 10.0), ("33.3", 33.3), ("25%", 20.0), ("100%", 80.0), ("500", 80.0)]
)
def test_a_place_in_a_video_of_eighty_seconds(place, seconds):
    assert seconds_of(as_place(place), 80.0) == pytest.approx(seconds)


def test_a_video_of_unknown_length():
    assert (seconds_of("middle", 0.0), seconds_of("7", 0.0), seconds_of("50%", 0.0)) == (1.0, 7.0, 0.0)


@pytest.mark.parametrize("value", ["noon", "-3", "101%", "", "1e3", "½", None])
def test_what_is_no_place(value):
    with pytest.raises(ValueError, match="must be middle"):
        as_place(value)


def test_a_number_is_a_place_too():
    assert as_place(60) == "60"
