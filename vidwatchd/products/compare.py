"""compare: how much of an original another encoding of it keeps: SSIM, PSNR and, where there is one, VMAF."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from vidwatchd.errors import MediaError, Unavailable
from vidwatchd.products import fits
from vidwatchd.products.base import Produced, Product, ProductContext, setting

if TYPE_CHECKING:
    from vidwatchd.media.measure import Film, Grid, Likeness
    from vidwatchd.media.probe import Media
    from vidwatchd.model import MediaInfo

# By mean SSIM, the best first; what is below all of them is poor.
CLASSES = ((0.98, "excellent"), (0.95, "good"), (0.90, "fair"))
_LIMIT_SECONDS, _LIMIT_FACTOR = 600.0, 60.0
_SAME_SECONDS = 0.1
# Containers guess a rate from so many frames: Matroska's milliseconds make 29.55 of 29.97 in two seconds.
_SAME_RATE = 0.05


def quality(ssim: float) -> str:
    """What a mean SSIM is called."""
    return next((name for least, name in CLASSES if ssim >= least), "poor")


class Compare(Product):
    """Both files' main pictures, the second brought to the first's size and both to one frame rate, over their common part."""

    name: ClassVar[str] = "compare"
    summary: ClassVar[str] = "Measure how alike two files look."

    vmaf: bool = setting(False, "measure VMAF too, which takes longer")
    ffmpeg_path: str = setting("", "ffmpeg to use; empty: as the settings say")

    def ready(self) -> Unavailable | None:
        """Whether the ffmpeg at hand has what is needed."""
        from vidwatchd.media import capabilities

        try:
            lacks = [name for name in self._filters() if not capabilities.has_filter(name, self.ffmpeg_path)]
        except Unavailable as error:
            return error
        hint = "leave --vmaf out, or use the ffmpeg that imageio-ffmpeg brings"
        return Unavailable(f"this ffmpeg has no {lacks[0]} filter", hint=hint) if lacks else None

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Measure; the facts are the result, no file is kept. Raises MediaError."""
        from vidwatchd.media.ffmpeg import executable
        from vidwatchd.media.measure import measure

        (original, first), (other, second) = (_opened(path) for path in sources)
        grid = _grid(original, first, second)
        found = measure(
            original[0],
            other[0],
            grid,
            out,
            exe=executable(self.ffmpeg_path),
            timeout_seconds=time_limit(grid.seconds),
            vmaf=self.vmaf,
            progress=ctx.progress,
        )
        return Produced({**_told(found, grid), **_lengths(first, second, grid)})

    def _filters(self) -> list[str]:
        return ["ssim", "psnr", *(["libvmaf"] if self.vmaf else [])]


def time_limit(seconds: float) -> float:
    """Seconds after which a comparison of so long a part must hang."""
    return _LIMIT_SECONDS + _LIMIT_FACTOR * seconds


def _opened(path: str) -> tuple[tuple[Film, tuple[int, int]], MediaInfo]:
    """One side, and the size of its picture as ffmpeg hands it on: turned upright, pixels as stored."""
    from vidwatchd.media.measure import Film
    from vidwatchd.media.probe import open_media

    with open_media(path) as media:
        shown = fits.picture(media.document())
        if shown is None or media.undecodable or not media.info.duration_seconds:
            raise MediaError(f"{media.name} holds no film to compare")
        return (Film(path, media.info.container, shown["index"]), _size(media, shown)), media.info


def _size(media: Media, shown: fits.Stream) -> tuple[int, int]:
    size = shown["width"], shown["height"]
    return size[::-1] if media.info.rotation_degrees in (90, 270) else size


def _grid(original: tuple[Film, tuple[int, int]], first: MediaInfo, second: MediaInfo) -> Grid:
    from vidwatchd.media.measure import Grid

    rates = [info.frames_per_second for info in (first, second)]
    seconds = min(first.duration_seconds, second.duration_seconds)
    alike = abs(rates[0] - rates[1]) <= _SAME_RATE * rates[0]
    return Grid(*original[1], rates[0] if alike else min(rates), seconds)


def _told(found: Likeness, grid: Grid) -> dict[str, Any]:
    return {
        "quality": quality(found.ssim),
        "ssim": round(found.ssim, 5),
        "ssim_min": round(found.ssim_min, 5),
        "ssim_min_seconds": round(found.ssim_min_at / grid.frames_per_second, 3),
        "psnr": _finite(found.psnr),
        "psnr_min": _finite(found.psnr_min),
        "identical": math.isinf(found.psnr),
        "vmaf": None if found.vmaf is None else round(found.vmaf, 2),
        "vmaf_min": None if found.vmaf_min is None else round(found.vmaf_min, 2),
        "frames": found.frames,
    }


def _finite(value: float) -> float | None:
    """JSON knows no infinity, which is the PSNR of equal pictures."""
    return round(value, 2) if math.isfinite(value) else None


def _lengths(first: MediaInfo, second: MediaInfo, grid: Grid) -> dict[str, Any]:
    difference = second.duration_seconds - first.duration_seconds
    notes = []
    if abs(difference) > _SAME_SECONDS:
        notes.append(f"their lengths differ by {abs(difference):.2f} s: compared over the common {grid.seconds:.2f} s")
    if abs(first.frames_per_second - second.frames_per_second) > _SAME_RATE * first.frames_per_second:
        notes.append(f"their frame rates differ: compared at {grid.frames_per_second:.2f} frames a second")
    if bool(first.transfer) != bool(second.transfer):
        notes.append("one has high dynamic range, the other has not: the numbers say little")
    return {
        "original_seconds": round(first.duration_seconds, 3),
        "other_seconds": round(second.duration_seconds, 3),
        "difference_seconds": round(difference, 3),
        "compared_seconds": round(grid.seconds, 3),
        "width": grid.width,
        "height": grid.height,
        "notes": notes,
    }
