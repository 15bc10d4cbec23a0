"""request: what every way to get a video's words is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidwatchd.cues import Track
from vidwatchd.languages import UNKNOWN, base

if TYPE_CHECKING:
    from vidwatchd.media.probe import Media

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Request:
    """The words of which video: ``source`` is its native path, ``open`` gives it opened.

    ``language`` is the short code of what is spoken, "" where that is to be found out; ``translate`` asks for English.
    """

    source: str
    open: Callable[[], Media]
    language: str = ""
    translate: bool = False

    @property
    def wanted(self) -> str:
        """The language that lines are wanted in, "" for any."""
        return ENGLISH if self.translate else self.language

    def covered(self, tracks: tuple[Track, ...]) -> bool:
        """Whether these tracks are what was asked for. Forced ones are not: they hold the foreign words only."""
        full = [base(track.language) for track in tracks if track.cues and not track.forced]
        if not self.wanted:
            return bool(full)
        # A file that names no language is in the language spoken, as far as anybody knows.
        return base(self.wanted) in full or (UNKNOWN in full and not self.translate)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one backend found or heard; no tracks: nothing is said. ``model`` is the model's name, "" without one."""

    tracks: tuple[Track, ...]
    model: str = ""
