"""channel: waitress's connection and task, taught to hand event streams, file ranges and uploads over.

waitress looks its connection and task classes up as class attributes, which is the seam used here. Its own way holds a
request thread for as long as an event stream is open, and reads files in its main loop.
"""

# mypy: disallow-subclassing-any=False
# waitress has no types of its own; where stubs for it are installed they are incomplete, so what is used is declared.

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from vidwatchd.webapp import receiving
from vidwatchd.webapp.events import EventStream
from vidwatchd.webapp.receiving import Incoming, Parser
from vidwatchd.webapp.stream import FileRange
from vidwatchd.webapp.transfer import Transfer

TAKE = "vidwatchd.take"
# By name: the stubs leave it out, and super() would be refused with them and fine without.
_FLUSH: Callable[..., Any] = vars(HTTPChannel)["_flush_some"]


def handing_over(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """``app``, with the bodies that this server sends in its own way given to the task that asked."""

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The wrapped app."""
        body = app(environ, start_response)
        if isinstance(body, FileRange):
            return Outgoing(body)
        if isinstance(body, EventStream):
            take: Callable[[EventStream], Iterable[bytes]] = environ[TAKE]
            return take(body)
        return body

    return call


class Outgoing(ReadOnlyFileBasedBuffer):
    """A file range in waitress's queue of what is to be sent; it is never read, its turn starts a Transfer."""

    def __init__(self, body: FileRange) -> None:
        nothing: Any = None
        super().__init__(nothing)
        self.body = body
        self.remain = body.length
        self.started = False

    def prepare(self, size: int | None = None) -> int:
        """What there is to send."""
        return self.remain

    def __iter__(self) -> Any:
        return iter(self.body)

    def get(self, numbytes: int = -1, skip: bool = False) -> Any:
        """Itself, which ``Channel.send`` recognises."""
        return self

    def skip(self, numbytes: int, allow_prune: int = 0) -> None:
        """Note what went."""
        self.remain -= numbytes

    def close(self) -> None:
        """Close the file, unless a Transfer owns it."""
        if not self.started:
            self.body.close()


class Task(WSGITask):
    """One request; one that turned out to be an event stream leaves waitress when its headers are due."""

    channel: Any
    request: Any
    stream: EventStream | None = None

    def get_environment(self) -> Any:
        """WSGI's environ, with the way to hand a stream over."""
        environ = super().get_environment()
        environ[TAKE] = self.take_stream
        if self.request.incoming is not None:
            environ[receiving.ENVIRON] = self.request.incoming
        return environ

    def take_stream(self, stream: EventStream) -> Iterator[bytes]:
        """Keep ``stream`` for ``finish``; waitress gets an empty body."""
        self.stream = stream
        return iter(())

    def finish(self) -> None:
        """Send what remains, or hand the connection over."""
        if self.stream is None:
            super().finish()
            return
        head = self.build_response_header()
        self.wrote_header = True
        self.close_on_finish = False
        self.channel.leave(self.stream, head, self.chunked_response)


class Channel(HTTPChannel):
    """One connection. ``transfer`` or ``leaving`` set: waitress neither reads from it nor writes to it; ``incoming``: an
    upload is read from it elsewhere. ``lingers``: its other side may still be sending when we are done with it."""

    server: Any
    adj: Any
    socket: Any
    request: Any
    requests: Any
    requests_lock: Any
    outbuf_lock: Any
    connected: bool
    will_close: bool
    close_when_flushed: bool
    total_outbufs_len: int

    task_class = Task
    transfer: Transfer | None = None
    outgoing: Outgoing | None = None
    leaving = False
    incoming: Incoming | None = None
    lingers = False

    def parser_class(self, adjustments: Any) -> Parser:
        """What reads the next request."""
        return Parser(adjustments, self.server.intake)

    def readable(self) -> Any:
        """Whether the main loop should wait for a request; an upload whose turn has come leaves the loop here."""
        self._begin_upload()
        return not self.leaving and self.incoming is None and super().readable()

    def writable(self) -> Any:
        """Whether the main loop should wait to write."""
        return self.will_close or (not self.leaving and self.transfer is None and super().writable())

    def received(self, data: bytes) -> bool:
        """Take bytes of a request; one behind an event stream can have no answer."""
        taken = bool(not self.leaving and super().received(data))
        self.lingers = self.lingers or any(request.dropped or request.error for request in self.requests)
        return taken

    def leave(self, stream: EventStream, head: bytes, chunked: bool) -> None:
        """From the request's thread: give this connection to the feeder."""
        self.leaving = True
        self._drop_further()
        self.server.in_loop(lambda: self._depart(stream, head, chunked))

    def write_soon(self, data: Any) -> Any:
        """From the request's thread: queue what is to be sent."""
        if isinstance(data, Outgoing):
            # An answer queued behind a slow download would hold its request thread until that ends.
            self.close_when_flushed = self._drop_further() or self.close_when_flushed
        return super().write_soon(data)

    def send(self, data: Any, do_close: bool = True) -> int:
        """Write bytes to the socket; a file's turn starts its transfer instead."""
        if isinstance(data, Outgoing):
            self._start(data)
            return 0
        return int(super().send(data, do_close))

    def handle_close(self) -> None:
        """Close, and break a running transfer or upload off."""
        if self.transfer is not None:
            self.transfer.abort()
        if self.incoming is not None:
            self.incoming.abort()
        if self.lingers and self.connected:
            self.lingers = False
            receiving.part(self.socket)
        super().handle_close()

    def flush_last(self) -> None:
        """At the end of the server: send what fits into the socket's buffer."""
        with self.outbuf_lock:
            if self.connected and not self.leaving and self.total_outbufs_len:
                self._flush_some(do_close=False)

    def _flush_some(self, do_close: bool = True) -> bool:
        # While a transfer writes, no other byte may come between its own.
        return self.transfer is None and bool(_FLUSH(self, do_close))

    def _start(self, outgoing: Outgoing) -> None:
        outgoing.started = True
        self.outgoing = outgoing
        self.transfer = Transfer(self.socket, outgoing.body, done=self._sent, progress=self._alive)
        self.transfer.start()

    def _begin_upload(self) -> None:
        found = self.request.incoming if self.request is not None and self.incoming is None else None
        if found is None or self.requests or self.leaving or self.will_close or self.close_when_flushed:
            return
        self.incoming = found
        found.start(
            self.socket, self.adj.channel_timeout, lambda: self.server.in_loop(self._arrived), progress=self._alive
        )

    def _arrived(self) -> None:
        """In the main loop: have an upload answered, or close when there is nobody to answer."""
        incoming, request, self.incoming, self.request = self.incoming, self.request, None, None
        if incoming is None or request is None:
            return
        if not self.connected or not incoming.answerable:
            request.close()
            self.will_close = self.connected
            return
        request.body_is_here()
        request.completed = True
        self.lingers = self.lingers or incoming.broken
        with self.requests_lock:
            self.sent_continue = False
            self.requests.append(request)
            self.server.add_task(self)

    def _drop_further(self) -> bool:
        """Forget requests that came behind the current one; whether there were any. The client asks again."""
        with self.requests_lock:
            further = self.requests[1:]
            del self.requests[1:]
        for request in further:
            request.close()
        return bool(further)

    def _alive(self) -> None:
        self.last_activity = time.time()

    def _sent(self, complete: bool) -> None:
        self.server.in_loop(lambda: self._resume(complete))

    def _resume(self, complete: bool) -> None:
        """In the main loop: go on behind the file, or close when it could not be sent whole."""
        with self.outbuf_lock:
            if self.outgoing is not None and self.connected:
                self.total_outbufs_len -= self.outgoing.remain
                self.outgoing.skip(self.outgoing.remain)
            self.transfer = self.outgoing = None
            self.will_close = self.will_close or not complete
            self.outbuf_lock.notify()

    def _depart(self, stream: EventStream, head: bytes, chunked: bool) -> None:
        """In the main loop: take the socket out of waitress."""
        sock = self.socket
        if sock is None or not self.connected or self.total_outbufs_len:
            stream.close()
            self.will_close = sock is not None
            return
        self.del_channel()
        self.socket, self.connected = None, False
        self.server.feeder.adopt(sock, stream, head, chunked=chunked)
