"""arriving: new faces join those that are grouped already, as if all had been grouped at once.

Incremental DBSCAN (Ester, Kriegel, Sander, Wimmer and Xu 1998): only what is near the new ones can change. Faces become dense,
the new ones and some that they lie near; what these connect is one group. What comes never tears a group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidwatchd.clustering.geometry import Ids, unit
from vidwatchd.clustering.known import Known
from vidwatchd.clustering.linking import Link, Linked, linked, node
from vidwatchd.clustering.surroundings import Reached, Surroundings, among, placed_standings


@dataclass(frozen=True, slots=True)
class Joined:
    """What new faces change.

    ``groups``: face → its group, for all new ones and for known ones that were of none; a negative number is a new group, None
    none. ``counts``: face → how many are within reach now, itself counted, where that changed. ``merged``: groups that are one
    now. Who keeps some of them apart goes by ``links``, what connects them, the nearest first, and leaves each face where
    ``groups`` puts it: with the nearest. ``nearest``: those faces that are connected to several groups, and that nearest one.
    """

    groups: dict[int, int | None]
    counts: dict[int, int]
    merged: list[tuple[int, ...]]
    nearest: dict[int, int]
    links: list[Link]


def join(
    known: Known,
    ids: Sequence[int] | Ids,
    vectors: NDArray[np.floating],
    eps: float,
    min_samples: int = 1,
    *,
    placed: Mapping[int, int] | None = None,
) -> Joined:
    """Where new faces belong, and what they change among the known ones, whose answers may hold the new ones already.

    ``placed``: the group of those new ones that a person has put there; likeness leaves them, and goes out from them.
    """
    new = [int(number) for number in ids]
    near = Surroundings(known, min_samples)
    near.look(new, unit(vectors), without=frozenset(new))
    near.add(among(new, unit(vectors), eps))
    near.standings |= placed_standings(placed or {})
    near.counts = _counts(near, new)
    awake = _awake(near, new)
    homes = {face: near.group(face) for face in awake}
    pairs = list(_pairs(near, awake))
    found = linked(homes, pairs, [~end for _, _, end in pairs if end < 0])
    whose = {face: found.whose[face] for face in awake if face in new or near.group(face) is None}
    torn = {face: group for face, group in whose.items() if group in found.several}
    return Joined({**_edges(near, new, awake, found), **whose}, near.counts, found.merged, torn, found.links)


def _counts(near: Surroundings, new: Sequence[int]) -> dict[int, int]:
    counts = {face: 1 + len(near.reached[face]) for face in new}
    for face in new:
        for other, _ in near.reached[face]:
            if other not in near.reached:
                counts[other] = counts.get(other, near.standings[other].neighbours) + 1
    return counts


def _awake(near: Surroundings, new: Sequence[int]) -> list[int]:
    """What is dense now, and was not or is of no group yet: the new ones first."""
    awake = dict.fromkeys(face for face in new if near.is_dense(face))
    touched = [face for face in near.counts if face not in near.reached]
    while fresh := [face for face in touched if face not in awake and _wakes(near, face)]:
        near.look_from(fresh, without=frozenset(new))
        near.add(_backwards(near, new, frozenset(fresh)))
        awake |= dict.fromkeys(fresh)
        touched = list(dict.fromkeys(other for face in fresh for other, _ in near.reached[face]))
    return list(awake)


def _wakes(near: Surroundings, face: int) -> bool:
    free = near.group(face) is None and not near.is_held(face)
    return near.is_dense(face) and (free or (not near.was_dense(face) and near.group(face) is not None))


def _backwards(near: Surroundings, new: Sequence[int], faces: frozenset[int]) -> Reached:
    """The new ones within reach of these known ones: the new ones were asked, not these."""
    found: Reached = {face: [] for face in faces}
    for face in new:
        for other, cosine in near.reached[face]:
            if other in found:
                found[other].append((face, cosine))
    return found


def _pairs(near: Surroundings, awake: Sequence[int]) -> Iterator[tuple[float, int, int]]:
    """Two of them within reach of each other, or one and a group; of a group's many faces the nearest does."""
    those = frozenset(awake)
    for face in awake:
        told: set[int] = set()
        for other, cosine in near.dense_around(face):
            group = near.group(other)
            end = other if other in those or group is None else node(group)
            if end not in told and (end < 0 or other in those):
                told.add(end)
                yield cosine, face, end


def _edges(near: Surroundings, new: Sequence[int], awake: Sequence[int], found: Linked) -> dict[int, int | None]:
    """What is not dense, but within reach of what is, belongs to the nearest such face's group."""
    whose: dict[int, int | None] = {}
    for face in new:
        if face not in found.whose:
            groups = (found.whose.get(other, near.group(other)) for other, _ in near.dense_around(face))
            kept = near.group(face)
            whose[face] = kept if kept is not None else next((group for group in groups if group is not None), None)
    best: dict[int, float] = {}
    for core in awake:
        for face, cosine in near.reached[core]:
            if face in near.standings and _is_loose(near, face) and cosine > best.get(face, -2.0):
                best[face], whose[face] = cosine, found.whose[core]
    return whose


def _is_loose(near: Surroundings, face: int) -> bool:
    return near.group(face) is None and not near.is_held(face) and not near.is_dense(face)
