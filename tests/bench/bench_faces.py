"""bench_faces: faces and scenes of one film, each in a visit of its own and both in one: what the shared decode saves.

usage: python -m tests.bench.bench_faces [--rounds N]
"""

from __future__ import annotations

import argparse

from tests.bench import films
from tests.bench.costs import Cost, best, of_visit, table
from tests.clips import shared_media


def measured(rounds: int) -> list[list[str]]:
    """A row a way."""
    film, warm, media = films.people(), films.clip(), shared_media()
    faces, scenes = {"faces": {"model": f"{media}/models"}}, {"scenes": {}}
    ways = {"scenes": scenes, "faces": faces, "scenes and faces, one visit": {**scenes, **faces}}
    costs = {way: best(rounds, lambda kinds=kinds: of_visit(film, kinds, warm=warm)) for way, kinds in ways.items()}
    alone, both = (costs["scenes"], costs["faces"]), costs["scenes and faces, one visit"]
    wall, cpu = sum(cost.wall_seconds for cost in alone), sum(cost.cpu_seconds for cost in alone)
    rows = [[way, *_told(cost), ""] for way, cost in costs.items()]
    rows[-1][-1] = f"{wall / both.wall_seconds:.2f} / {cpu / both.cpu_seconds:.2f} × as cheap as one after the other"
    return rows


def _told(cost: Cost) -> list[str]:
    found = cost.said.get("faces", {}).get("faces", "")
    return [f"{cost.wall_seconds:.1f} / {cost.cpu_seconds:.1f}", f"{cost.peak_mb:.0f} MB", str(found)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1)
    rows = measured(parser.parse_args().rounds)
    print(table(["way", "wall / CPU s", "memory", "faces", ""], rows))


if __name__ == "__main__":
    main()
