"""files: names, JSON sidecars and whole-or-not-at-all writes in artifact folders."""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from vidwatchd.errors import StorageError
from vidwatchd.model import Tags, portable


def parse_tags(values: Any) -> Tags:
    """A tags sidecar's content. Raises ValueError saying which member is wrong."""
    if not isinstance(values, dict):
        raise ValueError("it must hold one JSON object")
    for member in ("tags", "performers"):
        names = values.get(member, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{member} must be a list of words")
    rating = values.get("rating")
    if rating is not None and (not isinstance(rating, int) or not 0 <= rating <= 5):
        raise ValueError("rating must be a whole number from 0 to 5")
    return Tags(tidy(values.get("tags", [])), tidy(values.get("performers", [])), rating, str(values.get("notes", "")))


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
    partial = os.path.join(os.path.dirname(path), f".{uuid.uuid4().hex}.part")
    try:
        with open(partial, "w", encoding="utf-8") as file:
            json.dump(values, file, ensure_ascii=False, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        with suppress(OSError):  # gone already when all went well
            os.unlink(partial)


def put(file: str, target: str) -> None:
    """Rename a finished file into place; from another file system it is copied beside the target first."""
    try:
        os.replace(file, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = os.path.join(os.path.dirname(target), f".{uuid.uuid4().hex}.part")
        shutil.copyfile(file, partial)
        os.replace(partial, target)
        os.unlink(file)


@contextmanager
def stored(path: str) -> Iterator[None]:
    """Turn a failed write into a StorageError that names the place and the remedy."""
    try:
        yield
    except OSError as error:
        hint = (
            "free some space; work resumes by itself"
            if error.errno == errno.ENOSPC
            else "check the folder's permissions"
        )
        raise StorageError(f"{portable(path)} cannot be written: {error.strerror}", hint=hint) from error


def load(path: str) -> dict[str, Any]:
    """A JSON object from a file; {} for a missing or broken one."""
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
