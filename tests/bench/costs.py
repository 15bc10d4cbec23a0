"""costs: what a way of doing something takes: wall seconds, CPU seconds of it and its children, peak memory of a worker."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@dataclass(frozen=True)
class Cost:
    """One measurement; ``said`` is whatever the work gave back."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float = 0.0
    said: Any = field(default=None, compare=False)


def of_commands(commands: Sequence[Sequence[str]]) -> Cost:
    """Commands run one after the other."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for command in commands:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return _since(before, started, resource.RUSAGE_CHILDREN)


def ffmpeg(*arguments: str) -> list[str]:
    """A command line of the embedded ffmpeg that writes over what is there."""
    return [FFMPEG, "-v", "error", "-nostdin", "-y", *arguments]


def of_visit(path: Path, kinds: Mapping[str, Mapping[str, Any]], *, warm: Path | None = None) -> Cost:
    """One visit in a worker process of its own, which has made the same kinds of ``warm`` before, as a worker has."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        if warm:
            pool.apply(_visit, (str(warm), kinds))
        return pool.apply(_visit, (str(path), kinds))


def _visit(path: str, kinds: Mapping[str, Mapping[str, Any]]) -> Cost:
    from vidwatchd.making import make_visit
    from vidwatchd.model import ArtifactState, VisitTask

    folder = tempfile.mkdtemp(prefix="vidwatchd-bench-")
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    try:
        outcomes = make_visit(VisitTask(path, folder, tuple(kinds.items())))
        cost = _since(before, started, resource.RUSAGE_SELF)
    finally:
        shutil.rmtree(folder)
    lost = [f"{outcome.kind}: {outcome.error}" for outcome in outcomes if outcome.state is not ArtifactState.DONE]
    if lost:
        raise RuntimeError("; ".join(lost))
    facts = {outcome.kind: outcome.facts for outcome in outcomes}
    return Cost(cost.wall_seconds, cost.cpu_seconds, peak_mb(), facts)


def peak_mb() -> float:
    """This process's peak resident memory; not ru_maxrss, which a child starts with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def best(rounds: int, work: Callable[[], Cost]) -> Cost:
    """The quickest of several rounds."""
    return min((work() for _ in range(rounds)), key=lambda cost: cost.wall_seconds)


def median(costs: Sequence[Cost]) -> float:
    """The middle wall time."""
    return statistics.median(cost.wall_seconds for cost in costs)


def row(*cells: object) -> str:
    """One line of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    return "\n".join([row(*head), f"|{'---|' * len(head)}", *(row(*cells) for cells in rows)])


def busy(before: resource.struct_rusage, after: resource.struct_rusage, wall_seconds: float) -> float:
    """Share of all cores that was used between two looks at the children."""
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used / wall_seconds / (os.cpu_count() or 1)


def _since(before: resource.struct_rusage, started: float, who: int) -> Cost:
    wall, after = time.perf_counter() - started, resource.getrusage(who)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
