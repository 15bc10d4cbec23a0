"""test_placing: a face is known again by when and where it is seen, not by its number or model."""

from vidwatchd.operations.placing import Spot, matched, overlap, spots
from vidwatchd.signatures import Box, Sighting

LEFT, RIGHT = Box(0.1, 0.2, 0.2, 0.3), Box(0.6, 0.2, 0.2, 0.3)


def sighting(box, start=10.0, end=14.0):
    return Sighting(start, end, (start + end) / 2, box, 5, 0.8)


def test_each_spot_finds_the_face_that_it_lies_on():
    faces = [(sighting(LEFT),), (sighting(RIGHT),), (sighting(LEFT, 50.0, 54.0),)]
    assert matched(faces, [Spot(7, 12.0, RIGHT), Spot(8, 52.0, LEFT)]) == {1: 7, 2: 8}


def test_a_second_more_or_less_does_not_matter():
    assert overlap([sighting(LEFT)], Spot(0, 14.9, LEFT)) > 0.99
    assert overlap([sighting(LEFT)], Spot(0, 15.1, LEFT)) == 0.0


def test_a_box_cut_a_little_wider_is_the_same_face_and_another_is_not():
    wider = Box(0.08, 0.17, 0.24, 0.36)
    assert matched([(sighting(LEFT),)], [Spot(1, 12.0, wider)]) == {0: 1}
    assert matched([(sighting(LEFT),)], [Spot(1, 12.0, RIGHT)]) == {}


def test_of_two_spots_the_one_that_lies_better():
    near = Box(0.14, 0.2, 0.2, 0.3)
    assert matched([(sighting(LEFT),)], [Spot(1, 12.0, near), Spot(2, 12.0, LEFT)]) == {0: 2}


def test_a_face_has_a_spot_for_each_time_it_is_followed():
    tracks = [sighting(LEFT), sighting(RIGHT, 30.0, 32.0)]
    assert spots(3, tracks) == [Spot(3, 12.0, LEFT), Spot(3, 31.0, RIGHT)]
    assert matched([], spots(3, tracks)) == {}
