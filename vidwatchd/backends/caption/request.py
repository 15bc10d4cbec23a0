"""request: pictures that are to be described, and what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vidwatchd.backends.base import Backend

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


class Captioner(Backend, Protocol):
    """A backend of the task ``caption``: it is asked with ``Pictures`` and gives a sentence for each, "" for none."""

    @property
    def model(self) -> str:
        """The name of the model that is used, "" for nothing."""
