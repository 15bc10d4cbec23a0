"""likeness: whose faces are like a person's: people by their nearest pair of faces, within one space only.

The sketches of all faces, held in memory, tell who may be near; the exact vectors of those few tell how near.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from vidwatchd.operations import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many people are looked at closely; the others' sketches are too far for their faces to be near.
CANDIDATES = 64
# Of whoever is seen in thousands of videos, the best faces say as much as all of them.
FACES_EACH = 40
# So many of a person's faces are compared with all, and so many of each candidate's are looked at closely.
_ASKED, _CLOSELY = 16, 6
# So many faces are asked whose they are at first; four times as many each time that they are of too few people.
_FIRST = 1000


def nearest(ctx: Context, person_id: int, limit: int = 12, among: Collection[int] | None = None) -> dict[int, float]:
    """Person → cosine distance of the nearest pair of faces, the nearest first; hidden people are left out."""
    found: dict[int, float] = {}
    for space in ctx.index.crowd.spaces_of(person_id):
        for other, distance in _in_space(ctx, person_id, space, max(CANDIDATES, limit), among):
            found[other] = min(distance, found.get(other, distance))
    ranked = sorted(found.items(), key=lambda pair: (pair[1], pair[0]))
    return dict(ranked[:limit])


def _in_space(
    ctx: Context, person_id: int, space: str, most: int, among: Collection[int] | None
) -> Iterator[tuple[int, float]]:
    """People who may be near, and how near they are; the vectors of faces that are gone by now are left out."""
    own = _matrix(ctx, ctx.index.crowd.seen_best([person_id], space, _ASKED).get(person_id, []))[1]
    if not len(own):
        return
    near = _likely(ctx, person_id, _guessed(ctx, space, own), most, among)
    ids, others = _matrix(ctx, [face for faces in near.values() for face in faces])
    best = dict(zip(ids, (others @ own.T).max(axis=1).tolist() if ids else (), strict=True))
    for person, faces in near.items():
        if known := [best[face] for face in faces if face in best]:
            yield person, max(0.0, 1.0 - max(known))


def _guessed(ctx: Context, space: str, own: NDArray[np.float32]) -> list[int]:
    from vidwatchd.operations import reach, regrouping

    with reach.held(ctx, space, regrouping.current(ctx, space).eps) as known:
        ids: list[int] = known.guessed(own)[0].tolist()
    return ids


def _likely(
    ctx: Context, person_id: int, faces: Sequence[int], most: int, among: Collection[int] | None
) -> Mapping[int, Sequence[int]]:
    """Of faces, the likest first, the people whose they are, and of each the likest faces."""
    if among is not None:  # few faces are theirs: all others need not be asked for
        theirs = {face for some in ctx.index.faces.ids_of(set(among)).values() for face in some}
        faces = [face for face in faces if face in theirs]
    found: defaultdict[int, list[int]] = defaultdict(list)
    start, size = 0, _FIRST
    while start < len(faces) and len(found) < most:
        for face, person in ctx.index.crowd.shown(faces[start : start + size]).items():
            if person != person_id and len(found[person]) < _CLOSELY:
                found[person].append(face)
        start, size = start + size, 4 * size
    return {person: found[person] for person in list(found)[:most]}


def _matrix(ctx: Context, face_ids: Sequence[int]) -> tuple[list[int], NDArray[np.float32]]:
    """The ids that are there, and their vectors, (n, d) float32."""
    import numpy as np

    found = ctx.index.faces.vectors(face_ids)
    joined = np.frombuffer(b"".join(found.values()), dtype="<f2").astype(np.float32)
    return list(found), joined.reshape(len(found), -1) if found else joined.reshape(0, 0)
