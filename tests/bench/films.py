"""films: the files that benches look at, made once by ffmpeg and kept in a folder of the system's temporary one.

With real media at hand (see tests/clips.py) they show real pictures, enlarged; without it, moving test pictures.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from pathlib import Path

from tests.clips import _run, lavfi, shared_media

FOLDER = Path(os.environ.get("VIDWATCHD_BENCH_FILMS", os.path.join(tempfile.gettempdir(), "vidwatchd-bench-films")))
_FOOTAGE = (
    "ordinary/big_buck_bunny_0_30.webm", "ordinary/bottle-detection.mp4", "scenes/bikes.mp4", "speech/nasa_13013.mp4",
    "faces/again.mkv", "faces/brother.mkv", "faces/book.mkv", "ordinary/fire2.mp4",
)  # fmt: skip
_H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-sc_threshold", "0")


def long_1080p(gop: int = 250, minutes: int = 10) -> Path:
    """1080p H.264 at 25 frames a second: a minute of pictures, over and over."""
    return _film(f"1080p-gop{gop}-{minutes}min.mp4", (1920, 1080), minutes, *_H264, "-g", str(gop))


def hour_720p() -> Path:
    """An hour of 720p H.264."""
    return _film("720p-60min.mp4", (1280, 720), 60, *_H264, "-g", "250")


def feature(size: tuple[int, int], minutes: int) -> Path:
    """A film of exactly so many minutes: all the real footage there is, 80 seconds of it, over and over."""
    part = _made(f"part-80s-{size[1]}p.mp4", *_pictures(size, 80), "-an", *_H264, "-g", "250")
    loop = ("-stream_loop", "-1", "-i", str(part), "-t", str(minutes * 60), "-c", "copy")
    return _made(f"{size[1]}p-{minutes}min-exactly.mp4", *loop)


def short_720p() -> Path:
    """A minute of 720p H.264, a keyframe every two seconds."""
    return _made("720p-1min.mp4", *_pictures((1280, 720), 60), "-an", *_H264, "-g", "48")


def uhd_hevc() -> Path:
    """Two minutes of 4K HEVC."""
    x265 = ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "28", "-x265-params", "log-level=none:keyint=250")
    return _film("4k-hevc-2min.mp4", (3840, 2160), 2, *x265, seconds=20)


def vp9_1080p() -> Path:
    """Two minutes of 1080p VP9."""
    vp9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-b:v", "4M", "-g", "250")
    return _film("1080p-vp9-2min.webm", (1920, 1080), 2, *vp9)


def montage(gop: int = 0) -> Path:
    """Ten minutes of 1080p: pieces of 1.5 to 7 seconds of real footage in a random order that never changes.

    ``gop``: a keyframe every so many frames and none at cuts; 0: where the encoder wants them.
    """
    codec = (*_H264, "-g", str(gop)) if gop else (*_H264[:-2], "-g", "250")
    name = f"montage-gop{gop or 'free'}.mp4"
    if (FOLDER / name).exists():
        return FOLDER / name
    source = _made("montage-pieces.mkv", *_pieces(150), "-an", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "16")
    return _made(name, "-i", str(source), *codec)


def people() -> Path:
    """Three minutes of 1080p: people who sign and talk, and places without anybody."""
    names = ("faces/again.mkv", "faces/book.mkv", "speech/nasa_13013.mp4", "faces/brother.mkv", "scenes/bikes.mp4")
    real = shared_media()
    if real is None:
        raise RuntimeError("a film of people needs the test media")
    parts = (f"[{n}:v:0]scale=1920:1080,setsar=1,fps=25,format=yuv420p[v{n}]" for n in range(len(names)))
    joined = "".join(f"[v{n}]" for n in range(len(names))) + f"concat=n={len(names)}[out]"
    inputs = [word for name in names for word in ("-i", str(real / name))]
    graph = (*inputs, "-filter_complex", ";".join([*parts, joined]), "-map", "[out]")
    once = _made("people-once.mp4", *graph, "-an", *_H264, "-g", "250")
    return _made("people.mp4", "-stream_loop", "-1", "-i", str(once), "-t", "180", "-c", "copy")


def _pieces(count: int) -> tuple[str, ...]:
    real = shared_media()
    if real is None:
        raise RuntimeError("a montage of real footage needs the test media")
    dice, paths = random.Random(7), [str(real / name) for name in _FOOTAGE]
    lengths = [seconds_of(Path(path)) for path in paths]
    graph, used = [], []
    for number in range(count):
        which = dice.randrange(len(paths))
        long = dice.uniform(1.5, min(7.0, lengths[which] - 0.2))
        start = dice.uniform(0, lengths[which] - long)
        used.append(("-ss", f"{start:.2f}", "-t", f"{long:.2f}", "-i", paths[which]))
        graph.append(f"[{number}:v:0]scale=1920:1080,setsar=1,fps=25,format=yuv420p[p{number}]")
    joined = "".join(f"[p{n}]" for n in range(count)) + f"concat=n={count}[out]"
    return (*(word for piece in used for word in piece), "-filter_complex", ";".join([*graph, joined]), "-map", "[out]")


def clip() -> Path:
    """Seven seconds of 1080p H.264."""
    return _made("clip-7s.mp4", "-i", str(long_1080p()), "-t", "7", "-c", "copy")


def seconds_of(path: Path) -> float:
    """How long a film is."""
    from vidwatchd.media.probe import probe

    return probe(str(path)).duration_seconds


def _film(name: str, size: tuple[int, int], minutes: int, *codec: str, seconds: int = 60) -> Path:
    part = _made(f"part-{seconds}s-{name}", *_pictures(size, seconds), "-an", *codec)
    # A length by which no tenth, sixth or half falls on a keyframe each time: an even mixture, as in life.
    length = minutes * 60 * 1.0455
    loops = int(length // seconds)
    return _made(name, "-stream_loop", str(loops), "-i", str(part), "-t", f"{length:.2f}", "-c", "copy")


def _pictures(size: tuple[int, int], seconds: int) -> tuple[str, ...]:
    fitted = f"scale={size[0]}:{size[1]},setsar=1,fps=25,format=yuv420p"
    real = shared_media()
    if real is None:
        return (*lavfi(f"testsrc2=s={size[0]}x{size[1]}:r=25:d={seconds}"), "-vf", fitted)
    names = ("ordinary/big_buck_bunny_0_30.webm", "ordinary/bottle-detection.mp4", "scenes/bikes.mp4")
    graph = ";".join(f"[{n}:v:0]{fitted}[v{n}]" for n in range(len(names)))
    joined = "".join(f"[v{n}]" for n in range(len(names))) + f"concat=n={len(names)}[out]"
    inputs = [word for name in names for word in ("-i", str(real / name))]
    return (*inputs, "-filter_complex", f"{graph};{joined}", "-map", "[out]", "-t", str(seconds))


def _made(name: str, *arguments: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"partial-{name}")
        _run(*arguments, str(partial))
        shutil.move(partial, path)
    return path
