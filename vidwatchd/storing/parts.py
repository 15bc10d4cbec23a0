"""parts: which files of a stored form's folder are its picture and its sound, whoever wrote the folder.

The manifest's own names come first, in our form and in those that other programs used; without them, the usual names.
A folder may come from anywhere: nothing that it names is opened outside it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidwatchd.errors import InvalidDirectory, MediaError, NotFound
from vidwatchd.model import display, native, portable
from vidwatchd.storing import manifest

_PICTURES = ("resultant", "resultant_path", "resultant_video", "resultant_video_path", "video", "video_path")
_SOUNDS = ("audio", "audio_path", "audio_file", "sound")
# How a part that is more than a name calls its file.
_NAMES = ("file", "path", "name")
_MOST_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Parts:
    """The files (native, absolute) to be joined; ``sound`` is "" for a silent film, ``noted`` what the manifest says."""

    folder: str
    picture: str
    sound: str
    noted: Mapping[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    """What a manifest says of one part: whether it speaks of it at all, its name, and how large it is."""

    told: bool = False
    name: str = ""
    bytes: int = 0


def parts(folder: str) -> Parts:
    """What to join of a folder (native). Raises InvalidDirectory, NotFound naming what is missing, MediaError."""
    root = _folder(folder)
    said, notes = noted(root)
    picture, sound = _named(said, _PICTURES), _named(said, _SOUNDS)
    shown = _found(root, picture, (manifest.RESULTANT,))
    if not shown:
        raise _missing(root, "picture", picture, (manifest.RESULTANT,))
    usual = tuple(manifest.SOUNDS.values())
    heard = "" if sound.told and not sound.name else _found(root, sound, usual)
    if sound.name and not heard:
        raise _missing(root, "sound", sound, usual)
    for path, named in ((shown, picture), (heard, sound)):
        _check_whole(path, named)
    return Parts(root, shown, heard, said, notes)


def _folder(folder: str) -> str:
    try:
        root = os.path.realpath(folder, strict=True)
        if folder and stat.S_ISDIR(os.stat(root).st_mode):
            os.scandir(root).close()
            return root
    except OSError as error:
        fix = "check its name and its permissions"
        raise InvalidDirectory(f"{_shown(folder)} cannot be opened: {error.strerror}", hint=fix) from error
    raise InvalidDirectory(f"{_shown(folder)} is not a folder", hint="name the folder of a stored form")


def noted(root: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The manifest of a folder (native) as it stands there; {} and why for one that says nothing."""
    path = os.path.join(root, manifest.FILE)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, encoding="utf-8-sig") as file:
            values = json.loads(file.read(_MOST_BYTES))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError, RecursionError) as error:
        return {}, (f"{manifest.FILE} cannot be read and was not heeded: {error}",)
    if isinstance(values, dict):
        return values, ()
    return {}, (f"{manifest.FILE} is no manifest and was not heeded",)


def _named(manifest_: Mapping[str, Any], members: Sequence[str]) -> _Named:
    """The first of a part's members that there is; ours are always there, and null for a part that there is not."""
    said = next(((True, manifest_[member]) for member in members if member in manifest_), (False, None))
    value: Any = said[1]
    size = 0
    if isinstance(value, Mapping):
        size = told if isinstance(told := value.get("bytes"), int) else 0
        value = next((value[name] for name in _NAMES if isinstance(value.get(name), str)), "")
    return _Named(said[0], value if isinstance(value, str) else "", size)


def _found(root: str, named: _Named, usual: Sequence[str]) -> str:
    """The file of a part, "" for none. Raises MediaError for a name that leads elsewhere."""
    names = [inner for inner in (_inner(root, named.name),) if inner]
    paths = (os.path.join(root, name) for name in (*names, *usual))
    return next((found for found in map(_real, paths) if found and _is_within(root, found)), "")


def _inner(root: str, name: str) -> str:
    """A manifest's name relative to its folder. One that is absolute is from where the folder was made: it may since
    have been moved, and then the file is meant that is so called and lies here."""
    path = native(name)
    if "\0" in path or ".." in path.replace("\\", "/").split("/"):
        raise _outside(name)
    if os.path.isabs(path) or path[1:3] in (":\\", ":/"):
        last = path.replace("\\", "/").rpartition("/")[2]
        within = os.path.realpath(path).startswith(os.path.join(root, ""))
        if not within and not os.path.lexists(os.path.join(root, last)):
            raise _outside(name)
        return os.path.relpath(os.path.realpath(path), root) if within else last
    if path and (found := _real(os.path.join(root, path))) and not _is_within(root, found):
        raise _outside(name)
    return path


def _real(path: str) -> str:
    """Where a path leads in the end, "" where there is no regular file."""
    try:
        found = os.path.realpath(path, strict=True)
        return found if stat.S_ISREG(os.stat(found).st_mode) else ""
    except OSError:
        return ""


def _is_within(root: str, path: str) -> bool:
    return path.startswith(os.path.join(root, ""))


def _outside(name: str) -> MediaError:
    text = f"{manifest.FILE} names {display(name)!r}, which leads out of its folder"
    return MediaError(text, hint="without the manifest, the files with the usual names are joined")


def _missing(root: str, what: str, named: _Named, usual: Sequence[str]) -> NotFound:
    looked = list(dict.fromkeys([*([display(named.name)] if named.name else []), *usual]))
    text = f"{_shown(root)} holds no {what}: there is no {' or '.join(looked)}"
    return NotFound(text, hint="name the folder that a stored form was made in")


def _check_whole(path: str, named: _Named) -> None:
    if not path or not named.bytes or os.path.basename(path) != os.path.basename(native(named.name)):
        return
    size = os.path.getsize(path)
    if size < named.bytes:
        text = f"{_shown(path)} is cut off: it has {size} bytes, and had {named.bytes} when it was stored"
        raise MediaError(text, hint="copy it again; without manifest.json it is joined as it is")


def _shown(path: str) -> str:
    return display(portable(os.path.basename(path.rstrip("/")) or path))
