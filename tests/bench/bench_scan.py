"""bench_scan: a library of 100,000 files in 1,000 folders, looked at beside ``find -printf``.

usage: python -m tests.bench.bench_scan [--folders N] [--files N] [--rounds N]

Each figure is the best of the rounds; every round does all steps one after the other, in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from vidwatchd.scan import Changes, Known, KnownFiles, Rules, changes

REPOSITORY = Path(__file__).parents[2]
STEPS = ("first", "unchanged", "changed")


@dataclass(frozen=True)
class Cost:
    """What one step took; ``rss_mb`` is the peak of its process, ``base_mb`` that of the process before the step."""

    name: str
    wall_seconds: float
    cpu_seconds: float
    rss_mb: float = 0.0
    base_mb: float = 0.0


def make_tree(root: str, folders: int = 1000, files: int = 100) -> None:
    """``folders`` × ``files`` videos with nothing in them; no two of one size, as in life."""
    for number in range(folders):
        folder = f"{root}/shelf {number // 100:02d}/film {number:04d}"
        os.makedirs(folder)
        for index in range(files):
            with open(f"{folder}/take {number:04d} {index:03d}.mp4", "wb") as file:
                file.truncate(1 + number * files + index)


def change_some(root: str, count: int = 1000) -> None:
    """Append a byte to every hundredth file, or so."""
    paths = [os.path.join(at, name) for at, _, names in os.walk(root) for name in names]
    for path in paths[:: max(1, len(paths) // count)]:
        with open(path, "ab") as file:
            file.write(b"y")


def time_find(root: str) -> Cost:
    """``find -printf`` with all that a scan asks for."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(["find", root, "-printf", r"%p %s %T@ %C@ %i\n"], stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost("find -printf", wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def time_step(name: str, look: Callable[[], object]) -> Cost:
    """Run one step in this process and measure it."""
    base, cpu, started = peak_mb(), time.process_time(), time.perf_counter()
    look()
    return Cost(name, time.perf_counter() - started, time.process_time() - cpu, peak_mb(), base)


def peak_mb() -> float:
    """This process's peak resident memory; not ru_maxrss, which a child starts with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def look(root: str, known: Known) -> Changes:
    """One scan of the whole library, as a command does it."""
    return changes(root, known, rules=Rules(), settle_seconds=0)


class DigestsOnly(KnownFiles):
    """A memory of digests whose rows are somewhere else, as with an index: its own size is not the walker's."""


def step(name: str, root: str, memory: str) -> Cost:
    """One step against the memory pickled at ``memory``; ``first`` writes it."""
    if name == "first":
        known: KnownFiles = KnownFiles(root)
        found = Changes()
        cost = time_step("first walk", lambda: found.__init__(**as_fields(look(root, known))))
        known.apply(found)
        Path(f"{memory}.rows").write_bytes(pickle.dumps(known))
        Path(memory).write_bytes(pickle.dumps(known.digests))
        return cost
    if name == "unchanged":
        known = DigestsOnly(root, digests=pickle.loads(Path(memory).read_bytes()))
        return time_step("unchanged walk", lambda: expect(look(root, known), 0))
    known = pickle.loads(Path(f"{memory}.rows").read_bytes())
    return time_step("1,000 changed", lambda: expect(look(root, known), None))


def as_fields(found: Changes) -> dict[str, object]:
    """The fields of a dataclass without copying what they hold."""
    return {name: getattr(found, name) for name in found.__slots__}


def expect(found: Changes, count: int | None) -> None:
    """Stop when a step did not do what it is measured for."""
    differing = len(found.added) + len(found.changed) + len(found.gone) + len(found.moved)
    if (count is None and not found.changed) or (count is not None and differing != count):
        raise SystemExit(f"unexpected: {differing} differences")


def in_process(*arguments: str) -> Cost:
    """One step in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_scan", "--step", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True)
    return Cost(**json.loads(done.stdout))


def measure(folders: int, files: int, rounds: int) -> list[Cost]:
    """The best of some rounds of every step, ``find`` first."""
    with tempfile.TemporaryDirectory() as temporary:
        root, memory = f"{temporary}/library", f"{temporary}/memory"
        make_tree(root, folders, files)
        time_find(root)
        columns = zip(*(one_round(root, memory) for _ in range(rounds)), strict=True)
        return [min(column, key=lambda cost: cost.cpu_seconds) for column in columns]


def one_round(root: str, memory: str) -> list[Cost]:
    """Every step once, one after the other, so that they meet the same machine."""
    costs = [time_find(root), in_process("first", root, memory), in_process("unchanged", root, memory)]
    change_some(root)
    return [*costs, in_process("changed", root, memory)]


def table(costs: Iterable[Cost]) -> str:
    """A Markdown table; ratios are against the first row."""
    costs = list(costs)
    lines = [
        "| step | wall s | CPU s | × find (wall) | × find (CPU) | peak RSS MB | of it the step's |",
        "|---|" + "---|" * 6,
    ]
    for cost in costs:
        wall, cpu = cost.wall_seconds / costs[0].wall_seconds, cost.cpu_seconds / costs[0].cpu_seconds
        memory = f"{cost.rss_mb:.0f} | {cost.rss_mb - cost.base_mb:.0f}" if cost.rss_mb else "– | –"
        lines.append(
            f"| {cost.name} | {cost.wall_seconds:.3f} | {cost.cpu_seconds:.3f} | {wall:.2f} | {cpu:.2f} | {memory} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table; with ``--step``, one step's cost as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--step", nargs=3, metavar=("NAME", "ROOT", "MEMORY"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(vars(step(*given.step))))
    else:
        print(table(measure(given.folders, given.files, given.rounds)))


if __name__ == "__main__":
    main()
