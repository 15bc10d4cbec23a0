"""watch: hints that something under a library changed; never trusted, only collected, debounced and handed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Mode = Literal["inotify", "fsevents", "polling", "off"]
Polling = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Hints:
    """Where to look in one library; paths are portable and relative to its root.

    ``folders`` alone, ``trees`` with everything beneath, ``full`` the whole library. ``sidecars`` names the people's
    sidecars that were touched; their folders are among ``folders``.
    """

    library: int
    folders: frozenset[str] = frozenset()
    trees: frozenset[str] = frozenset()
    full: bool = False
    sidecars: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """How a library is followed now; ``reason`` and ``fix`` are for the dashboard, ``degraded`` asks for attention."""

    mode: Mode
    reason: str = ""
    fix: str = ""
    degraded: bool = False


class Watcher:
    """Follows any number of roots (key → native path) and calls ``on_hints`` from one thread of its own.

    No call blocks on a disk: each root is set up and kept in a thread of its own.
    """

    def __init__(
        self,
        roots: Mapping[int, str],
        on_hints: Callable[[Hints], None],
        *,
        debounce_seconds: float = 0.2,
        polling: Polling = "auto",
        poll_seconds: float = 30.0,
    ) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Begin to follow every root; returns at once."""

    def stop(self, timeout_seconds: float = 3.0) -> None:
        """End every thread; a thread that hangs in a dead mount is left behind (it is a daemon thread)."""

    def add(self, key: int, root: str) -> None:
        """Follow one more root."""

    def remove(self, key: int) -> None:
        """No longer follow a root."""

    def status(self, key: int) -> WatchStatus:
        """How a root is followed now; mode ``off`` for one that is not."""
        raise NotImplementedError
