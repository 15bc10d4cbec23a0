"""bench_dupes: all near pairs of very many 64-bit hashes, one against all of them, and a whole library compared.

usage: python -m tests.bench.bench_dupes [--counts N ...] [--videos N]

Beside numpy comparing each with each, row by row, as far as that can be waited for. Each figure is the best of three.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator

import numpy as np

from tests import prints
from vidwatchd.hamming import Neighbours
from vidwatchd.index import memory_index
from vidwatchd.model import FileState
from vidwatchd.operations import alike

COUNTS = (10_000, 100_000, 1_000_000)
DISTANCES = (5, 8)
# Row by row takes minutes beyond.
BEARABLE = 100_000
ROUNDS = 3


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--videos", type=int, default=100_000)
    given = parser.parse_args()
    print(
        "\n".join(
            [
                "| hashes | bits apart | pairs | ours s | row by row s | 3 % black, s | one against all ms |",
                "|---|" + "---|" * 6,
            ]
        )
    )
    for count in given.counts:
        for distance in DISTANCES:
            print(row(count, distance), flush=True)
    print("", *library(given.videos), sep="\n")


def row(count: int, distance: int) -> str:
    """One line of the first table; building what is asked is part of the time, but not for one against all."""
    hashes = some(count)
    black = hashes.copy()
    black[: count * 3 // 100] = 0
    pairs = sum(len(left) for left, _, _ in Neighbours(hashes).pairs(distance))
    ours = best(lambda: drained(Neighbours(hashes).pairs(distance)))
    blacks = best(lambda: drained(Neighbours(black).pairs(distance)))
    plain = f"{best(lambda: row_by_row(hashes, distance), rounds=1):.2f}" if count <= BEARABLE else "–"
    kept = Neighbours(hashes)
    drained(kept.near(hashes[:1], distance))
    one = best(lambda: drained(kept.near(hashes[5:6], distance)), rounds=50)
    return f"| {count:,} | {distance} | {pairs:,} | {ours:.3f} | {plain} | {blacks:.3f} | {one * 1000:.2f} |"


def some(count: int) -> np.ndarray:
    """Random hashes, of which every thousandth has a near one."""
    numbers = np.random.default_rng(1)
    hashes = numbers.integers(0, 2**64, count, dtype=np.uint64)
    near = hashes[: count // 1000]
    hashes[-len(near) :] = near ^ (np.uint64(1) << numbers.integers(0, 64, len(near), dtype=np.uint64))
    return hashes


def row_by_row(hashes: np.ndarray, distance: int) -> int:
    """Each with all that come after it."""
    return sum(
        int(np.count_nonzero(np.bitwise_count(hashes[at + 1 :] ^ one) <= distance)) for at, one in enumerate(hashes)
    )


def library(videos: int) -> Iterator[str]:
    """A whole library: loaded from an index and compared, five frames a video with four moments before each."""
    index = memory_index()
    place = index.libraries.add(uuid="bench", root="/bench", name="bench", watched=False, layout="beside")
    ids = index.videos.add(place.id, [FileState(f"{n}.mp4", n + 1, 1, 1, n) for n in range(videos)])
    lengths = random.Random(1)
    with index.bulk():
        prints.put(
            index, {n: prints.film(n % (videos - videos // 1000), seconds=lengths.uniform(20, 7000)) for n in ids}
        )
    loading = best(lambda: alike.shelves(index.hashes.packed("phash")), rounds=2)
    (shelf,) = alike.shelves(index.hashes.packed("phash"))
    comparing = best(lambda: alike.pairs(shelf, 0.92), rounds=2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield "| videos | loaded s | compared s | peak memory MB |"
    yield "|---|---|---|---|"
    yield f"| {videos:,} | {loading:.2f} | {comparing:.2f} | {peak:.0f} |"


def drained(found: Iterator[object]) -> None:
    """Ask for everything and keep nothing."""
    for _ in found:
        pass


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
