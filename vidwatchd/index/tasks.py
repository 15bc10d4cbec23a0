"""tasks: requests that are one long operation: claimed by one owner, leased, followed, ended, queued again after a crash."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vidwatchd.model import JobState

if TYPE_CHECKING:
    from vidwatchd.index import Index

_COLUMNS = "id, task, state, progress_current, progress_total, doing, error, created_at, started_at, ended_at"
# A paused queue starts nothing at all, tasks neither.
_CLAIM = """
  UPDATE requests SET state = 'running', owner = ?1, lease_until = ?2, started_at = ?3, progress_current = 0
  WHERE id = (SELECT id FROM requests WHERE state = 'queued' ORDER BY created_at LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM pauses WHERE kind = '') RETURNING id, task, params"""
_RECLAIM = """
  UPDATE requests SET state = CASE WHEN ends + 1 >= ?1 THEN 'failed' ELSE 'queued' END, owner = '', ends = ends + 1,
    ended_at = CASE WHEN ends + 1 >= ?1 THEN ?2 END,
    error = CASE WHEN ends + 1 >= ?1 THEN 'the program ended each time it ran' ELSE error END
  WHERE state = 'running' AND lease_until < ?2"""
_MINE = "state = 'running' AND owner = ?"


class Tasks:
    """Questions about tasks."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def add(self, task: str, params: Mapping[str, Any]) -> str:
        """A task that waits to be run. Returns its uuid."""
        task_id = str(uuid.uuid4())
        sql = "INSERT INTO requests (id, task, params, created_at, state) VALUES (?, ?, ?, ?, 'queued')"
        with self.index.transaction() as connection:
            connection.execute(sql, (task_id, task, json.dumps(dict(params)), time.time()))
        return task_id

    def claim(self, owner: str, lease_seconds: float) -> tuple[str, str, dict[str, Any]] | None:
        """Take the task that waits longest: (uuid, task, params); None when none waits or all is paused."""
        now = time.time()
        with self.index.transaction() as connection:
            row = connection.execute(_CLAIM, (owner, now + lease_seconds, now)).fetchone()
        return (str(row[0]), str(row[1]), json.loads(row[2])) if row else None

    def keep(
        self, task_id: str, owner: str, lease_seconds: float, done: float, of: int, names: Sequence[str] = ()
    ) -> bool:
        """Note how far it has come and renew the lease; False when it is this owner's no more: somebody cancelled it."""
        sql = f"""UPDATE requests SET progress_current = ?, progress_total = ?, doing = ?, lease_until = ?
                  WHERE id = ? AND {_MINE}"""
        values = (done, of, ", ".join(names), time.time() + lease_seconds, task_id, owner)
        with self.index.transaction() as connection:
            return connection.execute(sql, values).rowcount == 1

    def finish(
        self, task_id: str, owner: str, state: JobState, *, result: Mapping[str, Any] | None = None, error: str = ""
    ) -> None:
        """A task of this owner is over."""
        sql = f"""UPDATE requests SET state = ?, result = ?, error = ?, owner = '', doing = '', ended_at = ?
                  WHERE id = ? AND {_MINE}"""
        told = None if result is None else json.dumps(dict(result))
        with self.index.transaction() as connection:
            connection.execute(sql, (state, told, error, time.time(), task_id, owner))

    def fail(self, owner: str, error: str) -> None:
        """Whatever this owner runs has failed."""
        sql = f"UPDATE requests SET state = 'failed', error = ?, owner = '', doing = '', ended_at = ? WHERE {_MINE}"
        with self.index.transaction() as connection:
            connection.execute(sql, (error, time.time(), owner))

    def cancel(self, task_id: str) -> None:
        """Stop a task that waits or runs; the owner of a running one sees it at its next step."""
        sql = """UPDATE requests SET state = 'cancelled', doing = '', ended_at = ?
                 WHERE id = ? AND state IN ('queued', 'running')"""
        with self.index.transaction() as connection:
            connection.execute(sql, (time.time(), task_id))

    def release(self, owner: str) -> None:
        """Queue again what this owner leaves unfinished on purpose."""
        sql = f"UPDATE requests SET state = 'queued', owner = '', doing = '', progress_current = 0 WHERE {_MINE}"
        with self.index.transaction() as connection:
            connection.execute(sql, (owner,))

    def owners(self) -> set[str]:
        """Who runs tasks."""
        return {str(row[0]) for row in self.index.rows("SELECT DISTINCT owner FROM requests WHERE state = 'running'")}

    def expire(self, owner: str) -> None:
        """An owner is known to be dead: its leases end now."""
        with self.index.transaction() as connection:
            connection.execute(f"UPDATE requests SET lease_until = 0 WHERE {_MINE}", (owner,))

    def reclaim(self, limit: int) -> None:
        """Queue again what a vanished owner left running; after so many such ends it has failed."""
        with self.index.transaction() as connection:
            connection.execute(_RECLAIM, (limit, time.time()))

    def result(self, task_id: str) -> dict[str, Any] | None:
        """What came of a task; None while nothing has. Not part of lists: it may be long."""
        row = self.index.one("SELECT result FROM requests WHERE id = ?", task_id)
        found: dict[str, Any] | None = json.loads(str(row[0])) if row and row[0] is not None else None
        return found

    def latest(self, *, state: str | None = None, task: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """Tasks for people, the newest first."""
        sql = f"""SELECT {_COLUMNS} FROM requests WHERE state IS NOT NULL AND (?1 IS NULL OR state = ?1)
                  AND (?2 IS NULL OR task = ?2) ORDER BY created_at DESC LIMIT ?3"""
        return self.index.dicts(sql, state, task, limit)

    def shown(self, since: float, limit: int) -> list[dict[str, Any]]:
        """Tasks that run, those that wait, and those that ended since a moment, in this order."""
        sql = f"""SELECT {_COLUMNS} FROM requests WHERE state IN ('queued', 'running') OR (state IS NOT NULL AND ended_at > ?)
                  ORDER BY state = 'running' DESC, state = 'queued' DESC, ended_at DESC, created_at LIMIT ?"""
        return self.index.dicts(sql, since, limit)

    def orders(self, task: str, since: float) -> list[dict[str, Any]]:
        """Tasks of one name that wait, run or ended since a moment, the newest first, each with what was asked (``params``)."""
        sql = f"""SELECT {_COLUMNS}, params FROM requests WHERE task = ? AND (state IN ('queued', 'running')
                  OR (state IS NOT NULL AND ended_at > ?)) ORDER BY created_at DESC"""
        rows = self.index.dicts(sql, task, since)
        return [{**row, "params": json.loads(str(row["params"]))} for row in rows]
