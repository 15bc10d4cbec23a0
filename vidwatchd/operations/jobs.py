"""jobs: ask for work, see how far it is, pause, cancel, try again."""

from __future__ import annotations

import difflib
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vidwatchd import artifacts, jobs
from vidwatchd.errors import Forbidden, NotFound, UsageError
from vidwatchd.model import Video, display
from vidwatchd.operations import Context, batch, libraries, parameters
from vidwatchd.operations.make import Wanted, owe
from vidwatchd.operations.scan import Look, scan

# The time left is judged by what was done in the last ten minutes.
PACE_SECONDS = 600.0
RECENT_SECONDS = 1.0
# How long a task that has ended stays on the activity page, and how many are shown there.
SHOWN_SECONDS = 600.0
MOST_TASKS = 20
# Orders of several kinds with caps, and the parameters that they begin with.
BATCHES: Mapping[str, Mapping[str, Any]] = {"batch": {}, "queue": {"tasks": ("meta",)}}
ENDED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks for: a task (kinds by name, ``finish``, ``batch``, or one of ``tasks.TASKS``), and on what."""

    task: str
    directory: str = ""
    recursive: bool = False
    force: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    video_ids: tuple[int, ...] = ()
    library_id: int | None = None


def submit(ctx: Context, order: Order) -> dict[str, Any]:
    """Queue the work and give the request with its progress. Raises NotFound, UsageError, ConfigError."""
    from vidwatchd.operations import tasks  # its operations know what an Order is

    request_id = tasks.add(ctx, order) if tasks.named(order.task) else _owe(ctx, order, (*tasks.TASKS, *tasks.ALIASES))
    ctx.notify("jobs", {})
    return get(ctx, request_id)


def _owe(ctx: Context, order: Order, others: Collection[str]) -> str:
    wanted, caps = _wanted(ctx, order, others)
    for name in wanted.kinds:
        artifacts.settings_for(ctx.config, name, wanted.overrides.get(name))
    videos = _subjects(ctx, order)
    owed = _owed(ctx, order, wanted, videos)
    params = {
        "directory": order.directory,
        "recursive": order.recursive,
        "force": order.force,
        "params": dict(order.params),
    }
    return ctx.index.requests.add(order.task, params, owed, caps=caps)


def _owed(ctx: Context, order: Order, wanted: Wanted, videos: Collection[Video]) -> list[int]:
    if order.task != "finish":
        return owe(ctx, wanted, [video.id for video in videos])
    owed: list[int] = []
    for library in ctx.index.libraries.all():  # of each what it wants by itself, as the command does
        if mine := [video.id for video in videos if video.library_id == library.id]:
            owed += owe(ctx, replace(wanted, kinds=jobs.kinds_for(ctx.config, library)), mine)
    return owed


def _wanted(ctx: Context, order: Order, others: Collection[str]) -> tuple[Wanted, dict[str, int]]:
    """What to make, and how many of each at once where a person said so."""
    if order.task in BATCHES:
        kinds, caps = batch.ordered({**BATCHES[order.task], **order.params}, ctx.config)
        return Wanted(kinds, force=order.force), caps
    names = _kinds(order.task, others)
    _refuse_programs(names, order.params)
    return Wanted(names, force=order.force, asked=order.task != "finish", overrides=_overrides(names, order.params)), {}


def _overrides(names: Collection[str], params: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Kind → those of the parameters that it knows. Raises UsageError for one that none of them knows."""
    if len(names) == 1:  # of a single kind its own settings say what is wrong
        return {name: params for name in names if params}
    fields = {name: artifacts.KINDS[name].model_fields for name in names}
    parameters.known("", params, {field for known in fields.values() for field in known})
    shared = {name: {key: params[key] for key in params if key in known} for name, known in fields.items()}
    return {name: values for name, values in shared.items() if values}


def _refuse_programs(names: Collection[str], params: Mapping[str, Any]) -> None:
    """Whoever reaches the API does not choose what is run on this machine. Raises Forbidden."""
    for name in names:
        if named := sorted(params.keys() & set(artifacts.KINDS[name].programs)):
            raise Forbidden(
                f"{named[0]} cannot be set from here", hint=f"set artifacts.{name}.{named[0]} in videorc.json"
            )


def get(ctx: Context, job_id: str) -> dict[str, Any]:
    """A request by its uuid, or one job by its number. Raises NotFound."""
    if job_id.isascii() and job_id.isdecimal() and len(job_id) < 19:
        return _job(ctx.index.requests.job(int(job_id)))
    return _request(ctx.index.requests.get(job_id))


def details(ctx: Context, job_id: str) -> dict[str, Any]:
    """``get``, for a task also with its ``result``, null until there is one: it may be long. Raises NotFound."""
    found = get(ctx, job_id)
    return {**found, "result": ctx.index.tasks.result(job_id)} if "doing" in found else found


