"""measure: how alike two films are, frame by frame: SSIM, PSNR and VMAF in one decoding of both."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ffmpeg as graphs

from vidwatchd.errors import MediaError
from vidwatchd.media import ffmpeg
from vidwatchd.media.encode import opened_by
from vidwatchd.model import portable

_SSIM_FILE, _PSNR_FILE, _VMAF_FILE = "ssim.log", "psnr.log", "vmaf.json"
_PEAKS = tuple((2**bits - 1) ** 2 for bits in (8, 10, 12))


@dataclass(frozen=True, slots=True)
class Film:
    """One side: the file (native), its demuxer, and the stream that is shown."""

    path: str
    container: str
    index: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was measured over ``frames``; PSNR is infinite for equal pictures. ``*_at`` are frame numbers from 0."""

    frames: int
    ssim: float
    ssim_min: float
    ssim_min_at: int
    psnr: float
    psnr_min: float
    vmaf: float | None = None
    vmaf_min: float | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """What both are brought to: the first one's picture size (as shown) and a frame rate."""

    width: int
    height: int
    frames_per_second: float
    seconds: float


def measure(
    original: Film,
    other: Film,
    grid: Grid,
    out: str,
    *,
    exe: str,
    timeout_seconds: float,
    vmaf: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Likeness:
    """Compare the common part of both, logs written under ``out``. Raises MediaError."""
    spec = _graph(original, other, grid, out, vmaf=vmaf)
    ffmpeg.run(spec, exe=exe, duration_seconds=grid.seconds, progress=progress, timeout_seconds=timeout_seconds)
    alike = [value for _, value in _values(os.path.join(out, _SSIM_FILE), r" All:(\S+)")]
    psnr = list(_values(os.path.join(out, _PSNR_FILE), r"mse_avg:(\S+) .*psnr_avg:(\S+)"))
    if not alike or not psnr:
        raise MediaError("no picture of one could be set beside one of the other")
    lowest = min(range(len(alike)), key=alike.__getitem__)
    return Likeness(
        frames=len(alike),
        ssim=sum(alike) / len(alike),
        ssim_min=alike[lowest],
        ssim_min_at=lowest,
        psnr=_psnr(psnr),
        psnr_min=min(value for _, value in psnr),
        **(_vmaf(os.path.join(out, _VMAF_FILE)) if vmaf else {}),
    )


def _graph(original: Film, other: Film, grid: Grid, out: str, *, vmaf: bool) -> Any:
    """Both on one grid of times: a frame a millisecond late must not be set beside its neighbour."""
    ways, out = 3 if vmaf else 2, portable(out)
    first = _on(grid, original).filter_multi_output("split", ways)
    # Played no further time, which changes nothing: two equal inputs would become one.
    sized = _on(grid, other, stream_loop=0).filter("scale", grid.width, grid.height, flags="bicubic")
    second = sized.filter_multi_output("split", ways)
    logs = {"ssim": _SSIM_FILE, "psnr": _PSNR_FILE}
    ends = [
        graphs.filter([second[n], first[n]], name, stats_file=os.path.join(out, file), shortest=1)
        for n, (name, file) in enumerate(logs.items())
    ]
    if vmaf:
        log = os.path.join(out, _VMAF_FILE)
        sides = [second[2].filter("format", "yuv420p"), first[2].filter("format", "yuv420p")]
        ends.append(graphs.filter(sides, "libvmaf", log_fmt="json", log_path=log, n_threads=2, shortest=1))
    return graphs.output(*ends, "-", format="null")


def _on(grid: Grid, film: Film, **more: Any) -> Any:
    stream = opened_by(film.path, film.container, **more)[str(film.index)]
    return stream.filter("setpts", "PTS-STARTPTS").filter("fps", f"{grid.frames_per_second:.6f}")


def _values(path: str, pattern: str) -> Iterator[tuple[float, float]]:
    """The first and last group of each line that matches."""
    with open(path, encoding="ascii", errors="replace") as file:
        for line in file:
            if found := re.search(pattern, line):
                yield float(found[1]), float(found[found.re.groups])


def _psnr(pairs: list[tuple[float, float]]) -> float:
    """PSNR of the mean square error, as ffmpeg's own summary; the mean of PSNRs would be infinite for one equal frame."""
    mean = sum(mse for mse, _ in pairs) / len(pairs)
    told = next(((mse, value) for mse, value in pairs if math.isfinite(value) and mse), None)
    if told is None or not mean:
        return math.inf
    shown = told[0] * 10 ** (told[1] / 10)
    peak = min(_PEAKS, key=lambda square: abs(math.log(square / shown)))
    return 10 * math.log10(peak / mean)


def _vmaf(path: str) -> dict[str, float]:
    with open(path, encoding="utf-8") as file:
        pooled = json.load(file)["pooled_metrics"]["vmaf"]
    return {"vmaf": pooled["mean"], "vmaf_min": pooled["min"]}
