"""forms: stored forms: which videos an id means, and pages of all that there are, are made or could not be made."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidwatchd.index.listing import match

if TYPE_CHECKING:
    from vidwatchd.index import Index

READY, PROCESSING, FAILED, UNAVAILABLE = "ready", "processing", "failed", "unavailable"
STATUSES = (READY, PROCESSING, FAILED, UNAVAILABLE)

# What was made once stays good, whatever became of later tries; a job that waits for another try is a failure until
# then. The kind is written out, which is what lets SQLite go by the index of that one kind.
_STATUS = """CASE WHEN a.files <> '{{}}' THEN 'ready'
    WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.video_id = {id} AND j.kind = '{kind}'
      AND (j.state = 'running' OR (j.state = 'queued' AND j.not_before <= ?1))) THEN 'processing'
    WHEN a.state IS NOT NULL THEN iif(a.state = 'unavailable', 'unavailable', 'failed')
    WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.video_id = {id} AND j.kind = '{kind}'
      AND j.state IN ('failed', 'cancelled')) THEN 'failed'
    ELSE 'processing' END"""
_MADE = """SELECT a.video_id AS id, a.made_at AS at, a.cost_bytes AS bytes, {status} AS status
  FROM artifacts a WHERE a.kind = '{kind}' AND a.state <> 'missing'"""
_COMING = """SELECT v.id AS id, v.added_at AS at, 0 AS bytes, {status} AS status
  FROM (SELECT video_id FROM forms EXCEPT SELECT video_id FROM artifacts WHERE kind = '{kind}' AND state <> 'missing') f
  CROSS JOIN videos v ON v.id = f.video_id LEFT JOIN artifacts a ON 0"""
_NOTHING = '""'  # words that nothing matches
_WORDS = "id IN (SELECT rowid FROM words WHERE words MATCH ?2)"
_ROW = """SELECT v.id AS video_id, f.uuid AS uuid, v.fingerprint AS fingerprint, v.path AS path, v.name AS name,
    v.duration_seconds AS duration_seconds, v.size_bytes AS size_bytes, v.presence AS presence, v.library_id AS library_id,
    a.state AS state, a.error AS error, a.facts AS facts, a.files AS files, a.backend AS backend,
    a.cost_bytes AS cost_bytes, a.made_at AS made_at, {status} AS status,
    (SELECT max(j.progress) FROM jobs j WHERE j.video_id = v.id AND j.kind = '{kind}' AND j.state = 'running') AS progress
  FROM json_each(?2) e CROSS JOIN videos v ON v.id = e.value LEFT JOIN forms f ON f.video_id = v.id
  LEFT JOIN artifacts a ON a.video_id = v.id AND a.kind = '{kind}' AND a.state <> 'missing'
  WHERE a.video_id IS NOT NULL OR f.video_id IS NOT NULL ORDER BY e.key"""


@dataclass(frozen=True, slots=True)
class Totals:
    """All of one status: how many, what their sources take, and what they take themselves."""

    count: int = 0
    source_bytes: int = 0
    stored_bytes: int = 0


class Forms:
    """Questions about stored forms; what is in them stands with the artifacts."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def put(self, video_id: int, uuid: str) -> None:
        """A video has a stored form of that id, or will have."""
        sql = "INSERT INTO forms VALUES (?, ?) ON CONFLICT (video_id) DO UPDATE SET uuid = excluded.uuid"
        with self.index.transaction() as connection:
            connection.execute(sql, (video_id, uuid))

    def remove(self, video_id: int) -> None:
        """It has none any more."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM forms WHERE video_id = ?", (video_id,))

    def videos(self, uuid: str) -> list[int]:
        """The videos of that content, the oldest row first; [] for none."""
        sql = "SELECT video_id FROM forms WHERE uuid = ? ORDER BY video_id"
        return [int(str(row[0])) for row in self.index.rows(sql, uuid)]

    def part(self, video_id: int, path: str, fingerprint: str) -> None:
        """The video's own file, as it is now, is to go once its form is proven."""
        with self.index.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO partings VALUES (?, ?, ?)", (video_id, path, fingerprint))

    def stay(self, video_id: int) -> None:
        """It is to stay, or is gone already."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM partings WHERE video_id = ?", (video_id,))

    def parting(self, video_id: int) -> tuple[str, str] | None:
        """Path and fingerprint of the file that is to go; None when it is to stay."""
        row = self.index.one("SELECT path, fingerprint FROM partings WHERE video_id = ?", video_id)
        return (str(row[0]), str(row[1])) if row else None

    def partings(self) -> list[int]:
        """The videos whose file is to go."""
        return [int(str(row[0])) for row in self.index.rows("SELECT video_id FROM partings ORDER BY video_id")]

    def unlearned(self, kinds: Collection[str]) -> list[int]:
        """Videos with files of these kinds that are known by no id, or by another than their facts tell."""
        sql = """SELECT a.video_id FROM artifacts a LEFT JOIN forms f ON f.video_id = a.video_id
                 WHERE a.kind IN (SELECT value FROM json_each(?)) AND a.files <> '{}'
                 AND (f.uuid IS NULL OR f.uuid <> ifnull(json_extract(a.facts, '$.id'), f.uuid))"""
        return [int(str(row[0])) for row in self.index.rows(sql, json.dumps(list(kinds)))]

    def idle(self, kinds: Collection[str]) -> list[int]:
        """Videos known by an id of which there is nothing of these kinds, and none on its way or set aside."""
        sql = """SELECT f.video_id FROM forms f WHERE NOT EXISTS (SELECT 1 FROM artifacts a
                   WHERE a.video_id = f.video_id AND a.kind IN (SELECT value FROM json_each(?1)))
                 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.video_id = f.video_id
                   AND j.kind IN (SELECT value FROM json_each(?1)) AND j.state IN ('queued', 'running', 'failed'))"""
        return [int(str(row[0])) for row in self.index.rows(sql, json.dumps(list(kinds)))]

    def made(self, kinds: Collection[str]) -> list[int]:
        """Videos of which there are files of these kinds."""
        sql = """SELECT DISTINCT video_id FROM artifacts WHERE kind IN (SELECT value FROM json_each(?))
                 AND files <> '{}' ORDER BY video_id"""
        return [int(str(row[0])) for row in self.index.rows(sql, json.dumps(list(kinds)))]

    def nameless(self, kind: str) -> list[tuple[int, str]]:
        """(video, fingerprint) of those with an artifact of the kind, also a failed one, but without an id."""
        sql = """SELECT v.id, v.fingerprint FROM artifacts a JOIN videos v ON v.id = a.video_id
                 WHERE a.kind = ? AND a.state <> 'missing' AND v.fingerprint <> ''
                   AND NOT EXISTS (SELECT 1 FROM forms f WHERE f.video_id = a.video_id) ORDER BY v.id"""
        return [(int(str(video)), str(fingerprint)) for video, fingerprint in self.index.rows(sql, kind)]

    def page(self, kind: str, *, words: str = "", status: str = "", limit: int, offset: int = 0) -> list[int]:
        """The videos of one page, the newest form first."""
        terms = ["?2 <> '' AND ?3 IS NOT NULL", *([_WORDS] if words.strip() else [])]
        where, found = " AND ".join([*terms, *(["status = ?3"] if status else [])]), list[tuple[object, ...]]()
        for listed in (_COMING, _MADE):  # each by its own index, no further than the page's end
            sql = f"SELECT at, id FROM ({_of(listed, kind)}) WHERE {where} ORDER BY at DESC, id DESC LIMIT ?4"
            found += self.index.rows(sql, time.time(), match(words) or _NOTHING, status, limit + offset)
        return [int(str(video)) for _, video in sorted(found, reverse=True)[offset : offset + limit]]

    def totals(self, kind: str, words: str = "") -> dict[str, Totals]:
        """Status → how many there are and what they take."""
        listed = f"{_of(_COMING, kind)} UNION ALL {_of(_MADE, kind)}"
        where = _WORDS if words.strip() else "?2 <> ''"
        sql = f"""SELECT status, count(*), sum(size_bytes), sum(bytes) FROM ({listed}) l
                  CROSS JOIN videos USING (id) WHERE {where} GROUP BY status"""
        rows = self.index.rows(sql, time.time(), match(words) or _NOTHING)
        return {str(status): Totals(*(int(str(number)) for number in numbers)) for status, *numbers in rows}

    def rows(self, kind: str, video_ids: Sequence[int]) -> list[dict[str, Any]]:
        """All that is known of the forms of these videos, in their order; those that have none are left out."""
        return self.index.dicts(_of(_ROW, kind), time.time(), json.dumps(list(video_ids)))


def _of(sql: str, kind: str) -> str:
    """A question about one kind; ``kind`` is one of ours."""
    video = "a.video_id" if sql is _MADE else "v.id"
    return sql.format(kind=kind, status=_STATUS.format(kind=kind, id=video))
