"""crops: what every backend does with faces that it found: the largest first, how sharp they are, vectors of length 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidwatchd.backends.faces.request import Look
from vidwatchd.signatures import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 112


def largest(boxes: NDArray[Any], look: Look) -> NDArray[np.intp]:
    """Which of these (n, 4) boxes (left, top, width, height in pixels) are looked at, the largest first."""
    import numpy as np

    areas = np.where(np.isfinite(boxes).all(axis=1), boxes[:, 2] * boxes[:, 3], 0.0)
    order = np.argsort(-areas, kind="stable")
    return order[areas[order] >= max(look.least_area, 1.0)][: look.most]


def fraction(box: NDArray[Any], image: NDArray[Any]) -> Box:
    """A box in pixels as fractions of its picture."""
    high, wide = image.shape[:2]
    left, top, width, height = (float(value) for value in box)
    return Box(left / wide, top / high, width / wide, height / high)


def sharpness(crop: NDArray[np.uint8]) -> float:
    """The variance of the Laplacian of an aligned face (RGB): under about 30 it is blurred."""
    import cv2

    return float(cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), cv2.CV_64F).var())


def unit(values: Any) -> NDArray[np.float32] | None:
    """A vector at length 1; None for one that has no length."""
    import numpy as np

    vector = np.asarray(values, dtype=np.float64).ravel()
    length = float(np.linalg.norm(vector))
    return (vector / length).astype(np.float32) if np.isfinite(length) and length > 0 else None
