"""libraries: the rows of root folders and the digests of the folders inside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import NotFound
from vidwatchd.model import Library

if TYPE_CHECKING:
    from vidwatchd.index import Index

_COLUMNS = "id, uuid, root, name, watched, online, problem, held, layout"
_COUNTS = """
  SELECT l.id, l.name, l.root, l.watched, l.online, l.problem, l.held, l.layout, l.last_scan_at, l.scan_seconds,
    (SELECT count(*) FROM videos v WHERE v.library_id = l.id AND v.presence = 'present') AS videos,
    (SELECT count(*) FROM videos v WHERE v.library_id = l.id AND v.presence = 'gone') AS gone,
    (SELECT count(*) FROM videos v WHERE v.library_id = l.id AND v.presence = 'unknown') AS unknown,
    (SELECT ifnull(sum(size_bytes), 0) FROM videos v WHERE v.library_id = l.id AND v.presence = 'present') AS bytes
  FROM libraries l ORDER BY l.name COLLATE NOCASE, l.id"""


class Libraries:
    """Questions about libraries and their folders."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def all(self) -> list[Library]:
        """Every library, by id."""
        return [_library(row) for row in self.index.rows(f"SELECT {_COLUMNS} FROM libraries ORDER BY id")]

    def get(self, library_id: int) -> Library:
        """One library. Raises NotFound."""
        row = self.index.one(f"SELECT {_COLUMNS} FROM libraries WHERE id = ?", library_id)
        if row is None:
            raise NotFound(f"there is no library {library_id}", hint="vidwatchd library list")
        return _library(row)

    def by_root(self, root: str) -> Library | None:
        """The library with exactly this root, if any."""
        row = self.index.one(f"SELECT {_COLUMNS} FROM libraries WHERE root = ?", root)
        return _library(row) if row else None

    def by_uuid(self, uuid: str) -> Library | None:
        """The library whose marker carries this uuid, if any."""
        row = self.index.one(f"SELECT {_COLUMNS} FROM libraries WHERE uuid = ?", uuid)
        return _library(row) if row else None

    def add(self, *, uuid: str, root: str, name: str, watched: bool, layout: str) -> Library:
        """A new row."""
        with self.index.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO libraries (uuid, root, name, watched, layout) VALUES (?, ?, ?, ?, ?)",
                (uuid, root, name, watched, layout),
            )
        return self.get(int(cursor.lastrowid or 0))

    def update(self, library_id: int, **values: Any) -> None:
        """Set some columns of one library; nothing is written when they already hold."""
        sets = ", ".join(f"{column} = :{column}" for column in values)
        differs = " OR ".join(f"{column} IS NOT :{column}" for column in values)
        with self.index.transaction() as connection:
            connection.execute(
                f"UPDATE libraries SET {sets} WHERE id = :library_id AND ({differs})",
                {**values, "library_id": library_id},
            )

    def remove(self, library_id: int) -> None:
        """Forget a library with its videos, artifacts and jobs (rows only)."""
        with self.index.transaction() as connection:
            connection.execute(
                "DELETE FROM words WHERE rowid IN (SELECT id FROM videos WHERE library_id = ?)", (library_id,)
            )
            connection.execute("DELETE FROM libraries WHERE id = ?", (library_id,))

    def absorb(self, outer: Library, inner: Library) -> None:
        """The videos of a library inside another become that one's; what else was known of the inner one is forgotten."""
        prefix = inner.root[len(outer.root.rstrip("/")) + 1 :]
        same = outer.layout == inner.layout == "beside"
        with self.index.transaction() as connection:
            if not same:  # their artifacts lie elsewhere
                connection.execute(
                    "DELETE FROM artifacts WHERE video_id IN (SELECT id FROM videos WHERE library_id = ?)", (inner.id,)
                )
            connection.execute(
                """UPDATE OR IGNORE videos SET library_id = ?1, path = ?2 || '/' || path,
                   folder = CASE folder WHEN '' THEN ?2 ELSE ?2 || '/' || folder END WHERE library_id = ?3""",
                (outer.id, prefix, inner.id),
            )
            connection.execute(
                """UPDATE jobs SET library_id = ?1 WHERE library_id = ?2
                   AND video_id IN (SELECT id FROM videos WHERE library_id = ?1)""",
                (outer.id, inner.id),
            )
            connection.execute(
                """UPDATE words SET folder = (SELECT folder FROM videos v WHERE v.id = words.rowid)
                   WHERE rowid IN (SELECT id FROM videos WHERE library_id = ? AND folder >= ? AND folder < ?)""",
                (outer.id, prefix, f"{prefix}0"),
            )
        self.remove(inner.id)

    def with_counts(self) -> list[dict[str, Any]]:
        """Every library with how many videos are present, gone and unknown, and their bytes."""
        return self.index.dicts(_COUNTS)

    def folder_digests(self, library_id: int) -> dict[str, str]:
        """Folder → digest, for the folders whose content is wholly known."""
        rows = self.index.rows("SELECT path, digest FROM folders WHERE library_id = ?", library_id)
        return {str(path): str(digest) for path, digest in rows}

    def remember_folders(self, library_id: int, digests: Mapping[str, str]) -> None:
        """Store new digests."""
        sql = """INSERT INTO folders (library_id, path, digest) VALUES (?, ?, ?)
                 ON CONFLICT (library_id, path) DO UPDATE SET digest = excluded.digest"""
        with self.index.transaction() as connection:
            connection.executemany(sql, [(library_id, path, digest) for path, digest in digests.items()])

    def forget_folders(self, library_id: int, paths: Iterable[str]) -> None:
        """Drop the digests of folders, so that the next scan looks inside them again."""
        with self.index.transaction() as connection:
            connection.executemany(
                "DELETE FROM folders WHERE library_id = ? AND path = ?", [(library_id, path) for path in paths]
            )


def _library(row: tuple[Any, ...]) -> Library:
    id_, uuid, root, name, watched, online, problem, held, layout = row
    return Library(id_, uuid, root, name, bool(watched), bool(online), problem, held, layout)
