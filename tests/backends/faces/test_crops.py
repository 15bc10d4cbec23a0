"""test_crops: the largest first, how sharp, vectors of length 1."""

import numpy as np
import pytest

from tests.faces import picture
from vidwatchd.backends.faces import Look, crops

BOXES = np.array([[0, 0, 10, 10], [5, 5, 30, 20], [0, 0, 20, 30], [1, 1, 1, 1]], np.float32)


def look(**options):
    return Look(np.zeros((100, 200, 3), np.uint8), **options)


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({}, [1, 2, 0, 3]),
        ({"least_area": 100}, [1, 2, 0]),
        ({"least_area": 100.5}, [1, 2]),
        ({"most": 1}, [1]),
        ({"most": 0}, []),
    ],
)
def test_the_largest_first_and_equals_as_they_came(options, rows):
    assert crops.largest(BOXES, look(**options)).tolist() == rows


def test_boxes_that_are_none():
    odd = np.array([[0, 0, np.nan, 5], [0, 0, np.inf, 5], [0, 0, 0, 5], [0, 0, 4, 5]])
    assert crops.largest(odd, look()).tolist() == [3]
    assert crops.largest(np.empty((0, 4)), look()).tolist() == []


def test_a_box_as_fractions_may_reach_over_the_edge():
    box = crops.fraction(np.array([-20, 50, 100, 100]), look().image)
    assert (box.left, box.top, box.width, box.height) == (-0.1, 0.5, 0.5, 1.0)


def test_a_blurred_face_is_less_sharp():
    import cv2

    sharp = picture([(0, 0, 112, 3)], (112, 112))
    soft = cv2.GaussianBlur(sharp, (0, 0), 6)
    assert crops.sharpness(sharp) > 100 > 30 > crops.sharpness(soft) > crops.sharpness(np.full_like(sharp, 90)) == 0


@pytest.mark.parametrize("values", [[3, 4], [[3.0], [4.0]], np.array([3e20, 4e20], np.float32)])
def test_a_vector_of_length_1(values):
    found = crops.unit(values)
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("values", [[0, 0], [np.nan, 1], [np.inf, 1], []])
def test_what_has_no_length_has_no_vector(values):
    assert crops.unit(values) is None
