"""current: whether what the index says still holds, so that a verb that only asks needs no copy of it to bring up to date."""

from __future__ import annotations

import os

from vidwatchd import jobs
from vidwatchd.errors import LibraryOffline
from vidwatchd.library import readable_folder
from vidwatchd.model import native
from vidwatchd.operations import Context, libraries, make, scan, tags


def target(ctx: Context, path: str, *, recursive: bool = False) -> bool:
    """Whether a (portable) path, a video or a folder of them, is as the index knows it. Raises InvalidDirectory."""
    if os.path.isdir(native(path)):
        return folder(ctx, path, recursive=recursive)
    return tags.known(ctx, path) is not None


def folder(ctx: Context, directory: str, *, recursive: bool = False) -> bool:
    """Whether a look at a folder would change nothing. Raises InvalidDirectory."""
    place = libraries.place(ctx, readable_folder(directory))
    if place is None or not libraries.is_as_noted(ctx, place.library):
        return False
    try:
        return scan.would_change_nothing(ctx, place.library, make.look_at(place, recursive=recursive))
    except LibraryOffline:  # whoever really looks finds out what is wrong
        return False


def coverage(ctx: Context, directory: str, *, recursive: bool = False) -> bool:
    """``folder``, and nothing there was made by another version or by other settings."""
    if not folder(ctx, directory, recursive=recursive):
        return False
    place = libraries.named(ctx, directory)
    videos = ctx.index.videos.in_folder(place.library.id, place.folder, recursive=recursive)
    return not jobs.is_outdated(ctx.index, ctx.config, [video.id for video in videos])


def rows(ctx: Context) -> bool:
    """Whether the libraries are those of the settings."""
    return not any(libraries.unentered(ctx))
