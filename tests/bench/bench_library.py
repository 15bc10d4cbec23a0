"""bench_library: a library of 300 short clips in 720p, every kind of each, from nothing to done, all cores at work.

usage: python -m tests.bench.bench_library [--clips N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import films
from tests.bench.costs import busy, ffmpeg, table

PASSES = (("quick kinds", "metadata,thumbs,sprites,phash,heatmaps"), ("previews and scenes", "previews,scenes"))


def fill(folder: Path, count: int) -> None:
    """Clips of 4 to 9 seconds cut from a film without encoding them anew, no two alike."""
    film = films.short_720p()
    for number in range(count):
        start, length = number * 50 / count, 4 + number * 7 % 6
        cut = (
            "-ss",
            f"{start:.2f}",
            "-i",
            str(film),
            "-t",
            str(length),
            "-c",
            "copy",
            str(folder / f"clip {number:03d}.mp4"),
        )
        subprocess.run(ffmpeg(*cut), check=True)


def run(folder: Path, home: Path, tasks: str) -> tuple[float, float, int]:
    """(wall seconds, share of all cores, artifacts made) of one command in a process of its own."""
    command = [sys.executable, "-m", "vidwatchd", "--data-dir", str(home), "batch", str(folder), "--tasks", tasks]
    command += [f"--max-{name}={os.cpu_count()}" for name in tasks.split(",")] + ["--output-format", "json"]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall = time.perf_counter() - started
    made = int(json.loads(done.stdout)["made"])
    return wall, busy(before, resource.getrusage(resource.RUSAGE_CHILDREN), wall), made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=300)
    count = parser.parse_args().clips
    with tempfile.TemporaryDirectory() as folder:
        library, home = Path(folder, "library"), Path(folder, "home")
        library.mkdir()
        fill(library, count)
        rows = []
        for title, tasks in PASSES:
            wall, share, made = run(library, home, tasks)
            rows.append([title, count, made, f"{wall:.1f}", f"{count / wall * 60:.0f}", f"{share:.0%}"])
    print(table(["pass", "clips", "artifacts", "wall s", "videos a minute", "of all cores"], rows))


if __name__ == "__main__":
    main()
