"""learning: keeps the search's words of a video as its files and people say."""

from __future__ import annotations

import math
from collections.abc import Collection

from vidwatchd import artifacts
from vidwatchd.errors import NotFound
from vidwatchd.index.search import Stretch
from vidwatchd.operations import Context, grouping, partings, people_words, scripts, transcripts, vectors
from vidwatchd.storing.manifest import form_id


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
    scripts.renew(ctx, video_id)


def after(ctx: Context, video_id: int, kinds: Collection[str]) -> None:
    """These kinds were made of a video, or lost: learn anew what any of them holds, words, meanings or faces."""
    known = [artifacts.KINDS[kind] for kind in kinds if kind in artifacts.KINDS]
    if any(kind.spoken or kind.meant for kind in known):
        learn(ctx, video_id)
    if any(kind.seen for kind in known):
        grouping.learn(ctx, video_id)
    if any(kind.kept for kind in known):
        learn_form(ctx, video_id)


def learn_form(ctx: Context, video_id: int) -> None:
    """By which id the stored form of a video is known, whether it was made, found or lost."""
    kinds = [name for name, kind in artifacts.KINDS.items() if kind.kept]
    for name, made in ctx.index.artifacts.of(video_id).items():
        if name in kinds and made.files:
            ctx.index.forms.put(video_id, str(made.facts.get("id") or form_id(made.fingerprint)))
            scripts.renew(ctx, video_id)
            return
    if video_id in ctx.index.forms.idle(kinds):
        ctx.index.forms.remove(video_id)


def after_all(ctx: Context, video_ids: Collection[int]) -> None:
    """All that there is of these videos is new."""
    for video_id in video_ids:
        known = [artifacts.KINDS[kind] for kind in ctx.index.artifacts.of(video_id) if kind in artifacts.KINDS]
        if any(kind.spoken or kind.meant for kind in known):
            learn(ctx, video_id)
        if any(kind.kept for kind in known):
            learn_form(ctx, video_id)
    grouping.learn_all(ctx, video_ids)


def catch_up(ctx: Context) -> int:
    """Read what was made and never read, as a crash between the two leaves it. Returns of how many videos."""
    spoken = [name for name, kind in artifacts.KINDS.items() if kind.spoken]
    owed = ctx.index.search.unlearned(spoken) if spoken else []
    for video_id in owed:
        learn(ctx, video_id)
    seen = [name for name, kind in artifacts.KINDS.items() if kind.seen]
    unseen = ctx.index.groupings.unlearned(seen) if seen else []
    grouping.learn_all(ctx, unseen)
    people_words.learn(ctx, math.inf)
    kept = [name for name, kind in artifacts.KINDS.items() if kind.kept]
    forms = {*ctx.index.forms.unlearned(kept), *ctx.index.forms.idle(kept)} if kept else set()
    for video_id in forms:
        learn_form(ctx, video_id)
    partings.consider_all(ctx)
    return len({*owed, *unseen, *forms})
