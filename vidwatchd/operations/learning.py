"""learning: keeps the search's words of a video as its files and people say."""

from __future__ import annotations

from collections.abc import Collection

from vidwatchd import artifacts
from vidwatchd.operations import Context, vectors


def learn(ctx: Context, video_id: int) -> None:
    """Read a video's words anew: something that holds words was made, changed or lost."""
    vectors.learn(ctx, video_id)


def after(ctx: Context, video_id: int, kinds: Collection[str]) -> None:
    """These kinds were made of a video: learn anew if any of them holds words."""
    if any(artifacts.KINDS[kind].spoken or artifacts.KINDS[kind].meant for kind in kinds if kind in artifacts.KINDS):
        learn(ctx, video_id)
