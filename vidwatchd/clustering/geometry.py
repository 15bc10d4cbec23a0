"""geometry: vectors that are compared by the angle between them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
Ids: TypeAlias = NDArray[np.int64]
Labels: TypeAlias = NDArray[np.int32]


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """The rows as float32 of length 1: half floats are so only nearly. A row of zeros stays, and is near nothing."""
    rows = np.asarray(vectors, np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    np.copyto(lengths, 1, where=lengths == 0)
    turned: Vectors = rows / lengths[:, None]
    return turned


def least_cosine(eps: float) -> np.float32:
    """The cosine of two vectors whose cosine distance is ``eps``: those within reach have no lesser one."""
    return np.float32(1 - eps)
