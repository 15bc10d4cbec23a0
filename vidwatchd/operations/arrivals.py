"""arrivals: a file on its way here: judged by its size before it comes, and written into a hidden folder as it comes."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import BinaryIO, Self

from vidwatchd.errors import Busy, LibraryOffline, StorageError, TooLarge, UsageError
from vidwatchd.library import stored
from vidwatchd.library.bench import bench, sweep
from vidwatchd.library.naming import safe_name
from vidwatchd.model import native, portable
from vidwatchd.operations import Context, libraries

GB = 1_000_000_000
# What a form has around its file.
FORM_BYTES = 1 << 20
# Others write to the same disk: the room is looked at again whenever so much more has come.
LOOK_BYTES = 64 << 20


class Arrival:
    """One upload. Whoever has it closes it; what was not placed by then is gone."""

    def __init__(self, ctx: Context, length_bytes: int | None = None) -> None:
        """Begin. ``length_bytes`` is what is said to come, None when that is not said.

        Raises TooLarge, StorageError (no room), LibraryOffline, Busy (as many as may are on their way).
        """
        self.fields: dict[str, str] = {}
        self.name = ""
        self.path = ""
        self.size_bytes = 0
        self._config = ctx.config
        self._folder = prepared(ctx)
        self._file: BinaryIO | None = None
        self._looked_at = 0
        self._judge(max(0, (length_bytes or 0) - FORM_BYTES))
        with ExitStack() as stack:
            stack.enter_context(_berth(ctx))
            self._bench = stack.enter_context(bench(self._folder))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def begin(self, given_name: str) -> None:
        """The file itself begins. Raises UsageError for a second one, StorageError."""
        if self.name:
            raise UsageError("one file at a time", hint="send each in a request of its own")
        self.name = safe_name(given_name)
        self.path = os.path.join(self._bench, native(self.name))
        with stored(self._folder):
            file = open(self.path, "xb", buffering=0)  # noqa: SIM115  the stack closes it
            self._file = self._stack.enter_context(file)

    def write(self, data: bytes) -> None:
        """More of the file. Raises TooLarge, StorageError."""
        assert self._file is not None
        self.size_bytes += len(data)
        if self.size_bytes - self._looked_at >= LOOK_BYTES or self.size_bytes > self._most_bytes:
            self._looked_at = self.size_bytes
            self._judge(0)
        with stored(self._folder):
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]

    def close(self) -> None:
        """End, and leave nothing behind; a second time does nothing."""
        self._stack.close()

    @property
    def _most_bytes(self) -> int:
        return int(self._config.store.max_upload_gb * GB)

    def _judge(self, coming_bytes: int) -> None:
        """Whether what is here and what is to come are few enough bytes, and have room."""
        if max(self.size_bytes, coming_bytes) > self._most_bytes:
            limit = self._config.store.max_upload_gb
            raise TooLarge(f"uploads of more than {limit:g} GB are refused", hint="store.max_upload_gb says so")
        with stored(self._folder):
            free = shutil.disk_usage(self._folder).free
        least = self._config.store.min_free_gb * GB
        if free - coming_bytes < least:
            kept = f", of which {least / GB:g} GB are to stay free (store.min_free_gb)" if least else ""
            raise StorageError(
                f"there is no room for it: {free / GB:.1f} GB are free where uploads go{kept}",
                hint="free some space, or set store.uploads_folder to a folder on another disk",
            )


class _Berths:
    """How many uploads are on their way."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.taken = 0


@contextmanager
def _berth(ctx: Context) -> Iterator[None]:
    """A place among those that come at the same time, from the first byte until it is kept or gone. Raises Busy."""
    berths: _Berths = ctx.held.setdefault("arrivals", _Berths())
    with berths.lock:
        if berths.taken >= ctx.config.store.max_uploads:
            films = "1 film is" if berths.taken == 1 else f"{berths.taken} films are"
            raise Busy(
                f"{films} being uploaded already", hint="send it again in a moment; store.max_uploads is the limit"
            )
        berths.taken += 1
    try:
        yield
    finally:
        with berths.lock:
            berths.taken -= 1


def tidy(ctx: Context) -> None:
    """At a start: remove what uploads left that a crash broke off."""
    sweep(ctx.config.uploads_folder)


def begin_apart(ctx: Context, length_bytes: int | None) -> Arrival:
    """``Arrival`` in a thread that lives as long as one upload, and keeps no connection to the index. Raises as it does."""
    try:
        return Arrival(ctx, length_bytes)
    finally:
        ctx.index.release()


def prepared(ctx: Context) -> str:
    """The (native) folder of uploads, made if need be, less what died uploads left in it.

    Raises LibraryOffline where it belongs to a library that is away: that is never faked. Raises StorageError.
    """
    folder = ctx.config.uploads_folder
    place = libraries.place(ctx, portable(os.path.realpath(folder)))
    if place is not None and not libraries.is_online(ctx, place.library):
        raise LibraryOffline(f"the folder of uploads is away: {place.library.problem}", hint="it comes back by itself")
    with stored(folder):
        os.makedirs(folder, exist_ok=True)
    sweep(folder)
    return folder
