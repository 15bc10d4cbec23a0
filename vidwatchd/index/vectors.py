"""vectors: what videos mean: rows of float16 vectors with their times, by source and model; those of two models never meet."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidwatchd.index import Index

# What was made of a video's former content tells nothing of it; what other settings made still does.
_THERE = """vectors x JOIN artifacts a ON a.video_id = x.video_id AND a.kind = x.kind JOIN videos v ON v.id = x.video_id
  WHERE v.presence <> 'gone' AND (a.state <> 'stale' OR a.fingerprint = v.fingerprint)"""
# So many rows are read at a time: some 3 MB.
_ROWS = 32


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors that can be compared: of one source, made by one model."""

    source: str
    model: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Row:
    """One video's vectors in a space: ``count`` × dimensions little-endian float16."""

    id: int
    video_id: int
    count: int
    vectors: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a vector of a row is of."""

    video_id: int
    start_seconds: float
    end_seconds: float


class Vectors:
    """Questions about vectors."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def put(
        self,
        video_id: int,
        kind: str,
        made_at: float,
        space: Space,
        times: tuple[Sequence[float], Sequence[float]],
        vectors: bytes,
    ) -> None:
        """Record one video's vectors; ``times`` are starts and ends in seconds, one of each for every vector."""
        starts, ends = (_packed(seconds) for seconds in times)
        row = (
            video_id,
            kind,
            space.source,
            space.model,
            space.dimensions,
            len(times[0]),
            made_at,
            starts,
            ends,
            vectors,
        )
        with self.index.transaction() as connection:
            connection.execute(
                """INSERT OR REPLACE INTO vectors
                   (video_id, kind, source, model, dimensions, count, made_at, starts, ends, vectors)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                row,
            )

    def forget(self, video_id: int, kind: str) -> None:
        """Remove what a kind said of a video."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM vectors WHERE video_id = ? AND kind = ?", (video_id, kind))

    def made_at(self, video_id: int, kind: str) -> float:
        """When the artifact was made that the rows are of; 0 when there are none."""
        row = self.index.one("SELECT made_at FROM vectors WHERE video_id = ? AND kind = ? LIMIT 1", video_id, kind)
        return float(str(row[0])) if row else 0.0

    def spaces(self) -> dict[Space, int]:
        """Every space with how many vectors it has, from an index alone."""
        sql = "SELECT source, model, dimensions, sum(count) FROM vectors GROUP BY source, model, dimensions"
        return {Space(str(s), str(m), int(str(d))): int(str(n)) for s, m, d, n in self.index.rows(sql)}

    def of(self, video_id: int, source: str) -> dict[Space, Row]:
        """One video's vectors from a source, by space."""
        sql = """SELECT model, dimensions, id, count, vectors FROM vectors WHERE video_id = ? AND source = ?"""
        found = self.index.dicts(sql, video_id, source)
        return {
            Space(source, str(r["model"]), int(str(r["dimensions"]))): Row(
                int(str(r["id"])), video_id, int(str(r["count"])), _bytes(r["vectors"])
            )
            for r in found
        }

    def rows(self, space: Space) -> Iterator[list[Row]]:
        """All rows of a space whose videos are not gone, some at a time, so that memory stays flat."""
        sql = f"""SELECT x.id, x.video_id, x.count, x.vectors FROM {_THERE} AND x.source = ? AND x.model = ? AND x.dimensions = ?
                  AND x.id > ? ORDER BY x.id LIMIT {_ROWS}"""
        last, wanted = 0, (space.source, space.model, space.dimensions)
        while found := self.index.rows(sql, *wanted, last):
            some = [Row(int(str(i)), int(str(v)), int(str(n)), _bytes(blob)) for i, v, n, blob in found]
            last = some[-1].id
            yield some

    def stretches(self, row_ids: Collection[int]) -> dict[int, list[Stretch]]:
        """Row → what each of its vectors is of."""
        sql = "SELECT id, video_id, starts, ends FROM vectors WHERE id IN (SELECT value FROM json_each(?))"
        return {
            int(str(number)): [
                Stretch(int(str(video_id)), start, end)
                for start, end in zip(_unpacked(starts), _unpacked(ends), strict=True)
            ]
            for number, video_id, starts, ends in self.index.rows(sql, json.dumps(list(row_ids)))
        }


def _packed(seconds: Sequence[float]) -> bytes:
    return _little(array("f", seconds)).tobytes()


def _unpacked(blob: object) -> array[float]:
    return _little(array("f", _bytes(blob)))


def _little(values: array[float]) -> array[float]:
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value
