"""compare: how much of an original another encoding of it keeps."""

from __future__ import annotations

import os
import stat
import tempfile
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import MediaError, UsageError
from vidwatchd.model import ArtifactState, Outcome, ProductTask, Video, display, native, portable
from vidwatchd.operations import Context, parameters
from vidwatchd.operations.make import Progress
from vidwatchd.operations.produce import Piece, produce, quiet
from vidwatchd.products.compare import Compare

if TYPE_CHECKING:
    from vidwatchd.operations.jobs import Order

# The worker itself knows how long the films are and ends what hangs.
_LONGEST_SECONDS = 7 * 86400.0
_PARAMS = {"original", "other", "vmaf"}


def compare(
    ctx: Context, original: str, other: str, *, vmaf: bool = False, progress: Progress = quiet
) -> dict[str, Any]:
    """``{"quality", "ssim", "psnr", "vmaf", "difference_seconds", "notes", …}`` of two files (portable paths).

    Raises UsageError for what is no file, MediaError for what is no film, Unavailable without the filters.
    """
    files = tuple(_file(path) for path in (original, other))
    product = Compare(vmaf=vmaf, ffmpeg_path=ctx.config.ffmpeg_path)
    if lacking := product.ready():
        raise lacking
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="vidwatchd-") as out:
        task = ProductTask(product.name, product.model_dump(exclude_unset=True), files, out)
        piece = Piece(display(os.path.basename(other)), task, _LONGEST_SECONDS)
        runner = ctx.runner(1, memory_bytes=0)  # two 4K decoders and their frames exceed the bound of a visit
        produce(runner, [piece], 1, lambda number, outcome: outcomes.append(outcome), progress)
    if outcomes[0].state is not ArtifactState.DONE:
        raise MediaError(outcomes[0].error)
    return {"original": original, "other": other, **outcomes[0].facts}


def run_task(ctx: Context, order: Order, progress: Progress) -> dict[str, Any]:
    """``compare`` for two videos by their ids: ``params`` are ``original``, ``other`` and ``vmaf``. Raises NotFound."""
    videos, vmaf = check(ctx, order)
    paths = [portable(ctx.store(video.library_id).video(video.path)) for video in videos]
    return compare(ctx, *paths, vmaf=vmaf, progress=progress)


def check(ctx: Context, order: Order) -> tuple[list[Video], bool]:
    """The two videos, and whether VMAF is asked for. Raises UsageError, NotFound."""
    parameters.known("compare", order.params, _PARAMS)
    for name in ("original", "other"):
        if type(order.params.get(name)) is not int:
            raise UsageError(f"{name} must be the id of a video", hint='"params": {"original": 1, "other": 2}')
    videos = [ctx.index.videos.get(order.params[name]) for name in ("original", "other")]
    return videos, parameters.flag(order.params, "vmaf")


def _file(path: str) -> str:
    full = os.path.abspath(native(path)) if "\0" not in path else ""
    try:
        regular = stat.S_ISREG(os.stat(full).st_mode)
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}") from error
    if not regular:
        raise UsageError(f"{path} is not a file", hint="name two video files")
    return full
