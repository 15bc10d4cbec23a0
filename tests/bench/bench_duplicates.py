"""bench_duplicates: how many copies of films are found again after what people do to films, and what is found wrongly.

usage: python -m tests.bench.bench_duplicates [--films N] [--folder DIR] [--threshold SIMILARITY]

Each film is compared with each file made of any film, through the real hashes and the real comparison; ``--folder`` keeps
the files, so that a second run takes seconds.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.bench import doubles
from tests.clips import shared_media
from vidwatchd.index import memory_index
from vidwatchd.making import make_visit
from vidwatchd.media.probe import probe
from vidwatchd.model import Artifact, ArtifactState, FileState, VisitTask
from vidwatchd.operations import alike

ORIGINAL = "original"


@dataclasses.dataclass(frozen=True)
class Copy:
    """One file: the film it shows, what was done to it, its hashes."""

    film: str
    done: str
    facts: dict[str, object]


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--threshold", type=float, default=0.92)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        print(measure(given.folder or Path(temporary), given.films, given.threshold))


def measure(folder: Path, count: int, threshold: float) -> str:
    """Make the films, hash them, compare them."""
    folder.mkdir(parents=True, exist_ok=True)
    media = shared_media()
    made = doubles.sources(folder, count, media)
    unlike = [(name, path) for name, paths in doubles.unlike(folder, media).items() for path in paths]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        groups = list(pool.map(copies, made))
        others = list(pool.map(hashed, [path for _, path in unlike]))
    files = [copy for group in groups for copy in group]
    files += [Copy(path.name, name, facts) for (name, path), facts in zip(unlike, others, strict=True)]
    return tables(files, found(files, threshold))


def copies(film: Path) -> list[Copy]:
    """A film and all that is made of it."""
    seconds = probe(str(film)).duration_seconds
    made = [(ORIGINAL, film), *doubles.same(film, seconds)]
    return [Copy(film.name, done, hashed(path)) for done, path in made]


def hashed(path: Path) -> dict[str, object]:
    """The facts that the index would hold, kept beside the file."""
    kept = path.with_name(f"{path.name}.facts.json")
    if not kept.exists():
        with tempfile.TemporaryDirectory() as out:
            (outcome,) = make_visit(VisitTask(str(path), out, (("phash", {}),)))
        if outcome.state is not ArtifactState.DONE:
            raise SystemExit(f"{path}: {outcome.error}")
        kept.write_text(json.dumps(dict(outcome.facts)))
    return json.loads(kept.read_text())


def found(files: list[Copy], threshold: float) -> list[tuple[Copy, Copy]]:
    """The pairs that an index with these files' hashes gives."""
    index = memory_index()
    library = index.libraries.add(uuid="bench", root="/bench", name="bench", watched=False, layout="central")
    ids = index.videos.add(library.id, [FileState(f"{n}.mp4", n + 1, 1, 1, n) for n in range(len(files))])
    for video_id, file in zip(ids, files, strict=True):
        index.artifacts.put(Artifact(video_id, "phash", ArtifactState.DONE, facts=file.facts), files={})
    by_id = dict(zip(ids, files, strict=True))
    pairs: list[tuple[Copy, Copy]] = []
    for shelf in alike.shelves(index.hashes.packed("phash")):
        pairs += [(by_id[one], by_id[other]) for one, other in alike.best(alike.pairs(shelf, threshold), 10**9)]
    return pairs


def tables(files: list[Copy], pairs: list[tuple[Copy, Copy]]) -> str:
    """Recall a transformation, and what was found that should not be."""
    there = Counter(file.done for file in files if file.done in doubles.SAME)
    again = Counter(
        one.done if other.done == ORIGINAL else other.done
        for one, other in pairs
        if one.film == other.film and ORIGINAL in (one.done, other.done)
    )
    wrong = Counter(" / ".join(sorted((a.done, b.done))) for a, b in pairs if a.film != b.film)
    right = len(pairs) - wrong.total()
    rows = [f"| {done} | {again[done]} of {there[done]} | {again[done] / there[done]:.3f} |" for done in there]
    whole = f"| all | {again.total()} of {there.total()} | {again.total() / there.total():.3f} |"
    unlike = Counter(file.done for file in files if file.done not in doubles.SAME and file.done != ORIGINAL)
    wrongly = [
        f"| {name} | {count} | {sum(n for k, n in wrong.items() if name in k)} |" for name, count in unlike.items()
    ]
    precision = (
        f"Precision over all {len(pairs)} pairs found among {len(files)} files: {right / max(1, len(pairs)):.4f}."
    )
    head = ["| done to the film | found again | recall |", "|---|---|---|"]
    second = ["| alike, but not the same | files | pairs found wrongly |", "|---|---|---|"]
    return "\n".join([*head, *rows, whole, "", precision, "", *second, *wrongly])


if __name__ == "__main__":
    main()
