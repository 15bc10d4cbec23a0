"""known: what a scan is told of the past, and what it answers; plain values and one seam.

Every path is portable, relative to the library's root, with ``/`` between folders; the root folder itself is ``""``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from vidwatchd.model import FileState, Presence
from vidwatchd.scan.moves import LostFile, Move


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What is remembered of one video's file."""

    video_id: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    fingerprint: str = ""
    presence: Presence = Presence.PRESENT


class Known(Protocol):
    """What the caller remembers of one library, asked folder by folder (the index implements it)."""

    def folder_digest(self, folder: str) -> str:
        """The digest remembered for a folder; ``""`` when none."""
        ...

    def files_in(self, folder: str) -> Mapping[str, KnownFile]:
        """The videos directly in a folder, by (portable) name, gone ones too."""
        ...

    def folders_under(self, folder: str) -> Iterable[str]:
        """Every folder beneath ``folder``, at any depth, that has a digest or a video that is not gone."""
        ...

    def same_sizes(self, sizes: Collection[int]) -> Iterable[LostFile]:
        """Videos of these sizes in any library that is online now, gone ones too; asked once a scan."""
        ...

    def sidecars_in(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """People's sidecars in ``folder``'s ``.artifacts`` as last read or written: name → (mtime_ns, size_bytes)."""
        ...

    def companions_in(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """Files beside ``folder``'s videos that something is made from, as last seen: name → (mtime_ns, size_bytes)."""
        ...


@dataclass(slots=True)
class Changes:
    """What a scan found to differ from what is known.

    Apply it whole or not at all: remembering ``folders`` without the rest would hide the rest from the next scan.
    """

    added: list[FileState] = field(default_factory=list)
    changed: list[FileState] = field(default_factory=list)
    """Same path, another size, mtime, ctime or inode: the content may differ; the fingerprint tells."""
    back: list[FileState] = field(default_factory=list)
    """Known as gone or unknown, there again and otherwise as remembered."""
    moved: list[Move] = field(default_factory=list)
    """Apply together: two videos may have exchanged their paths."""
    gone: list[str] = field(default_factory=list)
    """Proven absent: the folder was read, and asked again at the end the name was still not there."""
    hidden: list[str] = field(default_factory=list)
    """Known videos that are still there but that the rules or a ``.ignore`` file now exclude."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Path of a file or folder → reason. Unknown is not gone: nothing beneath it is reported elsewhere."""
    unsettled: dict[str, float] = field(default_factory=dict)
    """Path → seconds until another look is worth while."""
    sidecars: list[FileState] = field(default_factory=list)
    """People's sidecars that are new or differ (``a/.artifacts/b.mp4.tags.json``)."""
    sidecars_gone: list[str] = field(default_factory=list)
    companions: list[FileState] = field(default_factory=list)
    """Files beside the videos that something is made from (``a/b.en.srt``) and that are new or differ."""
    companions_gone: list[str] = field(default_factory=list)
    artifact_folders: dict[str, int] = field(default_factory=dict)
    """Folder of videos → mtime_ns of its ``.artifacts`` (0: none now), where names in there came or went since."""
    folders: dict[str, str] = field(default_factory=dict)
    """Folder → digest to remember; ``""``: forget it, the folder must be looked at again."""
    folders_gone: list[str] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)
    """Path → fingerprint, where one had to be computed on the way."""
    seen: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Pending:
    """Files whose clock cannot be trusted (changed in the future), remembered between scans of one library."""

    looks: dict[str, tuple[FileState, float]] = field(default_factory=dict)

    def wait_seconds(self, state: FileState, settle_seconds: float, now: float) -> float:
        """How long until the file has been seen unchanged for ``settle_seconds``; ``now`` is monotonic."""
        seen, since = self.looks.get(state.path, (None, now))
        if seen != state:
            since = now
            self.looks[state.path] = (state, now)
        wait = since + settle_seconds - now
        if wait <= 0:
            del self.looks[state.path]
        return wait


@dataclass(slots=True)
class KnownFiles:
    """A ``Known`` held in memory, for tests and for verbs that only read; ``root`` is native."""

    root: str = ""
    files: dict[str, dict[str, KnownFile]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    sidecars: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    companions: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    last_id: int = 0

    def folder_digest(self, folder: str) -> str:
        """The digest remembered for a folder."""
        return self.digests.get(folder, "")

    def files_in(self, folder: str) -> Mapping[str, KnownFile]:
        """The videos directly in a folder."""
        return self.files.get(folder, {})

    def folders_under(self, folder: str) -> Iterable[str]:
        """The folders beneath ``folder``."""
        start = f"{folder}/" if folder else ""
        there = {f for f, files in self.files.items() if any(x.presence is not Presence.GONE for x in files.values())}
        digested = {f for f, digest in self.digests.items() if digest}
        return [f for f in there | digested if f != folder and f.startswith(start)]

    def same_sizes(self, sizes: Collection[int]) -> Iterable[LostFile]:
        """The videos of these sizes."""
        wanted = frozenset(sizes)
        for folder, files in self.files.items():
            for name, file in files.items():
                if file.size_bytes in wanted:
                    yield _lost(self.root, join(folder, name), file)

    def sidecars_in(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """The sidecars beside a folder's videos."""
        return self.sidecars.get(folder, {})

    def companions_in(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """The files beside a folder's videos that something is made from."""
        return self.companions.get(folder, {})

    def apply(self, changes: Changes) -> None:
        """Remember what a scan found, as an index would."""
        for move in changes.moved:
            self._drop(move.old.path)
        for move in changes.moved:
            self._put(move.new, move.video_id, move.old.fingerprint)
        for state in (*changes.added, *changes.changed, *changes.back):
            self._put(state, None, changes.fingerprints.get(state.path, ""))
        for path in (*changes.gone, *changes.hidden):
            self._mark(path, Presence.GONE)
        self._apply_folders(changes)

    def _apply_folders(self, changes: Changes) -> None:
        self.digests.update(changes.folders)
        for folder in changes.folders_gone:
            self.digests.pop(folder, None)
        for state in changes.sidecars:
            folder, name = _beside(state.path)
            self.sidecars.setdefault(folder, {})[name] = (state.mtime_ns, state.size_bytes)
        for path in changes.sidecars_gone:
            folder, name = _beside(path)
            del self.sidecars[folder][name]
        for state in changes.companions:
            folder, name = split(state.path)
            self.companions.setdefault(folder, {})[name] = (state.mtime_ns, state.size_bytes)
        for path in changes.companions_gone:
            folder, name = split(path)
            del self.companions[folder][name]

    def _put(self, state: FileState, video_id: int | None, fingerprint: str) -> None:
        folder, name = split(state.path)
        files = self.files.setdefault(folder, {})
        old = files.get(name)
        if video_id is None:
            self.last_id += old is None
            video_id = old.video_id if old else self.last_id
        fingerprint = fingerprint or (old.fingerprint if old else "")
        files[name] = KnownFile(
            video_id, state.size_bytes, state.mtime_ns, state.ctime_ns, state.inode, fingerprint, Presence.PRESENT
        )

    def _mark(self, path: str, presence: Presence) -> None:
        folder, name = split(path)
        old = self.files[folder][name]
        self.files[folder][name] = KnownFile(
            old.video_id, old.size_bytes, old.mtime_ns, old.ctime_ns, old.inode, old.fingerprint, presence
        )

    def _drop(self, path: str) -> None:
        folder, name = split(path)
        self.files.get(folder, {}).pop(name, None)


def split(path: str) -> tuple[str, str]:
    """The folder and the name of a relative path."""
    folder, _, name = path.rpartition("/")
    return folder, name


def join(folder: str, name: str) -> str:
    """A name inside a relative folder."""
    return f"{folder}/{name}" if folder else name


def _lost(root: str, path: str, file: KnownFile) -> LostFile:
    return LostFile(
        file.video_id, root, path, file.size_bytes, file.mtime_ns, file.inode, file.fingerprint, file.presence
    )


def _beside(path: str) -> tuple[str, str]:
    """The folder of videos and the sidecar's name, of a sidecar's path."""
    folder, name = split(path)
    return split(folder)[0], name
