"""list_videos: the videos in a folder as they are on disk now, with what is known of each; nothing is written."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from vidwatchd import scan
from vidwatchd.ignore import Rules
from vidwatchd.library import readable_folder
from vidwatchd.model import FileState, Video, native
from vidwatchd.operations import Context, libraries

ALL = "*"


def list_videos(
    ctx: Context, directory: str, *, recursive: bool = False, extensions: Collection[str] = (), sort: str = "name"
) -> dict[str, Any]:
    """``{"videos": [{"path", "name", "size_bytes", "duration_seconds", …}], "total", "unreadable": {path: reason}}``.

    Paths are relative to the folder; ``extensions`` may hold ``*`` for all that the settings call videos; ``sort`` is
    ``name``, or ``size`` for the largest first. Raises InvalidDirectory.
    """
    root = readable_folder(directory)
    wanted = ctx.config.scan.extensions if ALL in extensions or not extensions else extensions
    rules = Rules.of(wanted, ctx.config.scan.ignore)
    found = scan.changes(
        native(root), scan.KnownFiles(), rules=rules, settle_seconds=0.0, only=("",), recursive=recursive
    )
    known = _known(ctx, root, recursive=recursive)
    files = sorted(found.added, key=lambda file: file.path.casefold())
    if sort == "size":
        files.sort(key=lambda file: -file.size_bytes)
    shown = [_shown(file, known.get(file.path)) for file in files]
    return {"videos": shown, "total": len(shown), "unreadable": found.unreadable}


def _known(ctx: Context, root: str, *, recursive: bool) -> dict[str, Video]:
    place = libraries.place(ctx, root)
    if place is None:
        return {}
    cut = len(place.folder) + 1 if place.folder else 0
    videos = ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)
    return {video.path[cut:]: video for video in videos}


def _shown(file: FileState, known: Video | None) -> dict[str, Any]:
    shown = {"path": file.path, "name": file.path.rpartition("/")[2], "size_bytes": file.size_bytes}
    if known is None or (known.size_bytes, known.mtime_ns) != (file.size_bytes, file.mtime_ns):
        return {**shown, "duration_seconds": None, "width": None, "height": None, "video_codec": None}
    seen = (known.duration_seconds, known.width, known.height, known.video_codec or None)
    return {**shown, **dict(zip(("duration_seconds", "width", "height", "video_codec"), seen, strict=True))}
