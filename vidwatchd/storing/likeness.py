"""likeness: how much what stands in for a film's picture looks like it: SSIM at moments spread over all of it.

SSIM as ffmpeg's filter of that name counts it: windows of 8 × 8 pixels every 4, the planes weighted by their sizes;
Wang et al. 2004.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from vidwatchd.media.probe import Media

FRAMES = 24
_STEP, _PIXELS = 4, 64
_C1 = (0.01 * 255) ** 2 * _PIXELS
_C2 = (0.03 * 255) ** 2 * _PIXELS * (_PIXELS - 1)
_BLACK = 16.0
_SAME_SECONDS = 1e-3
# Larger pictures cost memory and tell nothing more.
_WIDEST = 3840


def likeness(
    source: Media,
    resultant: str,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> float | None:
    """The mean SSIM over exact pictures from all of the source, those of the resultant (native path) at its size.

    A resultant that is shorter is begun anew, as whoever watches it sees it. None where no picture can be compared.
    Raises Cancelled.
    """
    from vidwatchd.media.probe import open_media
    from vidwatchd.media.visit import visit

    times = _times(source.info.duration_seconds)
    with open_media(resultant) as media:
        length = media.info.duration_seconds
        stand_ins = _Pictures({at: at % length if length else 0.0 for at in times}, _WIDEST)
        visit(media, [stand_ins], cancelled=cancelled)
    tap = _Comparing(stand_ins.found, times)
    visit(source, [tap], progress=progress, cancelled=cancelled)
    return round(math.fsum(tap.found.values()) / len(tap.found), 4) if tap.found else None


def ssim(one: Image, other: Image) -> float:
    """How alike two pictures (RGB, of one size) are; 1 for equal ones."""
    planes = zip(_planes(one), _planes(other), (4, 1, 1), strict=True)
    return sum(weight * _plane(a, b) for a, b, weight in planes) / 6


class _Pictures:
    """The tap of a visit that keeps a small film's picture of each time: ``shown`` maps a time to that in this film."""

    def __init__(self, shown: dict[float, float], width: int) -> None:
        self.found: dict[float, Image] = {}
        self._shown = shown
        self._width = width

    def wants(self, info: MediaInfo) -> Wants:
        """The very picture that is shown."""
        return Wants(tuple(self._shown.values()), self._width, exact=True)

    def take(self, at_seconds: float, image: Image) -> None:
        """It serves all times that nothing nearer serves."""
        for at, shown in self._shown.items():
            if at not in self.found or at_seconds <= shown + _SAME_SECONDS:
                self.found[at] = image


class _Comparing:
    """The tap of the visit of the film itself."""

    def __init__(self, stand_ins: dict[float, Image], times: Sequence[float]) -> None:
        self.found: dict[float, float] = {}
        self._stand_ins = stand_ins
        self._times = times

    def wants(self, info: MediaInfo) -> Wants:
        """The very pictures, in the film's size."""
        return Wants(tuple(self._times), min(info.width, _WIDEST), exact=True)

    def take(self, at_seconds: float, image: Image) -> None:
        """Compare one."""
        from PIL import Image as images

        # The picture that is shown at a time began before it, and the times come in order.
        left = (time for time in self._times if time >= at_seconds - _SAME_SECONDS and time not in self.found)
        at = next(left, None)
        other = None if at is None else self._stand_ins.get(at)
        if at is not None and other is not None:
            sized = other if other.size == image.size else other.resize(image.size, images.Resampling.BICUBIC)
            self.found[at] = ssim(image, sized)


def _times(duration_seconds: float) -> list[float]:
    if not duration_seconds:
        return [0.0]
    return [(number + 0.5) * duration_seconds / FRAMES for number in range(FRAMES)]


def _planes(image: Image) -> list[NDArray[np.float64]]:
    """Brightness and both colours at half the size, in the range that films use."""
    bands = image.convert("YCbCr").split()
    halved = [bands[0], *(band.reduce(2) for band in bands[1:])]
    return [_levels(band, 219.0 if number == 0 else 224.0) for number, band in enumerate(halved)]


def _levels(band: Image, levels: float) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(band, dtype=np.float64) * (levels / 255) + _BLACK


def _plane(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Of two planes of one size; what is too small for a window is compared as one."""
    if min(a.shape) < 2 * _STEP:
        a, b = (_filled(plane) for plane in (a, b))
    s1, s2, squares, products = (_windows(values) for values in (a, b, a * a + b * b, a * b))
    spread = squares * _PIXELS - s1 * s1 - s2 * s2
    shared = products * _PIXELS - s1 * s2
    alike = (2 * s1 * s2 + _C1) * (2 * shared + _C2) / ((s1 * s1 + s2 * s2 + _C1) * (spread + _C2))
    return float(alike.mean())


def _filled(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    missing = [max(2 * _STEP - side, 0) for side in plane.shape]
    return np.pad(plane, [(0, missing[0]), (0, missing[1])], mode="edge")


def _windows(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of windows of 8 × 8, one every 4 pixels."""
    rows, columns = (side - side % _STEP for side in values.shape)
    # Slice by slice: to sum along axes of four takes numpy three times as long.
    bands = reduce(add, (values[row:rows:_STEP, :columns] for row in range(_STEP)))
    cut = reduce(add, (bands[:, column::_STEP] for column in range(_STEP)))
    summed: NDArray[np.float64] = cut[:-1, :-1] + cut[1:, :-1] + cut[:-1, 1:] + cut[1:, 1:]
    return summed
