"""watcher: the roots that are followed, and the thread that hands their hints on once it is quiet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vidwatchd.ignore import Rules
from vidwatchd.watch.hints import Hints, Relevance
from vidwatchd.watch.rootwatch import Follow, Polling, RootWatch, Settings, WatchStatus, observe

HOLD_SECONDS = 1.0  # a burst that never pauses is handed on this often
MOST_FOLDERS = 2_000  # more dirty folders than these are one look at the whole library


class Watcher:
    """Follows any number of roots (key → native path) and calls ``on_hints`` from one thread of its own.

    No call blocks on a disk: each root is set up and kept in a thread of its own. A full hint follows each time that a
    watch has been set up, so what happened before it is seen too. ``on_hints`` should only take note, and never raise.
    """

    def __init__(
        self,
        roots: Mapping[int, str],
        on_hints: Callable[[Hints], None],
        *,
        rules: Rules | None = None,
        debounce_seconds: float = 0.2,
        polling: Polling = "auto",
        poll_seconds: float = 30.0,
        follow: Follow = observe,
        **settings: float,
    ) -> None:
        self._settings = Settings(polling=polling, poll_seconds=poll_seconds, follow=follow, **settings)
        self._relevance = Relevance(rules or Rules())
        self._collector = Collector(on_hints, debounce_seconds)
        self._roots: dict[int, RootWatch] = {}
        self._lock = threading.Lock()
        self._started = False
        for key, root in roots.items():
            self.add(key, root)

    def start(self) -> None:
        """Begin to follow every root; returns at once."""
        with self._lock:
            self._started = True
            self._collector.start()
            for root in self._roots.values():
                root.start()

    def stop(self, timeout_seconds: float = 3.0) -> None:
        """End every thread; one that hangs in a dead mount is left behind (it is a daemon thread)."""
        with self._lock:
            roots, self._roots = list(self._roots.values()), {}
        deadline = time.monotonic() + timeout_seconds
        for root in roots:
            root.stop()
        self._collector.stop()
        for thread in (*roots, self._collector):
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

    def add(self, key: int, root: str) -> None:
        """Follow one more root; another root under the same key is no longer followed."""
        self.remove(key)
        watch = RootWatch(key, root, self._settings, self._relevance, self._collector.note)
        with self._lock:
            self._roots[key] = watch
            if self._started:
                watch.start()

    def remove(self, key: int) -> None:
        """No longer follow a root; returns at once."""
        with self._lock:
            root = self._roots.pop(key, None)
        if root:
            root.stop()

    def status(self, key: int) -> WatchStatus:
        """How a root is followed now; mode ``off`` for one that is not."""
        root = self._roots.get(key)
        return root.status if root else WatchStatus("off", "not followed")


@dataclass(slots=True)
class _Dirty:
    """What has been noted of one library and not handed on yet; times are monotonic."""

    first_at: float
    last_at: float
    folders: set[str] = field(default_factory=set)
    trees: set[str] = field(default_factory=set)
    sidecars: set[str] = field(default_factory=set)
    full: bool = False

    def add(self, hints: Hints) -> None:
        """Take up one note."""
        self.full |= hints.full
        self.folders |= hints.folders
        self.trees |= hints.trees
        self.sidecars |= hints.sidecars
        if len(self.folders) + len(self.trees) > MOST_FOLDERS:
            self.full = True
        if self.full:
            self.folders.clear()
            self.trees.clear()

    def hints(self, library: int) -> Hints:
        """All notes as one."""
        return Hints(library, frozenset(self.folders), frozenset(self.trees), self.full, frozenset(self.sidecars))


class Collector(threading.Thread):
    """Gathers notes quickly under a lock, and hands them on from its own thread once it is quiet, or after a second."""

    def __init__(self, on_hints: Callable[[Hints], None], debounce_seconds: float) -> None:
        super().__init__(name="watch-hints", daemon=True)
        self._on_hints, self._debounce_seconds = on_hints, debounce_seconds
        self._dirty: dict[int, _Dirty] = {}
        self._changed = threading.Condition()
        self._stopping = False

    def note(self, hints: Hints) -> None:
        """Take note; called from watching threads, so it does nothing else."""
        now = time.monotonic()
        with self._changed:
            dirty = self._dirty.get(hints.library)
            if dirty is None:
                dirty = self._dirty[hints.library] = _Dirty(now, now)
                self._changed.notify()
            dirty.last_at = now
            dirty.add(hints)

    def stop(self) -> None:
        """End the thread; what is not handed on yet is dropped."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Hand on what is due until told to stop."""
        while not self._stopping:
            for hints in self._take_due():
                self._on_hints(hints)

    def _take_due(self) -> list[Hints]:
        with self._changed:
            self._changed.wait(self._until_due())
            now = time.monotonic()
            due = [key for key, dirty in self._dirty.items() if self._due_at(dirty) <= now]
            return [] if self._stopping else [self._dirty.pop(key).hints(key) for key in due]

    def _until_due(self) -> float | None:
        if self._stopping or not self._dirty:
            return 0 if self._stopping else None
        return max(0.0, min(map(self._due_at, self._dirty.values())) - time.monotonic())

    def _due_at(self, dirty: _Dirty) -> float:
        return min(dirty.last_at + self._debounce_seconds, dirty.first_at + max(HOLD_SECONDS, self._debounce_seconds))
