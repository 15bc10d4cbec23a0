"""known: what the coming and going of faces asks of those that are grouped already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vidwatchd.clustering.geometry import Ids, Vectors


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a face stands: its group (None: of none), how many are within reach of it, itself counted; ``fixed``: a person
    put it there, so that likeness moves it no more."""

    group: int | None
    neighbours: int = 1
    fixed: bool = False


class Known(Protocol):
    """The faces that are grouped already, of one space, at the distance in force."""

    def within(self, vectors: Vectors) -> Sequence[tuple[Ids, Vectors]]:
        """For each vector the faces within reach, nearest first, with their cosines."""

    def vectors(self, ids: Ids) -> NDArray[np.floating]:
        """The vectors of these faces, in this order."""

    def standings(self, ids: Ids) -> Mapping[int, Standing]:
        """Where these faces stand; what is not known is left out."""
