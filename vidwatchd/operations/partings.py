"""partings: uploads whose file is to go are noticed when nothing needs it any more; removing it is a task of its own."""

from __future__ import annotations

import math

from vidwatchd import artifacts
from vidwatchd.model import ArtifactState
from vidwatchd.operations import Context

TASK = "partings"


def consider(ctx: Context, video_id: int) -> None:
    """Something was made of a video: where its file is to go and nothing else needs it, have that done."""
    if ctx.index.forms.parting(video_id) is None or not _is_stored(ctx, video_id):
        return
    waits = any(video_id in task["params"]["video_ids"] for task in ctx.index.tasks.orders(TASK, math.inf))
    if not waits and not ctx.index.jobs.pending(list(artifacts.KINDS), [video_id]):
        what = {"directory": "", "recursive": False, "force": False, "params": {}, "library_id": None}
        ctx.index.tasks.add(TASK, {**what, "video_ids": [video_id]})
        ctx.notify("jobs", {})


def consider_all(ctx: Context) -> None:
    """Catch up on what a crash, or a kind that could not be made, left undone."""
    for video_id in ctx.index.forms.partings():
        consider(ctx, video_id)


def _is_stored(ctx: Context, video_id: int) -> bool:
    made = ctx.index.artifacts.of(video_id)
    forms = [made[kind.name] for kind in artifacts.KINDS.values() if kind.kept and kind.name in made]
    return any(form.state is ArtifactState.DONE for form in forms)
