"""jobs: the queue as a table: owe once, claim atomically, lease, retry, set aside."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vidwatchd.index.artifacts import OTHERS
from vidwatchd.index.later import LAST, NOTHING_LATER, Later
from vidwatchd.model import Job, JobState

if TYPE_CHECKING:
    import sqlite3

    from vidwatchd.index import Index

_COLUMNS = """j.id, j.kind, j.video_id, j.library_id, j.state, j.settings, j.version, v.fingerprint, j.attempts, j.not_before,
  j.progress, j.error, j.settings_hash, j.pinned, j.alone"""
_IN = "IN (SELECT value FROM json_each(?))"
# CROSS: statistics of a night with an empty queue would have the next backlog walked through.
_FROM = "FROM json_each(?) e CROSS JOIN jobs j ON j.id = e.value CROSS JOIN videos v ON v.id = j.video_id"

# What is missing or stale is owed; done work whose files vanished is owed again under the same key. A job that failed for
# good or that a person cancelled stays so, unless a person asks (?8), and so does what could not be made here: it may be now.
_OWE = """
  INSERT INTO jobs (key, kind, tier, video_id, library_id, priority, pinned, settings, settings_hash, version, created_at)
  SELECT v.id || ':' || v.content || ':' || ?1 || ':' || ?5 || ':' || ?4, ?1, ?2, v.id, v.library_id, ?6, ?7, ?3, ?4, ?5, ?9
  FROM videos v LEFT JOIN artifacts a ON a.video_id = v.id AND a.kind = ?1
  WHERE v.presence = 'present' AND {scope} {needs} {lacking}
  ON CONFLICT (key) DO UPDATE SET state = 'queued', attempts = 0, ends = 0, not_before = 0, alone = 0, error = '', progress = 0,
    priority = excluded.priority, pinned = excluded.pinned, settings = excluded.settings, ended_at = NULL
    WHERE jobs.state = 'done' OR (?8 AND jobs.state IN ('failed', 'cancelled'))
  RETURNING id"""
_LACKING = "AND (a.state IS NULL OR a.state IN ('missing', 'stale') OR (?8 AND a.state IN ('failed', 'unavailable')))"
_NEEDS = """AND (v.library_id IN ({spared}) OR EXISTS (SELECT 1 FROM artifacts r WHERE r.video_id = v.id
  AND r.kind = '{kind}' AND r.state IN ('done', 'unavailable', 'failed')))"""

# The head of each queue (library × kind) by one step in an index, then the first of these: a backlog of a kind at its
# cap, or of a library that is away, costs nothing.
_NEXT = """
  WITH heads AS (SELECT (SELECT j.id FROM jobs j INDEXED BY jobs_due WHERE j.library_id = l.id AND j.kind = k.value
    AND j.state = 'queued' AND j.not_before = 0 AND j.priority >= :least AND j.priority < :below {only}
    ORDER BY j.priority, j.id LIMIT 1) AS id
    FROM libraries l, json_each(:kinds) k WHERE l.online = 1 AND l.id NOT IN (SELECT value FROM json_each(:short)))
  SELECT j.video_id, j.tier, j.alone, j.kind FROM heads h CROSS JOIN jobs j ON j.id = h.id
  LEFT JOIN json_each(:shares) s ON s.key = j.kind
  ORDER BY j.priority, s.value, j.id LIMIT 1"""
_WAITS = """
  SELECT 1 FROM libraries l, json_each(:others) k WHERE l.online = 1 AND EXISTS (SELECT 1 FROM jobs j INDEXED BY jobs_due
    WHERE j.library_id = l.id AND j.kind = k.value AND j.state = 'queued' AND j.not_before = 0 {only}) LIMIT 1"""
_OF_VISIT = """
  SELECT j.id, j.alone FROM jobs j INDEXED BY jobs_of_video WHERE j.video_id = :video_id
  AND j.state = 'queued' AND j.tier = :tier AND j.not_before = 0
  AND j.kind IN (SELECT value FROM json_each(:kinds)) {only} ORDER BY j.priority, j.id"""
_ONLY = "AND EXISTS (SELECT 1 FROM request_jobs x WHERE x.request_id = :request AND x.job_id = j.id)"
_WAKE = (
    "UPDATE jobs INDEXED BY jobs_retry SET not_before = 0 WHERE state = 'queued' AND not_before > 0 AND not_before <= ?"
)


@dataclass(frozen=True, slots=True)
class Owing:
    """One kind to be owed: with what settings, how urgently, and whether a person asked for just that.

    ``requires`` are the kinds that it waits for, ``spared`` the libraries in which it does not wait for one of them.
    """

    kind: str
    tier: str
    version: int
    settings: Mapping[str, Any]
    settings_hash: str
    requires: tuple[str, ...] = ()
    spared: Mapping[str, Collection[int]] = field(default_factory=dict)
    priority: int = 50
    asked: bool = False
    force: bool = False
    pinned: bool = False


class Jobs:
    """Questions about owed work."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def owe(
        self, owing: Owing, *, library_id: int | None = None, video_ids: Collection[int] | None = None
    ) -> list[int]:
        """Write a row for every video in scope that lacks this kind. Returns the ids of rows queued now."""
        scope = "v.library_id = ?10" if video_ids is None else "v.id IN (SELECT value FROM json_each(?10))"
        sql = _OWE.format(
            scope=scope if library_id is not None or video_ids is not None else "?10 IS NULL",
            needs=" ".join(
                _NEEDS.format(kind=kind, spared=", ".join(str(int(n)) for n in owing.spared.get(kind, ())))
                for kind in owing.requires
            ),
            lacking="" if owing.force else _LACKING,
        )
        target = json.dumps(list(video_ids)) if video_ids is not None else library_id
        settings = json.dumps(dict(owing.settings), sort_keys=True)
        params = (owing.kind, owing.tier, settings, owing.settings_hash, owing.version, owing.priority, owing.pinned)
        with self.index.bulk() if video_ids is None else self.index.transaction() as connection:
            rows = connection.execute(sql, (*params, owing.asked or owing.force, time.time(), target)).fetchall()
        return [int(row[0]) for row in rows]

    def pending(self, kinds: Collection[str], video_ids: Collection[int], *, due_only: bool = False) -> list[int]:
        """Jobs for these that already wait or run: a request joins them instead of owing again."""
        sql = """SELECT id FROM jobs WHERE state IN ('queued', 'running') AND not_before <= ?
                 AND kind IN (SELECT value FROM json_each(?)) AND video_id IN (SELECT value FROM json_each(?))"""
        until = time.time() if due_only else 1e12
        return [
            int(str(row[0]))
            for row in self.index.rows(sql, until, json.dumps(list(kinds)), json.dumps(list(video_ids)))
        ]

    def hasten(self, job_ids: Collection[int], priority: int) -> None:
        """Somebody waits for these: due now, and before the rest."""
        with self.index.transaction() as connection:
            connection.execute(
                """UPDATE jobs SET priority = min(priority, ?), not_before = 0 WHERE state = 'queued'
                   AND id IN (SELECT value FROM json_each(?))""",
                (priority, json.dumps(list(job_ids))),
            )

    def take_back(self, library_id: int, kinds: Collection[str]) -> None:
        """What waits of these kinds in a library is not wanted any more, unless a person asked for it."""
        sql = f"""DELETE FROM jobs WHERE state = 'queued' AND library_id = ? AND kind {_IN} AND NOT pinned
                  AND NOT EXISTS (SELECT 1 FROM request_jobs x WHERE x.job_id = jobs.id)"""
        with self.index.transaction() as connection:
            connection.execute(sql, (library_id, json.dumps(list(kinds))))

    def claim(
        self,
        caps: Mapping[str, int],
        *,
        owner: str,
        lease_seconds: float,
        request: str = "",
        balanced: bool = False,
        later: Later = NOTHING_LATER,
    ) -> list[Job]:
        """Take one video's owed kinds of one tier that fit under ``caps``; [] when nothing is due. Counts the attempt.

        ``request``: only what that request asked for. ``balanced``: of what is equally urgent, first the kind that uses
        the least of its cap, so that a long one runs beside the many short ones and not after them. ``later``: what waits
        for all the rest, and is never joined with it.
        """
        now = time.time()
        with self.index.transaction() as connection:
            free = self._free(connection, caps)
            if not free:
                return []
            connection.execute(_WAKE, (now,))
            only = _ONLY if request else ""
            params: dict[str, Any] = {"request": request, "shares": json.dumps(free if balanced else {})}
            row = self._head(connection, list(free), later, only, params)
            if row is None:
                return []
            video_id, tier, alone, kind = row
            # A visit ends as a whole: what may take an hour must not hold back what was to come before it.
            alike = [each for each in free if (each in later.kinds) == (kind in later.kinds)]
            params |= {"video_id": video_id, "tier": tier, "kinds": json.dumps(alike)}
            rows = connection.execute(_OF_VISIT.format(only=only), params).fetchall()
            # After a visit died its kinds come one by one, so that a poison kind takes only itself down.
            ids = json.dumps([int(row[0]) for row in rows if row[1] == alone][: 1 if alone else None])
            connection.execute(
                f"""UPDATE jobs SET state = 'running', owner = ?, lease_until = ?, attempts = attempts + 1, started_at = ?,
                    progress = 0 WHERE id {_IN}""",
                (owner, now + lease_seconds, now, ids),
            )
            found = connection.execute(f"SELECT {_COLUMNS} {_FROM} ORDER BY j.priority, j.id", (ids,))
            return [_job(row) for row in found]

    def _head(
        self, connection: sqlite3.Connection, free: list[str], later: Later, only: str, params: dict[str, Any]
    ) -> tuple[Any, ...] | None:
        """The most urgent of what is due: (video, tier, alone, kind). What comes last only if nothing else waits."""
        urgent = {"kinds": json.dumps(free), "least": 0, "below": LAST if later.kinds else 1 << 31, "short": "[]"}
        row: tuple[Any, ...] | None = connection.execute(_NEXT.format(only=only), params | urgent).fetchone()
        last = [kind for kind in free if kind in later.kinds]
        if row or not last:
            return row
        paused = {str(found[0]) for found in connection.execute("SELECT kind FROM pauses")}
        first = {"others": json.dumps([kind for kind in later.after if kind not in paused])}
        if connection.execute(_WAITS.format(only=only), params | first).fetchone():
            return None
        rest = {"kinds": json.dumps(last), "least": LAST, "below": 1 << 31, "short": json.dumps([*later.short])}
        row = connection.execute(_NEXT.format(only=only), params | rest).fetchone()
        return row  # noqa: RET504  what sqlite3 gives has no type

    def _free(self, connection: sqlite3.Connection, caps: Mapping[str, int]) -> dict[str, float]:
        """The kinds below their cap, and what part of it is in use."""
        paused = {str(row[0]) for row in connection.execute("SELECT kind FROM pauses")}
        if "" in paused:
            return {}
        sql = "SELECT kind, count(*) FROM jobs INDEXED BY jobs_running WHERE state = 'running' GROUP BY kind"
        busy = dict(connection.execute(sql))
        shares = {kind: int(busy.get(kind, 0)) / cap for kind, cap in caps.items() if cap > 0 and kind not in paused}
        return {kind: share for kind, share in shares.items() if share < 1}

    def renew(self, owner: str, lease_seconds: float, job_ids: Collection[int]) -> None:
        """The owner still works on these: they stay its own."""
        sql = f"UPDATE jobs SET lease_until = ? WHERE state = 'running' AND owner = ? AND id {_IN}"
        with self.index.transaction() as connection:
            connection.execute(sql, (time.time() + lease_seconds, owner, json.dumps(list(job_ids))))

    def release(self, owner: str, job_ids: Collection[int] | None = None, *, after_seconds: float = 0.0) -> int:
        """Queue again what this owner leaves unfinished on purpose (all, or these); the attempt does not count."""
        sql = f"""UPDATE jobs SET state = 'queued', owner = '', progress = 0, attempts = attempts - 1, not_before = ?3
                  WHERE state = 'running' AND owner = ?1 AND (?2 IS NULL OR id {_IN.replace("?", "?2")})"""
        ids = None if job_ids is None else json.dumps(list(job_ids))
        with self.index.transaction() as connection:
            return connection.execute(sql, (owner, ids, time.time() + after_seconds if after_seconds else 0)).rowcount

    def owned(self, owner: str) -> set[int]:
        """The running rows of one owner."""
        sql = "SELECT id FROM jobs WHERE state = 'running' AND owner = ?"
        return {int(str(row[0])) for row in self.index.rows(sql, owner)}

    def owners(self) -> set[str]:
        """Who holds running rows."""
        return {str(row[0]) for row in self.index.rows("SELECT DISTINCT owner FROM jobs WHERE state = 'running'")}

    def expire(self, owner: str) -> None:
        """An owner is known to be dead: its leases end now."""
        with self.index.transaction() as connection:
            connection.execute("UPDATE jobs SET lease_until = 0 WHERE state = 'running' AND owner = ?", (owner,))

    def reclaim(self, limit: int) -> list[Job]:
        """Queue again what a vanished owner left running (its lease ended), from the second time on by itself.

        A program that ended proves little against the job, so its attempt does not count; but after ``limit`` such ends
        it is set aside. Returns those set aside.
        """
        sql = """UPDATE jobs SET state = CASE WHEN ends + 1 >= ?1 THEN 'failed' ELSE 'queued' END, owner = '', progress = 0,
                 ends = ends + 1, attempts = max(0, attempts - 1), alone = max(alone, ends > 0),
                 ended_at = CASE WHEN ends + 1 >= ?1 THEN ?2 END,
                 error = CASE WHEN ends + 1 >= ?1 THEN 'the program ended each time it was made' ELSE error END
                 WHERE state = 'running' AND lease_until < ?2 RETURNING id, state"""
        with self.index.transaction() as connection:
            rows = connection.execute(sql, (limit, time.time())).fetchall()
            failed = json.dumps([row[0] for row in rows if row[1] == JobState.FAILED])
            return [_job(row) for row in connection.execute(f"SELECT {_COLUMNS} {_FROM}", (failed,))]

    def next_due(self) -> float | None:
        """When the earliest waiting retry is due, or the earliest lease of another owner ends; None when there is none."""
        row = self.index.one(
            """SELECT min(at) FROM (SELECT min(not_before) AS at FROM jobs INDEXED BY jobs_retry
               WHERE state = 'queued' AND not_before > 0
               UNION ALL SELECT min(lease_until) FROM jobs INDEXED BY jobs_running WHERE state = 'running')"""
        )
        return float(str(row[0])) if row and row[0] is not None else None

    def finish(self, job_id: int, state: JobState, error: str = "", *, owner: str) -> bool:
        """A job of this owner ended for good; False when it is not its own any more (cancelled, or the lease ended)."""
        sql = """UPDATE jobs SET state = ?, error = ?, ended_at = ?, owner = '', progress = (? = 'done')
                 WHERE id = ? AND state = 'running' AND owner = ?"""
        with self.index.transaction() as connection:
            values = (state, error, time.time(), state, job_id, owner)
            return bool(connection.execute(sql, values).rowcount)

    def retry(self, job_id: int, *, after_seconds: float, error: str, alone: bool, owner: str) -> None:
        """A job of this owner failed and waits for its next try."""
        sql = """UPDATE jobs SET state = 'queued', not_before = ?, error = ?, alone = max(alone, ?), owner = '', progress = 0
                 WHERE id = ? AND state = 'running' AND owner = ?"""
        at = time.time() + after_seconds if after_seconds else 0
        with self.index.transaction() as connection:
            connection.execute(sql, (at, error, alone, job_id, owner))

    def progress(self, fractions: Mapping[int, float]) -> None:
        """How far running jobs have come, 0 to 1."""
        with self.index.transaction() as connection:
            connection.executemany(
                "UPDATE jobs SET progress = ? WHERE id = ? AND state = 'running'",
                [(p, i) for i, p in fractions.items()],
            )

    def cancel(self, job_ids: Collection[int]) -> list[int]:
        """Cancel waiting and running jobs; the owner of a running one kills it when it sees that. Returns the ids."""
        sql = """UPDATE jobs SET state = 'cancelled', ended_at = ?, error = '' WHERE state IN ('queued', 'running')
                 AND id IN (SELECT value FROM json_each(?)) RETURNING id"""
        with self.index.transaction() as connection:
            return [int(r[0]) for r in connection.execute(sql, (time.time(), json.dumps(list(job_ids))))]

    def set_back(self, video_id: int, seconds: float) -> list[int]:
        """A video's files are about to change places: whatever runs is queued again, for in a while. Returns the ids.

        What an owner still makes is not published, as it holds the job no longer; the attempt does not count.
        """
        sql = """UPDATE jobs SET state = 'queued', owner = '', progress = 0, attempts = attempts - 1, not_before = ?
                 WHERE state = 'running' AND video_id = ? RETURNING id"""
        with self.index.transaction() as connection:
            return [int(row[0]) for row in connection.execute(sql, (time.time() + seconds, video_id))]

    def begin_again(self, video_ids: Collection[int], kinds: Collection[str], seconds: float) -> None:
        """What these are made from changed: what runs is queued again, for in a while, as ``set_back`` does it."""
        sql = f"""UPDATE jobs SET state = 'queued', owner = '', progress = 0, attempts = attempts - 1, not_before = ?
                  WHERE state = 'running' AND video_id {_IN} AND kind {_IN}"""
        with self.index.transaction() as connection:
            connection.execute(sql, (time.time() + seconds, json.dumps(list(video_ids)), json.dumps(list(kinds))))

    def forgive(self, video_ids: Collection[int], kinds: Collection[str]) -> None:
        """What these are made from changed: what failed, for good or until its next try, may be owed as new."""
        sql = f"""DELETE FROM jobs WHERE (state = 'failed' OR (state = 'queued' AND not_before > 0 AND error <> ''))
                  AND NOT pinned AND video_id {_IN} AND kind {_IN}"""
        with self.index.transaction() as connection:
            connection.execute(sql, (json.dumps(list(video_ids)), json.dumps(list(kinds))))

    def resume_now(self, job_ids: Collection[int]) -> None:
        """What was set back may run."""
        sql = f"UPDATE jobs SET not_before = 0 WHERE state = 'queued' AND id {_IN}"
        with self.index.transaction() as connection:
            connection.execute(sql, (json.dumps(list(job_ids)),))

    def drop(self, video_ids: Collection[int]) -> None:
        """Take back what waits for videos that are gone or whose content changed; running work is cancelled."""
        with self.index.transaction() as connection:
            ids = json.dumps(list(video_ids))
            connection.execute(f"DELETE FROM jobs WHERE state <> 'running' AND video_id {_IN}", (ids,))
            connection.execute(
                f"UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE video_id {_IN}", (time.time(), ids)
            )

    def retry_failed(self, *, kind: str | None = None, job_ids: Collection[int] | None = None) -> list[int]:
        """A person says try again: failed jobs, and those that wait for their next try, are queued as new."""
        chosen = "" if job_ids is None else f"AND id {_IN}"
        sql = f"""UPDATE jobs SET state = 'queued', attempts = 0, ends = 0, not_before = 0, alone = 0, error = '',
                  progress = 0, ended_at = NULL WHERE (state = 'failed' OR (state = 'queued' AND not_before > 0 AND error <> ''))
                  AND (?1 IS NULL OR kind = ?1) {chosen.replace("?", "?2")} RETURNING id"""
        params = [kind] + ([] if job_ids is None else [json.dumps(list(job_ids))])
        with self.index.transaction() as connection:
            return [int(row[0]) for row in connection.execute(sql, params)]

    def states(self, job_ids: Collection[int]) -> dict[int, JobState]:
        """Job id → state."""
        rows = self.index.rows(f"SELECT id, state FROM jobs WHERE id {_IN}", json.dumps(list(job_ids)))
        return {int(str(i)): JobState(str(state)) for i, state in rows}

    def held(self, job_ids: Collection[int], owner: str) -> set[int]:
        """Which of these this owner runs still."""
        sql = f"SELECT id FROM jobs WHERE state = 'running' AND owner = ? AND id {_IN}"
        return {int(str(row[0])) for row in self.index.rows(sql, owner, json.dumps(list(job_ids)))}

    def supersede(self, kind: str, version: int, settings_hash: str) -> None:
        """Take back what waits, or was set aside, for an older version or other settings (unless a person chose them)."""
        sql = "DELETE FROM jobs INDEXED BY jobs_by_state WHERE state = ?4 AND kind = ?1 AND {} AND NOT pinned"
        with self.index.transaction() as connection:
            for state in (JobState.QUEUED, JobState.FAILED):
                for other in OTHERS:
                    connection.execute(sql.format(other), (kind, version, settings_hash, state))

    def trim(self, before: float) -> None:
        """Forget jobs and requests that ended well long ago; a request that is not done keeps all of its jobs."""
        unfinished = """EXISTS (SELECT 1 FROM request_jobs x JOIN jobs j ON j.id = x.job_id
                        WHERE x.request_id = requests.id AND j.state IN ('queued', 'running'))"""
        with self.index.transaction() as connection:
            connection.execute(
                f"""DELETE FROM requests WHERE max(created_at, ifnull(ended_at, 0)) < ?
                    AND ifnull(state, '') NOT IN ('queued', 'running') AND NOT {unfinished}""",
                (before,),
            )
            connection.execute(
                """DELETE FROM jobs WHERE state IN ('done', 'cancelled') AND ended_at < ?
                   AND NOT EXISTS (SELECT 1 FROM request_jobs x WHERE x.job_id = jobs.id)""",
                (before,),
            )

    def pause(self, kind: str = "") -> None:
        """Claim nothing of one kind; "" means nothing at all."""
        with self.index.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO pauses (kind) VALUES (?)", (kind,))

    def resume(self, kind: str = "") -> None:
        """Undo ``pause``."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM pauses WHERE kind = ?", (kind,))

    def paused(self) -> set[str]:
        """What is paused; "" stands for all."""
        return {str(row[0]) for row in self.index.rows("SELECT kind FROM pauses")}


def _job(row: tuple[Any, ...]) -> Job:
    values = list(row)
    values[4], values[5] = JobState(values[4]), json.loads(values[5])
    values[13], values[14] = bool(values[13]), bool(values[14])
    return Job(*values)
