"""tending: what is done for people from time to time: grouped as the settings say, looked at again, written down."""

from __future__ import annotations

import math
from collections.abc import Collection

from vidwatchd.operations import Context, grouping, partings, people_files, people_words, regrouping
from vidwatchd.operations.regrouping import Progress


def begin(ctx: Context) -> None:
    """After a start: what an earlier end left unwritten is written with what comes; nothing is where nothing is owed."""
    people_files.touched(ctx, ctx.index.groupings.with_faces())


def tend(ctx: Context, progress: Progress | None = None) -> list[str]:
    """Bring groups in line with the settings and with lost faces, and the files in line with the groups.

    Costs next to nothing where nothing changed. Returns why a file could not be written. Raises what ``progress`` does; what
    was finished till then stays.
    """
    for space, by in ctx.index.groupings.all().items():
        if not by.asked and by != regrouping.wanted(ctx, space):
            moved(ctx, regrouping.regroup(ctx, space, regrouping.wanted(ctx, space), progress))
    for space in ctx.index.groupings.doubtful():
        moved(ctx, regrouping.mend(ctx, space, progress))
    people_words.learn(ctx, math.inf)
    partings.consider_all(ctx)
    return people_files.write_pending(ctx)


def moved(ctx: Context, face_ids: Collection[int]) -> None:
    """Likeness put these faces elsewhere: the search learns it, files are owed it, pages are told."""
    if not face_ids:
        return
    videos = ctx.index.groupings.videos(face_ids)
    people_words.learn(ctx)
    people_files.touched(ctx, set(videos.values()))
    people = {standing.person_id for standing in ctx.index.faces.standings(face_ids).values()} - {None}
    grouping.tell(ctx, [each.uuid for each in ctx.index.people.many([p for p in people if p]).values()])
