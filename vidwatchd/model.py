"""model: the nouns of the program as frozen dataclasses; no input, no output.

Paths inside these values are *portable*: text that SQLite, JSON and HTML can hold whatever bytes the file system used.
``native`` turns one back into what the operating system understands.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ARTIFACTS_FOLDER = ".artifacts"
MARKER_NAME = ".library.json"

# A byte that is no UTF-8 arrives from the OS as a lone surrogate U+DC80…U+DCFF, which neither SQLite nor UTF-8 JSON can
# store. It is kept as U+10FF80…U+10FFFF: the last private-use characters, which no keyboard or font produces.
_SHIFT = 0x10FF00 - 0xDC00
_SURROGATE = re.compile("[\udc80-\udcff]")
_JOINERS = "\u200c\u200d"  # hold emoji families together
_STAND_IN = re.compile("[\U0010ff80-\U0010ffff]")


def portable(path: str) -> str:
    """An OS path (surrogates for undecodable bytes) as text that can be stored and sent anywhere."""
    return _SURROGATE.sub(lambda m: chr(ord(m[0]) + _SHIFT), path)


def native(path: str) -> str:
    """The inverse of ``portable``: what ``open`` and ``os.stat`` take."""
    return _STAND_IN.sub(lambda m: chr(ord(m[0]) - _SHIFT), path)


def display(path: str) -> str:
    r"""A portable path for a person's eyes: undecodable bytes as ``\xNN``, control characters escaped."""
    shown = _STAND_IN.sub(lambda m: f"\\x{ord(m[0]) & 0xFF:02x}", path)
    return "".join(c if c.isprintable() or c in _JOINERS else c.encode("unicode_escape").decode("ascii") for c in shown)


MAX_NAME_BYTES = 255


def file_name(video_name: str, suffix: str) -> str:
    """The portable name of an artifact: the full video name and the suffix, cut with a hash where it would not fit.

    A suffix with a folder in it (``.previews/seg_01.webm``) names a file in a hidden folder of the video's own
    (``.clip.mp4.previews/seg_01.webm``); without the leading dot (``stored/audio.aac``) the folder is for people to open
    and not hidden (``clip.mp4.stored/audio.aac``).
    """
    folder, slash, inside = suffix.partition("/")
    if slash:
        own = file_name(f".{video_name}", folder) if folder.startswith(".") else file_name(video_name, f".{folder}")
        return f"{own}/{inside}"
    name = native(video_name + suffix)
    if len(os.fsencode(name)) <= MAX_NAME_BYTES:
        return video_name + suffix
    raw = os.fsencode(native(video_name))
    mark = "~" + hashlib.sha256(raw).hexdigest()[:12]
    head = raw[: MAX_NAME_BYTES - len(os.fsencode(suffix)) - len(mark)].decode("utf-8", "ignore")
    return portable(head) + mark + suffix


class Presence(StrEnum):
    """Whether a video's file is there: only ``gone`` (a proven absence) ever ages; any doubt is ``unknown``."""

    PRESENT = "present"
    GONE = "gone"
    UNKNOWN = "unknown"


class ArtifactState(StrEnum):
    """How far one kind has come for one video."""

    MISSING = "missing"
    DONE = "done"
    STALE = "stale"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"


