"""bench_people: 100,000 faces in an index on disk: a new video's faces joined, a page of people, whoever looks alike; and all
grouped from scratch, beside scikit-learn's DBSCAN on the same vectors.

usage: python -m tests.bench.bench_people [--faces N]
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable

import numpy as np

from tests.bench.costs import peak_mb
from tests.bench.report import write_section
from vidwatchd.config import parse
from vidwatchd.index import Index, open_index
from vidwatchd.index.crowd import Asked
from vidwatchd.index.groupings import Grouping
from vidwatchd.model import Artifact, ArtifactState, FileState
from vidwatchd.operations import Context, joining, people
from vidwatchd.signatures import Box, Face, Sighting

FACES, A_VIDEO, A_PERSON, MOST, ROUNDS = 100_000, 5, 3, 500, 40
DIMENSIONS, EPS = 128, 0.4
SPACE, KIND = f"bench:bench:{DIMENSIONS}", "faces"
COMMAND = "`python -m tests.bench.bench_people`"


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=FACES)
    count = parser.parse_args().faces
    with tempfile.TemporaryDirectory(prefix="vidwatchd-bench-") as folder:
        apart(fill, folder, count)
        served = apart(serve, folder)
    ours, theirs = apart(scratch, count, "dbscan"), apart(scratch, count, "scikit-learn")
    if not np.array_equal(ours[2], theirs[2]):
        raise SystemExit("the two partitions differ")
    write_section("bench_people", f"## People\n\n{count:,} faces.\n\n{COMMAND}\n\n{served}\n\n{table(ours, theirs)}")


def apart(work: Callable[..., object], *given: object) -> object:
    """In a process of its own, so that one's memory is not the next one's."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def table(ours: tuple, theirs: tuple) -> str:
    """From scratch, side by side."""
    rows = "\n".join(
        f"| {name} | {one[0]:.1f} | {one[0] / theirs[0]:.2f} | {one[1]:.0f} | {one[1] / theirs[1]:.2f} |"
        for name, one in (("`clustering.dbscan`", ours), ("scikit-learn's DBSCAN", theirs))
    )
    head = "| all from scratch, the same partition | s | × scikit-learn | peak MB more | × scikit-learn |"
    return f"{head}\n|---|---|---|---|---|\n{rows}"


def looks(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors as half floats, and whose each is: few people have many faces, at most 500, most have one or two."""
    chance = np.random.default_rng(1)
    crowd = max(1, count // A_PERSON)
    shares = 1 / np.arange(1, crowd + 1) ** 0.9
    sizes = np.minimum(MOST, 1 + (shares * 2 * count / A_PERSON / shares.sum() * 2).astype(int))
    whose = chance.permutation(np.resize(np.repeat(np.arange(crowd), sizes), count))
    middles = chance.normal(size=(crowd, DIMENSIONS))
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    rows = middles[whose] + 0.6 / np.sqrt(DIMENSIONS) * chance.normal(size=(count, DIMENSIONS))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f2"), whose


def fill(folder: str, count: int) -> None:
    """An index with so many faces, grouped."""
    rows, whose = looks(count)
    index = open_index(folder)
    place = index.libraries.add(uuid="bench", root="/bench", name="bench", watched=False, layout="beside")
    with index.bulk():
        index.groupings.put(SPACE, Grouping(EPS, 1))
        known = {int(one): index.people.create().id for one in np.unique(whose)}
        for start in range(0, count, A_VIDEO):
            ids = put(index, place.id, start, rows[start : start + A_VIDEO])
            index.faces.assign({face: known[int(whose[start + n])] for n, face in enumerate(ids)})
    index.close()


def put(index: Index, library_id: int, number: int, rows: np.ndarray) -> list[int]:
    """One more video with its faces, of nobody yet."""
    (video,) = index.videos.add(library_id, [FileState(f"{number}.mp4", number + 1, 1, 1, number)])
    index.artifacts.put(Artifact(video, KIND, ArtifactState.DONE), files={})
    seen = (Sighting(1.0, 5.0, 3.0, Box(0.4, 0.2, 0.2, 0.3), 5, 0.5),)
    found = [Face(n, row.tobytes(), seen, f".faces/face_{n:03}.jpg") for n, row in enumerate(rows)]
    return index.faces.put(video, KIND, 1.0, SPACE, found)


def serve(folder: str) -> str:
    """What the daemon does with them."""
    index = open_index(folder)
    ctx, rows = Context(parse({}), index), looks(1000)[0]
    library = index.libraries.all()[0].id
    joins = [seconds(lambda n=n: join(ctx, library, n, rows)) for n in range(ROUNDS)]
    most = index.people.by_id(index.crowd.page(Asked())[0][0]).uuid
    asked = {
        "a page of people, most faces first": lambda: people.listed(ctx, Asked()),
        "the same by name": lambda: people.listed(ctx, Asked(sort="name")),
        "the same of one library": lambda: people.listed(ctx, Asked(library_id=library)),
        "who looks like the one seen most": lambda: people.similar(ctx, most),
    }
    lines = [f"| {A_VIDEO} faces of a new video joined, the first time in a process | {joins[0] * 1000:.0f} | |"]
    lines.append(f"| the same, then | {cells(joins[1:])} |")
    lines += [f"| {name} | {cells([seconds(ask) for _ in range(ROUNDS)])} |" for name, ask in asked.items()]
    index.close()
    return "\n".join(["| | ms, p50 | p95 |\n|---|---|---|", *lines])


def join(ctx: Context, library_id: int, number: int, rows: np.ndarray) -> None:
    """A new video's faces come."""
    with ctx.index.transaction():
        some = rows[A_VIDEO * number : A_VIDEO * (number + 1)]
        ids = put(ctx.index, library_id, 10_000_000 + number, some)
        joining.join(ctx, SPACE, EPS, dict.fromkeys(ids), {})


def cells(times: list[float]) -> str:
    """Median and p95."""
    return f"{statistics.median(times) * 1000:.0f} | {sorted(times)[int(0.95 * len(times))] * 1000:.0f}"


def seconds(work: Callable[[], object]) -> float:
    """How long it takes once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def scratch(count: int, which: str) -> tuple[float, float, np.ndarray]:
    """Seconds, MB more at the peak, and the labels by order of appearance, of all grouped from scratch."""
    from sklearn.cluster import DBSCAN

    from vidwatchd.clustering import dbscan
    from vidwatchd.clustering.geometry import unit

    vectors = unit(looks(count)[0])
    ways = {
        "dbscan": lambda: dbscan(vectors, EPS),
        "scikit-learn": lambda: DBSCAN(eps=EPS, min_samples=1, metric="cosine", n_jobs=1).fit(vectors).labels_,
    }
    vectors[:1000] @ vectors[:1000].T
    before, began = peak_mb(), time.perf_counter()
    labels = ways[which]()
    spent, more = time.perf_counter() - began, peak_mb() - before
    first = {label: place for place, label in reversed(list(enumerate(labels.tolist())))}
    return spent, more, np.array([first[label] for label in labels.tolist()])


if __name__ == "__main__":
    main()
