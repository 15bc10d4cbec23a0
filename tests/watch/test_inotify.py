"""test_inotify: what watchdog keeps to itself is told."""

from __future__ import annotations

import os

import pytest
from watchdog.events import FileSystemEventHandler
from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyEvent, Mask, WatchDescriptor

from vidwatchd.watch.inotify import WANTED_EVENTS, InotifyObserver


@pytest.fixture
def told():
    return []


@pytest.fixture
def observer(told):
    observer = InotifyObserver(lambda: told.append("overflow"), told.append)
    observer.start()
    yield observer
    observer.stop()
    observer.join()


def test_a_full_queue_is_told_and_the_watches_stay(observer, told, tmp_path):
    observer.schedule(FileSystemEventHandler(), str(tmp_path), recursive=True)
    overflow = InotifyEvent(WatchDescriptor(-1), InotifyConstants.IN_Q_OVERFLOW, 0, b"")
    observer._instance.handle_event(overflow)
    assert told == ["overflow"]
    assert len(observer._instance._watch_for_wd) == 1


def test_a_folder_that_cannot_be_watched_for_want_of_watches_is_told(observer, told, tmp_path):
    class Full:
        def on_event(self, event):
            raise AssertionError

    with pytest.raises(OSError):
        observer._instance.add_callback(os.fsencode(tmp_path / "absent"), WANTED_EVENTS, Full(), CallbackId(1))
    assert told == [], "a folder that has gone is no limit"


def test_our_own_reads_are_not_asked_for():
    unwanted = (
        InotifyConstants.IN_OPEN
        | InotifyConstants.IN_ACCESS
        | InotifyConstants.IN_CLOSE_NOWRITE
        | InotifyConstants.IN_MODIFY
    )
    assert not Mask(WANTED_EVENTS & unwanted)
