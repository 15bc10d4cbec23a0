"""batch: several kinds for a folder at once, each under its own cap, the workers shared out among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.config import Config
from vidwatchd.errors import NotFound, UsageError
from vidwatchd.operations import Context
from vidwatchd.operations.make import Progress, Summary, Wanted, alone, make

TASKS = ("meta", "thumbs")


def batch(
    ctx: Context,
    directory: str,
    *,
    tasks: Iterable[str] = TASKS,
    most: Mapping[str, int] | None = None,
    workers: int = 0,
    recursive: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Make these kinds where they are missing (with ``force``: anew), at most so many of each at once.

    Raises UsageError (there is no such kind), and as ``make`` does.
    """
    wanted = Wanted(kinds(tasks), force=force)
    caps = capped(ctx.config, wanted.kinds, most or {}, workers)
    return make(ctx, directory, wanted, recursive=recursive, workers=workers, caps=caps, progress=progress)


def kinds(tasks: Iterable[str]) -> tuple[str, ...]:
    """The kinds that these names or aliases mean, each once, in the order made. Raises UsageError."""
    named = {_named(name) for name in tasks}
    if not named:
        raise UsageError("the batch names no kind", hint=f"some of {', '.join(artifacts.KINDS)}")
    return tuple(name for name in artifacts.KINDS if name in named)


def capped(config: Config, wanted: tuple[str, ...], most: Mapping[str, int], workers: int = 0) -> dict[str, int]:
    """Kind → how many at once: as asked, else as the settings say; a single kind may have all the workers asked for."""
    asked = {_named(name): number for name, number in most.items()}
    found = jobs.caps(config) | alone(wanted, workers) | asked
    return {name: found[name] for name in wanted}


def ordered(params: Mapping[str, Any], config: Config) -> tuple[tuple[str, ...], dict[str, int]]:
    """A batch as it is posted, ``{"tasks": […], "max": {kind: number}}``: its kinds and caps. Raises UsageError."""
    tasks, most = params.get("tasks", TASKS), params.get("max", {})
    if isinstance(tasks, str):
        tasks = [part.strip() for part in tasks.split(",") if part.strip()]
    if not isinstance(tasks, list | tuple) or not all(isinstance(name, str) for name in tasks):
        raise UsageError("tasks must be a list of kinds", hint='{"tasks": ["metadata", "thumbs"]}')
    if not isinstance(most, dict) or not all(type(number) is int and number > 0 for number in most.values()):
        raise UsageError("max must give a whole number above 0 for each kind", hint='{"max": {"thumbs": 4}}')
    if unknown := params.keys() - {"tasks", "max"}:
        raise UsageError(f"a batch has no parameter {min(unknown)!r}", hint="tasks and max")
    chosen = kinds(tasks)
    return chosen, capped(config, chosen, most)


def _named(name: str) -> str:
    try:
        return artifacts.kind(name).name
    except NotFound as error:  # nothing that was looked for: a wrong word in what was asked
        raise UsageError(error.message, hint=error.hint) from error
