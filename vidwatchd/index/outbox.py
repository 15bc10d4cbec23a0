"""outbox: events that another process on the same index left for the daemon to tell its pages."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vidwatchd.index import Index

KEPT_SECONDS = 300.0
# Told a thousand times while a command works, meant for pages that are open now: not worth a write each.
_FLEETING = frozenset({"progress"})


class Outbox:
    """Events between processes."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def put(self, type_: str, data: Mapping[str, Any]) -> None:
        """Leave one event."""
        if type_ in _FLEETING:
            return
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM outbox WHERE at < ?", (time.time() - KEPT_SECONDS,))
            connection.execute(
                "INSERT INTO outbox (type, data, at) VALUES (?, ?, ?)", (type_, json.dumps(dict(data)), time.time())
            )

    def last(self) -> int:
        """The number of the newest event ever left."""
        row = self.index.one("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'")
        return int(str(row[0])) if row else 0

    def since(self, number: int) -> list[tuple[int, str, dict[str, Any]]]:
        """(number, type, data) of the events after one, in order."""
        rows = self.index.rows("SELECT id, type, data FROM outbox WHERE id > ? ORDER BY id", number)
        return [(int(str(i)), str(type_), json.loads(str(data))) for i, type_, data in rows]
