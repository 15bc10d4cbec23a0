"""people: what was said of the people in one library, in ``.artifacts/.faces.index.json``: names, merges, splits, hidden.

A face is told by when and where it is seen in which video, so that what was said outlasts the model that found it.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vidwatchd.library import files
from vidwatchd.library.files import read_checked, stored
from vidwatchd.library.partial import replacing
from vidwatchd.library.store import Store
from vidwatchd.model import ARTIFACTS_FOLDER
from vidwatchd.signatures import Box, box_from_plain, box_to_plain

PEOPLE_NAME = ".faces.index.json"
_OURS = frozenset({"version", "people", "videos"})
_VERSION = 1
# How the line of a person begins.
_BEGINS = b'{"id":"'


@dataclass(frozen=True, slots=True)
class Mark:
    """One face: seen at that time at that place of a video of the library (its path there, portable).

    ``said``: a person put it where it is; else likeness did.
    """

    video: str
    at_seconds: float
    box: Box
    said: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as the file has it. ``before`` are former ids that lead to it; ``settled``: people said something of it."""

    uuid: str
    name: str = ""
    hidden: bool = False
    settled: bool = False
    before: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    cover: Mark | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The whole file: the people, and the fingerprints of the videos named in it (path → fingerprint)."""

    entries: tuple[Entry, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    # Members of the file that we do not know.
    foreign: Mapping[str, Any] = field(default_factory=dict, compare=False)


def read_people(store: Store) -> Said:
    """What was said in one library. Raises Conflict for a file that is broken, StorageError for one that cannot be read."""
    found = read_checked(file_of(store), _parse, "file of people")
    return found[0] if found else Said()


def write_people(store: Store, said: Said, since: tuple[int, ...] = ()) -> None:
    """Write the whole file, keeping members of it that we do not know. Raises Conflict (a broken one stays), StorageError.

    ``since``: its ``stamp`` when ``said.foreign`` was read; a large file is read again only where it is another by now.
    """
    with store.locked(""):
        file = file_of(store)
        foreign = said.foreign if since and stamp(store) == since else read_people(store).foreign
        with stored(file):
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with replacing(file) as target:
                target.writelines(_lines(said, foreign))


def read_some(store: Store, uuids: Collection[str]) -> Said | None:
    """What the lines of these people say; None for a file that is not as ``write_people`` lays it out."""
    lines = _read_lines(store)
    if lines is None:
        return None
    wanted = [line.rstrip(b",\n") for line in lines[1:-1] if _uuid(line) in uuids]
    try:
        return _parse(json.loads(lines[0] + b",".join(wanted) + lines[-1]))
    except ValueError:
        return None


def write_some(store: Store, said: Said, uuids: Collection[str], since: tuple[int, ...]) -> bool:
    """Put what is said in place of the lines of these people, and leave all others as they are. Raises StorageError.

    False, and nothing is written, when the file is another than ``since``.
    """
    with store.locked(""):
        lines = _read_lines(store) if stamp(store) == since else None
        if lines is None:
            return False
        kept = [line.rstrip(b",\n") for line in lines[1:-1] if _uuid(line) not in uuids]
        with stored(file_of(store)), replacing(file_of(store)) as target:
            target.write(_head(said, said.foreign) + b"\n")
            target.write(b",\n".join([*map(_line, said.entries), *kept]) + b"\n]}\n")
    return True


def stamp(store: Store) -> tuple[int, ...]:
    """Something that differs when the file was written; () without one."""
    return files.stamp(file_of(store))


def mentions(store: Store, *texts: str) -> bool:
    """Whether the file holds any of these texts; far quicker than reading it, which a large one takes half a second for."""
    forms = {
        json.dumps(text, ensure_ascii=plain)[1:-1].encode("utf-8", "surrogatepass")
        for text in texts
        if text
        for plain in (True, False)
    }
    try:
        with open(file_of(store), "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(content.find(form) >= 0 for form in forms)
    except (OSError, ValueError):  # none there, or an empty one
        return False


def file_of(store: Store) -> str:
    """The file's (native) path."""
    return os.path.join(store.base, ARTIFACTS_FOLDER, PEOPLE_NAME)


