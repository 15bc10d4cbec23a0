"""forms: which video a stored form's id means."""

from __future__ import annotations

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
