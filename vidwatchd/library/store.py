"""store: where one library's artifacts and sidecars lie, and how they get there whole."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import MISSING, dataclass, fields
from typing import Any

from vidwatchd.library import partial
from vidwatchd.library.bench import sweep
from vidwatchd.library.files import load, parse_tags, put, read_checked, stored, sync, write_json
from vidwatchd.library.mentions import rename_inside
from vidwatchd.library.swap import carry_folder, open_folders, swap_in
from vidwatchd.model import ARTIFACTS_FOLDER, FileState, Library, Tags, VideoFacts, file_name, native, portable

MADE_SUFFIX = ".made.json"
TAGS_SUFFIX = ".tags.json"
EDITS_SUFFIX = ".edits.json"
PARTING_SUFFIX = ".parting.json"
PEOPLES_SUFFIXES = (TAGS_SUFFIX, EDITS_SUFFIX)
_OWN_SUFFIXES = (PARTING_SUFFIX, *PEOPLES_SUFFIXES)
WORKSPACE = ".making"
# A file, or a file in a folder of the video's own, hidden or not; nothing that leads elsewhere.
_SUFFIX = re.compile(r"\.[^/\0]+(/[0-9A-Za-z_-][^/\0]*)?|[a-z]+/[0-9A-Za-z_-][^/\0]*")
_SAID = frozenset({"video", "tags", "performers", "rating", "notes", "inferred"})
_STAMP = ("size_bytes", "mtime_ns", "ctime_ns", "inode")


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


_TYPES: dict[str, type | tuple[type, ...]] = {
    "version": int, "settings_hash": str, "fingerprint": str, "files": dict, "facts": dict, "video": (dict, type(None)),
    "pinned": bool, "backend": str, "cost_seconds": (int, float), "cost_bytes": int, "made_at": (int, float),
}  # fmt: skip
_FACTS = {field.name for field in fields(VideoFacts)}
_REQUIRED = {field.name for field in fields(MadeEntry) if field.default is MISSING}


@dataclass(frozen=True, slots=True)
class Unpublished:
    """One kind as a worker left it: files (suffix → native path) in the workspace, and what to note of them.

    ``whole``: all lie in one folder of the video's own, which takes the place of the one before at once.
    """

    files: Mapping[str, str]
    entry: MadeEntry
    whole: bool = False


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
        own = os.path.join(self.base, ARTIFACTS_FOLDER)
        shared = os.path.join(own, WORKSPACE)
        folder = os.path.join(shared, name)
        with stored(folder):
            self._ensure(own)
            _ensure_one(shared)
            os.mkdir(folder)
        return folder

    def sweep(self, live: Callable[[str], bool]) -> None:
        """Remove the workspaces that died visits left behind; ``live`` tells by name whose owner still runs."""
        folder = os.path.join(self.base, ARTIFACTS_FOLDER, WORKSPACE)
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            for name in os.listdir(folder):
                if not live(name):
                    shutil.rmtree(os.path.join(folder, name), ignore_errors=True)

    def tidy_folder(self, folder: str) -> None:
        """Remove the files that interrupted writes left in the artifact folder of ``folder``; what they put aside is put back."""
        inside = os.path.join(self.base, native(folder), ARTIFACTS_FOLDER)
        partial.tidy(inside)
        sweep(inside)

    def publish(self, path: str, made: Mapping[str, Unpublished], video: FileState) -> dict[str, MadeEntry]:
        """Move what a visit made (kind → files and entry) into place and note it in ``<file>.made.json``.

        The notes of kinds made again are taken out first and written last, so that a crash in between leaves work
        owed, never half a set that counts. ``video`` is the state that the file had. Raises StorageError.
        """
        with self.locked(path) as folder, stored(folder):
            if any(new.whole for new in made.values()):
                sweep(folder)
            sizes = {kind: sum(_settle(file) for file in new.files.values()) for kind, new in made.items()}
            with self._made(path, video) as kinds:
                old = {kind: kinds.pop(kind, {}) for kind in made}
            entries = {kind: self._place(path, new, old[kind], sizes[kind]) for kind, new in made.items()}
            with self._made(path, video) as kinds:
                kinds.update(entries)
            sync(folder)
        return {kind: MadeEntry(**values) for kind, values in entries.items()}

    @contextmanager
    def locked(self, path: str) -> Iterator[str]:
        """The artifact folder of a video, made if need be, in which nobody else changes anything meanwhile.

        Not to be nested. Raises StorageError.
        """
        folder = self.folder(path)
        with stored(folder):
            self._ensure(folder)
            handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(handle)

    def _ensure(self, folder: str) -> None:
        """Make an artifact folder, but never the folder of videos it lies in: a disk that is away is not to be faked."""
        if self.base != self.root:
            os.makedirs(folder, exist_ok=True)
        else:
            _ensure_one(folder)

    def names_in(self, folder: str) -> frozenset[str]:
        """The (native) names in the artifact folder of a folder of videos, ``folder/name`` for what lies in a video's own
        folder; none where there is no artifact folder."""
        try:
            return frozenset(_names(os.path.join(self.base, native(folder), ARTIFACTS_FOLDER)))
        except OSError:
            return frozenset()

    def made(self, path: str) -> tuple[dict[str, MadeEntry], tuple[int, ...], str]:
        """What ``<file>.made.json`` vouches for, as far as its files exist.

        (kinds, (size, mtime_ns, ctime_ns, inode) of the video then, its fingerprint).
        """
        note, folder = load(self.file(path, MADE_SUFFIX)), self.folder(path)
        found = {
            kind: MadeEntry(**values)
            for kind, values in _kinds(note, os.path.basename(path)).items()
            if all(os.path.lexists(os.path.join(folder, native(name))) for name in values["files"].values())
        }
        stamp = tuple(value if isinstance(value := note.get(name), int) else -1 for name in _STAMP)
        return found, stamp, str(note.get("fingerprint", ""))

    def names_of(self, path: str, files: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Every file that belongs to a video: kind files as the index knows them, the note, and people's sidecars."""
        name = os.path.basename(path)
        own = {native(file) for kind in files.values() for file in kind.values()}
        own |= {native(file_name(name, suffix)) for suffix in (MADE_SUFFIX, *_OWN_SUFFIXES)}
        folder = self.folder(path)
        here = (file for file in own if not os.path.islink(os.path.join(folder, os.path.dirname(file))))
        return {file: os.path.join(folder, file) for file in here if os.path.lexists(os.path.join(folder, file))}

    def follow(
        self, old: Store, old_path: str, new_path: str, files: Mapping[str, Mapping[str, str]]
    ) -> dict[str, dict[str, str]]:
        """A video moved: its artifacts and sidecars move too. Returns kind → suffix → new file name.

        Done again after a crash it moves the rest. Raises StorageError.
        """
        name = os.path.basename(new_path)
        renamed = {k: {s: file_name(name, s) for s in named} for k, named in files.items()}
        there = [suffix for suffix in _OWN_SUFFIXES if os.path.lexists(old.file(old_path, suffix))]
        if not files and not there and not os.path.lexists(old.file(old_path, MADE_SUFFIX)):
            return renamed
        with self.locked(new_path) as folder, stored(folder):
            for kind, named in files.items():
                for suffix, before in named.items():
                    _carry(os.path.join(old.folder(old_path), native(before)), folder, renamed[kind][suffix])
                    _leave(old.folder(old_path), before)
            for before, after in open_folders(files, renamed).items():
                carry_folder(os.path.join(old.folder(old_path), before), os.path.join(folder, after))
            words = {named[s]: renamed[kind][s] for kind, named in files.items() for s in named}
            for after in words.values():
                rename_inside(os.path.join(folder, native(after)), (os.path.basename(old_path), name), words)
            for suffix in there:
                _carry(old.file(old_path, suffix), folder, file_name(name, suffix), keep=True)
            self._carry_note(old, old_path, new_path, renamed)
        with suppress(OSError):
            os.rmdir(old.folder(old_path))
        return renamed

    def discard(self, path: str, files: Mapping[str, Mapping[str, str]], but: Collection[str] = ()) -> None:
        """Remove the artifacts of a video that is long gone; what people said stays, and so do the kinds in ``but``."""
        kept = {native(file_name(os.path.basename(path), suffix)) for suffix in PEOPLES_SUFFIXES}
        if but:
            kept.add(native(file_name(os.path.basename(path), MADE_SUFFIX)))
            self._forget_but(path, but)
        for name, file in self.names_of(
            path, {kind: named for kind, named in files.items() if kind not in but}
        ).items():
            if name not in kept:
                with suppress(FileNotFoundError):
                    os.unlink(file)
                _leave(self.folder(path), portable(name))

    def _forget_but(self, path: str, kinds: Collection[str]) -> None:
        """Take what is not of these kinds out of the note."""
        note = load(self.file(path, MADE_SUFFIX))
        left = {kind: values for kind, values in _kinds(note, os.path.basename(path)).items() if kind in kinds}
        if note and left != note.get("kinds"):
            with stored(self.folder(path)):
                write_json(self.file(path, MADE_SUFFIX), {**note, "kinds": left})

    def _carry_note(self, old: Store, old_path: str, new_path: str, renamed: Mapping[str, Mapping[str, str]]) -> None:
        note = load(old.file(old_path, MADE_SUFFIX))
        if not note:
            return
        kinds = _kinds(note, os.path.basename(old_path))
        note["kinds"] = {
            kind: {**values, "files": dict(renamed[kind])} for kind, values in kinds.items() if kind in renamed
        }
        note["video"] = os.path.basename(new_path)
        before, after = old.file(old_path, MADE_SUFFIX), self.file(new_path, MADE_SUFFIX)
        write_json(after, note)
        if not os.path.samefile(before, after):  # as it is after a change of case only, where case does not count
            os.unlink(before)

    @contextmanager
    def _made(self, path: str, video: FileState) -> Iterator[dict[str, Any]]:
        """The note's ``kinds``, written back on leaving when they differ."""
        kinds = _kinds(load(self.file(path, MADE_SUFFIX)), os.path.basename(path))
        before = json.dumps(kinds, sort_keys=True)
        yield kinds
        if json.dumps(kinds, sort_keys=True) != before:
            prints = [str(entry["fingerprint"]) for entry in kinds.values() if entry["fingerprint"]]
            head = {"video": os.path.basename(path), **{name: getattr(video, name) for name in _STAMP}}
            head["fingerprint"] = prints[-1] if prints else ""
            write_json(self.file(path, MADE_SUFFIX), {**head, "kinds": kinds})

    def _place(self, path: str, new: Unpublished, old: Mapping[str, Any], cost_bytes: int) -> dict[str, Any]:
        folder, names = self.folder(path), {s: file_name(os.path.basename(path), s) for s in new.files}
        if new.whole and new.files:
            placed = {native(names[suffix]): file for suffix, file in new.files.items()}
            swap_in(folder, placed, [native(name) for name in (old.get("files") or {}).values()])
            return {**_plain(new.entry), "files": names, "cost_bytes": cost_bytes}
        for suffix, file in new.files.items():
            put(file, _placed(folder, names[suffix]))
        for suffix, name in (old.get("files") or {}).items():
            if suffix not in names:
                with suppress(FileNotFoundError):
                    os.unlink(_placed(folder, name))
                _leave(folder, name)
        for inner in {os.path.dirname(os.path.join(folder, native(name))) for name in names.values()} - {folder}:
            sync(inner)
        return {**_plain(new.entry), "files": names, "cost_bytes": cost_bytes}

    def read_tags(self, path: str) -> tuple[Tags, FileState] | None:
        """The tags sidecar of a video and its state on disk; None without one. Raises Conflict for a broken one."""
        found = read_checked(self.file(path, TAGS_SUFFIX), parse_tags, "tags file")
        return (found[0], FileState.of(self.relative(path, TAGS_SUFFIX), found[1])) if found else None

    def write_tags(self, path: str, said: Tags) -> FileState:
        """Write the tags sidecar, keeping members of it that we do not know. Raises StorageError.

        Whoever read it before and changes it holds ``locked`` over both.
        """
        file = self.file(path, TAGS_SUFFIX)
        values: dict[str, Any] = {"video": path, "tags": list(said.tags), "performers": list(said.performers)}
        values |= ({"rating": said.rating} if said.rating is not None else {}) | (
            {"notes": said.notes} if said.notes else {}
        )
        values |= {"inferred": list(said.inferred)} if said.inferred else {}
        foreign = {k: v for k, v in load(file).items() if k not in _SAID}
        with stored(file):
            self._ensure(os.path.dirname(file))
            write_json(file, {**values, **foreign})
            return FileState.of(self.relative(path, TAGS_SUFFIX), os.lstat(file))