def _lines(said: Said, foreign: Mapping[str, Any]) -> Iterator[bytes]:
    """The file's text, a line a person: with an indent Python takes ten times as long, and it is written while they wait."""
    yield _head(said, foreign) + b"\n"
    for place, entry in enumerate(said.entries):
        yield (b",\n" if place else b"") + _line(entry)
    yield b"\n]}\n"


def _head(said: Said, foreign: Mapping[str, Any]) -> bytes:
    rest = json.dumps({"version": _VERSION, **foreign, "videos": dict(said.fingerprints)}, ensure_ascii=False)
    return f'{rest[:-1]}, "people": ['.encode()


def _line(entry: Entry) -> bytes:
    return json.dumps(_entry_to_plain(entry), ensure_ascii=False, separators=(",", ":")).encode()


def _read_lines(store: Store) -> list[bytes] | None:
    """The head, a line a person, and the end; None for a file of another form."""
    try:
        with open(file_of(store), "rb") as file:
            lines = file.readlines()
    except OSError:
        return None
    whole = len(lines) > 2 and lines[0].endswith(b'"people": [\n') and lines[-1] == b"]}\n"
    return lines if whole and all(line.startswith(_BEGINS) for line in lines[1:-1]) else None


def _uuid(line: bytes) -> str:
    return line[len(_BEGINS) : line.find(b'"', len(_BEGINS))].decode("utf-8", "replace")


def _entry_to_plain(entry: Entry) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": entry.uuid, "name": entry.name, "hidden": entry.hidden, "settled": entry.settled}
    cover = {"cover": _mark_to_plain(entry.cover)} if entry.cover else {}
    return {**plain, "before": list(entry.before), **cover, "faces": [_mark_to_plain(mark) for mark in entry.marks]}


def _mark_to_plain(mark: Mark) -> dict[str, Any]:
    plain = {"video": mark.video, "at": round(mark.at_seconds, 3), "box": box_to_plain(mark.box)}
    return {**plain, "said": True} if mark.said else plain


def _parse(values: Any) -> Said:
    checked = _checked(values)
    people, prints = checked.get("people", []), checked.get("videos", {})
    if not isinstance(people, list) or not isinstance(prints, dict):
        raise ValueError("people must be a list and videos an object")
    try:
        entries = tuple(_entry(entry) for entry in people)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("a person needs an id, and faces with video, at and box") from error
    if len({entry.uuid for entry in entries}) < len(entries):
        raise ValueError("an id stands twice")
    foreign = {name: value for name, value in checked.items() if name not in _OURS}
    return Said(entries, {str(path): str(known) for path, known in prints.items()}, foreign)


def _checked(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise ValueError("it must hold one JSON object")
    return values


def _entry(entry: Mapping[str, Any]) -> Entry:
    name, identity = entry.get("name") or "", entry["id"]
    if not isinstance(identity, str) or not identity or not isinstance(name, str):
        raise ValueError("a person's id and name must be text")
    marks = tuple(_mark(mark) for mark in entry.get("faces", []))
    before = tuple(str(former) for former in entry.get("before", []))
    cover = _mark(entry["cover"]) if entry.get("cover") else None
    # Whoever writes a name into the file by hand has said something.
    settled = bool(entry.get("settled")) or bool(name) or bool(entry.get("hidden"))
    return Entry(identity, " ".join(name.split()), bool(entry.get("hidden")), settled, before, marks, cover)


def _mark(mark: Mapping[str, Any]) -> Mark:
    if not isinstance(mark["video"], str):
        raise TypeError("video")
    return Mark(mark["video"], float(mark["at"]), box_from_plain(mark["box"]), bool(mark.get("said")))
