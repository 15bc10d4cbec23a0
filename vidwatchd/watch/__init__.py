"""watch: hints that something under a library changed; never trusted, only collected, debounced and handed on."""

from vidwatchd.watch.hints import Hints
from vidwatchd.watch.rootwatch import Polling, WatchStatus
from vidwatchd.watch.watcher import Watcher

__all__ = ["Hints", "Polling", "WatchStatus", "Watcher"]
