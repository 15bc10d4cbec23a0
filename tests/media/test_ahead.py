from __future__ import annotations

import threading
from contextlib import closing

import pytest

from tests.waiting import until
from vidwatchd.media.ahead import ahead


def test_everything_comes_in_order_and_in_good_time():
    assert list(ahead(iter(range(2000)), 4)) == list(range(2000))
    assert list(ahead(iter(()), 4)) == []


def test_what_comes_next_is_worked_out_meanwhile():
    made = []
    with closing(ahead((made.append(n) or n for n in range(100)), 3)) as items:
        assert next(items) == 0
        until(lambda: len(made) >= 5)
        assert len(made) == 5  # one given, three that wait, one that waits for room


def test_an_error_comes_after_what_was_before_it():
    def broken():
        yield 1
        yield 2
        raise ValueError("no more")

    items = ahead(broken(), 1)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="no more"):
        next(items)


def test_closed_early_it_leaves_no_thread():
    before = threading.active_count()
    with closing(ahead(iter(range(10**9)), 2)) as items:
        assert [next(items), next(items)] == [0, 1]
    assert threading.active_count() == before
