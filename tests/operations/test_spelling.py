"""test_spelling: words that no video holds become those that were meant."""

import pytest

from vidwatchd.operations.queries import parse, written
from vidwatchd.operations.spelling import corrected, distance


@pytest.mark.parametrize(
    ("one", "other", "most", "wanted"),
    [
        ("telescope", "telescope", 2, 0),
        ("telscope", "telescope", 2, 1),
        ("tset", "test", 1, 1),
        ("ab", "ba", 2, 1),
        ("abc", "xyz", 2, 3),
        ("a", "abcd", 2, 3),
        ("telecsope", "telescope", 2, 1),
        ("ca", "abc", 3, 3),
    ],
)
def test_distance(one, other, most, wanted):
    assert distance(one, other, most) == wanted
    assert distance(other, one, most) == wanted


def better(desk, typed, **options):
    found = corrected(desk.ctx, parse(typed, **options))
    return found and written(found)


def test_wrong_letters(desk):
    desk.put("telescope night.mp4")
    desk.put("birthday.mp4")
    desk.scan()
    assert better(desk, "telecsope") == "telescope"
    assert better(desk, "telscope nigth -moon") == "telescope night -moon"
    assert better(desk, '"telescop nigt"') == '"telescope night"'
    assert better(desk, "birthday") is None
    assert better(desk, "zzzzzz") is None
    assert better(desk, "birthd", typing=True) is None


def test_a_wrong_first_letter_is_found_after_a_night(desk):
    desk.put("telescope night.mp4")
    desk.scan()
    assert better(desk, "relescope") is None
    desk.index.optimise()
    assert better(desk, "relescope") == "telescope"


def test_of_two_as_near_the_commoner_one_is_meant(desk):
    for name in ("bath 1.mp4", "bath 2.mp4", "bats.mp4"):
        desk.put(name)
    desk.scan()
    assert better(desk, "batz") == "bath"
