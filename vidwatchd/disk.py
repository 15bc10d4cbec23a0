"""disk: the few calls through which a library is looked at, as a seam where tests put faults."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol, TypeVar

from vidwatchd.errors import LibraryOffline, VidwatchdError
from vidwatchd.model import portable

T = TypeVar("T")

ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})
# Who asks over the network is answered within a second.
PATIENCE_SECONDS = 0.7
# One that answered so lately is not asked again: a list of many videos asks for each.
FRESH_SECONDS = 0.05
STEP_SECONDS = 0.02
SLOW = 10


class Entry(Protocol):
    """One name in a folder, as ``os.scandir`` gives it."""

    @property
    def name(self) -> str:
        """The native name."""
        ...

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        ...

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        ...

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Its state; raises OSError."""
        ...


class FileSystem(Protocol):
    """What a scan asks of the operating system; every path is native, every call may raise OSError."""

    def scandir(self, path: str) -> AbstractContextManager[Iterator[Entry]]:
        """The entries of a folder; they may be asked for their state while the context is open."""
        ...

    def lstat(self, path: str) -> os.stat_result:
        """The state of the name itself."""
        ...

    def stat(self, path: str) -> os.stat_result:
        """The state of what the name leads to."""
        ...

    def resolve(self, path: str) -> str:
        """The path without symbolic links; raises OSError where it leads nowhere."""
        ...

    def open(self, path: str) -> BinaryIO:
        """The file for reading."""
        ...


class OperatingSystem:
    """The real file system."""

    @contextlib.contextmanager
    def scandir(self, path: str) -> Iterator[Iterator[Entry]]:
        """The entries of a folder, asked through its descriptor: the path is resolved once, not once a file."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with os.scandir(descriptor) as entries:
                yield entries
        finally:
            os.close(descriptor)

    def lstat(self, path: str) -> os.stat_result:
        """``os.lstat``."""
        return os.lstat(path)

    def stat(self, path: str) -> os.stat_result:
        """``os.stat``."""
        return os.stat(path)

    def resolve(self, path: str) -> str:
        """``os.path.realpath`` that refuses loops and dangling links."""
        return os.path.realpath(path, strict=True)

    def open(self, path: str) -> BinaryIO:
        """The file, unbuffered."""
        return open(path, "rb", buffering=0)


OS = OperatingSystem()


def reason(error: OSError) -> str:
    """Why a path could not be read, for a person: ``Input/output error (EIO)``."""
    return f"{error.strerror or error} ({errno.errorcode.get(error.errno or 0, 'no errno')})"


def is_absent(fs: FileSystem, root: str, path: str) -> bool:
    """Whether ``path`` (native, under ``root``) is *proven* absent: ENOENT, and the nearest folder above it lists.

    Any other answer is a doubt, and a doubt is not an absence.
    """
    try:
        fs.lstat(path)
    except OSError as error:
        return error.errno in ABSENT and _lists(fs, root, os.path.dirname(path))
    return False


def _lists(fs: FileSystem, root: str, folder: str) -> bool:
    while len(folder) > len(root) and not _is_folder(fs, folder):
        folder = os.path.dirname(folder)
    try:
        with fs.scandir(folder):
            return True
    except OSError:
        return False


def _is_folder(fs: FileSystem, path: str) -> bool:
    """False only for a proven no, so that a folder in doubt is asked to list, and fails."""
    try:
        return stat.S_ISDIR(fs.stat(path).st_mode)
    except OSError as error:
        return error.errno not in ABSENT


class _Question:
    """One that a disk was asked, and for how long somebody has waited for its answer."""

    def __init__(self, thread: threading.Thread) -> None:
        self.thread = thread
        self.asked_at = time.monotonic()
        self.waited_seconds = 0.0


class Pulse:
    """Whether disks answer. Each is asked in a thread of its own: one that hangs keeps that thread, and nobody else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered: dict[str, float] = {}
        self._asked: dict[str, _Question] = {}

    def beats(self, folder: str, patience_seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether the disk of a (native) folder answers in time, be it with an error."""
        with self._lock:
            if time.monotonic() - self._answered.get(folder, float("-inf")) < FRESH_SECONDS:
                return True
            question = self._asked.get(folder) or self._ask(folder)
        for _ in _steps(patience_seconds - question.waited_seconds):
            question.thread.join(STEP_SECONDS)
            if not question.thread.is_alive():
                return True
        question.waited_seconds = max(patience_seconds, question.waited_seconds)
        return not question.thread.is_alive()

    def within(self, folder: str, call: Callable[[], T], patience_seconds: float = PATIENCE_SECONDS) -> T:
        """What ``call`` gives, which touches the disk of a folder. Raises what it raises.

        LibraryOffline where the disk does not answer in time: the call is left behind then, and may still be done later. One
        that is only slow, and answers other questions meanwhile, is waited for ``SLOW`` times as long.
        """
        if not self.beats(folder):
            raise hangs(folder)
        done: Future[T] = Future()
        threading.Thread(target=_call, args=(call, done), name="disk", daemon=True).start()
        for _ in range(SLOW):
            for _ in _steps(patience_seconds):
                wait([done], STEP_SECONDS)
                if done.done():
                    return done.result()
            if not self.beats(folder):
                break
        raise hangs(folder)

    def silent_seconds(self, folder: str) -> float:
        """For how long it has owed an answer by now; 0 when it owes none."""
        with self._lock:
            question = self._asked.get(folder)
            return time.monotonic() - question.asked_at if question else 0.0

    def _ask(self, folder: str) -> _Question:
        thread = threading.Thread(target=self._look, args=(folder,), name="pulse", daemon=True)
        question = self._asked[folder] = _Question(thread)
        thread.start()
        return question

    def _look(self, folder: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            os.scandir(folder).close()
        with self._lock:
            self._answered[folder] = time.monotonic()
            self._asked.pop(folder, None)


def hangs(folder: str) -> LibraryOffline:
    """What is said of a disk that does not answer."""
    return LibraryOffline(
        f"{portable(folder)} does not answer", hint="its disk hangs, or wakes up; it comes back by itself"
    )


def _steps(seconds: float) -> range:
    """Patience in short waits: where this whole process waits for its turn, that is not the disk's fault."""
    return range(max(0, round(seconds / STEP_SECONDS)))


def _call(call: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(call())
    except (OSError, ValueError, VidwatchdError) as error:
        done.set_exception(error)
    finally:
        done.cancel()  # after an error that nobody thought of: else it would be waited for