def _kinds(note: Mapping[str, Any], video_name: str) -> dict[str, dict[str, Any]]:
    """The entries of a note that have the form we write. A note may come from anywhere with a copied folder, and what
    it names is served, moved and deleted: so only files that are called as this video's artifacts are."""
    kinds = note.get("kinds")
    if not isinstance(kinds, dict):
        return {}
    return {kind: dict(v) for kind, v in kinds.items() if isinstance(v, dict) and _is_ours(v, video_name)}


def _is_ours(values: Mapping[str, Any], video_name: str) -> bool:
    if not _REQUIRED <= values.keys() <= _TYPES.keys():
        return False
    if not all(isinstance(value, _TYPES[name]) for name, value in values.items()):
        return False
    return (values.get("video") or {}).keys() <= _FACTS and all(
        _SUFFIX.fullmatch(suffix)
        and suffix not in (MADE_SUFFIX, *_OWN_SUFFIXES)
        and name == file_name(video_name, suffix)
        for suffix, name in values["files"].items()
    )


def _plain(entry: MadeEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in MadeEntry.__slots__}


def _names(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.name
            if entry.name != WORKSPACE and entry.is_dir(follow_symlinks=False):
                yield from (f"{entry.name}/{name}" for name in os.listdir(entry.path))


def _placed(folder: str, name: str) -> str:
    """Where a file goes, its hidden folder made. Raises OSError for one that is a link: it may lead anywhere."""
    path = os.path.join(folder, native(name))
    inner = os.path.dirname(path)
    if inner != folder:
        _ensure_one(inner)
        if os.path.islink(inner):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), inner)
    return path


def _leave(folder: str, name: str) -> None:
    """Remove the hidden folder that a file lay in, once it is empty."""
    inner = os.path.dirname(native(name))
    if inner:
        with suppress(OSError):
            os.rmdir(os.path.join(folder, inner))


def _ensure_one(folder: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(folder)


def _settle(file: str) -> int:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def _carry(file: str, folder: str, name: str, *, keep: bool = False) -> None:
    """Move a file if it is there. What no video owns any more under that name gives way; ``keep``: it is put aside."""
    if not os.path.lexists(file) or os.path.islink(os.path.dirname(file)):
        return
    target = _placed(folder, name)
    if keep and os.path.lexists(target) and not os.path.samefile(file, target):
        stem = name.rsplit(".", 2)[0]
        aside = file_name(f"{stem}.left-{uuid.uuid4().hex[:8]}", name[len(stem) :])
        os.replace(target, os.path.join(folder, native(aside)))
    shutil.move(file, target)  # a rename, or a copy between file systems
