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
