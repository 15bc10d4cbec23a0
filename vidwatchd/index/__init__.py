"""index: the SQLite file behind one door; the only package with SQL.

One connection a thread (WAL readers never wait for the writer), explicit transactions, numbered migrations.
Errors of sqlite3 leave here as IndexUnusable or StorageError.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from importlib import resources
from urllib.parse import quote

from vidwatchd.errors import IndexUnusable, StorageError, UsageError, VidwatchdError
from vidwatchd.index.artifacts import Artifacts
from vidwatchd.index.crowd import Crowd
from vidwatchd.index.decisions import Decisions
from vidwatchd.index.faces import Faces
from vidwatchd.index.forms import Forms
from vidwatchd.index.groupings import Groupings
from vidwatchd.index.hashes import Hashes
from vidwatchd.index.jobs import Jobs
from vidwatchd.index.later import LaterJobs
from vidwatchd.index.lean import Database
from vidwatchd.index.libraries import Libraries
from vidwatchd.index.occurrences import Occurrences
from vidwatchd.index.outbox import Outbox
from vidwatchd.index.people import People
from vidwatchd.index.requests import Requests
from vidwatchd.index.search import Search
from vidwatchd.index.tags import TagTable
from vidwatchd.index.tasks import Tasks
from vidwatchd.index.vectors import Vectors
from vidwatchd.index.videos import Videos
from vidwatchd.model import native, portable

FILE_NAME = "index.db"
BUSY_MS = 10_000
# 1 MB of page cache a connection: 8 MB caches cost 30 MB of memory over four threads and save nothing measurable.
CACHE_KIB = 1000
# With so few, a transaction of 100,000 rows writes its pages out and reads them back many times.
BULK_CACHE_KIB = 64_000


class Index:
    """The index file. ``path`` is native; ``None`` keeps everything in memory (read-only verbs work on such a copy).

    ``looking``: the file is asked and never written, not even beside it.
    """

    def __init__(self, path: str | None, *, looking: bool = False) -> None:
        self.path = path
        self.looking = looking
        self._local = threading.local()
        self._open: list[Database] = []
        self._lock = threading.Lock()
        self._memory = self._connect() if path is None else None
        self.libraries = Libraries(self)
        self.videos = Videos(self)
        self.artifacts = Artifacts(self)
        self.crowd = Crowd(self)
        self.decisions = Decisions(self)
        self.faces = Faces(self)
        self.forms = Forms(self)
        self.groupings = Groupings(self)
        self.occurrences = Occurrences(self)
        self.hashes = Hashes(self)
        self.jobs = Jobs(self)
        self.outbox = Outbox(self)
        self.later = LaterJobs(self)
        self.people = People(self)
        self.requests = Requests(self)
        self.search = Search(self)
        self.tags = TagTable(self)
        self.tasks = Tasks(self)
        self.vectors = Vectors(self)

    @property
    def db(self) -> Database:
        """This thread's connection."""
        if self._memory is not None:
            return self._memory
        found: Database | None = getattr(self._local, "db", None)
        if found is None:
            found = self._local.db = self._connect()
        return found

    def _connect(self) -> Database:
        with translated(self.path):
            address = _looked_at(self.path) if self.path and self.looking else self.path or ":memory:"
            connection = sqlite3.connect(
                address, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, uri=self.looking
            )
            database = Database(connection)
            if self.path and not self.looking:
                connection.execute("PRAGMA journal_mode = wal")
            only = ("query_only = on",) if self.looking else ()
            for pragma in ("synchronous = normal", "foreign_keys = on", f"cache_size = -{CACHE_KIB}", *only):
                connection.execute(f"PRAGMA {pragma}")
        with self._lock:
            self._open.append(database)
        return database

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; takes the write lock at once so that two claimers cannot both read first. Nests."""
        connection = self.db.conn
        with translated(self.path):
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:  # not committed: something was raised
                    connection.execute("ROLLBACK")

    @contextmanager
    def bulk(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes very many rows: its pages stay in memory until it ends, and leave it then."""
        connection = self.db.conn
        connection.execute(f"PRAGMA cache_size = -{BULK_CACHE_KIB}")
        try:
            with self.transaction():
                yield connection
        finally:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("PRAGMA shrink_memory")

    def rows(self, sql: str, *params: object) -> list[tuple[object, ...]]:
        """All rows of a question, as tuples."""
        with translated(self.path):
            return self.db.conn.execute(sql, params).fetchall()

    def one(self, sql: str, *params: object) -> tuple[object, ...] | None:
        """The first row of a question."""
        with translated(self.path):
            row: tuple[object, ...] | None = self.db.conn.execute(sql, params).fetchone()
            return row

    def dicts(self, sql: str, *params: object) -> list[dict[str, object]]:
        """All rows of a question, as dictionaries."""
        with translated(self.path):
            return list(self.db.query(sql, params))

    def version(self) -> int:
        """How many migrations this file has had."""
        row = self.one("PRAGMA user_version")
        return int(str(row[0])) if row else 0

    def stamp(self) -> int:
        """A number that changes when another connection wrote; cheap enough to ask every second."""
        row = self.one("PRAGMA data_version")
        return int(str(row[0])) if row else 0

    def migrate(self, steps: Sequence[tuple[int, str]] | None = None) -> None:
        """Apply the numbered migrations (or these ``steps``) this file lacks, each in one transaction with its number."""
        steps = migrations() if steps is None else steps
        if self.version() > len(steps):
            raise IndexUnusable(
                f"the index {self.path} was written by a newer version of this program",
                hint="upgrade, or move the file away: a scan builds a new one",
            )
        for number, sql in steps[self.version() :]:
            with self.transaction() as connection:
                if self.version() >= number:
                    continue  # another process was first
                for statement in statements(sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")

    def backup(self, target: str) -> None:
        """Copy the whole index to another file through SQLite's backup API, replacing it only when complete.

        Raises StorageError, IndexUnusable.
        """
        partial = f"{target}.partial"
        try:
            with suppress(FileNotFoundError):
                os.unlink(partial)
            with translated(partial), closing(sqlite3.connect(partial)) as copy:
                self.db.conn.backup(copy)
            os.replace(partial, target)
        except OSError as error:
            raise StorageError(f"{portable(target)} cannot be written: {error.strerror}") from error

    def check(self) -> str:
        """The first thing that SQLite finds wrong with the file; "" for a whole one."""
        row = self.one("PRAGMA quick_check(1)")
        return "" if row is None or row[0] == "ok" else " ".join(str(row[0]).split())

    def optimise(self) -> None:
        """Nightly upkeep: query planner statistics, full-text merge, WAL back into the file."""
        with translated(self.path):
            self.search.optimise()
            for sql in ("PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"):
                self.db.conn.execute(sql)

    def release(self) -> None:
        """Close this thread's connection: for a thread that is about to end."""
        found: Database | None = getattr(self._local, "db", None)
        if found is not None and self._memory is None:
            with self._lock:
                self._open.remove(found)
            del self._local.db
            found.conn.close()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for database in self._open:
                database.conn.close()
            self._open.clear()
        self._local = threading.local()


def open_index(data_folder: str) -> Index:
    """Open (or make) the index in a folder and bring it up to date. Raises IndexUnusable, StorageError."""
    try:
        os.makedirs(native(data_folder), exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the data folder {data_folder} cannot be made: {error.strerror}", hint="--data-dir"
        ) from error
    index = Index(os.path.join(native(data_folder), FILE_NAME))
    try:
        index.migrate()
    except VidwatchdError:
        index.close()
        raise
    return index


def looked_index(data_folder: str) -> Index | None:
    """The index in a folder, to be asked only; None where there is none, or one that must be brought up to date first.

    Raises IndexUnusable, StorageError.
    """
    path = os.path.join(native(data_folder), FILE_NAME)
    if not os.path.lexists(path):
        return None
    index = Index(path, looking=True)
    try:
        current = index.version() == len(migrations())
    except VidwatchdError:
        index.close()
        raise
    if not current:
        index.close()
        return None
    return index


def memory_index() -> Index:
    """An empty index in memory, up to date."""
    index = Index(None)
    index.migrate()
    return index


def copied_index(data_folder: str) -> Index:
    """A private copy in memory, up to date, of the index in a folder, or an empty one where there is none.

    Read-only verbs may change it without writing anything. Raises IndexUnusable.
    """
    path = os.path.join(native(data_folder), FILE_NAME)
    copy = Index(None)
    if os.path.lexists(path):
        with translated(path), closing(sqlite3.connect(_looked_at(path), uri=True, timeout=BUSY_MS / 1000)) as found:
            found.backup(copy.db.conn)
    copy.migrate()
    return copy


def migrations() -> list[tuple[int, str]]:
    """The numbered SQL files in order, as (number, text)."""
    folder = resources.files("vidwatchd.index") / "sql"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files]


