"""performers: who is said to be in a video, inferred from whose faces are seen in it; nobody whom a person typed is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vidwatchd import artifacts
from vidwatchd.errors import Unavailable
from vidwatchd.model import ArtifactState, Video
from vidwatchd.operations import Context, tags
from vidwatchd.operations.tags import Edit


@dataclass(frozen=True, slots=True)
class Inferring:
    """How performers are inferred: ``refresh`` forgets those inferred before.

    ``min_occurrences`` is in how many frames a face must be seen, None: as the settings say.
    """

    refresh: bool = False
    min_occurrences: int | None = None


def apply(ctx: Context, target: str, change: Edit, asked: Inferring, *, recursive: bool = False) -> dict[str, Any]:
    """Make a change of what is said of a file or of a folder's videos, and add who is seen in each.

    Answers and raises as ``tags.apply`` does, and Unavailable when nobody there can be known.
    """
    videos = tags.targets(ctx, target, recursive=recursive)
    found = _seen(ctx, [video.id for video in videos], asked)

    def change_of(video: Video) -> Edit:
        """The change with those who are seen in it."""
        return replace(change, found=found.get(video.id, ()), forget_found=asked.refresh)

    return tags.apply_each(ctx, target, videos, change_of)


def infer(ctx: Context, video_id: int, asked: Inferring) -> dict[str, Any]:
    """Add who is seen in one video; answers as ``tags.edit`` does. Raises as that does, and Unavailable."""
    ctx.index.videos.get(video_id)
    found = _seen(ctx, [video_id], asked).get(video_id, ())
    return tags.edit(ctx, video_id, Edit(found=found, forget_found=asked.refresh))


def clear(ctx: Context, video_id: int) -> dict[str, Any]:
    """Take all performers of a video away. Raises as ``tags.edit`` does."""
    return tags.edit(ctx, video_id, Edit(clear_performers=True))


def remove(ctx: Context, video_id: int, names: Sequence[str]) -> dict[str, Any]:
    """Take these performers away. Raises as ``tags.edit`` does."""
    return tags.edit(ctx, video_id, Edit(performers_remove=tuple(names)))


def _seen(ctx: Context, video_ids: Sequence[int], asked: Inferring) -> Mapping[int, tuple[str, ...]]:
    """Video → those who are seen in enough of its frames, the most seen first."""
    least = asked.min_occurrences or ctx.config.people.min_occurrences
    seen = ctx.index.crowd.occurrences(video_ids)
    if not seen:
        _check(ctx, video_ids, asked)
    return {
        video_id: tuple(name for name, frames in names.items() if frames >= least) for video_id, names in seen.items()
    }


def _check(ctx: Context, video_ids: Sequence[int], asked: Inferring) -> None:
    if not any(_looked_at(ctx, video_id) for video_id in video_ids):
        raise Unavailable(
            "performers cannot be inferred: no faces were looked for there",
            hint="vidwatchd embed finds them; vidwatchd listing shows who they are, vidwatchd people name names them",
        )
    # Those inferred before may have lost their names since: to refresh is to forget them.
    if not asked.refresh or not any(ctx.index.tags.of(video_id).inferred for video_id in video_ids):
        raise Unavailable(
            "performers cannot be inferred: nobody who is seen there has a name",
            hint="vidwatchd listing shows who is seen, vidwatchd people name names them",
        )


def _looked_at(ctx: Context, video_id: int) -> bool:
    made = ctx.index.artifacts.of(video_id)
    names = (name for name, kind in artifacts.KINDS.items() if kind.seen and name in made)
    return any(made[name].state is ArtifactState.DONE for name in names)
