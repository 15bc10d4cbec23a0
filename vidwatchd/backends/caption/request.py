"""request: pictures that are to be described, and what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from vidwatchd.backends.base import BackendContext
from vidwatchd.errors import Unavailable

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Pictures:
    """Some pictures of a film (RGB, upright) with their times; a backend is handed a few at once, in order."""

    images: Sequence[Image]
    at_seconds: Sequence[float]


@dataclass(frozen=True, slots=True)
class Caption:
    """One sentence about one moment."""

    at_seconds: float
    text: str


class Captioner(Protocol):
    """A backend of the task ``caption``; ``model`` is the name of what looks, "" for nothing."""

    task: ClassVar[str]
    name: ClassVar[str]
    rank: ClassVar[int]

    @property
    def model(self) -> str:
        """The name of the model that is used."""

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, with the command that fixes it, or None. Never downloads, never loads a model."""

    def run(self, request: Pictures, ctx: BackendContext) -> list[str]:
        """A sentence a picture, "" where there is nothing to say. Raises BackendFailed, Unavailable, Cancelled."""

    def unload(self) -> None:
        """Let go of what was loaded."""
