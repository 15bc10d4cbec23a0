"""test_request: batches, and vectors of length one."""

import numpy as np
import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed.request import BATCH, batches, stacked, unit
from vidwatchd.errors import Unavailable


def test_batches_hold_everything_once():
    told = []
    items = list(range(2 * BATCH + 1))
    found = list(batches(items, BackendContext("", progress=told.append)))
    assert [len(some) for some in found] == [BATCH, BATCH, 1]
    assert [item for some in found for item in some] == items
    assert told == [BATCH / len(items), 2 * BATCH / len(items), 1.0]


def test_stacked_in_order():
    rows = stacked([3, 1, 2], BackendContext(""), lambda some: np.array([[n, n] for n in some], dtype=np.float16))
    assert rows[:, 0].tolist() == [3, 1, 2]


def test_a_model_without_numbers_is_damaged():
    torch = pytest.importorskip("torch")
    assert unit(torch.tensor([[3.0, 4.0], [0.0, 0.0]])).tolist() == [pytest.approx([0.6, 0.8], abs=1e-3), [0, 0]]
    with pytest.raises(Unavailable, match="no numbers"):
        unit(torch.tensor([[float("nan"), 1.0]]))
