"""requests: what a person asked for in one go, and how far its jobs have come; the numbers of the activity page."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import NotFound
from vidwatchd.index.later import LAST

if TYPE_CHECKING:
    from vidwatchd.index import Index

_JOB = """
  SELECT j.id, j.kind, j.kind AS task, j.video_id, v.name AS video_name, j.library_id, j.state, j.attempts, j.not_before,
    j.progress, j.error, j.created_at, j.started_at, j.ended_at
  FROM jobs j JOIN videos v ON v.id = j.video_id"""
_REQUEST = """
  SELECT r.id, r.task, r.params, r.created_at, r.cancelled, r.state, r.progress_current, r.progress_total, r.doing, r.error,
    r.started_at, r.ended_at, count(j.id) AS total,
    total(j.state = 'done') AS done, total(j.state = 'failed') AS failed, total(j.state = 'cancelled') AS dropped,
    total(j.state = 'running') AS running, total(CASE j.state WHEN 'running' THEN j.progress ELSE 0 END) AS part,
    total(j.state = 'queued' AND j.error <> '') AS retrying
  FROM requests r LEFT JOIN request_jobs x ON x.request_id = r.id LEFT JOIN jobs j ON j.id = x.job_id"""


class Requests:
    """Questions about requests, and lists of jobs for people."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def add(
        self,
        task: str,
        params: Mapping[str, Any],
        job_ids: Collection[int],
        *,
        caps: Mapping[str, int] | None = None,
    ) -> str:
        """A new request over these jobs. ``caps`` hold, for all work, until it is over. Returns its uuid."""
        request_id = str(uuid.uuid4())
        values = (request_id, task, json.dumps(dict(params)), time.time(), json.dumps(dict(caps)) if caps else "")
        with self.index.transaction() as connection:
            connection.execute(
                "INSERT INTO requests (id, task, params, created_at, caps) VALUES (?, ?, ?, ?, ?)", values
            )
            connection.executemany(
                "INSERT OR IGNORE INTO request_jobs VALUES (?, ?)", [(request_id, job_id) for job_id in job_ids]
            )
        return request_id

    def join(self, request_id: str, job_ids: Collection[int]) -> None:
        """These jobs came of a request's own and belong to it."""
        with self.index.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO request_jobs VALUES (?, ?)", [(request_id, job_id) for job_id in job_ids]
            )

    def get(self, request_id: str) -> dict[str, Any]:
        """One request with its counts. Raises NotFound."""
        found = self.index.dicts(f"{_REQUEST} WHERE r.id = ? GROUP BY r.id", request_id)
        if not found:
            raise NotFound(f"there is no job {request_id}")
        return found[0]

    def latest(self, limit: int) -> list[dict[str, Any]]:
        """The newest requests with their counts."""
        return self.index.dicts(f"{_REQUEST} GROUP BY r.id ORDER BY r.created_at DESC LIMIT ?", limit)

    def job_ids(self, request_id: str) -> list[int]:
        """The jobs of a request."""
        return [
            int(str(r[0])) for r in self.index.rows("SELECT job_id FROM request_jobs WHERE request_id = ?", request_id)
        ]

    def waiting(self, request_id: str, short: Collection[int] = ()) -> int:
        """How many jobs of a request still run or are due; those that wait for their next try do not count, nor what is
        made last in libraries that are ``short`` of room for it."""
        sql = f"""SELECT count(*) FROM request_jobs x JOIN jobs j ON j.id = x.job_id WHERE x.request_id = ?
                 AND (j.state = 'running' OR (j.state = 'queued' AND j.not_before <= ? AND NOT (j.priority >= {LAST}
                   AND j.library_id IN (SELECT value FROM json_each(?)))))"""
        row = self.index.one(sql, request_id, time.time(), json.dumps(list(short)))
        return int(str(row[0])) if row else 0

    def caps(self) -> dict[str, int]:
        """The caps of requests that are not over, the smallest of each kind; {} when none has any."""
        found: dict[str, int] = {}
        for request_id, caps in self.index.rows("SELECT id, caps FROM requests WHERE caps <> ''"):
            if not self._is_live(str(request_id)):
                self.uncap(str(request_id))
                continue
            for kind, cap in json.loads(str(caps)).items():
                found[kind] = min(cap, found.get(kind, cap))
        return found

    def uncap(self, request_id: str) -> None:
        """A request's caps hold no longer."""
        with self.index.transaction() as connection:
            connection.execute("UPDATE requests SET caps = '' WHERE id = ?", (request_id,))

    def _is_live(self, request_id: str) -> bool:
        sql = """SELECT 1 FROM request_jobs x JOIN jobs j ON j.id = x.job_id WHERE x.request_id = ?
                 AND (j.state = 'running' OR (j.state = 'queued' AND j.not_before <= ?)) LIMIT 1"""
        return self.index.one(sql, request_id, time.time()) is not None

    def made(self, request_id: str) -> dict[str, int]:
        """Kind → how many artifacts came of a request's jobs."""
        sql = """SELECT j.kind, count(*) FROM request_jobs x
                 JOIN jobs j ON j.id = x.job_id JOIN artifacts a ON a.video_id = j.video_id AND a.kind = j.kind
                 WHERE x.request_id = ? AND j.state = 'done' AND j.error = '' AND a.state = 'done' GROUP BY j.kind"""
        return {str(kind): int(str(n)) for kind, n in self.index.rows(sql, request_id)}

    def refused(self, request_id: str) -> list[dict[str, Any]]:
        """Path, kind and reason of a request's jobs that could not be done here and left what was there as it was."""
        sql = """SELECT v.path, j.kind, j.error AS reason FROM request_jobs x JOIN jobs j ON j.id = x.job_id
                 JOIN videos v ON v.id = j.video_id JOIN artifacts a ON a.video_id = j.video_id AND a.kind = j.kind
                 WHERE x.request_id = ? AND j.state = 'done' AND j.error <> '' AND a.state IN ('done', 'stale')
                 ORDER BY v.path, j.kind"""
        return self.index.dicts(sql, request_id)

    def runs(self, request_id: str) -> bool:
        """Whether any job of a request runs now (here or in another process)."""
        sql = """SELECT 1 FROM request_jobs x JOIN jobs j ON j.id = x.job_id
                 WHERE x.request_id = ? AND j.state = 'running' LIMIT 1"""
        return self.index.one(sql, request_id) is not None

    def cancel(self, request_id: str) -> None:
        """Note that a person stopped it."""
        with self.index.transaction() as connection:
            connection.execute("UPDATE requests SET cancelled = 1 WHERE id = ?", (request_id,))

    def job(self, job_id: int) -> dict[str, Any]:
        """One job row for people. Raises NotFound."""
        found = self.index.dicts(f"{_JOB} WHERE j.id = ?", job_id)
        if not found:
            raise NotFound(f"there is no job {job_id}")
        return found[0]

    def jobs(
        self, *, state: str | None = None, kind: str | None = None, video_id: int | None = None, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Job rows for people, the newest first."""
        sql = f"""{_JOB} WHERE (?1 IS NULL OR j.state = ?1) AND (?2 IS NULL OR j.kind = ?2)
                  AND (?3 IS NULL OR j.video_id = ?3) ORDER BY j.id DESC LIMIT ?4"""
        if state and video_id is None:  # lets SQLite use the index on state
            sql = sql.replace("(?1 IS NULL OR j.state = ?1)", "j.state = ?1")
        if video_id is not None:
            sql = sql.replace("(?3 IS NULL OR j.video_id = ?3)", "j.video_id = ?3")
        return self.index.dicts(sql, state, kind, video_id, limit)

    def failures(self, limit: int) -> list[dict[str, Any]]:
        """Jobs that wait for their next try, the soonest first, and those that were set aside, the newest first."""
        sql = f"""{_JOB} WHERE j.id IN (SELECT id FROM jobs INDEXED BY jobs_retry
                  WHERE state = 'queued' AND not_before > 0 AND error <> '' ORDER BY not_before LIMIT ?) ORDER BY j.not_before"""
        return (self.index.dicts(sql, limit) + self.jobs(state="failed", limit=limit))[:limit]

    def counts(self) -> list[tuple[str, str, int]]:
        """(kind, state, how many) over all jobs that are not done; those that wait for a next try are ``retrying`` too."""
        sql = """SELECT kind, state, count(*) FROM jobs WHERE state IN ('queued', 'running', 'failed') GROUP BY state, kind
                 UNION ALL SELECT kind, 'retrying', count(*) FROM jobs INDEXED BY jobs_retry
                 WHERE state = 'queued' AND not_before > 0 AND error <> '' GROUP BY kind"""
        return [(str(k), str(s), int(str(n))) for k, s, n in self.index.rows(sql)]

    def done_counts(self) -> dict[str, int]:
        """Kind → how many jobs are done."""
        rows = self.index.rows("SELECT kind, count(*) FROM jobs WHERE state = 'done' GROUP BY kind")
        return {str(kind): int(str(n)) for kind, n in rows}

    def pace(self, kind: str, since: float) -> float | None:
        """Seconds a job of this kind took lately, by the ends of those done since a moment; None when that says nothing."""
        sql = """SELECT count(*), min(ended_at), max(ended_at) FROM (SELECT ended_at FROM jobs
                 WHERE kind = ? AND state = 'done' ORDER BY id DESC LIMIT 2000) WHERE ended_at > ?"""
        count, first, last = self.index.one(sql, kind, since) or (0, None, None)
        return (float(str(last)) - float(str(first))) / (int(str(count)) - 1) if int(str(count)) > 2 else None
