"""videos: the rows of video files; what the scan found is written here, single videos are read here."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import NotFound
from vidwatchd.model import FileState, Presence, Video, VideoFacts, file_name

if TYPE_CHECKING:
    from vidwatchd.index import Index

_COLUMNS = (
    "v.id, v.library_id, v.path, v.size_bytes, v.mtime_ns, v.ctime_ns, v.inode, v.fingerprint, v.presence, v.problem,"
    " v.added_at, v.duration_seconds, v.width, v.height, v.video_codec"
)
_INSERT = """
  INSERT INTO videos (library_id, path, folder, name, size_bytes, mtime_ns, ctime_ns, inode, added_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (library_id, folder, name) DO UPDATE SET presence = 'present', problem = '', gone_at = NULL,
    size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, inode = excluded.inode"""
_PLACE = "v.library_id = ? AND v.folder = ? AND v.name = ?"
# How many ids go into one statement: SQLite takes 32,766 parameters, JSON takes any number in one.
MANY = 5000
# SQLite holds signed 64-bit numbers. mergerfs and CIFS have inodes beyond, and a broken clock times after 2262: both
# are stored as the negative number of the same bits. Real times begin in 1901, at -2.2e18.
_INT64_MAX = 2**63 - 1
_LEAST = (-2_200_000_000_000_000_000, -2_200_000_000_000_000_000, 0)  # mtime_ns, ctime_ns, inode
_IDS = "(SELECT value FROM json_each(?))"


class Videos:
    """Questions about videos."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def get(self, video_id: int) -> Video:
        """One video. Raises NotFound."""
        found = self.many([video_id])
        if not found:
            raise NotFound(f"there is no video {video_id}")
        return found[0]

    def many(self, video_ids: Collection[int]) -> list[Video]:
        """The videos with these ids, in id order; unknown ids are left out."""
        sql = f"SELECT {_COLUMNS} FROM videos v WHERE v.id IN {_IDS} ORDER BY v.id"
        return [video(row) for row in self.index.rows(sql, json.dumps(list(video_ids)))]

    def at(self, library_id: int, path: str) -> Video | None:
        """The video at a path, whatever its presence."""
        row = self.index.one(f"SELECT {_COLUMNS} FROM videos v WHERE {_PLACE}", library_id, *split(path))
        return video(row) if row else None

    def in_folder(self, library_id: int, folder: str, *, recursive: bool) -> list[Video]:
        """The videos under a folder that are not gone, by path."""
        where, params = _under(folder, recursive)
        sql = f"SELECT {_COLUMNS} FROM videos v WHERE v.library_id = ? AND v.presence <> 'gone' AND {where} ORDER BY v.path"
        return [video(row) for row in self.index.rows(sql, library_id, *params)]

    def states_in(self, library_id: int, folder: str) -> list[Video]:
        """Every row directly in one folder, the gone ones too: what the scan compares with."""
        sql = f"SELECT {_COLUMNS} FROM videos v WHERE v.library_id = ? AND v.folder = ?"
        return [video(row) for row in self.index.rows(sql, library_id, folder)]

    def gone_in(self, library_id: int, folder: str) -> list[Video]:
        """The videos directly in one folder that are gone."""
        return [found for found in self.states_in(library_id, folder) if found.presence is Presence.GONE]

    def folders(self, library_id: int) -> list[str]:
        """Every folder that holds a row which is not gone."""
        sql = "SELECT DISTINCT folder FROM videos WHERE library_id = ? AND presence <> 'gone'"
        return [str(row[0]) for row in self.index.rows(sql, library_id)]

    def of_sizes(self, sizes: Collection[int]) -> list[Video]:
        """Every video of these sizes in any library: who might have moved."""
        sql = f"SELECT {_COLUMNS} FROM videos v WHERE v.size_bytes IN {_IDS}"
        return [video(row) for row in self.index.rows(sql, json.dumps(list(sizes)))]

    def some(self, library_id: int, limit: int) -> list[Video]:
        """A few videos that may vouch that a library is there; gone ones when there are no others: a library that lost
        its last video is no new one, and an empty folder in its place is not it."""
        sql = f"SELECT {_COLUMNS} FROM videos v WHERE v.library_id = ? AND v.presence {{}} 'gone' LIMIT ?"
        there = self.index.rows(sql.format("<>"), library_id, limit)
        return [video(row) for row in there or self.index.rows(sql.format("="), library_id, limit)]

    def any(self, library_id: int) -> bool:
        """Whether there is a row of this library, a gone one even."""
        return self.index.one("SELECT 1 FROM videos WHERE library_id = ? LIMIT 1", library_id) is not None

    def count(self, library_id: int) -> int:
        """How many videos of a library are not gone."""
        row = self.index.one("SELECT count(*) FROM videos WHERE library_id = ? AND presence <> 'gone'", library_id)
        return int(str(row[0])) if row else 0

    def add(self, library_id: int, files: Collection[FileState]) -> list[int]:
        """Rows for files that no row stands for (or whose row another process just wrote). Returns their ids."""
        now = time.time()
        # A microsecond apart: to page through 100,000 of one moment SQLite would walk through all those before.
        rows = [(library_id, f.path, *split(f.path), *_numbers(f), now + n / 1e6) for n, f in enumerate(files)]
        with self.index.bulk() as connection, self._sorted_later(len(rows)):
            last = connection.execute("SELECT ifnull(max(id), 0) FROM videos").fetchone()[0]
            connection.executemany(_INSERT, rows)
            connection.execute(
                """INSERT INTO words (rowid, name, folder, tags, people, speech, chapters, captions)
                   SELECT id, name, folder, '', '', '', '', '' FROM videos WHERE id > ?""",
                (last,),
            )
            ids = [int(row[0]) for row in connection.execute("SELECT id FROM videos WHERE id > ? ORDER BY id", (last,))]
        if len(ids) < len(rows):
            ids = [found.id for f in files if (found := self.at(library_id, f.path))]
        return ids

    @contextmanager
    def _sorted_later(self, count: int) -> Iterator[None]:
        """Many rows into an empty table: the orders are built once at the end, in half the time (DDL is transactional)."""
        connection = self.index.db.conn
        empty = count > MANY and connection.execute("SELECT 1 FROM videos LIMIT 1").fetchone() is None
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'videos' AND sql IS NOT NULL"
        indexes = connection.execute(sql).fetchall() if empty else []
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        yield
        for _, definition in indexes:
            connection.execute(definition)

    def touch(self, library_id: int, files: Iterable[FileState], *, replaced: bool) -> None:
        """New sizes and times for known files; ``replaced`` also says that the content is another one now."""
        fresh = ", content = content + 1, fingerprint = ''" if replaced else ""
        sql = f"""UPDATE videos SET size_bytes = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, presence = 'present', problem = '',
                  gone_at = NULL{fresh} WHERE library_id = ? AND folder = ? AND name = ?"""
        rows = [(*_numbers(f), library_id, *split(f.path)) for f in files]
        with self.index.transaction() as connection:
            connection.executemany(sql, rows)

    def move(self, video_id: int, library_id: int, file: FileState) -> None:
        """The same video at a new place; a row that stood there for a vanished file makes way (see ``parked``)."""
        folder, name = split(file.path)
        with self.index.transaction() as connection:
            taken = self.at(library_id, file.path)
            if taken and taken.id != video_id:
                aside = parked(taken)
                connection.execute(
                    "UPDATE videos SET path = ?, name = ? WHERE id = ?", (aside, split(aside)[1], taken.id)
                )
            connection.execute(
                """UPDATE videos SET library_id = ?, path = ?, folder = ?, name = ?, size_bytes = ?, mtime_ns = ?,
                   ctime_ns = ?, inode = ?, presence = 'present', problem = '', gone_at = NULL WHERE id = ?""",
                (library_id, file.path, folder, name, *_numbers(file), video_id),
            )
            connection.execute("UPDATE jobs SET library_id = ? WHERE video_id = ?", (library_id, video_id))
            # Dots, dashes and underscores already part words in the tokenizer.
            connection.execute("UPDATE words SET name = ?, folder = ? WHERE rowid = ?", (name, folder, video_id))

    def begin_exchange(self, rows: Iterable[tuple[int, int, int, str, str, str]]) -> None:
        """Note what is about to change places: (video, library, old library, old path, path aside, new path)."""
        sql = "INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, 0)"
        with self.index.transaction() as connection:
            connection.executemany(sql, rows)

    def all_aside(self, library_id: int) -> None:
        """Every file of the exchange is out of the way: from now on those at the new places belong there."""
        with self.index.transaction() as connection:
            connection.execute("UPDATE exchanges SET all_aside = 1 WHERE library_id = ?", (library_id,))

    def exchange(self, library_id: int) -> list[tuple[int, int, str, str, str, bool]]:
        """What a crash left of one: (video, old library, old path, path aside, new path, whether all are aside)."""
        sql = "SELECT video_id, old_library_id, old_path, aside, path, all_aside FROM exchanges WHERE library_id = ?"
        return [
            (int(str(i)), int(str(old)), str(path), str(aside), str(new), bool(done))
            for i, old, path, aside, new, done in self.index.rows(sql, library_id)
        ]

    def end_exchange(self, library_id: int) -> None:
        """The rows say it now."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM exchanges WHERE library_id = ?", (library_id,))

    def set_presence(self, library_id: int, paths: Iterable[str], presence: Presence, problem: str = "") -> list[int]:
        """Mark files gone or unknown; returns the ids of those that changed."""
        sql = """UPDATE videos SET presence = ?1, problem = ?2, gone_at = CASE ?1 WHEN 'gone' THEN ?3 END
                 WHERE library_id = ?4 AND folder = ?5 AND name = ?6 AND (presence <> ?1 OR problem <> ?2) RETURNING id"""
        ids: list[int] = []
        with self.index.transaction() as connection:
            for path in paths:
                ids += [
                    int(r[0])
                    for r in connection.execute(sql, (presence, problem, time.time(), library_id, *split(path)))
                ]
        return ids

    def set_fingerprint(self, video_id: int, fingerprint: str) -> None:
        """Remember what identifies a video's content."""
        with self.index.transaction() as connection:
            connection.execute("UPDATE videos SET fingerprint = ? WHERE id = ?", (fingerprint, video_id))

    def learn(self, video_id: int, facts: VideoFacts) -> None:
        """Copy what a kind found out about the video to its row."""
        sql = """UPDATE videos SET duration_seconds = ?, width = ?, height = ?, video_codec = ?, audio_codec = ?,
                 container = ? WHERE id = ?"""
        values = (
            facts.duration_seconds,
            facts.width,
            facts.height,
            facts.video_codec,
            facts.audio_codec,
            facts.container,
        )
        with self.index.transaction() as connection:
            connection.execute(sql, (*values, video_id))

    def expired(self, before: float) -> list[Video]:
        """Gone videos whose grace ended, in libraries that are online."""
        sql = f"""SELECT {_COLUMNS} FROM videos v JOIN libraries l ON l.id = v.library_id
                  WHERE v.presence = 'gone' AND v.gone_at < ? AND l.online = 1"""
        return [video(row) for row in self.index.rows(sql, before)]

    def forget(self, video_ids: Collection[int]) -> None:
        """Remove rows for good (their artifacts' and jobs' rows with them)."""
        ids = json.dumps(list(video_ids))
        with self.index.transaction() as connection:
            connection.execute(f"DELETE FROM words WHERE rowid IN {_IDS}", (ids,))
            connection.execute(f"DELETE FROM videos WHERE id IN {_IDS}", (ids,))

    def row(self, video_id: int) -> dict[str, Any]:
        """Every column of one video. Raises NotFound."""
        found = self.index.dicts("SELECT * FROM videos WHERE id = ?", video_id)
        if not found:
            raise NotFound(f"there is no video {video_id}")
        return found[0]


def split(path: str) -> tuple[str, str]:
    """A portable path as (folder, name)."""
    folder, _, name = path.rpartition("/")
    return folder, name


def parked(video: Video) -> str:
    """The path under which a gone video waits, out of the way of another that has its place now."""
    name = file_name(video.name, f".gone-{video.id}")
    return f"{video.folder}/{name}" if video.folder else name


def video(row: tuple[Any, ...]) -> Video:
    """A Video from a row of the columns above."""
    values = list(row)
    values[4:7] = (n if n >= least else n + 2**64 for n, least in zip(values[4:7], _LEAST, strict=True))
    values[8] = Presence(values[8])
    return Video(*values)


def _numbers(file: FileState) -> tuple[int, int, int, int]:
    size, *others = file.size_bytes, file.mtime_ns, file.ctime_ns, file.inode
    mtime, ctime, inode = (n if n <= _INT64_MAX else n - 2**64 for n in others)
    return size, mtime, ctime, inode


def _under(folder: str, recursive: bool) -> tuple[str, tuple[str, ...]]:
    if not recursive:
        return "v.folder = ?", (folder,)
    if not folder:
        return "1", ()
    # '0' is the character after '/': a range instead of LIKE, so that % and _ in names mean themselves.
    return "(v.folder = ? OR (v.folder > ? AND v.folder < ?))", (folder, f"{folder}/", f"{folder}0")
