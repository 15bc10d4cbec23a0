"""pictures: real clips with what is made of them (thumb, contact sheet, hover clip, heat, scenes), for the stand-in."""

from __future__ import annotations

import json
import math
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg

SOURCES = {
    "mandel": "mandelbrot=size=320x180:rate=12",
    "test": "testsrc2=size=320x180:rate=12",
    "upright": "testsrc=size=180x320:rate=12",
}
TILES, COLUMNS = 20, 5


@dataclass(frozen=True)
class Look:
    """One clip and what was made of it, as files in one folder."""

    name: str
    clip: Path
    seconds: float
    width: int
    height: int

    @property
    def thumb(self) -> Path:
        return self.clip.with_suffix(".jpg")

    @property
    def sheet(self) -> Path:
        return self.clip.with_suffix(".sprites.jpg")

    @property
    def index(self) -> Path:
        return self.clip.with_suffix(".sprites.json")

    @property
    def preview(self) -> Path:
        return self.clip.with_suffix(".previews.webm")

    @property
    def heat(self) -> Path:
        return self.clip.with_suffix(".heatmaps.json")

    @property
    def scenes(self) -> Path:
        return self.clip.with_suffix(".scenes.json")


def make_looks(folder: Path, seconds: float = 20) -> list[Look]:
    """The three synthetic clips, each ``seconds`` long."""
    looks = []
    for name, source in SOURCES.items():
        clip = folder / f"{name}.mp4"
        keys = ["-g", "24", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
        _ffmpeg("-f", "lavfi", "-i", source, "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", *keys, clip)
        looks.append(dress(clip, seconds))
    return looks


def dress(clip: Path, seconds: float) -> Look:
    """Thumb, sheet and index for a clip that is there already."""
    height = 160 if clip.stem.startswith("upright") else 90
    step = seconds / TILES
    scale = f"scale={160 * 90 // 160 if height == 160 else 160}:{height}"
    look = Look(clip.stem, clip, seconds, *((180, 320) if height == 160 else (320, 180)))
    _ffmpeg("-ss", str(seconds / 3), "-i", clip, "-frames:v", "1", "-vf", "scale=480:-2", look.thumb)
    _ffmpeg("-i", clip, "-frames:v", "1", "-vf", f"fps=1/{step},{scale},tile={COLUMNS}x{TILES // COLUMNS}", look.sheet)
    tile = (90, 160) if height == 160 else (160, 90)
    look.index.write_text(json.dumps(_index(tile, step)))
    _ffmpeg("-t", "2", "-i", clip, "-an", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", look.preview)
    look.heat.write_text(json.dumps(heat(seconds)))
    look.scenes.write_text(json.dumps(scenes(seconds, [seconds * share for share in (0.1, 0.25, 0.3, 0.5, 0.8)])))
    return look


def heat(seconds: float, interval: float = 0.5) -> dict:
    """A heatmaps file: still and dark at the beginning, liveliest and brightest at three quarters."""
    times = [round(at * interval, 3) for at in range(int(seconds / interval))]
    samples = [
        {
            "time": time,
            "brightness": round(255 * time / seconds),
            "motion": round(180 * math.exp(-(((time / seconds - 0.75) / 0.12) ** 2)) + 12 * (1 + math.sin(time * 5))),
        }
        for time in times
    ]
    return {"video": "", "interval_seconds": interval, "mode": "both", "duration_seconds": seconds, "samples": samples}


def scenes(seconds: float, cuts: list[float]) -> dict:
    """A scenes file that cuts at these times."""
    edges = [0.0, *cuts, seconds]
    return {
        "video": "",
        "threshold": 27,
        "detector": "content",
        "duration_seconds": seconds,
        "markers": [{"time": cut, "score": 54.3} for cut in cuts],
        "scenes": [{"start": start, "end": end} for start, end in pairwise(edges)],
    }


def _index(tile: tuple[int, int], step: float) -> dict:
    tiles = [
        {
            "index": at,
            "time": round(at * step + 0.04, 2),
            "start": at * step,
            "end": (at + 1) * step,
            "x": at % COLUMNS * tile[0],
            "y": at // COLUMNS * tile[1],
            "w": tile[0],
            "h": tile[1],
        }
        for at in range(TILES)
    ]
    sizes = {"tile_width": tile[0], "tile_height": tile[1]}
    return {
        "cols": COLUMNS,
        "rows": TILES // COLUMNS,
        **sizes,
        "interval_seconds": step,
        "frames": len(tiles),
        "tiles": tiles,
    }


def _ffmpeg(*words: object) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", *map(str, words)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
