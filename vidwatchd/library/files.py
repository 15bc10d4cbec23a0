"""files: names, JSON sidecars and whole-or-not-at-all writes in artifact folders."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from vidwatchd.errors import Conflict, StorageError, Unwritable
from vidwatchd.library.partial import replacing
from vidwatchd.model import Tags, portable

T = TypeVar("T")

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def parse_tags(values: Any) -> Tags:
    """A tags sidecar's content. Raises ValueError saying which member is wrong."""
    if not isinstance(values, dict):
        raise ValueError("it must hold one JSON object")
    names = {member: _words(values, member) for member in ("tags", "performers", "inferred")}
    rating, notes = values.get("rating"), values.get("notes") or ""
    # True and False are whole numbers to Python; a rating of 0 means none.
    if rating is not None and (type(rating) is not int or not 0 <= rating <= 5):
        raise ValueError("rating must be a whole number from 0 to 5")
    if not isinstance(notes, str) or not _storable(notes):
        raise ValueError("notes must be text")
    found = {name.casefold() for name in names["inferred"]}
    inferred = tuple(name for name in names["performers"] if name.casefold() in found)
    return Tags(names["tags"], names["performers"], rating or None, notes, inferred)


def tidy(names: Iterable[str]) -> tuple[str, ...]:
    """Names trimmed, without empties and without repeats (in any case); the first spelling stays."""
    found: dict[str, str] = {}
    for name in names:
        clean = " ".join(name.split())
        if clean:
            found.setdefault(clean.casefold(), clean)
    return tuple(found.values())


def write_json(path: str, values: Mapping[str, Any]) -> None:
    """Write a JSON file so that it is there whole or not at all, also after a power cut. Raises OSError."""
    with replacing(path) as file:
        file.write(f"{json.dumps(values, ensure_ascii=False, indent=1)}\n".encode())


def sync(path: str) -> None:
    """Have a file, or the names in a folder, outlast a power cut. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(file: str, target: str, replace: Callable[[str, str], None] = os.replace) -> None:
    """Rename a finished file into place; from another file system it is copied beside the target first."""
    try:
        replace(file, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(file, target)
        os.unlink(file)


@contextmanager
def stored(path: str) -> Iterator[None]:
    """Turn a failed write into a StorageError that names the place and the remedy."""
    try:
        yield
    except OSError as error:
        text = f"{portable(path)} cannot be written: {error.strerror}"
        if error.errno in NO_ROOM:
            raise StorageError(text, hint="free some space; work resumes by itself") from error
        if error.errno == errno.EROFS:
            raise StorageError(text, hint="its disk is read-only just now") from error
        raise Unwritable(text, hint="check the folder and its permissions") from error


def stamp(path: str) -> tuple[int, ...]:
    """Something that differs when a file was written; () without one."""
    try:
        status = os.lstat(path)
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


def load(path: str) -> dict[str, Any]:
    """A JSON object from a file; {} for a missing or broken one."""
    try:
        values = read_json(path)[0]
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def read_json(path: str) -> tuple[Any, os.stat_result]:
    """What a JSON file holds, and its state while it was read. Raises OSError, ValueError."""
    # Windows' editors put a byte order mark before the text. Not blocking: a FIFO of that name would wait for ever.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, encoding="utf-8-sig") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is not a regular file")
        try:
            return json.load(file), status
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error


def read_checked(path: str, parse: Callable[[Any], T], what: str) -> tuple[T, os.stat_result] | None:
    """What ``parse`` makes of a JSON file that people may write, and its state while it was read; None without a file.

    Raises Conflict, naming ``what`` it should be, for one that ``parse`` refuses; StorageError for one that cannot be read.
    """
    try:
        values, status = read_json(path)
        return parse(values), status
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageError(f"{portable(path)} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Conflict(
            f"{portable(path)} is not a valid {what}: {error}", hint="correct it by hand, or delete it"
        ) from error


def _words(values: Mapping[str, Any], member: str) -> tuple[str, ...]:
    names = values.get(member) or []
    if not isinstance(names, list) or not all(isinstance(name, str) and _storable(name) for name in names):
        raise ValueError(f"{member} must be a list of words")
    return tidy(names)


def _storable(text: str) -> bool:
    """Whether text is text: JSON may hold one half of a surrogate pair, which nothing can store."""
    return "\0" not in text and text == text.encode("utf-8", "replace").decode("utf-8")


def _copy(file: str, target: str) -> None:
    with open(file, "rb") as source, replacing(target) as copy:
        shutil.copyfileobj(source, copy)
