"""request: what a face backend is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vidwatchd.backends.base import BackendContext
from vidwatchd.errors import Unavailable
from vidwatchd.signatures import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Distances:
    """Cosine distances (1 - cosine, 0 to 2) below which a model's vectors are one person's; each model has its own scale.

    ``match`` joins tracks of one video on the way, ``cluster`` the tracks of one video in the end, ``people`` faces of
    different videos, ``label`` a group to the pictures of a gallery.
    """

    match: float
    cluster: float
    people: float
    label: float


@dataclass(frozen=True, slots=True)
class Look:
    """One picture, (height, width, 3) uint8 RGB, upright; faces below ``least_area`` (pixels of it) are left out.

    Of more than ``most`` faces only the largest are told.
    """

    image: NDArray[np.uint8]
    least_area: float = 0.0
    most: int = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """One face in a picture: where, how sure (0 to 1), how sharp (variance of the Laplacian of its aligned crop, 8 bit).

    ``vector`` is (dimensions,) float32 of length 1; ``crop`` the aligned face, (112, 112, 3) uint8 RGB.
    """

    box: Box
    score: float
    sharpness: float
    vector: NDArray[np.float32]
    crop: NDArray[np.uint8]


class FaceFinder(Protocol):
    """A backend of the task ``faces``."""

    task: str
    name: str
    rank: int

    @property
    def model(self) -> str:
        """Which weights, so that others' vectors are not compared with theirs; "" when they are not here."""

    @property
    def distances(self) -> Distances:
        """Those of the model."""

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, with the remedy, or None. Never downloads, never loads a model."""

    def run(self, request: Look, ctx: BackendContext) -> list[Seen]:
        """All faces of the picture, the largest first; [] for none. Raises Unavailable, BackendFailed, UsageError."""

    def unload(self) -> None:
        """Let go of what was loaded."""
