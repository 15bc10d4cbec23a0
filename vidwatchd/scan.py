"""scan: the truth about a library's folder, as the changes since what is known; it knows no index.

Every path in ``Known`` and ``Changes`` is portable, relative to the root, with ``/`` between folders; the root folder
itself is ``""``. ``root`` is native.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from vidwatchd.disk import OS, FileSystem
from vidwatchd.ignore import Rules
from vidwatchd.model import FileState, Presence
from vidwatchd.moves import LostFile, Move


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


@dataclass(slots=True)
class KnownFiles:
    """A ``Known`` held in memory, for tests and for verbs that only read."""

    files: dict[str, dict[str, KnownFile]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    sidecars: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    root: str = ""

    def folder_digest(self, folder: str) -> str:
        """The digest remembered for a folder."""
        raise NotImplementedError

    def files_in(self, folder: str) -> Mapping[str, KnownFile]:
        """The videos directly in a folder."""
        raise NotImplementedError

    def folders_under(self, folder: str) -> Iterable[str]:
        """The folders beneath ``folder``."""
        raise NotImplementedError

    def same_sizes(self, sizes: Collection[int]) -> Iterable[LostFile]:
        """The videos of these sizes."""
        raise NotImplementedError

    def sidecars_in(self, folder: str) -> Mapping[str, tuple[int, int]]:
        """The sidecars beside a folder's videos."""
        raise NotImplementedError

    def apply(self, changes: Changes) -> None:
        """Remember what a scan found, as an index would."""
        raise NotImplementedError


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
    artifact_folders: dict[str, int] = field(default_factory=dict)
    """Folder of videos → mtime_ns of its ``.artifacts``, where names in there came or went since the last digest."""
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


def changes(
    root: str,
    known: Known,
    *,
    rules: Rules,
    settle_seconds: float,
    only: Collection[str] | None = None,
    recursive: bool = True,
    trees: Collection[str] = (),
    pending: Pending | None = None,
    fs: FileSystem = OS,
    cancelled: Callable[[], bool] = lambda: False,
) -> Changes:
    """Look at a library and say what differs from ``known``.

    ``only`` are the folders to look at, with all beneath them when ``recursive``; ``None`` is the whole library.
    ``trees`` are further folders, always with all beneath them (hints give both). A folder that has vanished may be named
    too. With ``settle_seconds`` 0 every regular file counts at once.

    Raises LibraryOffline when the root cannot be read or is exchanged meanwhile, Cancelled when ``cancelled`` says so.
    """
    raise NotImplementedError
