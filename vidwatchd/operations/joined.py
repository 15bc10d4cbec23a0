"""joined: stored forms as playable files, kept in the data folder: each made once however many ask, the oldest leave."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import ExitStack, contextmanager, suppress

from vidwatchd.errors import Busy, Cancelled
from vidwatchd.library import stored
from vidwatchd.library.bench import bench, place_file, sweep
from vidwatchd.model import native
from vidwatchd.operations import Context, reconstitute
from vidwatchd.storing.parts import Parts

# Another way of joining makes other files.
_VERSION = 2
_WAIT_SECONDS = 20.0
# Between being told where a file lies and opening it, a request needs a moment; an open file may be unlinked.
_FRESH_SECONDS = 30.0
_AT_ONCE = 2
# Who waits holds one of the server's few request threads; the others are told to come back.
_MOST_WAITING = 4
_POLL_SECONDS = 0.05


class Joined:
    """The folder of joined files, within ``store.cache_gb`` as long as nothing in it was asked for just now."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.folder = folder(ctx)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._waiting = threading.Semaphore(_MOST_WAITING)
        self._making: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="joined")
        sweep(self.folder)
        self._trim()
        ctx.closers.append(self.close)

    def file(self, parts: Parts, wait_seconds: float = _WAIT_SECONDS) -> tuple[str, str]:
        """(name in the folder, key) of the playable file of these parts, made when it is not there.

        Raises Busy when that takes longer than ``wait_seconds``, MediaError, StorageError.
        """
        key = _key(parts)
        name = f"{key}.mp4"
        if not self._touched(name):
            self._wait(self._begun(key, parts), wait_seconds)
            self._touched(name)
        return name, key

    def _wait(self, making: Future[None], seconds: float) -> None:
        waits = self._waiting.acquire(blocking=False)
        try:
            making.result(seconds if waits else 0)
        except TooLong:
            raise Busy("the film is being put together", hint="ask again in a few seconds") from None
        finally:
            if waits:
                self._waiting.release()

    def close(self) -> None:
        """Give up what is being made."""
        self._ended.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begun(self, key: str, parts: Parts) -> Future[None]:
        """The one making of a file; whoever asks meanwhile waits for the same."""
        self._heed()
        with self._lock:
            found = self._making.get(key)
            if found is None:
                found = self._making[key] = self._pool.submit(self._make, key, parts)
                found.add_done_callback(lambda done: self._forget(key))
            return found

    def _forget(self, key: str) -> None:
        # The callback of one that was done at once runs inside _begun, which holds the lock: no lock is taken here.
        self._making.pop(key, None)

    def _make(self, key: str, parts: Parts) -> None:
        target = os.path.join(self.folder, f"{key}.mp4")
        with self._alone(key):
            if os.path.exists(target):  # by another process meanwhile
                return
            with bench(self.folder) as place:
                made, _ = reconstitute.build(self._ctx, parts, place, progress=self._heed)
                place_file(made, target, replaces=True)
        self._trim(keep=f"{key}.mp4")

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """No other process makes the same file meanwhile."""
        path = os.path.join(self.folder, f"{key}.lock")
        with stored(self.folder):
            os.makedirs(self.folder, exist_ok=True)
        handle = self._locked(path)
        try:
            yield
        finally:
            with suppress(OSError):
                os.unlink(path)
            os.close(handle)

    def _locked(self, path: str) -> int:
        while True:
            with stored(path):
                handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            with ExitStack() as stack:
                stack.callback(os.close, handle)
                while not _has(handle):
                    self._heed()
                    time.sleep(_POLL_SECONDS)
                if os.fstat(handle).st_nlink:  # else who had it before took it away
                    stack.pop_all()
                    return handle

    def _heed(self, *said: object) -> None:
        if self._ended.is_set():
            raise Cancelled("the program is ending")

    def _touched(self, name: str) -> bool:
        """Whether a file is there; from now on it counts as used just now."""
        path = os.path.join(self.folder, name)
        try:
            os.utime(path, ns=(time.time_ns(), os.stat(path).st_mtime_ns))
        except OSError:
            return False
        return True

    def _trim(self, keep: str = "") -> None:
        """Remove what was not used for longest until the rest fits."""
        entries = sorted(_entries(self.folder), key=lambda entry: entry[1].st_atime, reverse=True)
        room, fresh = int(self._ctx.config.store.cache_gb * 1e9), time.time() - _FRESH_SECONDS
        for name, state in entries:
            room -= state.st_size
            if room < 0 and name != keep and state.st_atime < fresh:
                with suppress(OSError):
                    os.unlink(os.path.join(self.folder, name))


def of(ctx: Context) -> Joined:
    """The joined files of a context."""
    with _beginning(ctx):
        if "joined" not in ctx.held:
            ctx.held["joined"] = Joined(ctx)
        found: Joined = ctx.held["joined"]
        return found


def folder(ctx: Context) -> str:
    """Where they lie (native)."""
    return os.path.join(native(ctx.config.data_folder), "cache", "joined")


def taken_bytes(ctx: Context) -> int:
    """What they take on the disk."""
    return sum(state.st_size for _, state in _entries(folder(ctx)))


def _beginning(ctx: Context) -> threading.Lock:
    # setdefault is one step for all threads.
    lock: threading.Lock = ctx.held.setdefault("joined beginning", threading.Lock())
    return lock


def _entries(folder: str) -> Sequence[tuple[str, os.stat_result]]:
    found = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".mp4"):
                with suppress(OSError):
                    found.append((entry.name, entry.stat()))
    return found


def _key(parts: Parts) -> str:
    """Another for parts that were made anew, or that lie elsewhere."""
    states = [(path, os.stat(path)) for path in (parts.picture, parts.sound) if path]
    told = [[os.fsencode(path).hex(), state.st_size, state.st_mtime_ns] for path, state in states]
    return hashlib.sha256(json.dumps([_VERSION, told]).encode()).hexdigest()[:32]


def _has(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
