"""report: which artifacts there are, in numbers a kind and as a matrix of videos."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.backends.models import PULL
from vidwatchd.config import Config
from vidwatchd.errors import Unavailable
from vidwatchd.model import ArtifactState, Video
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.jobs import Order
from vidwatchd.operations.make import Progress, videos_in

# Counting five million artifacts takes half a second: a page that follows events may cost a twentieth of a core at most.
COUNTED_SECONDS = 3.0
REST_PER_COUNT = 20
REASONS = 5


def report(ctx: Context, directory: str, *, recursive: bool = False) -> dict[str, Any]:
    """Coverage of one folder's videos; paths are relative to it. Raises InvalidDirectory, LibraryOffline."""
    place, videos = videos_in(ctx, directory, recursive=recursive)
    cut = len(place.folder) + 1 if place.folder else 0
    if not ctx.index.looking:
        jobs.outdated(ctx.index, ctx.config, [video.id for video in videos])
    return over(ctx, videos, cut=cut)


def everything(ctx: Context) -> dict[str, Any]:
    """Coverage of all libraries, as the index has it."""
    videos = [v for lib in ctx.index.libraries.all() for v in ctx.index.videos.in_folder(lib.id, "", recursive=True)]
    return over(ctx, videos)


def inside(ctx: Context, directory: str, *, recursive: bool = False) -> dict[str, Any]:
    """Coverage of a library folder named over the network, as the index has it. Raises NotFound."""
    place = libraries.inside(ctx, directory)
    videos = ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)
    return over(ctx, videos, cut=len(place.folder) + 1 if place.folder else 0)


def run_task(ctx: Context, order: Order, progress: Progress) -> dict[str, Any]:
    """Coverage of a folder, a library, some videos or everything, as a task of the daemon. Raises NotFound."""
    progress(0, 1, ())
    if order.video_ids:
        return over(ctx, ctx.index.videos.many(order.video_ids))
    if order.library_id is not None:
        return over(ctx, ctx.index.videos.in_folder(order.library_id, "", recursive=True))
    return inside(ctx, order.directory, recursive=order.recursive) if order.directory else everything(ctx)


def over(ctx: Context, videos: Iterable[Video], *, cut: int = 0) -> dict[str, Any]:
    """``{"total", "kinds": {kind: counts}, "videos": [{"path", "artifacts": {kind: state}}]}``."""
    listed = list(videos)
    states = ctx.index.artifacts.states([video.id for video in listed])
    rows = [row(states.get(video.id, {})) for video in listed]
    matrix = [{"path": video.path[cut:], "artifacts": found} for video, found in zip(listed, rows, strict=True)]
    kinds = {kind: _counts([found[kind] for found in rows]) for kind in artifacts.KINDS}
    return {"total": len(matrix), "kinds": kinds, "videos": matrix}


def counts(ctx: Context) -> dict[str, Any]:
    """How far each kind has come over all libraries, with the most frequent reasons; at most a few seconds old.

    ``{"total", "kinds": [{"kind", "title", "summary", "done", "percent", "missing", "failed", "unavailable",
    "reasons": {"failed": [{"reason", "count"}], "unavailable": […]}, "fix", "model"}]}``; ``fix`` says why a kind cannot be
    made on this machine and what helps, "" when it can; ``model`` names the one that would help, "" for none.
    """
    until, found = ctx.held.get("coverage", (0.0, {}))
    began = time.monotonic()
    if began >= until:
        found = _counted(ctx)
        rest = max(COUNTED_SECONDS, REST_PER_COUNT * (time.monotonic() - began))
        ctx.held["coverage"] = (began + rest, found)
    return dict(found)


def _counted(ctx: Context) -> dict[str, Any]:
    total = sum(library["videos"] + library["unknown"] for library in ctx.index.libraries.with_counts())
    states, reasons = ctx.index.artifacts.coverage(), ctx.index.artifacts.reasons(list(artifacts.KINDS), REASONS)
    kinds = []
    for name, kind in artifacts.KINDS.items():
        named = {"kind": name, "title": kind.title, "summary": kind.summary, **_fix(ctx.config, name)}
        kinds.append({**named, **_numbers(states.get(name, {}), total), "reasons": _reasons(reasons.get(name, {}))})
    return {"total": total, "kinds": kinds}


def _numbers(states: Mapping[str, int], total: int) -> dict[str, float]:
    done, failed, unavailable = (states.get(state, 0) for state in ("done", "failed", "unavailable"))
    missing = max(0, total - done - failed - unavailable)
    # Rounded down: 100 % is said only when nothing is missing.
    percent = int(1000 * done / total) / 10 if total else 0.0
    return {"done": done, "percent": percent, "missing": missing, "failed": failed, "unavailable": unavailable}


def _reasons(found: Mapping[str, list[tuple[str, int]]]) -> dict[str, list[dict[str, Any]]]:
    return {
        state: [{"reason": reason, "count": count} for reason, count in found.get(state, [])]
        for state in ("failed", "unavailable")
    }


def _fix(config: Config, kind: str) -> dict[str, str]:
    lacking = artifacts.settings_for(config, kind).lacks(config.models_folder)
    return {"fix": str(lacking) if lacking else "", "model": _model(lacking) if lacking else ""}


def _model(lacking: Unavailable) -> str:
    return lacking.hint.removeprefix(PULL) if lacking.hint.startswith(PULL) else ""


def row(states: Mapping[str, ArtifactState]) -> dict[str, str]:
    """Every kind's state for one video."""
    return {kind: str(states.get(kind, ArtifactState.MISSING)) for kind in artifacts.KINDS}


def _counts(states: list[str]) -> dict[str, float]:
    total = len(states)
    done, failed, unavailable = (states.count(state) for state in ("done", "failed", "unavailable"))
    missing = total - done - failed - unavailable
    percent = round(100 * done / total, 1) if total else 0.0
    return {"done": done, "percent": percent, "missing": missing, "failed": failed, "unavailable": unavailable}
