"""test_geometry: lengths and distances."""

import numpy as np

from vidwatchd.clustering.geometry import least_cosine, unit


def test_rows_get_length_one_but_for_zeros():
    rows = unit(np.array([[3, 4], [0, 0]], np.float16))
    assert rows.dtype == np.float32 and np.allclose(rows, [[0.6, 0.8], [0, 0]])
    assert abs(least_cosine(0.4) - 0.6) < 1e-6
