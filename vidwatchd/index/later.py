"""later: what is made by itself only once nothing else waits, and while its disk has room."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidwatchd.index import Index

# Jobs of this priority and beyond.
LAST = 90
_WAITING = f"""json_each(?2) k CROSS JOIN jobs j INDEXED BY jobs_due WHERE j.kind = k.value
  AND j.state = 'queued' AND j.not_before = 0 AND j.priority >= {LAST} AND j.library_id ="""


@dataclass(frozen=True, slots=True)
class Later:
    """What is made last: ``kinds``, by themselves only while none of the kinds ``after`` waits, and not in the libraries
    that are ``short`` of room."""

    kinds: Collection[str] = ()
    after: Collection[str] = ()
    short: Collection[int] = ()


NOTHING_LATER = Later()


class LaterJobs:
    """Questions about what waits to be made last."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def libraries(self, kinds: Collection[str]) -> list[int]:
        """The libraries, online now, in which some of these kinds wait for that."""
        sql = f"SELECT l.id FROM libraries l WHERE l.online = ?1 AND EXISTS (SELECT 1 FROM {_WAITING} l.id)"
        return [int(str(row[0])) for row in self.index.rows(sql, 1, json.dumps(list(kinds)))]

    def count(self, library_id: int, kinds: Collection[str]) -> int:
        """How many jobs of these kinds wait for that in a library."""
        row = self.index.one(f"SELECT count(*) FROM {_WAITING} ?1", library_id, json.dumps(list(kinds)))
        return int(str(row[0])) if row else 0

    def lift(self, kind: str, priority: int, library_id: int) -> None:
        """A person asked for what would have been made last in a library."""
        sql = """UPDATE jobs INDEXED BY jobs_by_state SET priority = ? WHERE state = 'queued' AND kind = ?
                 AND library_id = ? AND priority >= ?"""
        with self.index.transaction() as connection:
            connection.execute(sql, (priority, kind, library_id, LAST))
