"""forms: which video a stored form's id means."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidwatchd.index import Index


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
