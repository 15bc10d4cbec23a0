"""bench_meaning: one question against very many vectors in an index on disk: seconds and memory, beside a row at a time.

usage: python -m tests.bench.bench_meaning [--counts N ...]

Each size is measured in a process of its own, so that one's memory is not the next one's. The first question also measures
the level that counts as found (27 further questions); the others are asked alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable

import numpy as np

from tests.bench.costs import peak_mb
from vidwatchd.index import FILE_NAME, Index, open_index
from vidwatchd.index.vectors import Space
from vidwatchd.model import Artifact, ArtifactState, FileState
from vidwatchd.operations import nearness

COUNTS = (20_000, 200_000)
DIMENSIONS, A_VIDEO, ROUNDS = 512, 100, 5
SPACE = Space("frames", "bench:1", DIMENSIONS)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    print(
        "| vectors | index MB | first question ms | others ms | memory MB more | a row at a time ms |\n|---|---|---|---|---|---|"
    )
    context = multiprocessing.get_context("spawn")
    for count in parser.parse_args().counts:
        with tempfile.TemporaryDirectory(prefix="vidwatchd-bench-") as folder:
            with context.Pool(1) as pool:
                size = pool.apply(fill, (folder, count))
            with context.Pool(1) as pool:
                print(f"| {count:,} | {size:.0f} | {pool.apply(measure, (folder,))} |", flush=True)


def fill(folder: str, count: int) -> float:
    """An index with so many random vectors; its size in MB."""
    index, chance = open_index(folder), np.random.default_rng(1)
    place = index.libraries.add(uuid="bench", root="/bench", name="bench", watched=False, layout="beside")
    ids = index.videos.add(place.id, [FileState(f"{n}.mp4", n + 1, 1, 1, n) for n in range(count // A_VIDEO)])
    times = ([float(n) for n in range(A_VIDEO)], [n + 1.0 for n in range(A_VIDEO)])
    with index.bulk():
        for number in ids:
            rows = chance.normal(size=(A_VIDEO, DIMENSIONS))
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            index.artifacts.put(Artifact(number, "meaning", ArtifactState.DONE), files={})
            index.vectors.put(number, "meaning", 1.0, SPACE, times, rows.astype("<f2").tobytes())
    index.close()
    return os.path.getsize(os.path.join(folder, FILE_NAME)) / 1e6


def measure(folder: str) -> str:
    """The other cells of one line."""
    index = open_index(folder)
    chance = np.random.default_rng(2)
    questions = chance.normal(size=(28, DIMENSIONS)).astype(np.float32)
    questions[0] @ questions[1]  # the library's own buffers are no part of the memory that a look takes
    before = peak_mb()
    first = best(lambda: nearness.look(index.vectors.rows(SPACE), questions))
    others = best(lambda: nearness.look(index.vectors.rows(SPACE), questions[:1]))
    more = peak_mb() - before
    plain = best(lambda: row_by_row(index, questions[0]), rounds=1)
    index.close()
    return f"{first * 1000:.0f} | {others * 1000:.0f} | {more:.0f} | {plain * 1000:.0f}"


def row_by_row(index: Index, question: np.ndarray) -> list[tuple[float, int, int]]:
    """What one would write first."""
    found = []
    for some in index.vectors.rows(SPACE):
        for row in some:
            for place in range(row.count):
                blob = row.vectors[2 * DIMENSIONS * place : 2 * DIMENSIONS * (place + 1)]
                found.append((float(np.frombuffer(blob, "<f2").astype(np.float32) @ question), row.video_id, place))
    return sorted(found, reverse=True)[:50]


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least of some times, in seconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    main()
