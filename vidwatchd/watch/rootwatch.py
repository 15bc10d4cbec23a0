"""rootwatch: one root followed in its own thread: by events while that works, else by polling; it never gives up."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers.api import BaseObserver

from vidwatchd.disk import reason
from vidwatchd.watch.hints import Hints, Relevance
from vidwatchd.watch.mounts import network_type

if sys.platform == "linux":
    from vidwatchd.watch.inotify import InotifyObserver
else:
    from watchdog.observers import Observer

Mode = Literal["inotify", "fsevents", "polling", "off"]
Polling = Literal["auto", "always", "never"]
EVENTS: Mode = "inotify" if sys.platform == "linux" else "fsevents"

FIX_WATCHES = "sudo sysctl fs.inotify.max_user_watches=1048576 (and in /etc/sysctl.d to keep it)"
FIX_INSTANCES = "sudo sysctl fs.inotify.max_user_instances=1024 (and in /etc/sysctl.d to keep it)"


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """How a library is followed now; ``reason`` and ``fix`` are for the dashboard, ``degraded`` asks for attention."""

    mode: Mode
    reason: str = ""
    fix: str = ""
    degraded: bool = False


class Following(Protocol):
    """Events of one root being read."""

    def is_alive(self) -> bool:
        """Whether they still are."""
        ...

    def stop(self) -> None:
        """Stop, and wait until it has."""
        ...


Follow = Callable[[str, FileSystemEventHandler, Callable[[], None], Callable[[OSError], None]], Following]
"""How events are got: root without links, handler, on_overflow, on_limit; raises OSError when it cannot be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a root is followed. ``check_seconds``: how often the root itself is asked whether it is still the same."""

    polling: Polling = "auto"
    poll_seconds: float = 30.0
    check_seconds: float = 3.0
    retry_seconds: float = 60.0
    most_retry_seconds: float = 3600.0
    follow: Follow = field(default_factory=lambda: observe)


class RootWatch(threading.Thread):
    """Keeps one root followed. ``note`` gets every hint, and must be quick."""

    def __init__(
        self, key: int, root: str, settings: Settings, relevance: Relevance, note: Callable[[Hints], None]
    ) -> None:
        super().__init__(name=f"watch-{key}", daemon=True)
        self.status = WatchStatus("off", "not started yet")
        self._key, self._root, self._settings, self._relevance, self._note = key, root, settings, relevance, note
        self._wake = threading.Event()
        self._stopping = False
        self._identity: tuple[int, int] | None = None
        self._following: Following | None = None
        self._limit: OSError | None = None
        self._retry_at = 0.0
        self._retry_wait = settings.retry_seconds

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        """Look after the root until told to stop."""
        while not self._stopping:
            wait = self._look_after()
            self._wake.wait(wait)
            self._wake.clear()
        self._unfollow()

    def _look_after(self) -> float:
        """Do what is due, and answer how many seconds may pass before the next time."""
        identity = _identity(self._root)
        if identity != self._identity:
            self._exchanged(identity)
        elif identity and self._following and (self._limit or not self._following.is_alive()):
            self._renew()
        elif identity and self.status.degraded and time.monotonic() >= self._retry_at:
            self._try_to_follow()
        elif self.status.mode != "polling":
            return self._pause()
        # Polling means just this; and a new watch says nothing of what happened before it stood.
        self._note(Hints(self._key, full=True))
        return self._pause()

    def _pause(self) -> float:
        if self.status.mode == "polling":
            until_retry = self._retry_at - time.monotonic() if self.status.degraded else self._settings.poll_seconds
            return max(0.01, min(self._settings.poll_seconds, until_retry))
        return self._settings.check_seconds

    def _exchanged(self, identity: tuple[int, int] | None) -> None:
        """The root came, went, or is another folder now."""
        self._unfollow()
        self._identity = identity
        if identity:
            self._begin()
        else:
            self.status = WatchStatus("off", f"{self._root} is not there", degraded=True)

    def _renew(self) -> None:
        """The events ended, or do not cover every folder any more."""
        limit, self._limit = self._limit, None
        self._unfollow()
        if limit:
            self._fall_back(limit)
        else:
            self._try_to_follow()

    def _begin(self) -> None:
        self._retry_wait = self._settings.retry_seconds
        network = network_type(self._root) if self._settings.polling == "auto" else ""
        if self._settings.polling == "always":
            self.status = WatchStatus("polling", "the settings ask for it")
        elif network:
            self.status = WatchStatus("polling", f"network mount ({network}): other machines' changes send no events")
        else:
            self._try_to_follow()

    def _try_to_follow(self) -> None:
        """Follow by events, if they are to be had."""
        self._limit = None
        real = os.path.realpath(self._root)
        handler = _Handler(self._key, real, self._relevance, self._note, self._wake.set)
        try:
            self._following = self._settings.follow(real, handler, self._overflowed, self._limited)
        except OSError as error:
            self._fall_back(error)
        else:
            self.status = WatchStatus(EVENTS)
            if self._limit:
                self._renew()

    def _fall_back(self, error: OSError) -> None:
        """Poll, say why and what would help, and try again after a wait that doubles each time."""
        never = self._settings.polling == "never"
        why, fix = _explain(error)
        self.status = WatchStatus("off" if never else "polling", why, fix, degraded=True)
        self._retry_at = time.monotonic() + self._retry_wait
        self._retry_wait = min(self._retry_wait * 2, self._settings.most_retry_seconds)

    def _unfollow(self) -> None:
        following, self._following = self._following, None
        if following:
            following.stop()

    def _overflowed(self) -> None:
        self._note(Hints(self._key, full=True))

    def _limited(self, error: OSError) -> None:
        self._limit = error
        self._wake.set()


class _Handler(FileSystemEventHandler):
    """Turns events into hints, in watchdog's thread: a little text, one note, nothing that waits."""

    def __init__(
        self, key: int, root: str, relevance: Relevance, note: Callable[[Hints], None], root_gone: Callable[[], None]
    ) -> None:
        self._key, self._root, self._prefix = key, root, f"{root.rstrip('/')}/"
        self._relevance, self._note, self._root_gone = relevance, note, root_gone

    def dispatch(self, event: FileSystemEvent) -> None:
        """Note where one event says to look."""
        kind = event.event_type
        if kind in ("opened", "closed_no_write") or (kind == "modified" and event.is_directory):
            return
        arrived = kind in ("created", "attrib")
        self._see(os.fsdecode(event.src_path), is_folder=event.is_directory, arrived=arrived)
        if event.dest_path:
            self._see(os.fsdecode(event.dest_path), is_folder=event.is_directory, arrived=True)

    def _see(self, path: str, *, is_folder: bool, arrived: bool) -> None:
        if path == self._root:
            self._root_gone()
        elif path.startswith(self._prefix):
            relative = path[len(self._prefix) :]
            if hints := self._relevance.of(self._key, relative, is_folder=is_folder, arrived=arrived):
                self._note(hints)


