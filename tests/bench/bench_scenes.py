"""bench_scenes: cuts of a film, beside PySceneDetect's own command: time, and which cuts are found.

usage: python -m tests.bench.bench_scenes [--rounds N] [FILM ...]      (films: montage montage48 gop250)
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import films
from tests.bench.costs import Cost, best, of_commands, of_visit, table

FILMS: dict[str, tuple[str, Callable[[], Path]]] = {
    "montage": ("10 min 1080p of short pieces of real footage, encoder's own keyframes", films.montage),
    "montage48": ("the same, a keyframe every 1.9 s and none at cuts", lambda: films.montage(48)),
    "gop250": ("10 min 1080p, a keyframe every 10 s and none at cuts", films.long_1080p),
}
# A cut counts as found when it is not further off than that: three frames.
NEAR_SECONDS = 0.121


def theirs(film: Path) -> tuple[Cost, list[float]]:
    """PySceneDetect's command, and the beginnings of its scenes but the first."""
    with tempfile.TemporaryDirectory() as out:
        command = [
            sys.executable,
            "-m",
            "scenedetect",
            "-q",
            "-i",
            str(film),
            "-o",
            out,
            "detect-content",
            "list-scenes",
        ]
        cost = of_commands([command])
        (listing,) = Path(out).glob("*.csv")
        rows = list(csv.reader(listing.read_text().splitlines()))
    head = next(n for n, row in enumerate(rows) if row and row[0] == "Scene Number")
    place = rows[head].index("Start Time (seconds)")
    return cost, [float(row[place]) for row in rows[head + 2 :]]


def found(ours: list[float], reference: list[float]) -> tuple[int, int]:
    """(how many of the reference's cuts are there, how many of ours are not in the reference)."""
    hits = sum(any(abs(at - mine) <= NEAR_SECONDS for mine in ours) for at in reference)
    extra = sum(not any(abs(at - mine) <= NEAR_SECONDS for at in reference) for mine in ours)
    return hits, extra


def measured(name: str, rounds: int) -> list[list[str]]:
    """The rows of one film."""
    title, make = FILMS[name]
    film, warm = make(), films.clip()
    reference_cost, reference = theirs(film)
    rows = [[f"**{title}**", "PySceneDetect's command", _times(reference_cost), "1.0", f"{len(reference)} cuts"]]
    for way, settings in (("scenes", {}), ("scenes, `exact`", {"exact": True})):
        cost = best(rounds, lambda settings=settings: of_visit(film, {"scenes": settings}, warm=warm))
        hits, extra = found(cost.said["scenes"]["times"], reference)
        share = reference_cost.wall_seconds / cost.wall_seconds
        said = f"{hits} of {len(reference)}, {extra} more"
        rows.append(["", f"{way}, {cost.peak_mb:.0f} MB", _times(cost), f"{share:.2f} × as fast", said])
    return rows


def _times(cost: Cost) -> str:
    return f"{cost.wall_seconds:.1f} / {cost.cpu_seconds:.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="*", metavar="FILM", help=" ".join(FILMS))
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    rows = [row for name in options.films or FILMS for row in measured(name, options.rounds)]
    print(table(["film", "way", "wall / CPU s", "speed", "cuts"], rows))


if __name__ == "__main__":
    main()
