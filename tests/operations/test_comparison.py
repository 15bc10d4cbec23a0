"""test_comparison: the last result at once, a newer one soon, and one thread at most."""

import threading
import time

import pytest

from tests import prints
from tests.waiting import PATIENCE_SECONDS
from vidwatchd.errors import IndexUnusable
from vidwatchd.operations import comparison
from vidwatchd.operations.comparison import Comparison, compare, held


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def three(desk):
    """Two of them alike; their ids."""
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        desk.put(name)
    desk.scan()
    ids = [desk.id(name) for name in ("a.mp4", "b.mp4", "c.mp4")]
    films = [prints.film(1), prints.differing(prints.film(1), 2), prints.film(3)]
    prints.put(desk.index, dict(zip(ids, films, strict=True)))
    return ids


def test_comparing_here_and_now(desk, three):
    found = compare(desk.ctx, 0.92)
    assert dict(found.near) == {tuple(sorted(three[:2])): 0.9688}
    assert (found.compared, found.without_hash, found.copies) == (3, 0, frozenset())
    desk.put("d.mp4")
    desk.scan()
    assert compare(desk.ctx, 0.92).without_hash == 1
    assert not compare(desk.ctx, 0.92, three[1:]).near


def test_no_more_pairs_than_anybody_looks_through(desk, three, monkeypatch):
    monkeypatch.setattr(comparison, "MOST_PAIRS", 1)
    prints.put(desk.index, {three[2]: prints.film(1), three[0]: prints.film(1)})
    assert dict(compare(desk.ctx, 0.92).near) == {tuple(sorted((three[0], three[2]))): 1.0}


def test_a_small_library_is_compared_while_one_waits(desk, three):
    found, fresh = Comparison().latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)
    assert fresh
    assert len(found.near) == 1
    assert ("duplicates", {}) in desk.events


def test_nothing_new_is_not_compared_again(desk, three, monkeypatch):
    kept = Comparison()
    first, _ = kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)
    monkeypatch.setattr(comparison, "compare", lambda *given: pytest.fail("compared again"))
    assert kept.latest(desk.ctx, 0.92) == (first, True)


def test_something_new_is(desk, three, clock):
    kept = Comparison(clock)
    first, _ = kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)
    prints.put(desk.index, {three[2]: prints.film(1)}, made_at=time.time() + 5)
    assert kept.latest(desk.ctx, 0.92) == (first, True), "asked again too soon"
    clock.now += comparison.LOOK_SECONDS
    second, fresh = kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)
    assert fresh
    assert len(second.near) == 3


def test_the_last_result_is_given_while_a_newer_one_is_made(desk, three, clock, monkeypatch):
    kept, go = Comparison(clock), threading.Event()
    first, _ = kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)
    real = comparison.compare
    monkeypatch.setattr(comparison, "compare", lambda *given: go.wait(PATIENCE_SECONDS) and real(*given))
    prints.put(desk.index, {three[2]: prints.film(1)}, made_at=time.time() + 5)
    clock.now += comparison.LOOK_SECONDS
    assert kept.latest(desk.ctx, 0.92, wait_seconds=0.01) == (first, False)
    assert kept.latest(desk.ctx, 0.95, wait_seconds=0.01) == (None, False), "one thread at most"
    go.set()
    kept.wait(PATIENCE_SECONDS)
    assert kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)[1]


def test_while_all_changes_it_rests(desk, three, clock, monkeypatch):
    kept, real = Comparison(clock), comparison.compare

    def slow(*given):
        clock.now += 3.0
        return real(*given)

    monkeypatch.setattr(comparison, "compare", slow)
    kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)
    for number, (later, fresh) in enumerate(((3.0, False), (26.0, False), (3.0, True))):
        prints.put(desk.index, {three[2]: prints.film(10 + number)}, made_at=time.time() + number)
        clock.now += later
        assert kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)[1] is fresh


def test_what_goes_wrong_is_told_and_tried_again(desk, three, monkeypatch):
    kept, real = Comparison(), comparison.compare

    def broken(*given):
        raise IndexUnusable("locked")

    monkeypatch.setattr(comparison, "compare", broken)
    with pytest.raises(IndexUnusable):
        kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)
    monkeypatch.setattr(comparison, "compare", real)
    assert kept.latest(desk.ctx, 0.92, wait_seconds=PATIENCE_SECONDS)[1]


def test_a_context_has_one(desk):
    assert held(desk.ctx) is held(desk.ctx)