class _Observing:
    """A watchdog observer of one root."""

    def __init__(self, observer: BaseObserver) -> None:
        self._observer = observer

    def is_alive(self) -> bool:
        """Whether its emitter runs; it ends when the root is deleted."""
        return self._observer.is_alive() and all(emitter.is_alive() for emitter in self._observer.emitters)

    def stop(self) -> None:
        """Stop its threads."""
        self._observer.stop()
        self._observer.join()


def observe(
    root: str,
    handler: FileSystemEventHandler,
    on_overflow: Callable[[], None],
    on_limit: Callable[[OSError], None],
) -> Following:
    """Follow a root (native, without links) by inotify or FSEvents. Raises OSError."""
    observer: BaseObserver
    if sys.platform == "linux":
        observer = InotifyObserver(on_overflow, on_limit)
    else:
        observer = Observer()
    observer.schedule(handler, root, recursive=True)
    try:
        observer.start()
    except OSError:
        observer.stop()
        raise
    return _Observing(observer)


def _identity(root: str) -> tuple[int, int] | None:
    """Device and inode; inotify keeps following a folder that was renamed away, so the name is asked."""
    try:
        state = os.stat(root)
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _explain(error: OSError) -> tuple[str, str]:
    """Why events cannot be had, and what would help. ENOENT of a root that is there is EMFILE in disguise."""
    if error.errno == errno.ENOSPC:
        return "the system's table of inotify watches is full", FIX_WATCHES
    if error.errno in (errno.EMFILE, errno.ENOENT):
        return "the system's inotify instances are used up", FIX_INSTANCES
    return f"events cannot be followed: {reason(error)}", ""
