"""codecs: containers, codecs and profiles of a folder's videos, and which of them a target would take as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidwatchd.errors import UsageError
from vidwatchd.operations import Context, libraries, parameters
from vidwatchd.operations.found import Found, found, read
from vidwatchd.operations.make import Progress
from vidwatchd.operations.produce import quiet
from vidwatchd.products import fits
from vidwatchd.products.fits import Target as Target

if TYPE_CHECKING:
    from vidwatchd.operations.jobs import Order

_PARAMS = {"target_v", "target_a", "allowed_profiles", "workers"}


def codecs(
    ctx: Context,
    directory: str,
    target: Target,
    *,
    recursive: bool = False,
    workers: int = 0,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """``{"files": [{"path", "container", "video_codec", "profile", "audio_codecs", "matches", "reasons", …}], …}``.

    A file that cannot be read is a row with its ``error``. Nothing is written. Raises InvalidDirectory.
    """
    folder = found(ctx, directory, recursive=recursive)
    read(ctx, folder.files, workers=workers or ctx.config.workers.codecs, progress=progress)
    rows = [_row(each, target) for each in folder.files]
    return {
        "directory": folder.root,
        "target": {"video": target.video, "audio": target.audio, "profiles": list(target.profiles)},
        "files": rows,
        "total": len(rows),
        "matching": sum(row["matches"] for row in rows),
        "failed": sum(bool(row["error"]) for row in rows),
        "unreadable": dict(folder.unreadable),
    }


def run_task(ctx: Context, order: Order, progress: Progress) -> dict[str, Any]:
    """``codecs`` for a library folder named over the network. Raises NotFound, UsageError."""
    target, workers = check(ctx, order)
    directory = libraries.folder_inside(ctx, order.directory)
    return codecs(ctx, directory, target, recursive=order.recursive, workers=workers, progress=progress)


def check(ctx: Context, order: Order) -> tuple[Target, int]:
    """The target and the workers that an order asks for. Raises UsageError for parameters that mean nothing."""
    params = order.params
    parameters.known("codecs", params, _PARAMS)
    profiles = params.get("allowed_profiles") or ()
    if isinstance(profiles, str):
        profiles = [part.strip() for part in profiles.split(",") if part.strip()]
    if not isinstance(profiles, list | tuple) or not all(isinstance(each, str) for each in profiles):
        raise UsageError("allowed_profiles must be a list of profiles", hint='["high", "main"]')
    video, audio = (parameters.text(params, name) for name in ("target_v", "target_a"))
    target = Target(video or Target().video, audio or Target().audio, tuple(profiles))
    return target, parameters.whole(params, "workers")


def _row(each: Found, target: Target) -> dict[str, Any]:
    shown = fits.picture(each.document) if each.document else None
    document = each.document or {"streams": [], "format": {}}
    reasons = target.misfits(document) if each.document else []
    return {
        "path": each.file.path,
        "container": document["format"].get("format_name"),
        "video_codec": shown["codec_name"] if shown else None,
        "profile": shown.get("profile") if shown else None,
        "width": shown["width"] if shown else None,
        "height": shown["height"] if shown else None,
        "audio_codecs": [sound["codec_name"] for sound in fits.streams(document, "audio")],
        "size_bytes": each.file.size_bytes,
        "duration_seconds": each.duration_seconds,
        "matches": each.document is not None and not reasons,
        "reasons": reasons,
        "error": each.error,
    }
