"""finish: make only what the report says is missing."""

from __future__ import annotations

from vidwatchd import jobs
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.make import Progress, Summary, Wanted, make


def finish(
    ctx: Context, directory: str, *, recursive: bool = False, workers: int = 0, progress: Progress | None = None
) -> Summary:
    """Every kind that a folder's videos lack and their library wants.

    What was set aside before stays so, and is listed with its reason. Raises as ``make`` does.
    """
    library = libraries.named(ctx, directory).library
    wanted = Wanted(jobs.kinds_for(ctx.config, library), asked=False)
    count = workers or ctx.config.workers.finish
    return make(ctx, directory, wanted, recursive=recursive, workers=count, progress=progress)
