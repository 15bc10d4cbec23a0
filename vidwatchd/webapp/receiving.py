"""receiving: uploads go to the disk as they arrive, judged by their head first.

waitress keeps every body in a temporary file, up to a limit, before anybody is asked whether it is wanted. Here the
head alone decides, and the body is read by a thread of its own: the main loop must not wait for a disk.
"""

# mypy: disallow-subclassing-any=False
# waitress has no types of its own; where stubs for it are installed they are incomplete, so what is used is declared.

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Request
from waitress.parser import HTTPRequestParser
from waitress.receiver import ChunkedReceiver, FixedStreamReceiver

from vidwatchd.errors import UsageError, VidwatchdError
from vidwatchd.operations.arrivals import Arrival
from vidwatchd.webapp import multipart
from vidwatchd.webapp.multipart import BLOCK_BYTES, Reader
from vidwatchd.webapp.security import Guard

ENVIRON = "vidwatchd.received"
PATH = "/api/store"
# The lines between chunks are ours to bound: waitress counts on its limit of the whole body.
_LINE_BYTES = 16 * 1024
# So long an answer that came before the end of a body waits for its sender to notice it.
LINGER_SECONDS = 10.0

Begin = Callable[[int | None], Arrival]


@dataclass(frozen=True, slots=True)
class Intake:
    """Who may upload, and what is begun with an upload's length (None: not told)."""

    guard: Guard
    begin: Begin

    def concerns(self, method: str, path: str) -> bool:
        """Whether a request is an upload at all."""
        return method == "POST" and path == PATH

    def admits(self, method: str, header: Callable[[str], str | None]) -> bytes | None:
        """What parts the form; None when its body is not to be taken: the app says why."""
        try:
            self.guard.check(method, header)
        except VidwatchdError:
            return None
        return multipart.boundary(header("Content-Type") or "")


def arrival(request: Request, begin: Begin) -> Arrival:
    """What the current request uploads, received already or read from its stream now.

    Raises UsageError for what is no form, TooLarge, StorageError, LibraryOffline.
    """
    incoming: Incoming | None = request.environ.get(ENVIRON)
    if incoming is not None:
        return incoming.result()
    boundary = multipart.boundary(request.content_type or "")
    if boundary is None:
        raise multipart.refusal()
    found = begin(request.content_length)
    with contextlib.ExitStack() as stack:
        stack.callback(found.close)
        reader = Reader(boundary, found)
        while data := request.stream.read(BLOCK_BYTES):
            reader.append(data)
        reader.finish()
        stack.pop_all()
    return found


class Parser(HTTPRequestParser):
    """One request; an upload's body is left to an ``Incoming``, or dropped when its head is refused."""

    headers: dict[str, str]
    command: str
    path: str
    body_rcv: Any
    chunked: bool
    content_length: int
    expect_continue: bool
    incoming: Incoming | None = None
    dropped = False

    def __init__(self, adjustments: Any, intake: Intake | None) -> None:
        super().__init__(adjustments)
        self._intake = intake

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and decide on the body of an upload."""
        super().parse_header(header_plus)
        if self._intake and self.body_rcv is not None and self._intake.concerns(self.command, self.path):
            self._divert(self._intake)

    def received(self, data: bytes) -> int:
        """Take bytes of the request; all that comes behind a refused head is nothing."""
        if self.incoming is not None:
            return self.incoming.received(data)
        used = int(super().received(data))
        return len(data) if self.dropped else used

    def close(self) -> None:
        """Let go of the body."""
        if self.incoming is not None:
            self.incoming.close()
        super().close()

    def body_is_here(self) -> None:
        """What came is with ``incoming``; for the app the body is empty, and it is the connection's last one."""
        self.body_rcv, self.chunked, self.content_length = None, False, 0
        self.headers["CONTENT_LENGTH"] = "0"
        if self.incoming is None or self.incoming.broken:
            self.headers["CONNECTION"] = "close"

    def _divert(self, intake: Intake) -> None:
        boundary = intake.admits(self.command, lambda name: self.headers.get(name.upper().replace("-", "_")))
        length = None if self.chunked else self.content_length
        self.content_length = 0  # or waitress would hold it against the limit for all other bodies
        if boundary is None:
            self.dropped, self.expect_continue = True, False
            self.body_is_here()
        else:
            self.incoming = self.body_rcv = Incoming(intake.begin, boundary, length)


