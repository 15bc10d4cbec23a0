"""python -m tests.bench [NAME ...]: run the benches one after the other and write each one's section of docs/performance.md."""

import subprocess
import sys
from pathlib import Path

from tests.bench.report import write_section

# Module → what its section says before the figures.
BENCHES = {
    "bench_scan": "## The walk alone\n\nOver 100,000 files in 1,000 folders, without an index, beside `find -printf`.",
    "bench_daemon": "## The whole daemon\n\nOver the same tree: scans into the index, pages under load, memory, an idle spell.",
    "bench_watch": "## Watching\n\n1,000 folders; seconds, but for what names another unit.",
    "bench_pictures": (
        "## Pictures of one film\n\nA thumbnail, a sheet of up to 100 tiles, five exact frames hashed and a sample every 5 s, "
        "in one warm worker."
    ),
    "bench_previews": "## Previews\n\nNine seconds of the 10 minute film, 320 pixels wide.",
    "bench_scenes": "## Scenes\n\nCuts count as found within three frames of PySceneDetect's.",
    "bench_faces": (
        "## Faces beside scenes\n\nThree minutes of 1080p with people in it, a frame a second looked at for faces by YuNet and "
        "MobileFace, in one warm worker."
    ),
    "bench_library": "## A library of short clips\n\n300 clips of 4 to 9 s, 720p, from nothing to done.",
    "bench_serving": "## Files and event streams\n\nA 256 MB file in 8 MiB ranges, beside Flask's own `send_file`.",
    "bench_dupes": "## Near-duplicates\n\nRandom 64-bit hashes, all pairs so many bits apart; a whole library compared.",
    "bench_search": "## Search\n\nHits with their moments and pictures, as JSON; speech by Zipf's law with turns of phrase.",
    "bench_meaning": "## Meaning\n\nOne question against all vectors of 512 numbers in an index on disk, 100 a video.",
    "bench_duplicates": "## What counts as a duplicate\n\nA hundred films, what people do to films, films that only look alike.",
}


def main():
    """Run those named, or all."""
    for name in sys.argv[1:] or BENCHES:
        command = [sys.executable, "-m", f"tests.bench.{name}"]
        done = subprocess.run(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True, check=True)
        print(done.stdout, flush=True)
        figures = done.stdout.strip()
        body = figures if "|---" in figures else f"```\n{figures}\n```"
        write_section(name, f"{BENCHES[name]}\n\n`python -m tests.bench.{name}`\n\n{body}")


if __name__ == "__main__":
    main()
