"""leaving: faces go, as those of a video that is looked at again; which counts change, and which groups may fall apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from vidwatchd.clustering.geometry import Ids, unit
from vidwatchd.clustering.known import Known
from vidwatchd.clustering.sets import Sets
from vidwatchd.clustering.surroundings import Surroundings, among


@dataclass(frozen=True, slots=True)
class Left:
    """``counts``: face that stays → how many are within reach now, where that changed. ``apart``: groups that may be no longer
    one: their faces are to be grouped anew (``grouped`` with the counts), and what is then of none asked for its ``edges``."""

    counts: dict[int, int]
    apart: tuple[int, ...]


def leave(known: Known, ids: Sequence[int] | Ids, eps: float, min_samples: int = 1) -> Left:
    """What changes when these go; ``known`` still has them.

    A group stays whole if those dense faces that were beside what is gone are connected among themselves: any way through what
    is gone went through two of them.
    """
    gone = [int(number) for number in ids]
    near = Surroundings(known, min_samples)
    near.look_from(gone)
    near.learn(np.array(gone, np.int64))
    faded = _count_down(near, frozenset(gone))
    near.look_from(faded)
    lost = [face for face in [*gone, *faded] if near.was_dense(face)]
    groups = dict.fromkeys(group for face in lost if (group := near.group(face)) is not None)
    away = frozenset([*gone, *faded])
    apart = [group for group in groups if _may_part(known, near, group, lost, away, eps)]
    return Left({face: count for face, count in near.counts.items() if face not in away or face in faded}, tuple(apart))


def edges(known: Known, ids: Sequence[int] | Ids, min_samples: int) -> dict[int, int | None]:
    """For faces that are not dense the group of the nearest dense one within reach; None: there is none."""
    asked = [int(number) for number in ids]
    near = Surroundings(known, min_samples)
    near.look_from(asked)
    groups = {face: (near.group(other) for other, _ in near.dense_around(face)) for face in asked}
    return {face: next((group for group in each if group is not None), None) for face, each in groups.items()}


def _count_down(near: Surroundings, gone: frozenset[int]) -> list[int]:
    """Note the counts of what stays; those that are dense no more."""
    for face in gone:
        for other, _ in near.reached[face]:
            if other not in gone:
                near.counts[other] = near.count(other) - 1
    return [face for face in near.counts if near.was_dense(face) and not near.is_dense(face)]


def _may_part(
    known: Known, near: Surroundings, group: int, lost: Sequence[int], away: Collection[int], eps: float
) -> bool:
    mine = [face for face in lost if near.group(face) == group]
    beside = dict.fromkeys(other for face in mine for other, _ in near.reached[face] if other not in away)
    inside = [face for face in beside if near.group(face) == group]
    faded = any(face in near.counts for face in mine)
    if faded or not all(near.is_dense(face) for face in inside):
        return True
    return len(inside) > 1 and not _is_one(inside, np.asarray(known.vectors(np.array(inside, np.int64))), eps)


def _is_one(faces: Sequence[int], vectors: np.ndarray, eps: float) -> bool:
    """Whether they are connected by each other alone."""
    places = {face: place for place, face in enumerate(faces)}
    pairs = [
        (places[one], places[other]) for one, near in among(faces, unit(vectors), eps).items() for other, _ in near
    ]
    sets, ends = Sets(len(faces)), np.array(pairs, np.int64).reshape(-1, 2)
    sets.join(ends[:, 0], ends[:, 1])
    return not sets.roots(np.arange(len(faces))).any()