class Incoming:
    """One body on its way to the disk. waitress takes it for what receives a body, and gives it what came with the head."""

    completed = False
    error = None

    def __init__(self, begin: Begin, boundary: bytes, length: int | None) -> None:
        self._begin, self._boundary, self._length = begin, boundary, length
        self._early = b""
        self._arrival: Arrival | None = None
        self._refused: VidwatchdError | None = None
        self._whole = False
        self._more = False
        self._lock = threading.Lock()
        self._closed = False
        self._sock: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def answerable(self) -> bool:
        """Whether there is something to answer: it is whole or refused, and not just cut off."""
        return self._whole or self._refused is not None

    @property
    def broken(self) -> bool:
        """Whether the connection may hold more than the body that was read."""
        return not self._whole or self._more

    def received(self, data: bytes) -> int:
        """Keep what the main loop read; the thread begins with it."""
        self._early += data
        return len(data)

    def getbuf(self) -> Incoming:
        """For waitress, which closes a body's buffer."""
        return self

    def result(self) -> Arrival:
        """What came; the caller closes it. Raises why it was refused."""
        if self._refused is not None:
            raise self._refused
        assert self._arrival is not None
        return self._arrival

    def start(
        self, sock: socket.socket, stall_seconds: float, done: Callable[[], None], progress: Callable[[], None]
    ) -> None:
        """Read the body in a thread; ``done`` is called at its end, however it ends."""
        # A duplicate: closing the connection elsewhere cannot free a number that this thread still reads from.
        self._sock = sock.dup()
        self._thread = threading.Thread(
            target=self._run, args=(self._sock, stall_seconds, done, progress), name="upload", daemon=True
        )
        self._thread.start()

    def abort(self, wait_seconds: float = 0.0) -> None:
        """Break it off; the thread notices as soon as the disk lets it."""
        if self._sock is not None:
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
        if self._thread is not None and wait_seconds:
            self._thread.join(wait_seconds)

    def close(self) -> None:
        """Nobody wants it any more: nothing stays of it."""
        with self._lock:
            self._closed = True
            if self._arrival is not None:
                self._arrival.close()

    def _run(
        self, sock: socket.socket, stall_seconds: float, done: Callable[[], None], progress: Callable[[], None]
    ) -> None:
        try:
            self._read(sock, stall_seconds, progress)
            self._whole = True
        except VidwatchdError as error:
            self._refused = error
        except OSError:
            pass  # cut off, or silent for too long: there is nobody to tell
        finally:
            sock.close()
            if not self._whole:
                self.close()
            done()

    def _read(self, sock: socket.socket, stall_seconds: float, progress: Callable[[], None]) -> None:
        found = self._begin(self._length)
        with self._lock:
            self._arrival = found
            if self._closed:
                found.close()
                raise ConnectionAbortedError
        reader = Reader(self._boundary, found)
        receiver = ChunkedReceiver(reader) if self._length is None else FixedStreamReceiver(self._length, reader)
        data, self._early = self._early, b""
        seen = len(data)
        while not _received(receiver, data):
            data = _more(sock, stall_seconds)
            seen += len(data)
            progress()
        self._more = self._length is None or seen > self._length
        reader.finish()


def part(sock: socket.socket) -> None:
    """Say good-bye on a connection whose other side may still send: closed at once, it would lose our last words."""
    rest = sock.dup()
    with contextlib.suppress(OSError):
        rest.shutdown(socket.SHUT_WR)
    threading.Thread(target=_drain, args=(rest,), name="good-bye", daemon=True).start()


def _drain(sock: socket.socket) -> None:
    ends_at = time.monotonic() + LINGER_SECONDS
    with contextlib.suppress(OSError), sock:
        while True:
            _more(sock, max(0.0, ends_at - time.monotonic()))


def _received(receiver: Any, data: bytes) -> bool:
    """Hand bytes on; whether the body is whole. Raises UsageError for what is no body."""
    if data:
        receiver.received(data)
    lines = len(getattr(receiver, "control_line", b"")) + len(getattr(receiver, "trailer", b""))
    if receiver.error or lines > _LINE_BYTES:
        raise UsageError("the chunks of the body cannot be read", hint="send it again")
    return bool(receiver.completed)


def _more(sock: socket.socket, stall_seconds: float) -> bytes:
    """The next bytes. Raises OSError when there will be none, or none in time."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    while poll.poll(stall_seconds * 1000):
        with contextlib.suppress(BlockingIOError):
            if data := sock.recv(BLOCK_BYTES):
                return data
            raise ConnectionResetError
    raise TimeoutError
