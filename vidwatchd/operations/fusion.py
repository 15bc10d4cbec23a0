"""fusion: several rankings as one, and what is found by meaning rather than by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from vidwatchd.errors import Unavailable
from vidwatchd.operations import Context, meaning

# Cormack, Clarke and Büttcher 2009: large enough that one first place does not outweigh two second ones.
K = 60


def fuse(lists: Iterable[Sequence[int]], k: int = K) -> list[tuple[int, float]]:
    """(video, score) by reciprocal rank over rankings of video ids, the best first; equals as the first ranking has them."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in lists:
        for rank, video_id in enumerate(ranking, 1):
            scores[video_id] += 1 / (k + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def meant(ctx: Context, words: str, limit: int, patience_seconds: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Moments (``video_id``, ``start``, ``end``, ``score``) that mean the words, and whether that can be asked at all."""
    try:
        return meaning.by_meaning(ctx, words, limit, patience_seconds), {"available": True}
    except Unavailable as error:
        return [], {"available": False, "reason": error.message, "fix": error.hint}
