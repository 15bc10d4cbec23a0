"""bench_pictures: thumbnail, sprite sheet, five-frame hash and heatmap of one film, beside the usual ways.

usage: python -m tests.bench.bench_pictures [--rounds N] [FILM ...]     (films: gop250 gop48 clip hour uhd vp9)
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import films
from tests.bench.costs import Cost, best, ffmpeg, of_commands, of_visit, table

FILMS: dict[str, tuple[str, Callable[[], Path]]] = {
    "gop250": ("10 min 1080p H.264, a keyframe every 10 s", films.long_1080p),
    "gop48": ("the same, a keyframe every 1.9 s", lambda: films.long_1080p(48)),
    "clip": ("a clip of 7 s, 1080p", films.clip),
    "hour": ("60 min 720p H.264", films.hour_720p),
    "uhd": ("2 min 4K HEVC", films.uhd_hevc),
    "vp9": ("2 min 1080p VP9", films.vp9_1080p),
}
KINDS = {"thumbs": {}, "sprites": {}, "phash": {}, "heatmaps": {}}


def naive(film: Path, out: str) -> list[list[str]]:
    """One ffmpeg an artifact: a frame, a tile filter over the whole film, five frames, small frames over the whole film."""
    seconds, path = films.seconds_of(film), str(film)
    tile = f"fps=1/{max(10, seconds / 100):g},scale=320:-1,tile=10x10"
    hashes = [
        ffmpeg("-ss", f"{seconds * n / 6:.3f}", "-i", path, "-frames:v", "1", "-vf", "scale=32:32", f"{out}/h{n}.png")
        for n in range(1, 6)
    ]
    return [
        ffmpeg(
            "-ss",
            f"{seconds / 2:.3f}",
            "-i",
            path,
            "-frames:v",
            "1",
            "-vf",
            "scale=640:-2",
            "-q:v",
            "2",
            f"{out}/t.jpg",
        ),
        ffmpeg("-i", path, "-vf", tile, "-frames:v", "1", "-q:v", "4", f"{out}/s.jpg"),
        *hashes,
        ffmpeg("-i", path, "-vf", "fps=1/5,scale=64:-2,format=gray", "-f", "rawvideo", f"{out}/heat.raw"),
    ]


def seeks(film: Path, out: str) -> list[list[str]]:
    """A seek a picture: 81 tiles, 25 frames for a hash, one thumbnail."""
    seconds, path = films.seconds_of(film), str(film)
    places = [
        *(seconds * (n + 0.5) / 81 for n in range(81)),
        *(seconds * (n + 0.5) / 25 for n in range(25)),
        seconds / 2,
    ]
    return [
        ffmpeg("-ss", f"{at:.3f}", "-i", path, "-frames:v", "1", "-vf", "scale=160:-2", f"{out}/{n}.jpg")
        for n, at in enumerate(places)
    ]


def limit(film: Path) -> list[list[str]]:
    """Only the keyframes, the rest discarded by the demuxer, as small as tiles; of a clip every frame."""
    if films.seconds_of(film) < 60:
        return [ffmpeg("-i", str(film), "-vf", "scale=320:-2", "-f", "null", "-")]
    return [
        ffmpeg(
            "-discard", "nokey", "-i", str(film), "-vf", "scale=320:-2", "-fps_mode", "passthrough", "-f", "null", "-"
        )
    ]


def measured(name: str, rounds: int) -> list[list[str]]:
    """The rows of one film."""
    title, make = FILMS[name]
    film, warm = make(), films.clip()
    with tempfile.TemporaryDirectory() as out:
        ours = best(rounds, lambda: of_visit(film, KINDS, warm=warm))
        ways = {
            "one ffmpeg an artifact": best(1, lambda: of_commands(naive(film, out))),
            "a seek a picture (81 + 25 + 1)": best(1, lambda: of_commands(seeks(film, out))),
            "all keyframes (of a clip: all frames), nothing else": best(rounds, lambda: of_commands(limit(film))),
        }
    visit = ours.said["sprites"]["visit"]
    mine = f"one visit ({visit['plan']}, {visit['frames_decoded']} frames), {ours.peak_mb:.0f} MB"
    return [_row(f"**{title}**", mine, ours, ours), *(_row("", way, cost, ours) for way, cost in ways.items())]


def _row(title: str, way: str, cost: Cost, ours: Cost) -> list[str]:
    share = cost.wall_seconds / ours.wall_seconds
    return [title, way, f"{cost.wall_seconds:.2f} / {cost.cpu_seconds:.2f}", f"{share:.3g}"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="*", metavar="FILM", help=" ".join(FILMS))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = [row for name in options.films or FILMS for row in measured(name, options.rounds)]
    print(table(["film", "way", "wall / CPU s", "× ours (wall)"], rows))


if __name__ == "__main__":
    main()
