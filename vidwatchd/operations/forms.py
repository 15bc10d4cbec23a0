"""forms: which kind makes stored forms, and where the form of a video lies."""

from __future__ import annotations

import os

from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.model import native
from vidwatchd.operations import Context


def kind() -> type[Kind] | None:
    """The kind whose artifacts outlast their videos; None where there is none."""
    return next((kind for kind in artifacts.KINDS.values() if kind.kept), None)


def folder(ctx: Context, video_id: int) -> str:
    """The folder (native) of a video's stored form, "" where none is known. Raises NotFound for an unknown video."""
    kept = kind()
    video = ctx.index.videos.get(video_id)
    name = ctx.index.artifacts.files(video_id, kept.name).get(kept.kept) if kept else None
    return os.path.dirname(os.path.join(ctx.store(video.library_id).folder(video.path), native(name))) if name else ""
