"""edits: what people changed of a video's lines and chapters, in ``.artifacts/<file>.edits.json``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from vidwatchd.cues import Chapter, Edits, Line, chapters_from_plain, chapters_to_plain
from vidwatchd.library.files import load, read_checked, stored, write_json
from vidwatchd.library.store import EDITS_SUFFIX, Store
from vidwatchd.model import FileState

_MEMBERS = frozenset({"video", "lines", "chapters"})


def read_edits(store: Store, path: str) -> tuple[Edits, FileState] | None:
    """What people changed of the video at ``path`` and the sidecar's state; None without one.

    Raises Conflict for a broken one, StorageError for one that cannot be read.
    """
    found = read_checked(store.file(path, EDITS_SUFFIX), parse_edits, "file of edits")
    return (found[0], FileState.of(store.relative(path, EDITS_SUFFIX), found[1])) if found else None


def write_edits(store: Store, path: str, edits: Edits) -> FileState:
    """Write the sidecar, keeping members of it that we do not know. Raises StorageError.

    Whoever read it before and changes it holds ``store.locked`` over both.
    """
    file = store.file(path, EDITS_SUFFIX)
    lines = {track: [_plain(line) for line in changed] for track, changed in edits.lines.items() if changed}
    foreign = {name: value for name, value in load(file).items() if name not in _MEMBERS}
    values: dict[str, Any] = {"video": path, "lines": lines}
    if edits.chapters is not None:
        values["chapters"] = chapters_to_plain(edits.chapters)
    with stored(file):
        write_json(file, {**values, **foreign})
        return FileState.of(store.relative(path, EDITS_SUFFIX), os.lstat(file))


def parse_edits(values: Any) -> Edits:
    """A sidecar's content. Raises ValueError saying what is wrong."""
    if not isinstance(values, dict) or not isinstance(values.get("lines", {}), dict):
        raise ValueError("it must hold one JSON object with lines by track")
    try:
        lines = {str(track): tuple(_line(v) for v in given) for track, given in values.get("lines", {}).items()}
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError("a line needs start, end and text") from error
    chapters: tuple[Chapter, ...] | None = None
    if values.get("chapters") is not None:
        chapters = chapters_from_plain(values["chapters"])
    return Edits(lines, chapters)


def _line(values: Mapping[str, Any]) -> Line:
    text = values["text"]
    if not isinstance(text, str):
        raise TypeError("text")
    return Line(float(values["start"]), float(values["end"]), text)


def _plain(line: Line) -> dict[str, Any]:
    return {"start": line.start_seconds, "end": line.end_seconds, "text": line.text}
