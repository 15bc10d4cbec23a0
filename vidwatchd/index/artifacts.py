"""artifacts: how far each kind has come for each video, and the report over them."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from vidwatchd.model import Artifact, ArtifactState

if TYPE_CHECKING:
    from vidwatchd.index import Index

_COLUMNS = """video_id, kind, state, version, settings_hash, fingerprint, files, facts, backend, cost_seconds, cost_bytes,
  error, made_at"""
_PUT = """
  INSERT INTO artifacts (video_id, kind, state, version, settings_hash, pinned, fingerprint, files, facts, backend,
    cost_seconds, cost_bytes, error, made_at)
  VALUES (:video_id, :kind, :state, :version, :settings_hash, :pinned, :fingerprint, :files, :facts, :backend,
    :cost_seconds, :cost_bytes, :error, :made_at)
  ON CONFLICT (video_id, kind) DO UPDATE SET state = excluded.state, version = excluded.version,
    settings_hash = excluded.settings_hash, pinned = excluded.pinned, fingerprint = excluded.fingerprint,
    files = excluded.files, facts = excluded.facts, backend = excluded.backend, cost_seconds = excluded.cost_seconds,
    cost_bytes = excluded.cost_bytes, error = excluded.error, made_at = excluded.made_at"""
# A failure keeps the files of an earlier success: they are still there and still better than nothing.
_FAIL = """
  INSERT INTO artifacts (video_id, kind, state, version, settings_hash, error, made_at)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM videos WHERE id = ?1)
  ON CONFLICT (video_id, kind) DO UPDATE SET state = excluded.state, version = excluded.version,
    settings_hash = excluded.settings_hash, error = excluded.error, made_at = excluded.made_at"""


# What another version (?2) or other settings (?3) made: four ranges of an index, where <> would walk through all of it.
OTHERS = ("version < ?2", "version > ?2", "version = ?2 AND settings_hash < ?3", "version = ?2 AND settings_hash > ?3")


class Artifacts:
    """Questions about artifacts."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def of(self, video_id: int) -> dict[str, Artifact]:
        """Every artifact row of one video, by kind."""
        rows = self.index.rows(f"SELECT {_COLUMNS} FROM artifacts WHERE video_id = ?", video_id)
        return {str(row[1]): _artifact(row) for row in rows}

    def put(self, artifact: Artifact, *, files: Mapping[str, str], pinned: bool = False) -> None:
        """Record one artifact; ``files`` maps each suffix to the portable file name it was published under."""
        values = {name: getattr(artifact, name) for name in Artifact.__slots__}
        values |= {"files": _json(files), "facts": _json(artifact.facts), "pinned": pinned}
        values["made_at"] = artifact.made_at or time.time()
        with self.index.transaction() as connection:
            connection.execute(_PUT, values)

    def fail(self, artifact: Artifact) -> None:
        """Record why one could not be made, or that what makes it is not here (state failed or unavailable).

        Nothing of a video that was removed meanwhile.
        """
        values = (
            artifact.video_id,
            artifact.kind,
            artifact.state,
            artifact.version,
            artifact.settings_hash,
            artifact.error,
        )
        with self.index.transaction() as connection:
            connection.execute(_FAIL, (*values, time.time()))

    def keep(self, video_id: int, kind: str, *, pinned: bool) -> bool:
        """Whether what is there stays as good as it was when it could not be made anew here.

        ``pinned``: a person asked for it with settings of its own, which were to take the place of what is there.
        """
        sql = """UPDATE artifacts SET state = CASE WHEN pinned THEN 'done' ELSE state END
                 WHERE video_id = ? AND kind = ? AND files <> '{}' AND (state = 'done' OR (state = 'stale' AND ?))"""
        with self.index.transaction() as connection:
            return bool(connection.execute(sql, (video_id, kind, pinned)).rowcount)

    def files(self, video_id: int, kind: str) -> dict[str, str]:
        """Suffix → published file name (portable); {} when there is none."""
        row = self.index.one("SELECT files FROM artifacts WHERE video_id = ? AND kind = ?", video_id, kind)
        return dict(json.loads(str(row[0]))) if row else {}

    def all_files(self, video_id: int) -> dict[str, dict[str, str]]:
        """Kind → suffix → published file name, for the kinds that have files."""
        rows = self.index.rows("SELECT kind, files FROM artifacts WHERE video_id = ? AND files <> '{}'", video_id)
        return {str(kind): dict(json.loads(str(files))) for kind, files in rows}

    def rename_files(self, video_id: int, files: Mapping[str, Mapping[str, str]]) -> None:
        """The files of a moved video have new names."""
        with self.index.transaction() as connection:
            connection.executemany(
                "UPDATE artifacts SET files = ? WHERE video_id = ? AND kind = ?",
                [(_json(named), video_id, kind) for kind, named in files.items()],
            )

    def lose(self, video_ids: Collection[int], kinds: Collection[str] | None = None) -> None:
        """Forget that artifacts exist: their files are not there any more."""
        chosen = "" if kinds is None else "AND kind IN (SELECT value FROM json_each(?2))"
        sql = f"DELETE FROM artifacts WHERE video_id IN (SELECT value FROM json_each(?1)) {chosen}"
        params = [json.dumps(list(video_ids))] + ([] if kinds is None else [json.dumps(list(kinds))])
        with self.index.transaction() as connection:
            connection.execute(sql, params)

    def outdate(self, video_ids: Collection[int], kinds: Collection[str] | None = None) -> None:
        """The videos' content changed: what was made of it is stale, what failed may now work.

        ``kinds``: only what these were made from did; what a person had made with settings of its own stays.
        """
        chosen = "" if kinds is None else "AND NOT pinned AND kind IN (SELECT value FROM json_each(?2))"
        sql = f"""UPDATE artifacts SET state = CASE state WHEN 'done' THEN 'stale' WHEN 'stale' THEN 'stale'
                  ELSE 'missing' END, error = '' WHERE video_id IN (SELECT value FROM json_each(?1)) {chosen}"""
        params = [json.dumps(list(video_ids))] + ([] if kinds is None else [json.dumps(list(kinds))])
        with self.index.transaction() as connection:
            connection.execute(sql, params)

    def age(
        self,
        kind: str,
        version: int,
        settings_hash: str,
        video_ids: Collection[int] | None = None,
        *,
        pinned: bool = False,
    ) -> int:
        """Mark as stale what an older version or other settings made, of all videos or of these. Returns how many.

        What a person asked for with settings of its own stays unless its version is old, or ``pinned`` says so.
        """
        sql = """UPDATE artifacts {way} SET state = CASE state WHEN 'done' THEN 'stale' ELSE 'missing' END
                 WHERE kind = ?1 AND ({other}) AND state IN ('done', 'failed', 'unavailable')
                 AND (?4 OR NOT pinned OR version <> ?2) {chosen}"""
        params = [kind, version, settings_hash, pinned]
        if video_ids is not None:
            some = sql.format(
                way="", other=" OR ".join(OTHERS), chosen="AND video_id IN (SELECT value FROM json_each(?5))"
            )
            with self.index.transaction() as connection:
                return connection.execute(some, (*params, json.dumps(list(video_ids)))).rowcount
        way = "INDEXED BY artifacts_by_making"
        with self.index.transaction() as connection:
            return sum(
                connection.execute(sql.format(way=way, other=other, chosen=""), params).rowcount for other in OTHERS
            )

    def available(self, kind: str) -> None:
        """What makes this kind is here (again): what was unavailable may be owed."""
        with self.index.transaction() as connection:
            # Of what was made before the files are still there, and still better than nothing.
            connection.execute(
                """UPDATE artifacts SET state = CASE files WHEN '{}' THEN 'missing' ELSE 'stale' END, error = ''
                   WHERE kind = ? AND state = 'unavailable'""",
                (kind,),
            )

    def coverage(self) -> dict[str, dict[str, int]]:
        """Kind → state → how many videos that are not gone (missing ones need not be rows: the caller knows the total).

        From an index alone: of five million rows only those of gone videos are looked at.
        """
        gone = """SELECT a.kind, a.state, -count(*) FROM videos v CROSS JOIN artifacts a ON a.video_id = v.id
                  WHERE v.presence = 'gone' GROUP BY a.kind, a.state"""
        sql = f"SELECT kind, state, count(*) FROM artifacts INDEXED BY artifacts_by_state GROUP BY kind, state UNION ALL {gone}"
        counts: dict[str, dict[str, int]] = {}
        for kind, state, n in self.index.rows(sql):
            states = counts.setdefault(str(kind), {})
            states[str(state)] = states.get(str(state), 0) + int(str(n))
        return counts

    def unavailable(self, kinds: Collection[str]) -> dict[str, int]:
        """Kind → of how many videos it cannot be made here, for the kinds that have some."""
        sql = """SELECT kind, count(*) FROM artifacts
                 WHERE kind IN (SELECT value FROM json_each(?)) AND state = 'unavailable' GROUP BY kind"""
        return {str(kind): int(str(count)) for kind, count in self.index.rows(sql, json.dumps(list(kinds)))}

    def reasons(self, kinds: Collection[str], limit: int) -> dict[str, dict[str, list[tuple[str, int]]]]:
        """Kind → ``failed`` or ``unavailable`` → the most frequent reasons with how many videos each, gone ones left out."""
        sql = """SELECT kind, state, error, n FROM (
                   SELECT a.kind, a.state, a.error, count(*) AS n,
                     row_number() OVER (PARTITION BY a.kind, a.state ORDER BY count(*) DESC, a.error) AS place
                   FROM artifacts a INDEXED BY artifacts_by_state CROSS JOIN videos v ON v.id = a.video_id
                   WHERE a.kind IN (SELECT value FROM json_each(?)) AND a.state IN ('failed', 'unavailable')
                   AND v.presence <> 'gone' GROUP BY a.kind, a.state, a.error)
                 WHERE place <= ? ORDER BY kind, state, place"""
        found: dict[str, dict[str, list[tuple[str, int]]]] = {}
        for kind, state, error, n in self.index.rows(sql, json.dumps(list(kinds)), limit):
            found.setdefault(str(kind), {}).setdefault(str(state), []).append((str(error), int(str(n))))
        return found

    def troubles(self, video_ids: Collection[int], kinds: Collection[str]) -> list[dict[str, Any]]:
        """Path, kind, state and reason of what could not be made, in the order of the paths."""
        sql = """SELECT v.path, a.kind, a.state, a.error AS reason FROM artifacts a JOIN videos v ON v.id = a.video_id
                 WHERE a.state IN ('failed', 'unavailable') AND a.video_id IN (SELECT value FROM json_each(?))
                 AND a.kind IN (SELECT value FROM json_each(?)) ORDER BY v.path, a.kind"""
        return self.index.dicts(sql, json.dumps(list(video_ids)), json.dumps(list(kinds)))

    def facts(self, video_ids: Collection[int], kinds: Collection[str]) -> list[dict[str, Any]]:
        """Path, kind, facts and time of what is done, in the order of the paths."""
        sql = """SELECT v.path, a.kind, a.facts, a.made_at FROM artifacts a JOIN videos v ON v.id = a.video_id
                 WHERE a.state = 'done' AND a.video_id IN (SELECT value FROM json_each(?))
                 AND a.kind IN (SELECT value FROM json_each(?)) ORDER BY v.path, a.kind"""
        rows = self.index.dicts(sql, json.dumps(list(video_ids)), json.dumps(list(kinds)))
        return [{**row, "facts": json.loads(str(row["facts"]))} for row in rows]

    def facts_of(self, video_ids: Collection[int], kinds: Collection[str]) -> dict[int, dict[str, Any]]:
        """Video id → facts of one of these kinds, of the videos that have it."""
        sql = """SELECT video_id, facts FROM artifacts WHERE state = 'done'
                 AND video_id IN (SELECT value FROM json_each(?)) AND kind IN (SELECT value FROM json_each(?))"""
        rows = self.index.rows(sql, json.dumps(list(video_ids)), json.dumps(list(kinds)))
        return {int(str(video_id)): json.loads(str(facts)) for video_id, facts in rows}

    def states(self, video_ids: Collection[int]) -> dict[int, dict[str, ArtifactState]]:
        """Video id → kind → state, for the rows there are."""
        sql = "SELECT video_id, kind, state FROM artifacts WHERE video_id IN (SELECT value FROM json_each(?))"
        found: dict[int, dict[str, ArtifactState]] = {}
        for video_id, kind, state in self.index.rows(sql, json.dumps(list(video_ids))):
            found.setdefault(int(str(video_id)), {})[str(kind)] = ArtifactState(str(state))
        return found


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


def _artifact(row: tuple[Any, ...]) -> Artifact:
    values = list(row)
    values[2] = ArtifactState(values[2])
    values[6], values[7] = tuple(json.loads(values[6]).values()), json.loads(values[7])
    return Artifact(*values)
