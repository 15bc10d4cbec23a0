"""request: what a film's picture is to be replaced from, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vidwatchd.media.probe import Media

Origin = Literal["real", "generated", "placeholder"]
FILE = "resultant.mp4"
_BREAKS_OFF_SECONDS, _BREAKS_OFF_PART = 1.0, 0.05


@dataclass(frozen=True, slots=True)
class Request:
    """One film: ``open`` gives it opened, ``out`` is the (native) folder that ``resultant.mp4`` is written to.

    ``sound_seconds`` is how long the kept sound is (0: none), ``scenes`` where scenes begin as far as that is known,
    ``words`` what the film is about, for a model's prompt. ``max_bytes`` is aimed at, ``stub_seconds`` the stub's length.
    """

    source: str
    open: Callable[[], Media]
    out: str
    sound_seconds: float = 0.0
    scenes: tuple[float, ...] = ()
    words: str = ""
    max_bytes: int = 5_000_000
    stub_seconds: float = 6.0
    steps: int = 50
    seed: int = 0
    ffmpeg_path: str = ""

    def lasting(self) -> float:
        """How many seconds a real picture is to last: as long as the sound, unless that breaks off before the film."""
        film_seconds = self.open().info.duration_seconds
        if self.sound_seconds >= film_seconds - max(_BREAKS_OFF_SECONDS, _BREAKS_OFF_PART * film_seconds):
            return self.sound_seconds or film_seconds
        return film_seconds


@dataclass(frozen=True, slots=True)
class Surrogate:
    """The file (native) and whose pictures it shows; ``model`` is what made them, "" for none.

    ``seconds`` is how long it was to become (0: as the request says), ``notes`` what a person should know.
    """

    path: str
    origin: Origin
    model: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
