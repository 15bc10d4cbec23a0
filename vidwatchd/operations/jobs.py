"""jobs: ask for work, see how far it is, pause, cancel, try again."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.errors import UsageError
from vidwatchd.model import Video, display
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.make import Wanted, owe
from vidwatchd.operations.scan import Look, scan

# The time left is judged by what was done in the last ten minutes.
PACE_SECONDS = 600.0
RECENT_SECONDS = 1.0
ENDED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks for: a task (kinds by name, or ``finish``), and on what."""

    task: str
    directory: str = ""
    recursive: bool = False
    force: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    video_ids: tuple[int, ...] = ()
    library_id: int | None = None


def submit(ctx: Context, order: Order) -> dict[str, Any]:
    """Queue the work and give the request with its progress. Raises NotFound, UsageError, ConfigError."""
    names = _kinds(order.task)
    overrides = dict.fromkeys(names, order.params) if order.params else {}
    wanted = Wanted(names, force=order.force, asked=order.task != "finish", overrides=overrides)
    for name in names:
        artifacts.settings_for(ctx.config, name, overrides.get(name))
    videos = _subjects(ctx, order)
    owed = owe(ctx, wanted, [video.id for video in videos])
    params = {
        "directory": order.directory,
        "recursive": order.recursive,
        "force": order.force,
        "params": dict(order.params),
    }
    request_id = ctx.index.requests.add(order.task, params, owed)
    ctx.notify("jobs", {})
    return get(ctx, request_id)


def get(ctx: Context, job_id: str) -> dict[str, Any]:
    """A request by its uuid, or one job by its number. Raises NotFound."""
    if job_id.isascii() and job_id.isdecimal() and len(job_id) < 19:
        return _job(ctx.index.requests.job(int(job_id)))
    return _request(ctx.index.requests.get(job_id))


def listing(ctx: Context, *, state: str = "", kind: str = "", limit: int = 100) -> dict[str, Any]:
    """The newest requests and jobs, the counts of each kind."""
    if state and state not in ("queued", "running", "done", "failed", "cancelled"):
        raise UsageError(f"no job state {state!r}", hint="queued, running, done, failed or cancelled")
    limit = max(1, min(limit, 1000))
    rows = ctx.index.requests.jobs(state=state or None, kind=artifacts.kind(kind).name if kind else None, limit=limit)
    requests = [_request(row) for row in ctx.index.requests.latest(limit)] if not state and not kind else []
    return {"jobs": requests + [_job(row) for row in rows], "kinds": summary(ctx)["kinds"]}


def cancel(ctx: Context, job_id: str) -> dict[str, Any]:
    """Stop a request or a job; what runs is ended. What is done stays. Raises NotFound."""
    found = get(ctx, job_id)
    if found["kind"] != "request":
        ctx.index.jobs.cancel([int(job_id)])
    else:
        ctx.index.requests.cancel(job_id)
        ctx.index.jobs.cancel(ctx.index.requests.job_ids(job_id))
    ctx.notify("jobs", {})
    return {**found, **get(ctx, job_id)}


def pause(ctx: Context, kind: str = "") -> None:
    """Start nothing more of one kind, or of any. Raises NotFound."""
    ctx.index.jobs.pause(artifacts.kind(kind).name if kind else "")
    ctx.notify("jobs", {})


def resume(ctx: Context, kind: str = "") -> None:
    """Undo ``pause``."""
    ctx.index.jobs.resume(artifacts.kind(kind).name if kind else "")
    ctx.notify("jobs", {"resumed": True})


def retry(ctx: Context, *, kind: str = "", job_id: int | None = None) -> int:
    """Try again what was set aside. Returns how many."""
    name = artifacts.kind(kind).name if kind else None
    queued = ctx.index.jobs.retry_failed(kind=name, job_ids=None if job_id is None else [job_id])
    ctx.notify("jobs", {})
    return len(queued)


def run(ctx: Context, kind: str, which: str) -> dict[str, Any]:
    """Queue one kind for every watched library: what is ``missing``, or ``all`` anew."""
    if which not in ("missing", "all"):
        raise UsageError(f"cannot run {which!r}", hint="missing or all")
    name = artifacts.kind(kind).name
    owed = []
    for library in ctx.index.libraries.all():
        if library.watched:
            owed += jobs.owe(ctx.index, ctx.config, [name], library_id=library.id, asked=True, force=which == "all")
    request_id = ctx.index.requests.add(name, {"which": which}, owed)
    ctx.notify("jobs", {})
    return get(ctx, request_id)


