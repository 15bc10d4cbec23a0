"""events: what happened, told to every open page as server-sent events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Predicate = Callable[[str, Mapping[str, Any]], bool]


class Hub:
    """Takes events from any thread and hands them to every stream; remembers the last ones for those that reconnect."""

    def __init__(self, *, keep: int = 1000) -> None:
        raise NotImplementedError

    @property
    def last_id(self) -> str:
        """The id of the newest event; a page rendered now may ask for what comes after it."""
        raise NotImplementedError

    def publish(self, type: str, data: Mapping[str, Any]) -> str:
        """Tell every stream; returns the event's id."""
        raise NotImplementedError

    def subscribe(
        self, last_event_id: str | None = None, *, accepts: Predicate | None = None, until: Predicate | None = None
    ) -> EventStream:
        """A stream of the events that ``accepts`` passes; the first that ``until`` passes is its last."""
        raise NotImplementedError

    def close(self) -> None:
        """End every stream."""
        raise NotImplementedError


class EventStream:
    """One client's events, as a response's iterable: blocking when iterated, never held by a thread under ``Server``."""

    def send(self, type: str, data: Mapping[str, Any]) -> None:
        """Tell this client alone (no id: nothing to resume from)."""
        raise NotImplementedError

    def finish(self) -> None:
        """End the stream once everything sent so far is delivered."""
        raise NotImplementedError

    def close(self) -> None:
        """Unsubscribe."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError
