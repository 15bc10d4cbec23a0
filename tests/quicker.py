"""quicker: what every test would make anew, made once a process: the tables of an empty index, pages, schemas."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Sequence
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from pydantic import BaseModel

from vidwatchd.index import Index


class Tables:
    """Stands in for ``Index.migrate``: a file without tables gets a copy of those that the migrations made once."""

    def __init__(self) -> None:
        self._whole = Index.migrate
        self._made: sqlite3.Connection | None = None

    def migrate(self, index: Index, steps: Sequence[tuple[int, str]] | None = None) -> None:
        """As the index itself does it, which has the last word."""
        new = steps is None and index.version() == 0
        if new and self._made is not None and index.one("SELECT count(*) FROM sqlite_master") == (0,):
            self._made.backup(index.db.conn)
        self._whole(index, steps)
        if new and self._made is None:
            self._made = sqlite3.connect(":memory:", check_same_thread=False)
            index.db.conn.backup(self._made)


class Pages(BytecodeCache):
    """The compiled templates, by their text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        code: Any = bucket.code
        self._kept[bucket.key, bucket.checksum] = code


class Schemas:
    """Stands in for pydantic's ``model_json_schema``: every app asks the same of the same models."""

    def __init__(self) -> None:
        self._whole = BaseModel.__dict__["model_json_schema"].__func__
        self._kept: dict[object, bytes] = {}

    def model_json_schema(self, model: type[BaseModel], *args: Any, **options: Any) -> dict[str, Any]:
        """What pydantic says, a new copy each time, as whoever asks takes it apart."""
        key = (model, args, tuple(sorted(options.items())))
        if key not in self._kept:
            self._kept[key] = pickle.dumps(self._whole(model, *args, **options))
        found: dict[str, Any] = pickle.loads(self._kept[key])
        return found
