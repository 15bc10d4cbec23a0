"""events: what happened, told to every open page as server-sent events.

An id is ``<boot>-<n>``: ``n`` counts up, ``boot`` is new with each ``Hub``, so that a client which reconnects after a
restart, or after more events than are remembered, is told ``reset`` and loads its page again.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

HEARTBEAT = b":\n\n"
HEARTBEAT_SECONDS = 15.0
RETRY_MS = 2000

Predicate = Callable[[str, Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class _Event:
    number: int
    type: str
    data: Mapping[str, Any]
    wire: bytes


class Hub:
    """Takes events from any thread and hands them to every stream; remembers the last ones for those that reconnect.

    ``max_bytes`` is how far a slow client may fall behind before it is dropped (it then reconnects and resumes).
    """

    def __init__(self, *, keep: int = 1000, max_bytes: int = 256 * 1024) -> None:
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._recent: deque[_Event] = deque(maxlen=keep)
        self._streams: set[EventStream] = set()
        self._max_bytes = max_bytes
        self._closed = False
        self._lock = threading.Lock()

    @property
    def last_id(self) -> str:
        """The id of the newest event; a page rendered now may ask for what comes after it."""
        return f"{self._boot}-{self._number}"

    def __len__(self) -> int:
        return len(self._streams)

    def publish(self, type: str, data: Mapping[str, Any]) -> str:
        """Tell every stream; returns the event's id. ``type`` is one word."""
        with self._lock:
            self._number += 1
            name = self.last_id
            event = _Event(self._number, type, data, encode(type, data, name))
            self._recent.append(event)
            # Delivered under the lock: two publishers must not swap their events on the way to a stream.
            for stream in tuple(self._streams):
                stream.deliver(event.type, event.data, event.wire)
            return name

    def subscribe(
        self, last_event_id: str | None = None, *, accepts: Predicate | None = None, until: Predicate | None = None
    ) -> EventStream:
        """A stream of the events that ``accepts`` passes; the first that ``until`` passes is its last.

        With ``last_event_id`` everything missed since comes first, or one ``reset`` when that is no longer known.
        """
        stream = EventStream(self._forget, accepts=accepts, until=until, max_bytes=self._max_bytes)
        with self._lock:
            stream.put(f"retry: {RETRY_MS}\nid: {self.last_id}\n\n".encode())
            self._replay(stream, last_event_id)
            if self._closed:
                stream.finish()
            self._streams.add(stream)
        return stream

    def close(self) -> None:
        """End every stream, those to come too."""
        with self._lock:
            self._closed = True
            streams = tuple(self._streams)
        for stream in streams:
            stream.finish()

    def _replay(self, stream: EventStream, last_event_id: str | None) -> None:
        if not last_event_id:
            return
        missed = self._since(last_event_id)
        # A replay that would itself overflow the stream would end it again and again.
        if missed is None or sum(len(event.wire) for event in missed) > self._max_bytes // 2:
            stream.put(encode("reset", {}, self.last_id))
            return
        for event in missed:
            stream.deliver(event.type, event.data, event.wire)

    def _since(self, last_event_id: str) -> list[_Event] | None:
        boot, _, number = last_event_id.rpartition("-")
        if boot != self._boot or not (number.isascii() and number.isdigit() and len(number) < 20):
            return None
        oldest = self._number - len(self._recent)
        if not oldest <= int(number) <= self._number:
            return None
        return [event for event in self._recent if event.number > int(number)]

    def _forget(self, stream: EventStream) -> None:
        with self._lock:
            self._streams.discard(stream)


class EventStream:
    """One client's events, as a response's iterable.

    ``Server`` takes it over with ``listen`` and ``take`` and holds no thread for it; any other WSGI server may iterate
    it, which blocks and yields a comment as heartbeat when nothing happens. ``lost``: the client fell too far behind.
    """

    def __init__(
        self,
        forget: Callable[[EventStream], None],
        *,
        accepts: Predicate | None = None,
        until: Predicate | None = None,
        max_bytes: int = 256 * 1024,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._forget = forget
        self._accepts = accepts or _everything
        self._until = until or _nothing
        self._max_bytes = max_bytes
        self._heartbeat_seconds = heartbeat_seconds
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._ended = False
        self.lost = False
        self._wake: Callable[[], None] | None = None
        self._changed = threading.Condition()

    def send(self, type: str, data: Mapping[str, Any]) -> None:
        """Tell this client alone; without an id, as there is nothing to resume from."""
        self.put(encode(type, data))

    def finish(self) -> None:
        """End the stream once everything sent so far is delivered."""
        with self._changed:
            self._ended = True
        self._tell()

    def close(self) -> None:
        """Unsubscribe; what was not delivered is dropped."""
        self._forget(self)
        with self._changed:
            self._pending = []
            self._ended = True
        self._tell()

    def deliver(self, type: str, data: Mapping[str, Any], wire: bytes) -> None:
        """The hub's side: pass the event on when it is wanted."""
        if not self._accepts(type, data):
            return
        self.put(wire)
        if self._until(type, data):
            self.finish()

    def put(self, wire: bytes) -> None:
        """Queue encoded bytes; a client too far behind is ended without them."""
        with self._changed:
            if self._ended:
                return
            self._pending_bytes += len(wire)
            if self._pending_bytes > self._max_bytes:
                self._pending, self._ended, self.lost = [], True, True
            else:
                self._pending.append(wire)
        self._tell()

    def take(self) -> tuple[bytes, bool]:
        """All that waits, and whether nothing will follow it; never blocks."""
        with self._changed:
            wire = b"".join(self._pending)
            self._pending, self._pending_bytes = [], 0
            return wire, self._ended

    def listen(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` whenever there is something to take; it may come from any thread and must not block."""
        self._wake = wake
        wake()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self._changed:
            if not self._pending and not self._ended:
                self._changed.wait(self._heartbeat_seconds)
        wire, ended = self.take()
        if not wire and ended:
            raise StopIteration
        return wire or HEARTBEAT

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()
        if self._wake:
            self._wake()


def encode(type: str, data: Mapping[str, Any], id: str = "") -> bytes:
    """One event as it goes over the wire (WHATWG HTML, 9.2.6)."""
    head = f"id: {id}\n" if id else ""
    # Escaped to ASCII: no line break, of which Unicode has more than JSON escapes, can end the data early.
    return f"{head}event: {type}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def _everything(type: str, data: Mapping[str, Any]) -> bool:
    return True


def _nothing(type: str, data: Mapping[str, Any]) -> bool:
    return False
