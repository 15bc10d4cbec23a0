"""learning: keeps the search's words of a video as its files and people say."""

from __future__ import annotations

from collections.abc import Collection

from vidwatchd import artifacts
from vidwatchd.errors import NotFound
from vidwatchd.index.search import Stretch
from vidwatchd.operations import Context, transcripts, vectors


def learn(ctx: Context, video_id: int) -> None:
    """Read a video's words anew: something that holds words was made, changed or lost. A video that is gone has none."""
    try:
        video = ctx.index.videos.get(video_id)
    except NotFound:
        return
    ctx.index.search.learn(
        video_id,
        [
            Stretch(passage.source, passage.track, [(c.start_seconds, c.end_seconds, c.text) for c in passage.cues])
            for passage in transcripts.passages(ctx, video)
        ],
    )
    vectors.learn(ctx, video_id)


def after(ctx: Context, video_id: int, kinds: Collection[str]) -> None:
    """These kinds were made of a video, or lost: learn anew if any of them holds words."""
    if any(artifacts.KINDS[kind].spoken or artifacts.KINDS[kind].meant for kind in kinds if kind in artifacts.KINDS):
        learn(ctx, video_id)


def catch_up(ctx: Context) -> int:
    """Read what was made and never read, as a crash between the two leaves it. Returns of how many videos."""
    spoken = [name for name, kind in artifacts.KINDS.items() if kind.spoken]
    owed = ctx.index.search.unlearned(spoken) if spoken else []
    for video_id in owed:
        learn(ctx, video_id)
    return len(owed)