class JobState(StrEnum):
    """The states of owed work."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class FileState:
    """What ``lstat`` says of one file; ``path`` is portable and relative to the library's root."""

    path: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, path: str, status: os.stat_result) -> FileState:
        """The state that a ``stat`` or ``lstat`` gave."""
        return cls(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


@dataclass(frozen=True, slots=True)
class Library:
    """A root folder; ``root`` is an absolute portable path, ``uuid`` stands in its marker file."""

    id: int
    uuid: str
    root: str
    name: str
    watched: bool = True
    online: bool = True
    problem: str = ""
    held: str = ""
    layout: str = "beside"


@dataclass(frozen=True, slots=True)
class Video:
    """One file that the index knows; ``path`` is portable and relative to its library's root."""

    id: int
    library_id: int
    path: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    fingerprint: str = ""
    presence: Presence = Presence.PRESENT
    problem: str = ""
    added_at: float = 0.0
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str = ""

    @property
    def name(self) -> str:
        """The file's own name, the last part of ``path``."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder inside the library, ``""`` for its root."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a kind learned about the video itself; the index copies it to the video's row."""

    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str = ""
    audio_codec: str = ""
    container: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One video × one kind: what there is, what made it, and at what cost."""

    video_id: int
    kind: str
    state: ArtifactState
    version: int = 0
    settings_hash: str = ""
    fingerprint: str = ""
    files: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    backend: str = ""
    cost_seconds: float = 0.0
    cost_bytes: int = 0
    error: str = ""
    made_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of owed work, a row of the queue."""

    id: int
    kind: str
    video_id: int | None
    library_id: int | None
    state: JobState
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    fingerprint: str = ""
    attempts: int = 0
    not_before: float = 0.0
    progress: float = 0.0
    error: str = ""
    settings_hash: str = ""
    pinned: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Tags:
    """What people said of one video; the sidecar ``<file>.tags.json`` holds the same.

    ``inferred`` are those of the performers whom nobody typed: their faces are seen in it.
    """

    tags: tuple[str, ...] = ()
    performers: tuple[str, ...] = ()
    rating: int | None = None
    notes: str = ""
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream of a container; sizes are of the stored picture, before rotation."""

    index: int
    type: str
    codec: str
    width: int = 0
    height: int = 0
    frames_per_second: float = 0.0
    language: str = ""
    attached_picture: bool = False


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a container says of itself; width and height are as shown (rotation and pixel shape applied).

    ``rotation_degrees`` is clockwise; ``transfer`` is ``pq`` or ``hlg`` for high dynamic range, else empty; ``notes``
    tell what was wrong with it and put right (an absurd duration, an odd rotation).
    """

    container: str
    duration_seconds: float
    start_seconds: float
    streams: tuple[StreamInfo, ...]
    width: int = 0
    height: int = 0
    rotation_degrees: int = 0
    video_codec: str = ""
    audio_codec: str = ""
    frames_per_second: float = 0.0
    transfer: str = ""
    notes: tuple[str, ...] = ()

    @property
    def has_video(self) -> bool:
        """Whether there is a picture stream that is not just cover art."""
        return self.width > 0


@dataclass(frozen=True, slots=True)
class Person:
    """A group of faces, named or not. ``settled``: people said something of it, so that likeness joins it to no other such.

    ``cover`` is the face that stands for it, None for the one seen best.
    """

    id: int
    uuid: str
    name: str = ""
    hidden: bool = False
    settled: bool = False
    cover: int | None = None


@dataclass(frozen=True, slots=True)
class Wants:
    """The frames a tap asks of a visit: times in seconds from the start, at most ``width`` pixels wide as shown.

    ``exact`` asks for the very frame shown at each time; otherwise a keyframe not further away than
    ``tolerance_seconds`` (by default half the smallest distance between two times) serves and its real time is told.
    ``span_seconds`` asks for all frames of a stretch of that length from each time, or from the keyframe that serves.
    ``every`` asks for all frames (``times`` is then ignored); unless ``exact``, those that no other frame refers to may
    be left out.
    """

    times: tuple[float, ...] = ()
    width: int = 320
    exact: bool = False
    every: bool = False
    span_seconds: float = 0.0
    tolerance_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class VisitTask:
    """What a worker is told: make these kinds of this file under that folder (both native paths).

    ``name`` is what artifacts are called before their suffix (portable); empty: the source's own file name. ``inputs``
    are published files of other kinds (kind → suffix → native path), ``models`` the folder that models are kept in.
    """

    source: str
    out: str
    kinds: tuple[tuple[str, Mapping[str, Any]], ...]
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    name: str = ""
    models: str = ""


@dataclass(frozen=True, slots=True)
class ProductTask:
    """What a worker is told: make this product of these files under that folder (native paths; "": it writes nothing)."""

    product: str
    settings: Mapping[str, Any]
    sources: tuple[str, ...]
    out: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one kind in a visit: files written under ``out`` (suffix → native path), or the reason why not."""

    kind: str
    state: ArtifactState
    files: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    video: VideoFacts | None = None
    backend: str = ""
    cost_seconds: float = 0.0
    error: str = ""
    permanent: bool = False
