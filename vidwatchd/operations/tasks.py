"""tasks: long operations that the daemon runs as a whole, one at a time; adding one is one line of the table here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from vidwatchd import jobs
from vidwatchd.errors import Cancelled, VidwatchdError
from vidwatchd.model import JobState, display
from vidwatchd.operations import (
    Context,
    codecs,
    compare,
    dupes,
    libraries,
    listing,
    models,
    originals,
    parameters,
    partings,
    report,
    transcode,
)
from vidwatchd.operations.jobs import Order
from vidwatchd.operations.make import Progress

LEASE_SECONDS = 60.0
KEEP_SECONDS = 0.4
# A task that was running each time the program was killed is set aside: it may be what kills it.
PROGRAM_ENDS = 5

# Takes the context, what was asked, and whom to tell of progress at least twice a second; gives the result as plain
# JSON. Progress raises Cancelled when the task must end: children end, temporary files go, and it is raised on.
Run = Callable[[Context, Order, Progress], dict[str, Any]]

TASKS: dict[str, Run] = {
    "codecs": codecs.run_task,
    "compare": compare.run_task,
    "dupes": dupes.run_task,
    "listing": listing.run_task,
    models.TASK: models.run_task,
    partings.TASK: originals.run_task,
    "report": report.run_task,
    "transcode": transcode.run_task,
}
ALIASES = {"phash-dupes": "dupes"}


def _plain(ctx: Context, order: Order) -> None:
    parameters.known(order.task, order.params)


# What refuses an order's parameters before it is queued, as the task itself would.
CHECKS: dict[str, Callable[[Context, Order], object]] = {
    "codecs": codecs.check,
    "compare": compare.check,
    "dupes": dupes.check,
    "listing": listing.check,
    models.TASK: models.check,
    partings.TASK: _plain,
    "report": _plain,
    "transcode": transcode.check,
}


def named(name: str) -> str:
    """The name in the table that a name or alias means; "" for none."""
    name = ALIASES.get(name.strip(), name.strip())
    return name if name in TASKS else ""


def add(ctx: Context, order: Order) -> str:
    """Queue a task. Returns its uuid.

    Raises NotFound for a folder, library or video that is not known, and what its parameters raise that mean nothing.
    """
    directory = ""
    if order.directory:
        place = libraries.inside(ctx, order.directory)
        directory = "/".join(part for part in (place.library.root.rstrip("/"), place.folder) if part) or "/"
    if order.library_id is not None:
        ctx.index.libraries.get(order.library_id)
    for video_id in order.video_ids:
        ctx.index.videos.get(video_id)
    if check := CHECKS.get(named(order.task)):
        check(ctx, order)
    what = {"directory": directory, "recursive": order.recursive, "force": order.force, "params": dict(order.params)}
    return ctx.index.tasks.add(
        named(order.task), {**what, "video_ids": list(order.video_ids), "library_id": order.library_id}
    )


def recover(ctx: Context) -> None:
    """Queue again what a process left running that is dead."""
    jobs.expire_dead(ctx.index)
    ctx.index.tasks.reclaim(PROGRAM_ENDS)


def run_next(ctx: Context, owner: str, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Run the task that waits longest, to its end; whether there was one. ``stopping``: end it and queue it again.

    Raises only what a task must not: errors of ours are the task's, and recorded with it.
    """
    claimed = ctx.index.tasks.claim(owner, LEASE_SECONDS)
    if claimed is None:
        return False
    task_id, name, params = claimed
    ctx.notify("jobs", {})
    try:
        result = TASKS[name](ctx, _order(name, params), _Watch(ctx, task_id, owner, stopping))
    except VidwatchdError as error:
        if stopping():
            ctx.index.tasks.release(owner)
        else:  # where a person cancelled it the row says so already, and keeps saying it
            ctx.index.tasks.finish(task_id, owner, JobState.FAILED, error=str(error))
    else:
        ctx.index.tasks.finish(task_id, owner, JobState.DONE, result=result)
    ctx.notify("jobs", {})
    return True


class _Watch:
    """The progress of a running task: noted now and then, and the moment at which it learns that it must end."""

    def __init__(self, ctx: Context, task_id: str, owner: str, stopping: Callable[[], bool]) -> None:
        self._ctx, self._task_id, self._owner, self._stopping = ctx, task_id, owner, stopping
        self._kept_at = 0.0

    def __call__(self, done: float, of: int, names: Sequence[str]) -> None:
        if self._stopping():
            raise Cancelled("the program ends")
        now = time.monotonic()
        if now - self._kept_at < KEEP_SECONDS:
            return
        self._kept_at = now
        shown = [display(name) for name in names]
        if not self._ctx.index.tasks.keep(self._task_id, self._owner, LEASE_SECONDS, done, of, shown):
            raise Cancelled("a person stopped it")
        self._ctx.notify("jobs", {})


def _order(name: str, params: dict[str, Any]) -> Order:
    return Order(name, **{**params, "video_ids": tuple(params["video_ids"])})
