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


def test_a_folder_met_twice_is_no_matter(observer, told, tmp_path, recwarn):
    observer.schedule(FileSystemEventHandler(), str(tmp_path), recursive=True)
    (watch,) = observer._instance._watch_for_wd.values()
    (callback,) = watch.callbacks.values()
    callback._add_all_callbacks(os.fsencode(tmp_path))
    assert list(observer._instance._watch_for_wd.values()) == [watch]
    # What some other test left to the garbage collector is its own matter.
    assert [each for each in recwarn if not issubclass(each.category, ResourceWarning)] == []
    assert not told


def test_it_is_not_alive_once_nothing_reads(observer):
    assert observer.is_alive()
    observer._instance.stop()
    observer._instance.join()
    assert not observer.is_alive()


def test_our_own_reads_are_not_asked_for():
    unwanted = (
        InotifyConstants.IN_OPEN
        | InotifyConstants.IN_ACCESS
        | InotifyConstants.IN_CLOSE_NOWRITE
        | InotifyConstants.IN_MODIFY
    )
    assert not Mask(WANTED_EVENTS & unwanted)


def test_workspaces_and_junk_cost_no_watch(observer, tmp_path):
    for name in (".artifacts/.making/visit/thumbs", "@eaDir/x", ".git/objects", "films/deep"):
        (tmp_path / name).mkdir(parents=True)
    observer.schedule(FileSystemEventHandler(), str(tmp_path), recursive=True)
    watched = {watch._initial_creation_path for watch in observer._instance._watch_for_wd.values()}
    root = os.fsencode(tmp_path)
    assert watched == {root, root + b"/.artifacts", root + b"/films", root + b"/films/deep"}


def test_a_folder_met_twice_is_no_news(observer, tmp_path):
    observer.schedule(FileSystemEventHandler(), str(tmp_path), recursive=True)
    group = next(iter(observer.emitters))._inotify
    group._add_callback(os.fsencode(tmp_path))
    assert observer.is_alive()


def test_an_observer_whose_reader_ended_is_not_alive(observer):
    assert observer.is_alive()
    observer._instance.stop()
    observer._instance.join()
    assert not observer.is_alive()
