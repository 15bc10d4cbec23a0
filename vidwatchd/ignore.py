"""ignore: which names in a library are looked at: video endings, junk, a person's patterns, ``.ignore`` files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

VIDEO_EXTENSIONS = frozenset({"mp4", "mkv", "mov", "avi", "webm", "m4v"})


@dataclass(frozen=True)
class Rules:
    """What a scan looks at. ``extensions`` are lower case without a dot, ``ignore`` name patterns (``*`` and ``?``)."""

    extensions: frozenset[str] = VIDEO_EXTENSIONS
    ignore: tuple[str, ...] = ()

    @classmethod
    def of(cls, extensions: Iterable[str], ignore: Iterable[str] = ()) -> Rules:
        """Rules from settings as a person types them (``.MP4`` is ``mp4``)."""
        return cls(frozenset(e.lower().lstrip(".") for e in extensions), tuple(ignore))


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is never looked at: hidden, half downloaded, or a NAS's or system's own."""
    raise NotImplementedError


def is_peoples_sidecar(name: str) -> bool:
    """Whether a name inside ``.artifacts`` is a file that holds what people said."""
    raise NotImplementedError
