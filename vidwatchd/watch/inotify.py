"""inotify: watchdog's Linux observer, made to tell what it keeps to itself: lost events and folders it cannot watch.

watchdog 7 answers a full event queue by renewing its watches, and a full watch table below the root by going on
without; neither reaches a handler. Both are caught here, where they pass.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyEmitter
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchCallback,
    WatchDescriptor,
)

from vidwatchd.ignore import is_junk
from vidwatchd.model import ARTIFACTS_FOLDER

# Neither opened nor closed_no_write (our own reads), nor modify (a recording writes for hours; its closing tells).
WANTED_EVENTS = Mask(
    InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
)
LIMITS = frozenset({errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class InotifyObserver(BaseObserver):
    """One inotify instance; ``on_overflow`` and ``on_limit`` are called from its reading thread, and must be quick.

    Raises OSError when there is no instance to be had.
    """

    def __init__(self, on_overflow: Callable[[], None], on_limit: Callable[[OSError], None]) -> None:
        self._instance = _Instance(on_overflow, on_limit)
        self._instance.start()
        super().__init__(_Emitter, inotify_fd=self._instance)

    def is_alive(self) -> bool:
        """Whether events are both read and handed on."""
        return super().is_alive() and self._instance.is_alive()

    def on_thread_stop(self) -> None:
        """End the reading thread too."""
        super().on_thread_stop()
        self._instance.stop()
        self._instance.join()


class _Emitter(InotifyEmitter):
    def get_event_mask_from_filter(self) -> Mask:
        """What the kernel is asked to tell."""
        return WANTED_EVENTS


class _Instance(InotifyFD):
    def __init__(self, on_overflow: Callable[[], None], on_limit: Callable[[OSError], None]) -> None:
        self._on_overflow, self._on_limit = on_overflow, on_limit
        super().__init__()

    def handle_event(self, event: InotifyEvent) -> None:
        """Hand an event on; of a full queue, tell once the watches are renewed."""
        super().handle_event(event)
        if event.is_queue_overflow:
            self._on_overflow()

    def add_callback(self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId) -> WatchDescriptor:
        """Watch one folder; raises OSError."""
        root = getattr(callback, "path", path)
        if _is_ours(os.fsdecode(path[len(root) :])):
            raise FileNotFoundError(errno.ENOENT, "not watched", os.fsdecode(path))  # watchdog then goes on without
        try:
            descriptor = super().add_callback(path, mask, callback, id_)
        except OSError as error:
            if error.errno in LIMITS:
                self._on_limit(error)
            raise
        if descriptor < 0:  # watchdog passes over EACCES, and would keep a watch numbered -1
            self.remove_callbacks([(descriptor, id_)])
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fsdecode(path))
        return descriptor

    def _add_callback(self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId) -> WatchDescriptor:
        # A folder made inside a new folder is met twice, by the walk and by its own event. watchdog warns of the second
        # with a text of its whole table: 2 MB at 10,000 folders, for each such folder.
        watch = self._get_or_create_watch(path, mask)
        watch.callbacks[id_] = callback
        return watch.wd


def _is_ours(relative: str) -> bool:
    """Whether a folder is one that no hint comes from: junk, or the workspace of a visit, which come and go all day."""
    parts = [part for part in relative.split("/") if part]
    return any(is_junk(part) and part != ARTIFACTS_FOLDER for part in parts) or ARTIFACTS_FOLDER in parts[:-1]
