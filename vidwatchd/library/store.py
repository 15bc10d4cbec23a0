"""store: where one library's artifacts and sidecars lie, and how they get there whole."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from vidwatchd.errors import Conflict, StorageError
from vidwatchd.library.files import load, parse_tags, put, stored, write_json
from vidwatchd.model import ARTIFACTS_FOLDER, FileState, Library, Tags, file_name, native, portable

MADE_SUFFIX = ".made.json"
TAGS_SUFFIX = ".tags.json"
PEOPLES_SUFFIXES = (TAGS_SUFFIX, ".edits.json")
WORKSPACE = ".making"
PARTIAL = re.compile(r"\.[0-9a-f]{32}\.part")


@dataclass(frozen=True, slots=True)
class MadeEntry:
    """One kind in ``<file>.made.json``: what a new index needs to know of it without making it again."""

    version: int
    settings_hash: str
    fingerprint: str
    files: Mapping[str, str]
    facts: Mapping[str, Any]
    video: Mapping[str, Any] | None = None
    pinned: bool = False
    backend: str = ""
    cost_seconds: float = 0.0
    cost_bytes: int = 0
    made_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Unpublished:
    """One kind as a worker left it: files (suffix → native path) in the workspace, and what to note of them."""

    files: Mapping[str, str]
    entry: MadeEntry


class Store:
    """Where one library's artifacts and sidecars lie: beside the videos, or under the data folder when it is read-only.

    Every path handed in is portable and relative to the root; every path handed out is native and absolute.
    """

    def __init__(self, library: Library, data_folder: str) -> None:
        self.library = library
        self.root = native(library.root)
        central = os.path.join(native(data_folder), "artifacts", library.uuid)
        self.base = central if library.layout == "central" else self.root

    def video(self, path: str) -> str:
        """The video file itself."""
        return os.path.join(self.root, native(path))

    def folder(self, path: str) -> str:
        """The artifact folder of the video at ``path``."""
        return os.path.join(self.base, os.path.dirname(native(path)), ARTIFACTS_FOLDER)

    def file(self, path: str, suffix: str) -> str:
        """One artifact or sidecar of the video at ``path``."""
        return os.path.join(self.folder(path), native(file_name(os.path.basename(path), suffix)))

    def relative(self, path: str, suffix: str) -> str:
        """The portable path of an artifact or sidecar, relative to the store's base."""
        return portable(os.path.relpath(self.file(path, suffix), self.base))

    def workspace(self, name: str) -> str:
        """A fresh folder for one visit, on the same file system as the artifacts so that publishing is a rename."""
        folder = os.path.join(self.base, ARTIFACTS_FOLDER, WORKSPACE, name)
        with stored(folder):
            os.makedirs(folder)
        return folder

    def sweep(self, live: Callable[[str], bool]) -> None:
        """Remove the workspaces that died visits left behind; ``live`` tells by name whose owner still runs."""
        folder = os.path.join(self.base, ARTIFACTS_FOLDER, WORKSPACE)
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            for name in os.listdir(folder):
                if not live(name):
                    shutil.rmtree(os.path.join(folder, name), ignore_errors=True)

    def tidy_folder(self, folder: str) -> None:
        """Remove files that an interrupted write left in the artifact folder of ``folder`` more than an hour ago."""
        place = os.path.join(self.base, native(folder), ARTIFACTS_FOLDER)
        with suppress(OSError):
            for name in os.listdir(place):
                file = os.path.join(place, name)
                if PARTIAL.fullmatch(name) and os.lstat(file).st_mtime < time.time() - 3600:
                    os.unlink(file)

    def publish(self, path: str, made: Mapping[str, Unpublished], stamp: tuple[int, int]) -> dict[str, MadeEntry]:
        """Move what a visit made (kind → files and entry) into place and note it in ``<file>.made.json``.

        The notes of kinds made again are taken out first and written last, so that a crash in between leaves work
        owed, never half a set that counts. ``stamp`` is the video's (size, mtime_ns). Raises StorageError.
        """
        folder = self.folder(path)
        with stored(folder):
            os.makedirs(folder, exist_ok=True)
            sizes = {kind: sum(_settle(file) for file in new.files.values()) for kind, new in made.items()}
            with self._made(path, stamp) as kinds:
                old = {kind: kinds.pop(kind, {}) for kind in made}
            entries = {kind: self._place(path, new, old[kind], sizes[kind]) for kind, new in made.items()}
            with self._made(path, stamp) as kinds:
                kinds.update(entries)
            _sync_folder(folder)
        return {kind: MadeEntry(**values) for kind, values in entries.items()}

    def names_in(self, folder: str) -> frozenset[str]:
        """The (native) names in the artifact folder of a folder of videos; none where there is no such folder."""
        try:
            return frozenset(os.listdir(os.path.join(self.base, native(folder), ARTIFACTS_FOLDER)))
        except OSError:
            return frozenset()

    def made(self, path: str) -> tuple[dict[str, MadeEntry], tuple[int, int], str]:
        """What ``<file>.made.json`` vouches for, as far as its files exist: (kinds, (size, mtime_ns), fingerprint)."""
        note = load(self.file(path, MADE_SUFFIX))
        found: dict[str, MadeEntry] = {}
        folder = self.folder(path)
        with suppress(TypeError, AttributeError):  # a note of a shape we do not know is no note
            for kind, values in note.get("kinds", {}).items():
                entry = MadeEntry(**values)
                if all(os.path.lexists(os.path.join(folder, native(name))) for name in entry.files.values()):
                    found[kind] = entry
        return found, (int(note.get("size_bytes", -1)), int(note.get("mtime_ns", -1))), str(note.get("fingerprint", ""))

    def names_of(self, path: str, files: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Every file that belongs to a video: kind files as the index knows them, the note, and people's sidecars."""
        name = os.path.basename(path)
        own = {native(file) for kind in files.values() for file in kind.values()}
        own |= {native(file_name(name, suffix)) for suffix in (MADE_SUFFIX, *PEOPLES_SUFFIXES)}
        folder = self.folder(path)
        return {file: os.path.join(folder, file) for file in own if os.path.lexists(os.path.join(folder, file))}

    def follow(
        self, old: Store, old_path: str, new_path: str, files: Mapping[str, Mapping[str, str]]
    ) -> dict[str, dict[str, str]]:
        """A video moved: its artifacts and sidecars move too. Returns kind → suffix → new file name.

        Nothing is overwritten: where a file of the new name exists, the old one stays where it is.
        """
        renamed = {k: {s: file_name(os.path.basename(new_path), s) for s in named} for k, named in files.items()}
        with stored(self.folder(new_path)):
            os.makedirs(self.folder(new_path), exist_ok=True)
            for kind, named in files.items():
                for suffix, name in named.items():
                    _carry(
                        os.path.join(old.folder(old_path), native(name)), self.folder(new_path), renamed[kind][suffix]
                    )
            for suffix in PEOPLES_SUFFIXES:
                _carry(old.file(old_path, suffix), self.folder(new_path), file_name(os.path.basename(new_path), suffix))
            self._carry_note(old, old_path, new_path, renamed)
            with suppress(OSError):
                os.rmdir(old.folder(old_path))
        return renamed

    def discard(self, path: str, files: Mapping[str, Mapping[str, str]]) -> None:
        """Remove the artifacts of a video that is long gone; what people said stays."""
        kept = {native(file_name(os.path.basename(path), suffix)) for suffix in PEOPLES_SUFFIXES}
        for name, file in self.names_of(path, files).items():
            if name not in kept:
                with suppress(FileNotFoundError):
                    os.unlink(file)

    def _carry_note(self, old: Store, old_path: str, new_path: str, renamed: Mapping[str, Mapping[str, str]]) -> None:
        note = load(old.file(old_path, MADE_SUFFIX))
        if not note or os.path.lexists(self.file(new_path, MADE_SUFFIX)):
            return
        note["video"] = os.path.basename(new_path)
        for kind, values in note.get("kinds", {}).items():
            values["files"] = dict(renamed.get(kind, values.get("files", {})))
        write_json(self.file(new_path, MADE_SUFFIX), note)
        os.unlink(old.file(old_path, MADE_SUFFIX))

    @contextmanager
    def _made(self, path: str, stamp: tuple[int, int]) -> Iterator[dict[str, Any]]:
        """The note's ``kinds``, written back on leaving; a daemon and a command take turns through a folder lock."""
        folder = os.open(self.folder(path), os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            note = load(self.file(path, MADE_SUFFIX))
            kinds = dict(note.get("kinds") or {})
            before = json.dumps(kinds, sort_keys=True)
            yield kinds
            if json.dumps(kinds, sort_keys=True) != before:
                prints = [entry["fingerprint"] for entry in kinds.values() if entry.get("fingerprint")]
                head = {"video": os.path.basename(path), "size_bytes": stamp[0], "mtime_ns": stamp[1]}
                write_json(
                    self.file(path, MADE_SUFFIX), {**head, "fingerprint": prints[-1] if prints else "", "kinds": kinds}
                )
        finally:
            os.close(folder)

    def _place(self, path: str, new: Unpublished, old: Mapping[str, Any], cost_bytes: int) -> dict[str, Any]:
        folder, names = self.folder(path), {s: file_name(os.path.basename(path), s) for s in new.files}
        for suffix, file in new.files.items():
            put(file, os.path.join(folder, native(names[suffix])))
        for suffix, name in (old.get("files") or {}).items():
            if suffix not in names:
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(folder, native(name)))
        return {**_plain(new.entry), "files": names, "cost_bytes": cost_bytes}

    def read_tags(self, path: str) -> tuple[Tags, FileState] | None:
        """The tags sidecar of a video and its state on disk; None without one. Raises Conflict for a broken one."""
        file = self.file(path, TAGS_SUFFIX)
        try:
            with open(file, encoding="utf-8") as sidecar:
                status, values = os.fstat(sidecar.fileno()), json.load(sidecar)
            said = parse_tags(values)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StorageError(f"{file} cannot be read: {error.strerror}") from error
        except (ValueError, TypeError) as error:
            raise Conflict(
                f"{portable(file)} is not a valid tags file: {error}", hint="correct it by hand, or delete it"
            ) from error
        return said, FileState(
            self.relative(path, TAGS_SUFFIX), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        )

    def write_tags(self, path: str, said: Tags) -> FileState:
        """Write the tags sidecar, keeping members of it that we do not know. Raises StorageError."""
        file = self.file(path, TAGS_SUFFIX)
        values: dict[str, Any] = {"video": path, "tags": list(said.tags), "performers": list(said.performers)}
        values |= ({"rating": said.rating} if said.rating is not None else {}) | (
            {"notes": said.notes} if said.notes else {}
        )
        foreign = {k: v for k, v in load(file).items() if k not in {"video", "tags", "performers", "rating", "notes"}}
        with stored(file):
            os.makedirs(os.path.dirname(file), exist_ok=True)
            write_json(file, {**values, **foreign})
            status = os.lstat(file)
        return FileState(
            self.relative(path, TAGS_SUFFIX), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        )


def _plain(entry: MadeEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in MadeEntry.__slots__}


def _settle(file: str) -> int:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _carry(file: str, folder: str, name: str) -> None:
    target = os.path.join(folder, native(name))
    if os.path.lexists(file) and not os.path.lexists(target):
        shutil.move(file, target)  # a rename, or a copy between file systems
