"""test_loop: a thread's turns: when they come, and how they end."""

import threading

import pytest

from tests.waiting import PATIENCE_SECONDS
from vidwatchd.daemon.loop import Loop


class Turning(Loop):
    def __init__(self, rest_seconds, first_seconds=0.0):
        super().__init__("turning")
        self.rest_seconds, self.first, self.deeds = rest_seconds, first_seconds, []
        self.came, self.ended = threading.Semaphore(0), threading.Event()

    def _first_seconds(self):
        return self.first

    def _turn(self):
        self.deeds.append("turn")
        self.came.release()
        return self.rest_seconds

    def _end(self):
        self.deeds.append("end")
        self.ended.set()


@pytest.fixture
def turning():
    begun = []

    def begin(*seconds):
        begun.append(Turning(*seconds))
        begun[-1].start()
        return begun[-1]

    yield begin
    for loop in begun:
        loop.stop(PATIENCE_SECONDS)
        assert loop.ended.is_set()


def test_without_rest_one_turn_follows_the_other(turning):
    loop = turning(0.0)
    for _ in range(3):
        assert loop.came.acquire(timeout=PATIENCE_SECONDS)


def test_a_rest_ends_when_it_is_woken(turning):
    loop = turning(3600.0)
    assert loop.came.acquire(timeout=PATIENCE_SECONDS)
    loop.wake()
    assert loop.came.acquire(timeout=PATIENCE_SECONDS)


def test_told_to_end_before_its_first_turn_it_takes_none(turning):
    loop = turning(0.0, 3600.0)
    loop.stop(PATIENCE_SECONDS)
    assert loop.deeds == ["end"]


def test_the_end_comes_once_also_after_a_turn_that_broke(turning, monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    loop = Turning(0.0)
    monkeypatch.setattr(loop, "_turn", lambda: 1 / 0)
    loop.start()
    assert loop.ended.wait(PATIENCE_SECONDS)
    loop.stop(PATIENCE_SECONDS)
    assert (loop.deeds, [hook.exc_type for hook in told]) == (["end"], [ZeroDivisionError])


def test_a_stop_that_comes_as_it_looks_whether_to_end_is_not_lost():
    loop = Turning(3600.0)

    class Late(threading.Event):
        """The end is asked for just before the wish of an earlier waking is taken back."""

        def clear(self):
            loop.halt()
            super().clear()

    loop._wake = Late()
    loop.wake()
    loop.start()
    assert loop.ended.wait(PATIENCE_SECONDS)