def recent(ctx: Context) -> dict[str, Any]:
    """``summary``, at most a second old, and never older than what an event has told: counting 300,000 jobs takes 25 ms."""
    at, found = ctx.held.get("summary", (0.0, {}))
    return dict(found) if time.monotonic() - at <= RECENT_SECONDS else summary(ctx)


def summary(ctx: Context) -> dict[str, Any]:
    """What runs, waits and failed, a kind at a time, with the time left; the activity page."""
    began = time.monotonic()
    found = _summary(ctx)
    # A slower count that began earlier must not hide this one: no event would come to put it right.
    if began >= ctx.held.get("summary", (0.0, {}))[0]:
        ctx.held["summary"] = (began, found)
    return found


def _summary(ctx: Context) -> dict[str, Any]:
    paused = ctx.index.jobs.paused()
    kinds: dict[str, dict[str, Any]] = {
        kind.name: {
            "queued": 0,
            "running": 0,
            "done": 0,
            "failed": 0,
            "paused": kind.name in paused,
            "left_seconds": None,
        }
        for kind in artifacts.KINDS.values()
    }
    for name, state, count in ctx.index.requests.counts():
        if name in kinds and state == "retrying":  # it failed, whatever becomes of it later
            kinds[name]["queued"] -= count
            kinds[name]["failed"] += count
        elif name in kinds:
            kinds[name][state] += count
    for name, count in ctx.index.requests.done_counts().items():
        if name in kinds:
            kinds[name]["done"] = count
    for name, counts in kinds.items():
        counts["left_seconds"] = _left(ctx, name, counts["queued"] + counts["running"])
    running = ctx.index.requests.jobs(state="running", limit=50)
    failed = ctx.index.requests.failures(50)
    return {
        "kinds": kinds,
        "paused": "" in paused,
        "problem": ctx.problem(),
        "running": [_job(row) for row in running],
        "failed": [{**_job(row), "when": row["ended_at"], "retry_seconds": _wait(row)} for row in failed],
    }


def _kinds(task: str) -> tuple[str, ...]:
    if task == "finish":
        return tuple(artifacts.KINDS)
    names = tuple(artifacts.kind(name.strip()).name for name in task.split(",") if name.strip())
    if not names:
        raise UsageError("the task names no kind", hint=f"finish, or some of {', '.join(artifacts.KINDS)}")
    return names


def _subjects(ctx: Context, order: Order) -> Collection[Video]:
    if order.video_ids:
        return [ctx.index.videos.get(video_id) for video_id in order.video_ids]
    if order.library_id is not None:
        return ctx.index.videos.in_folder(ctx.index.libraries.get(order.library_id).id, "", recursive=True)
    place = libraries.inside(ctx, order.directory)
    scan(ctx, place.library, Look(only=(place.folder,), recursive=order.recursive, settle_seconds=0.0))
    return ctx.index.videos.in_folder(place.library.id, place.folder, recursive=order.recursive)


def _job(row: Mapping[str, Any]) -> dict[str, Any]:
    done = row["state"] == "done"
    shown = {name: row[name] for name in ("kind", "task", "video_id", "state", "progress", "error", "attempts")}
    times = {name: row[name] for name in ("created_at", "started_at", "ended_at")}
    name = display(row["video_name"])
    return {"id": row["id"], **shown, **times, "video_name": name, "progress_current": int(done), "progress_total": 1}


def _request(row: Mapping[str, Any]) -> dict[str, Any]:
    total, done, failed, dropped = (int(row[name]) for name in ("total", "done", "failed", "dropped"))
    ended = done + failed + dropped
    progress = (ended + row["part"]) / total if total else 1.0
    counts = {"progress_current": ended, "progress_total": total, "progress": round(progress, 4), "failed": failed}
    state = _state(row, total, ended, failed)
    return {
        "id": row["id"],
        "task": row["task"],
        "kind": "request",
        "state": state,
        **counts,
        "created_at": row["created_at"],
    }


def _state(row: Mapping[str, Any], total: int, ended: int, failed: int) -> str:
    if row["cancelled"]:
        return "cancelled"
    if ended >= total:
        return "failed" if failed else "done"
    return "running" if row["running"] or ended else "queued"


def _wait(row: Mapping[str, Any]) -> float | None:
    return max(0.0, row["not_before"] - time.time()) if row["state"] == "queued" else None


def _left(ctx: Context, kind: str, waiting: int) -> float | None:
    if not waiting:
        return None
    each = ctx.index.requests.pace(kind, time.time() - PACE_SECONDS)
    return None if each is None else round(waiting * each, 1)
