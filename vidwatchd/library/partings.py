"""partings: the note beside an uploaded file that it, and nothing else of that name, is to go once its form is proven."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any

from vidwatchd.library.files import load, stored, write_json
from vidwatchd.library.store import PARTING_SUFFIX, Store


@dataclass(frozen=True, slots=True)
class Parting:
    """The one file that is meant: its name, content and inode; a copy of it is another, which a person put there."""

    video: str
    fingerprint: str
    size_bytes: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, store: Store, path: str, fingerprint: str) -> Parting:
        """The video at ``path`` as it lies there now. Raises OSError."""
        status = os.lstat(store.video(path))
        return cls(os.path.basename(path), fingerprint, status.st_size, status.st_mtime_ns, status.st_ino)


def note_parting(store: Store, path: str, fingerprint: str) -> None:
    """Note that the video at ``path``, as it is now, is to go. Raises StorageError."""
    with store.locked(path) as folder, stored(folder):
        write_json(store.file(path, PARTING_SUFFIX), asdict(Parting.of(store, path, fingerprint)))


def read_parting(store: Store, path: str) -> Parting | None:
    """What is noted for the video at ``path``, if it means the very file that lies there."""
    note = load(store.file(path, PARTING_SUFFIX))
    wanted = _parsed(note)
    with suppress(OSError):
        if wanted and wanted == Parting.of(store, path, wanted.fingerprint):
            return wanted
    return None


def drop_parting(store: Store, path: str) -> None:
    """The file at ``path`` is to stay, or is gone. Raises StorageError."""
    file = store.file(path, PARTING_SUFFIX)
    with stored(file), suppress(FileNotFoundError, NotADirectoryError):
        os.unlink(file)


def _parsed(note: dict[str, Any]) -> Parting | None:
    kinds = {field.name: str if field.type == "str" else int for field in fields(Parting)}
    if note.keys() != kinds.keys() or not all(type(note[name]) is kind for name, kind in kinds.items()):
        return None
    return Parting(**note)
