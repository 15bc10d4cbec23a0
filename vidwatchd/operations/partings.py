"""partings: uploads whose file is to go are noticed when nothing needs it any more; removing it is a task of its own.

What counts is the note beside the file: the index knows from it where to look, and a new one learns it from there.
"""

from __future__ import annotations

import math

from vidwatchd import artifacts, jobs
from vidwatchd.library import drop_parting, note_parting, read_parting
from vidwatchd.model import ArtifactState, Video
from vidwatchd.operations import Context
from vidwatchd.storing.manifest import form_id

TASK = "partings"


def wish(ctx: Context, video: Video, mark: str) -> None:
    """A file that came just now, of that fingerprint, is to go once its form is proven. Raises StorageError."""
    note_parting(ctx.store(video.library_id), video.path, mark)
    ctx.index.forms.part(video.id, video.path, mark)


def withdraw(ctx: Context, video: Video) -> None:
    """It is to stay, or is gone. Raises StorageError."""
    drop_parting(ctx.store(video.library_id), video.path)
    ctx.index.forms.stay(video.id)


def recall(ctx: Context, video: Video) -> None:
    """A file that is new to this index has a note beside it: if it means this very file, it is to go as before.

    Its form is owed, also in a library that leaves forms out.
    """
    if ctx.read_only:
        return
    found = read_parting(ctx.store(video.library_id), video.path)
    if found is None:
        drop_parting(ctx.store(video.library_id), video.path)
        return
    if not video.fingerprint:
        ctx.index.videos.set_fingerprint(video.id, found.fingerprint)
    ctx.index.forms.put(video.id, form_id(found.fingerprint))
    ctx.index.forms.part(video.id, video.path, found.fingerprint)
    forms = [kind.name for kind in artifacts.KINDS.values() if kind.kept]
    jobs.owe(ctx.index, ctx.config, forms, video_ids=[video.id], priority=jobs.NEW)


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
