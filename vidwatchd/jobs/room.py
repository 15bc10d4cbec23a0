"""room: on which disks what is made last must wait, because too little is free there."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from vidwatchd import artifacts
from vidwatchd.config import Config
from vidwatchd.errors import LibraryOffline
from vidwatchd.index import Index
from vidwatchd.index.later import Later
from vidwatchd.jobs.owing import caps
from vidwatchd.library import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
GIGABYTE = 1e9


def free_bytes(folder: str) -> int:
    """What is free where a (native) folder lies, or will."""
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return shutil.disk_usage(folder).free


def last_kinds() -> list[str]:
    """The kinds that are made last."""
    return [kind.name for kind in artifacts.KINDS.values() if kind.last]


def shortage(
    index: Index, config: Config, store: Callable[[int], Store], free: Callable[[str], int] = free_bytes
) -> dict[int, str]:
    """Library id → why what is made last waits there; only where any of it waits."""
    kinds = last_kinds()
    return _short(index.later.libraries(kinds) if kinds else (), config, store, free)


def _short(
    library_ids: Collection[int], config: Config, store: Callable[[int], Store], free: Callable[[str], int]
) -> dict[int, str]:
    floor, found = config.store.min_free_gb, dict[int, str]()
    for library_id in library_ids if floor else ():
        try:
            there = store(library_id)
            left = free(there.base) / GIGABYTE
        except (OSError, LibraryOffline):  # whoever writes there will find out what is wrong
            continue
        if left < floor:
            root = there.library.root
            found[library_id] = (
                f"only {left:.1f} GB are free on {root}; stored forms wait until there are {floor:g} (store.min_free_gb)"
            )
    return found


@dataclass(slots=True)
class Room:
    """What one dispatcher knows of the room on the disks, looked at now and then."""

    index: Index
    store: Callable[[int], Store]
    free: Callable[[str], int] = free_bytes
    short: dict[int, str] = field(default_factory=dict)
    _looked_at: float = float("-inf")
    _looked: frozenset[int] = frozenset()

    def later(self, config: Config) -> Later:
        """What a claim must know of the kinds that are made last."""
        kinds = last_kinds()
        waiting = frozenset(self.index.later.libraries(kinds)) if kinds else frozenset()
        if not waiting <= self._looked or time.monotonic() - self._looked_at > LOOK_SECONDS:
            self._look(config, waiting)
        first = [kind for kind, cap in caps(config).items() if cap > 0 and kind not in kinds]
        return Later(kinds, first, tuple(self.short))

    def _look(self, config: Config, waiting: frozenset[int]) -> None:
        self._looked, self._looked_at = waiting, time.monotonic()
        before, self.short = self.short, _short(waiting, config, self.store, self.free)
        self._tell(self.short.keys() - before.keys())

    def _tell(self, library_ids: Collection[int]) -> None:
        for library_id in library_ids:
            log.warning("%s", self.short[library_id])
