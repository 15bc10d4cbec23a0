"""vectors: keeps the index's vectors of a video as the file of its meaning has them."""

from __future__ import annotations

import json

from vidwatchd import artifacts
from vidwatchd.artifacts.meaning import parts
from vidwatchd.index.vectors import Space
from vidwatchd.model import native
from vidwatchd.operations import Context


def learn(ctx: Context, video_id: int) -> None:
    """Bring a video's vectors in the index in line with what was made of it, or lost."""
    known = ctx.index.artifacts.of(video_id)
    for name, kind in artifacts.KINDS.items():
        if kind.meant and name in known and ctx.index.vectors.made_at(video_id, name) != known[name].made_at:
            _read(ctx, video_id, name, known[name].made_at)


def _read(ctx: Context, video_id: int, kind: str, made_at: float) -> None:
    video = ctx.index.videos.get(video_id)
    name = ctx.index.artifacts.files(video_id, kind).get(artifacts.KINDS[kind].meant, "")
    if not name:
        return
    try:
        with open(f"{ctx.store(video.library_id).folder(video.path)}/{native(name)}", encoding="utf-8") as file:
            found = parts(json.load(file))
    except (OSError, ValueError):
        return
    with ctx.index.transaction():
        ctx.index.vectors.forget(video_id, kind)
        for part in found:
            space = Space(part.source, part.model, part.dimensions)
            ctx.index.vectors.put(video_id, kind, made_at, space, (part.starts, part.ends), part.vectors)