def statements(sql: str) -> Iterator[str]:
    """Split a script into statements; ``executescript`` would commit the transaction that the migration runs in."""
    pending = ""
    for piece in re.split("(?<=;)", sql):
        pending += piece
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():  # without its semicolon, or only a comment
        yield pending


def _looked_at(path: str) -> str:
    """The address by which SQLite reads a file and leaves nothing beside it, also where we may not write."""
    mode = "mode=ro" if os.path.lexists(f"{path}-wal") else "immutable=1"
    if os.access(path, os.W_OK) and os.access(os.path.dirname(path), os.W_OK):
        mode = "mode=rw"  # with it the last reader takes its -wal and -shm away again
    return f"file:{quote(os.fsencode(path))}?{mode}"


@contextmanager
def translated(path: str | None) -> Iterator[None]:
    """Turn sqlite3's errors into ours, with what to do about each."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except (OverflowError, UnicodeEncodeError) as error:  # what a parameter must not be
        raise UsageError(f"that cannot be looked up or stored: {error}") from error


def explain(error: sqlite3.Error, path: str | None) -> VidwatchdError:
    """The error of ours that one of sqlite3's means."""
    text, path = str(error), portable(path or "in memory")
    if "full" in text:
        return StorageError(
            f"the index {path} cannot grow: the disk is full", hint="free some space; work resumes by itself"
        )
    if "readonly" in text or "unable to open" in text:
        return StorageError(
            f"the index {path} cannot be written", hint="check its folder's permissions, or use --data-dir"
        )
    if "locked" in text:
        return IndexUnusable(
            f"the index {path} has been locked for {BUSY_MS // 1000} s", hint="another process holds it"
        )
    if "malformed" in text or "not a database" in text:
        moved = f"{path}.damaged-{time.strftime('%Y%m%d')}"
        return IndexUnusable(
            f"the index {path} is damaged", hint=f"move it to {moved}: a scan builds a new one from the sidecars"
        )
    return IndexUnusable(f"the index {path}: {text}")
