"""likeness: whose faces are like a person's: people by their nearest pair of faces, within one space only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from vidwatchd.operations import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many people are looked at closely; the others' first faces are too far for their nearest ones to be near.
CANDIDATES = 64
# Of whoever is seen in thousands of videos, the best faces say as much as all of them.
FACES_EACH = 40


def nearest(ctx: Context, person_id: int, limit: int = 12, among: Collection[int] | None = None) -> dict[int, float]:
    """Person → cosine distance of the nearest pair of faces, the nearest first; hidden people are left out."""
    found: dict[int, float] = {}
    for space in ctx.index.crowd.spaces_of(person_id):
        for other, distance in _in_space(ctx, person_id, space, limit, among):
            found[other] = min(distance, found.get(other, distance))
    ranked = sorted(found.items(), key=lambda pair: (pair[1], pair[0]))
    return dict(ranked[:limit])


def _in_space(
    ctx: Context, person_id: int, space: str, limit: int, among: Collection[int] | None
) -> Iterable[tuple[int, float]]:
    firsts = ctx.index.crowd.firsts(space)
    firsts.pop(person_id, None)
    if among is not None:
        firsts = {other: firsts[other] for other in set(among) & firsts.keys()}
    own = _matrix(ctx, ctx.index.crowd.seen_best([person_id], space, FACES_EACH).get(person_id, []))[1]
    if not firsts or not len(own):
        return []
    near = _candidates(ctx, own, firsts, max(CANDIDATES, limit))
    return _closely(ctx, own, ctx.index.crowd.seen_best(near, space, FACES_EACH))


def _candidates(ctx: Context, own: NDArray[np.float32], firsts: Mapping[int, int], most: int) -> list[int]:
    ids, others = _matrix(ctx, list(firsts.values()))
    whose = {face: person for person, face in firsts.items()}
    best = (others @ own.T).max(axis=1)
    return [whose[ids[place]] for place in best.argsort()[::-1][:most].tolist()]


def _closely(ctx: Context, own: NDArray[np.float32], faces: Mapping[int, Sequence[int]]) -> list[tuple[int, float]]:
    ids, others = _matrix(ctx, [face for some in faces.values() for face in some])
    if not ids:
        return []
    best = dict(zip(ids, (others @ own.T).max(axis=1).tolist(), strict=True))
    return [(person, max(0.0, 1.0 - max(best[face] for face in some))) for person, some in faces.items()]


def _matrix(ctx: Context, face_ids: Sequence[int]) -> tuple[list[int], NDArray[np.float32]]:
    """The ids that are there, and their vectors, (n, d) float32."""
    import numpy as np

    found = ctx.index.faces.vectors(face_ids)
    joined = np.frombuffer(b"".join(found.values()), dtype="<f2").astype(np.float32)
    return list(found), joined.reshape(len(found), -1) if found else joined.reshape(0, 0)
