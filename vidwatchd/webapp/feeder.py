"""feeder: one thread that writes every open event stream, so that two hundred of them cost no request anything.

waitress looks at each of its connections whenever anything happens; a stream that stayed there would slow every
request a little. So its socket moves here, where only what is ready is looked at.
"""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from collections.abc import Callable

from vidwatchd.webapp.events import HEARTBEAT, HEARTBEAT_SECONDS, EventStream


class _Client:
    """One socket and the stream it follows; touched by the feeder's thread alone."""

    def __init__(self, sock: socket.socket, stream: EventStream, head: bytes, chunked: bool) -> None:
        self.sock = sock
        self.stream = stream
        self.chunked = chunked
        self.waiting = memoryview(head)
        self.ended = False

    def pump(self) -> bool:
        """Write what can be written; whether the client stays. Raises OSError when it is gone."""
        while not self.stream.lost:
            if not self.waiting and not self._refill():
                return not self.ended
            try:
                self.waiting = self.waiting[self.sock.send(self.waiting) :]
            except BlockingIOError:
                return True
        return False

    def beat(self) -> bool:
        """Show that we are alive; a client that has not read the last words needs no more of them."""
        if not self.waiting:
            self.waiting = memoryview(self._framed(HEARTBEAT))
        return self.pump()

    def hear(self) -> bool:
        """Read what the client says (nothing we want); whether it is still there."""
        try:
            return bool(self.sock.recv(4096))
        except BlockingIOError:
            return True

    def _refill(self) -> bool:
        if self.ended:
            return False
        wire, self.ended = self.stream.take()
        last = b"0\r\n\r\n" if self.ended and self.chunked else b""
        self.waiting = memoryview((self._framed(wire) if wire else b"") + last)
        return bool(self.waiting)

    def _framed(self, wire: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(wire), wire) if self.chunked else wire


class Feeder:
    """Owns the sockets of event streams; its thread starts with the first one and sleeps while nothing happens."""

    def __init__(self, *, most: int = 512, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._most = most
        self._heartbeat_seconds = heartbeat_seconds
        self._selector = selectors.DefaultSelector()
        self._clients: set[_Client] = set()
        self._ready: set[_Client] = set()
        self._closing = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)

    def __len__(self) -> int:
        return len(self._clients)

    def adopt(self, sock: socket.socket, stream: EventStream, head: bytes, *, chunked: bool) -> None:
        """Take over a connection: ``head`` goes first, then the stream (in chunks when ``chunked``) until it ends."""
        client = _Client(sock, stream, head, chunked)
        with self._lock:
            refused = self._closing or len(self._clients) >= self._most
            if not refused:
                self._clients.add(client)
                self._start()
        if refused:
            _end(client)
        else:
            stream.listen(lambda: self._wake(client))

    def close(self) -> None:
        """Close every stream and end the thread; waits for it a moment."""
        with self._lock:
            self._closing, started = True, self._thread
            self._poke()
        if started:
            started.join(1)
        else:
            self._release()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="event streams", daemon=True)
            self._thread.start()

    def _wake(self, client: _Client) -> None:
        with self._lock:
            if not self._ready:
                self._poke()
            self._ready.add(client)

    def _poke(self) -> None:
        # Under the lock, and never after _release: a closed descriptor's number may already be someone else's file.
        if self._wake_write >= 0:
            os.write(self._wake_write, b"x")

    def _run(self) -> None:
        beat_at = time.monotonic() + self._heartbeat_seconds
        while not self._closing:
            for key, mask in self._selector.select(max(0.0, beat_at - time.monotonic())):
                if key.data is not None:
                    self._serve(key.data, mask)
            for client in self._take_ready():
                self._attend(client, client.pump)
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + self._heartbeat_seconds
                for client in tuple(self._clients):
                    self._attend(client, client.beat)
        self._release()

    def _take_ready(self) -> set[_Client]:
        with self._lock:
            if self._ready:
                os.read(self._wake_read, 4096)
            ready, self._ready = self._ready, set()
        return ready

    def _serve(self, client: _Client, mask: int) -> None:
        if mask & selectors.EVENT_READ:
            self._attend(client, client.hear)
        if mask & selectors.EVENT_WRITE and client in self._clients:
            self._attend(client, client.pump)

    def _attend(self, client: _Client, act: Callable[[], bool]) -> None:
        if client not in self._clients:
            return
        try:
            stays = act()
        except OSError:
            stays = False
        if stays:
            self._watch(client)
        else:
            self._drop(client)

    def _watch(self, client: _Client) -> None:
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.waiting else 0)
        key = self._selector.get_map().get(client.sock)
        if key is None:
            self._selector.register(client.sock, wanted, client)
        elif key.events != wanted:
            self._selector.modify(client.sock, wanted, client)

    def _drop(self, client: _Client) -> None:
        with self._lock:
            self._clients.discard(client)
        if client.sock in self._selector.get_map():
            self._selector.unregister(client.sock)
        _end(client)

    def _release(self) -> None:
        for client in tuple(self._clients):
            self._drop(client)
        self._selector.close()
        with self._lock:
            for fd in (self._wake_read, self._wake_write):
                os.close(fd)
            self._wake_read = self._wake_write = -1


def _end(client: _Client) -> None:
    client.stream.close()
    client.sock.close()
