"""test_rootwatch: how one root is followed when events cannot be had, end, or come back."""

from __future__ import annotations

import errno
import threading
import time

import pytest

from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.ignore import Rules
from vidwatchd.watch.hints import Hints, Relevance
from vidwatchd.watch.rootwatch import RootWatch, Settings


class Followed:
    """Stands where watchdog would; fails as often as it is told to."""

    def __init__(self, *errors: OSError) -> None:
        self.errors = list(errors)
        self.begun: list[float] = []
        self.alive = True
        self.limit = None

    def __call__(self, root, handler, on_overflow, on_limit):
        self.begun.append(time.monotonic())
        if self.errors:
            raise self.errors.pop(0)
        self.limit, self.overflow = on_limit, on_overflow
        self.alive = True
        return self

    def is_alive(self) -> bool:
        return self.alive

    def stop(self) -> None:
        self.alive = False


@pytest.fixture
def follow(tmp_path):
    """Follows ``tmp_path`` through a stand-in; gives the thread and the hints it noted."""
    threads = []

    def begin(followed, **settings) -> tuple[RootWatch, list[Hints]]:
        noted: list[Hints] = []
        values = {"check_seconds": 0.02, "poll_seconds": 0.02, "retry_seconds": 0.05, **settings}
        watch = RootWatch(1, str(tmp_path), Settings(follow=followed, **values), Relevance(Rules()), noted.append)
        watch.start()
        threads.append(watch)
        return watch, noted

    yield begin
    for thread in threads:
        thread.stop()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (OSError(errno.ENOSPC, "inotify watch limit reached"), "max_user_watches"),
        (OSError(errno.EMFILE, "inotify instance limit reached"), "max_user_instances"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "max_user_instances"),
    ],
)
def test_a_full_table_means_polling_and_says_what_helps(follow, error, named):
    watch, noted = follow(Followed(error), retry_seconds=60)
    until(lambda: len(noted) >= 4)
    assert watch.status.mode == "polling"
    assert watch.status.degraded
    assert named in watch.status.fix
    assert watch.status.reason
    assert all(hints.full for hints in noted)


def test_an_unknown_error_means_polling_with_its_reason(follow):
    watch, _ = follow(Followed(PermissionError(errno.EACCES, "Permission denied")), retry_seconds=60)
    until(lambda: watch.status.mode == "polling")
    assert "EACCES" in watch.status.reason


def test_never_polling_means_off_and_still_tries_again(follow):
    followed = Followed(OSError(errno.ENOSPC, "full"))
    watch, _ = follow(followed, polling="never")
    until(lambda: watch.status.mode == "inotify")
    assert len(followed.begun) == 2


def test_it_tries_again_after_waits_that_double(follow):
    full = OSError(errno.ENOSPC, "full")
    followed = Followed(full, full, full, full)
    watch, noted = follow(followed, retry_seconds=0.02, most_retry_seconds=0.05)
    until(lambda: watch.status.mode == "inotify")
    assert not watch.status.degraded
    waits = [later - earlier for earlier, later in zip(followed.begun, followed.begun[1:], strict=False)]
    assert all(wait >= least for wait, least in zip(waits, (0.02, 0.04, 0.05, 0.05), strict=True))
    assert watch._retry_wait == 0.05
    until(lambda: noted[-1].full)


def test_a_table_that_fills_up_later_means_polling(follow):
    followed = Followed()
    watch, noted = follow(followed, retry_seconds=60)
    until(lambda: watch.status.mode == "inotify")
    followed.limit(OSError(errno.ENOSPC, "full"))
    until(lambda: watch.status.mode == "polling")
    assert not followed.alive
    assert noted[-1].full


def test_a_table_that_fills_up_while_beginning_means_polling(follow):
    class Halfway(Followed):
        def __call__(self, root, handler, on_overflow, on_limit):
            on_limit(OSError(errno.ENOSPC, "full"))
            return super().__call__(root, handler, on_overflow, on_limit)

    watch, _ = follow(Halfway(), retry_seconds=60)
    until(lambda: watch.status.mode == "polling")
    assert "max_user_watches" in watch.status.fix


def test_events_that_end_begin_again(follow):
    followed = Followed()
    watch, _ = follow(followed)
    until(lambda: watch.status.mode == "inotify")
    followed.alive = False
    until(lambda: len(followed.begun) == 2 and followed.alive and watch.status.mode == "inotify")


def test_an_overflow_is_a_full_look(follow):
    followed = Followed()
    watch, noted = follow(followed)
    until(lambda: watch.status.mode == "inotify" and noted)
    time.sleep(0.05)
    noted.clear()
    followed.overflow()
    assert noted == [Hints(1, full=True)]


def test_a_root_that_is_not_there_is_waited_for(tmp_path):
    noted: list[Hints] = []
    root = tmp_path / "later"
    settings = Settings(check_seconds=0.02, follow=Followed())
    watch = RootWatch(1, str(root), settings, Relevance(Rules()), noted.append)
    watch.start()
    try:
        time.sleep(0.05)
        assert watch.status.mode == "off"
        root.mkdir()
        until(lambda: watch.status.mode == "inotify")
        until(lambda: noted and noted[-1].full)
    finally:
        watch.stop()
        watch.join(PATIENCE_SECONDS)


def test_no_thread_is_left_behind(follow):
    before = set(threading.enumerate())
    watch, _ = follow(Followed())
    assert set(threading.enumerate()) - before == {watch}
