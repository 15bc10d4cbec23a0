"""bench_previews: nine clips of a second and the one that joins them, beside one ffmpeg a clip with the same encoder.

usage: python -m tests.bench.bench_previews [--rounds N]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.bench import films
from tests.bench.costs import best, ffmpeg, of_commands, of_visit, table
from vidwatchd.media.clips import Encoding


def separate(film: Path, out: str, encoding: Encoding) -> list[list[str]]:
    """One process a clip, the same codec, options, size and quality."""
    seconds = films.seconds_of(film)
    options = [word for key, value in encoding.options().items() for word in (f"-{key}", value)]
    return [
        ffmpeg(
            "-ss", f"{seconds * n / 10:.3f}", "-t", "1", "-i", str(film), "-vf", "scale=320:-2", "-an", "-c:v", encoding.codec,
            *options, "-b:v", f"{encoding.bitrate_kbps}k", f"{out}/seg_{n:02d}.{encoding.format}",
        )
        for n in range(1, 10)
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    film, warm, rows = films.long_1080p(), films.clip(), []
    for form in ("webm", "mp4"):
        with tempfile.TemporaryDirectory() as out:
            ours = best(rounds, lambda form=form: of_visit(film, {"previews": {"format": form}}, warm=warm))
            commands = separate(film, out, Encoding(form))
            theirs = best(rounds, lambda commands=commands: of_commands(commands))
        visit = ours.said["previews"]["visit"]
        mine = f"{form}: one visit ({visit['plan']}, {visit['frames_decoded']} frames), {ours.peak_mb:.0f} MB"
        for way, cost in ((mine, ours), (f"{form}: nine processes", theirs)):
            share = cost.wall_seconds / ours.wall_seconds
            rows.append([way, f"{cost.wall_seconds:.2f} / {cost.cpu_seconds:.2f}", f"{share:.3g}"])
    print(table(["way", "wall / CPU s", "× ours (wall)"], rows))


if __name__ == "__main__":
    main()
