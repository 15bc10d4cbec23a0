"""server: waitress, with event streams, downloads and uploads that hold no request thread."""

# mypy: disallow-subclassing-any=False
# waitress has no types of its own; where stubs for it are installed they are incomplete, so what is used is declared.

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from vidwatchd.errors import UsageError
from vidwatchd.webapp.channel import Channel, handing_over
from vidwatchd.webapp.events import HEARTBEAT_SECONDS
from vidwatchd.webapp.feeder import Feeder
from vidwatchd.webapp.receiving import Intake

# The loop wakes for work by itself; this only bounds how late waitress drops connections that fell silent.
LOOP_SECONDS = 30
CLOSE_SECONDS = 0.5


class Server:
    """A bound production server; ``run`` blocks until ``close`` is called from any thread or signal handler."""

    def __init__(
        self,
        app: Callable[..., Any],
        host: str,
        port: int,
        *,
        threads: int = 6,
        max_body_bytes: int = 64 * 1024 * 1024,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        intake: Intake | None = None,
    ) -> None:
        """Bind now, so that port 0 is known; ``intake`` takes uploads. Raises UsageError when the address cannot be had."""
        self._socket = _bound(host, port)
        self.address, self.port = self._socket.getsockname()[:2]
        self._feeder = Feeder(heartbeat_seconds=heartbeat_seconds)
        adjustments = _adjustments(threads, max_body_bytes)
        self._waitress = _Waitress(handing_over(app), self._socket, adjustments, self._feeder, intake)
        # It warns whenever two requests wait at once, which a page with twelve pictures always makes them do.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._lock = threading.RLock()
        self._runner: threading.Thread | None = None
        self._stop = threading.Event()
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.address, self.address)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def run(self) -> None:
        """Serve until closed."""
        with self._lock:
            if self._stop.is_set():
                return
            self._runner = threading.current_thread()
        try:
            while not self._stop.is_set():
                self._waitress.turn()
        finally:
            self._release()

    def close(self) -> None:
        """Stop within a second, open streams and downloads included; a second time does nothing."""
        with self._lock:
            self._stop.set()
            runner = self._runner
            if runner is None:
                self._release()
        self._waitress.pull_trigger()
        if runner is not threading.current_thread():
            self._ended.wait(2)

    def _release(self) -> None:
        if not self._ended.is_set():
            self._waitress.end()
            self._feeder.close()
            self._ended.set()


class _Waitress(TcpWSGIServer):
    """waitress's own server on a socket that is bound already."""

    channel_class = Channel
    active_channels: Any
    task_dispatcher: Any
    trigger: Any
    _map: Any

    def __init__(
        self, app: Any, sock: socket.socket, adjustments: Any, feeder: Feeder, intake: Intake | None = None
    ) -> None:
        self.feeder, self.intake = feeder, intake
        self._trigger_lock = threading.RLock()
        self._trigger_open = True
        self._thunks: deque[Callable[[], None]] = deque()
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(adjustments.threads)
        where = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(app, {}, True, sock, dispatcher, adjustments, where, bind_socket=False)

    def turn(self) -> None:
        """One turn of the main loop: wait, serve what is ready, then what other threads asked for."""
        wasyncore.loop(timeout=LOOP_SECONDS, use_poll=True, map=self._map, count=1)
        self._run_thunks()

    def in_loop(self, thunk: Callable[[], None]) -> None:
        """Run ``thunk`` in the main loop, soon.

        Not the trigger's own list: it is run with a lock held, which a thunk that waits for a connection's lock, held
        by a thread that pulls the trigger, would turn into a deadlock.
        """
        self._thunks.append(thunk)
        self.pull_trigger()

    def pull_trigger(self) -> None:
        """Wake the main loop; after ``end`` its descriptor may be somebody's file, so then nothing."""
        with self._trigger_lock:
            if self._trigger_open:
                self.trigger.pull_trigger()

    def end(self) -> None:
        """Close the door, give running requests a moment, then close every connection."""
        wasyncore.dispatcher.close(self)
        self.task_dispatcher.shutdown(timeout=CLOSE_SECONDS)
        channels = list(self.active_channels.values())
        for channel in channels:
            with contextlib.suppress(OSError):  # what a request that just ended has to say
                channel.flush_last()
            channel.handle_close()
        ends_at = time.monotonic() + CLOSE_SECONDS
        for channel in channels:  # what an upload leaves is swept up at the next start, but better now
            if channel.incoming is not None:
                channel.incoming.abort(max(0.01, ends_at - time.monotonic()))
        self._run_thunks()
        with self._trigger_lock:
            self._trigger_open = False
            self.trigger.close()

    def _run_thunks(self) -> None:
        while self._thunks:
            self._thunks.popleft()()


def _adjustments(threads: int, max_body_bytes: int) -> Any:
    adjustments = Adjustments(
        threads=threads,
        ident=None,
        connection_limit=512,
        max_request_header_size=64 * 1024,
        max_request_body_size=max_body_bytes,
        log_socket_errors=False,
        channel_request_lookahead=0,
    )
    # Answers are sent by the main loop, whole: a thread that sends them makes the loop spin for its lock, which took eight
    # busy connections from 1,760 answers a second to 170. Set here because waitress warns of the setting.
    adjustments.send_bytes = 1 << 18
    return adjustments


def _bound(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:  # the system would take it modulo 65536
        raise UsageError(f"{port} is no port", hint="ports go from 0 (any free one) to 65535")
    try:
        family, kind, protocol, _, address = _resolved(host, port)
        sock = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{host!r} is no address of this machine", hint="try --host 127.0.0.1") from error
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            with contextlib.suppress(OSError):  # some systems know one of the two families only
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(address)
        sock.listen(1)
    except OSError as error:
        sock.close()
        raise _refused(error, host, port) from error
    return sock


def _resolved(host: str, port: int) -> tuple[Any, ...]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # localhost is often ::1 first, while people type and print 127.0.0.1
    return min(found, key=lambda entry: entry[0] != socket.AF_INET)


def _refused(error: OSError, host: str, port: int) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"port {port} on {host} is in use", hint="another vidwatchd may run already; --port 0 takes a free one"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return UsageError(f"port {port} is not for ordinary users", hint="take a --port above 1023")
    return UsageError(f"cannot listen on {host} port {port}: {error.strerror}", hint="try --host 127.0.0.1")