def listing(ctx: Context, *, state: str = "", kind: str = "", limit: int = 100) -> dict[str, Any]:
    """The newest requests and jobs, the counts of each kind; ``kind`` may also name a task."""
    from vidwatchd.operations import tasks

    if state and state not in ("queued", "running", "done", "failed", "cancelled"):
        raise UsageError(f"no job state {state!r}", hint="queued, running, done, failed or cancelled")
    limit = max(1, min(limit, 1000))
    name = tasks.named(kind)
    only = artifacts.kind(kind).name if kind and not name else None
    if name or (state and not kind):
        requests = ctx.index.tasks.latest(state=state or None, task=name or None, limit=limit)
    else:
        requests = [] if kind else ctx.index.requests.latest(limit)
    rows = [] if name else ctx.index.requests.jobs(state=state or None, kind=only, limit=limit)
    return {"jobs": [_request(row) for row in requests] + [_job(row) for row in rows], "kinds": summary(ctx)["kinds"]}


def cancel(ctx: Context, job_id: str) -> dict[str, Any]:
    """Stop a request or a job; what runs is ended. What is done stays. Raises NotFound."""
    found = get(ctx, job_id)
    if found["kind"] != "request":
        ctx.index.jobs.cancel([int(job_id)])
    else:
        ctx.index.tasks.cancel(job_id)
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
            ctx.index.later.lift(name, jobs.BACKFILL, library.id)
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
            "unavailable": 0,
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
    for name, count in ctx.index.artifacts.unavailable(list(kinds)).items():
        # A job that found nothing to make it with is done; what it was to make is not there.
        kinds[name] |= {"unavailable": count, "done": max(0, kinds[name]["done"] - count)}
    for name, counts in kinds.items():
        counts["left_seconds"] = _left(ctx, name, counts["queued"] + counts["running"])
    running = ctx.index.requests.jobs(state="running", limit=50)
    failed = ctx.index.requests.failures(50)
    tasks = ctx.index.tasks.shown(time.time() - SHOWN_SECONDS, MOST_TASKS)
    return {
        "kinds": kinds,
        "tasks": [_task(row) for row in tasks],
        "paused": "" in paused,
        "problem": ctx.problem(),
        "waits": _waits(ctx),
        "running": [_job(row) for row in running],
        "failed": [{**_job(row), "when": row["ended_at"], "retry_seconds": _wait(row)} for row in failed],
    }


def _waits(ctx: Context) -> list[dict[str, Any]]:
    """Why what is made last does not begin, a library at a time: ``{"library_id", "reason", "jobs"}``."""
    short = jobs.shortage(ctx.index, ctx.config, ctx.store)
    return [
        {"library_id": i, "reason": reason, "jobs": ctx.index.later.count(i, jobs.last_kinds())}
        for i, reason in short.items()
    ]


def _kinds(task: str, others: Collection[str]) -> tuple[str, ...]:
    if task == "finish":
        return tuple(artifacts.KINDS)
    names = [name.strip() for name in task.split(",") if name.strip()]
    known = ["finish", *BATCHES, *others]
    if not names:
        raise UsageError("the task names no kind", hint=f"{', '.join(known)}, or some of {', '.join(artifacts.KINDS)}")
    try:
        return tuple(artifacts.kind(name).name for name in names)
    except NotFound as error:
        near = difflib.get_close_matches(task.strip(), known, n=1, cutoff=0.75)
        raise NotFound(f"there is no task {task!r}", hint=f"did you mean {near[0]}?") if near else error from error


def _subjects(ctx: Context, order: Order) -> Collection[Video]:
    if order.video_ids:
        return [ctx.index.videos.get(video_id) for video_id in order.video_ids]
    if order.library_id is not None:
        return ctx.index.videos.in_folder(ctx.index.libraries.get(order.library_id).id, "", recursive=True)
    place = libraries.inside(ctx, order.directory or ".")
    scan(ctx, place.library, Look(only=(place.folder,), recursive=order.recursive, settle_seconds=0.0))
    return ctx.index.videos.in_folder(place.library.id, place.folder, recursive=order.recursive)


def _job(row: Mapping[str, Any]) -> dict[str, Any]:
    done = row["state"] == "done"
    shown = {name: row[name] for name in ("kind", "task", "video_id", "state", "progress", "error", "attempts")}
    times = {name: row[name] for name in ("created_at", "started_at", "ended_at")}
    name = display(row["video_name"])
    return {"id": row["id"], **shown, **times, "video_name": name, "progress_current": int(done), "progress_total": 1}


def _task(row: Mapping[str, Any]) -> dict[str, Any]:
    state, done, total = row["state"], row["progress_current"], row["progress_total"]
    progress = 1.0 if state == "done" else min(1.0, done / total) if total else 0.0
    counts = {"progress_current": int(done), "progress_total": total, "progress": round(progress, 4)}
    shown = {name: row[name] for name in ("id", "task", "state", "doing", "error")}
    times = {name: row[name] for name in ("created_at", "started_at", "ended_at")}
    return {**shown, "kind": "request", **counts, "failed": int(state == "failed"), **times}


def _request(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["state"] is not None:
        return _task(row)
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
