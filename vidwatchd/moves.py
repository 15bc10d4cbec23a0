"""moves: which new files are videos that were elsewhere before, told by fingerprint and by proven absence."""

from __future__ import annotations

from dataclasses import dataclass

from vidwatchd.model import FileState, Presence


@dataclass(frozen=True, slots=True)
class LostFile:
    """A video that the index knows, with the size of a new file: perhaps the same one, moved."""

    video_id: int
    library_root: str
    path: str
    size_bytes: int
    mtime_ns: int
    inode: int
    fingerprint: str = ""
    presence: Presence = Presence.PRESENT


@dataclass(frozen=True, slots=True)
class Move:
    """The video ``video_id`` is now the file ``new``; ``old`` says where it was."""

    video_id: int
    new: FileState
    old: LostFile
