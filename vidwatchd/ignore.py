"""ignore: which names in a library are looked at: video endings, junk, a person's patterns, ``.ignore`` files."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

VIDEO_EXTENSIONS: Final = frozenset({"mp4", "mkv", "mov", "avi", "webm", "m4v"})
IGNORE_NAME: Final = ".ignore"
NOMEDIA_NAME: Final = ".nomedia"

JUNK_PREFIXES: Final = ".~"  # hidden, ``._`` of a Mac, ``.Trash-1000``, ``.stfolder``; an editor's or office's own
JUNK_NAMES: Final = frozenset(
    {
        "@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot",
        "$recycle.bin", "system volume information", "lost+found", "recycler",
    }
)  # fmt: skip
JUNK_SUFFIXES: Final = (".part", ".partial", ".crdownload", ".download", ".!qb", ".!ut", ".tmp", ".temp", ".aria2")

SIDECAR_SUFFIXES: Final = (".tags.json", ".edits.json")
SIDECAR_NAMES: Final = frozenset({".faces.index.json", ".verdicts.json", ".searches.json"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a ``.ignore`` file: ``*`` and ``?`` match, ``!`` includes again, a last ``/`` means folders only."""

    matches: re.Pattern[str]
    includes: bool = False
    folders_only: bool = False

    @classmethod
    def parse(cls, line: str) -> Pattern:
        """The pattern of one line; names are compared without regard to case."""
        includes, line = line.startswith("!"), line.removeprefix("!")
        folders_only, glob = line.endswith("/"), line.strip("/")
        return cls(re.compile(fnmatch.translate(glob), re.IGNORECASE), includes, folders_only)


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns in force in one folder, its parents' first; the last one that matches a name decides."""

    lines: tuple[Pattern, ...] = ()

    def with_lines(self, lines: Iterable[str]) -> Patterns:
        """These and further ones; blank lines and ``#`` comments are left out."""
        kept = (line.strip() for line in lines)
        return Patterns(self.lines + tuple(Pattern.parse(line) for line in kept if line and not line.startswith("#")))

    def hides(self, name: str, *, folder: bool = False) -> bool:
        """Whether the last matching line hides ``name``."""
        for line in reversed(self.lines):
            if (folder or not line.folders_only) and line.matches.match(name):
                return not line.includes
        return False


@dataclass(frozen=True)
class Rules:
    """What a scan looks at. ``extensions`` are lower case without a dot, ``ignore`` name patterns (``*`` and ``?``)."""

    extensions: frozenset[str] = VIDEO_EXTENSIONS
    ignore: tuple[str, ...] = ()
    companions: frozenset[str] = frozenset()
    """Endings, as ``extensions``, of files beside the videos that something is made from."""

    @classmethod
    def of(cls, extensions: Iterable[str], ignore: Iterable[str] = (), companions: Iterable[str] = ()) -> Rules:
        """Rules from settings as a person types them (``.MP4`` is ``mp4``)."""
        videos, beside = (frozenset(e.lower().lstrip(".") for e in endings) for endings in (extensions, companions))
        return cls(videos, tuple(ignore), beside - videos)

    @property
    def patterns(self) -> Patterns:
        """The person's patterns, in force in every folder."""
        return Patterns().with_lines(self.ignore)

    def is_video_name(self, name: str) -> bool:
        """Whether a file of this name is a video, as far as its name can tell."""
        stem, _, ending = name.rpartition(".")
        return bool(stem) and ending.lower() in self.extensions and not is_junk(name)

    def is_companion_name(self, name: str) -> bool:
        """Whether a file of this name, beside a video, is one that something is made from."""
        stem, _, ending = name.rpartition(".")
        return bool(stem) and ending.lower() in self.companions and not is_junk(name)


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is never looked at: hidden, half downloaded, or a NAS's or system's own."""
    lower = name.lower()
    return name[:1] in JUNK_PREFIXES or lower in JUNK_NAMES or lower.endswith(JUNK_SUFFIXES)


def is_peoples_sidecar(name: str) -> bool:
    """Whether a name inside ``.artifacts`` is a file that holds what people said."""
    return name.endswith(SIDECAR_SUFFIXES) or name in SIDECAR_NAMES
