"""surroundings: some faces, what is within reach of them, and which of all those are dense."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from vidwatchd.clustering.geometry import Ids, Vectors, least_cosine
from vidwatchd.clustering.known import Known, Standing

# Face → what is within reach of it, with the cosines; not itself.
Reached = dict[int, list[tuple[int, float]]]
# So many new faces are compared with the others at a time.
_BLOCK = 256


class Surroundings:
    """What is known of the faces looked at so far. ``standings`` are those of before, ``counts`` are of now."""

    def __init__(self, known: Known, min_samples: int) -> None:
        self._known, self._min_samples = known, min_samples
        self.reached: Reached = {}
        self.standings: dict[int, Standing] = {}
        self.counts: dict[int, int] = {}

    def look(self, ids: Sequence[int], vectors: Vectors, without: Collection[int] = ()) -> None:
        """Note what of the known faces is within reach of these, and where it stands; ``without`` some."""
        found = self._known.within(vectors) if ids else []
        self.learn(np.unique(np.concatenate([near for near, _ in found])) if found else np.empty(0, np.int64))
        for face, (near, cosines) in zip(ids, found, strict=True):
            pairs = zip(near.tolist(), cosines.tolist(), strict=True)
            others = [(other, cosine) for other, cosine in pairs if other in self.standings and other not in without]
            self.reached[face] = [pair for pair in others if pair[0] != face]

    def look_from(self, ids: Sequence[int], without: Collection[int] = ()) -> None:
        """The same of known faces."""
        if ids:
            self.look(ids, np.asarray(self._known.vectors(np.array(ids, np.int64)), np.float32), without)

    def add(self, pairs: Reached) -> None:
        """Further neighbours of faces looked at."""
        for face, others in pairs.items():
            self.reached[face] = sorted([*self.reached[face], *others], key=lambda pair: (-pair[1], pair[0]))

    def count(self, face: int) -> int:
        """How many are within reach now, itself counted."""
        return self.counts[face] if face in self.counts else self.standings[face].neighbours

    def is_dense(self, face: int) -> bool:
        """Whether so many are near that it makes a group."""
        return self.count(face) >= self._min_samples

    def was_dense(self, face: int) -> bool:
        """The same of before; what was not known was not."""
        return face in self.standings and self.standings[face].neighbours >= self._min_samples

    def group(self, face: int) -> int | None:
        """Where it was before."""
        return self.standings[face].group if face in self.standings else None

    def is_held(self, face: int) -> bool:
        """Whether a person put it where it is."""
        return face in self.standings and self.standings[face].fixed

    def dense_around(self, face: int) -> Iterator[tuple[int, float]]:
        """What is dense and within reach, nearest first, but for what a person took out of every group."""
        for other, cosine in self.reached[face]:
            if self.is_dense(other) and not (self.is_held(other) and self.group(other) is None):
                yield other, cosine

    def learn(self, ids: Ids) -> None:
        """Note where these stand."""
        fresh = np.array([each for each in ids.tolist() if each not in self.standings], np.int64)
        if len(fresh):
            self.standings.update(self._known.standings(fresh))


def among(ids: Sequence[int], vectors: Vectors, eps: float) -> Reached:
    """Which of some faces are within reach of each other."""
    found: Reached = {face: [] for face in ids}
    numbers, least = np.array(ids, np.int64), least_cosine(eps)
    for top in range(0, len(numbers), _BLOCK):
        cosines = vectors[top : top + _BLOCK] @ vectors.T
        for row, column in np.argwhere(cosines >= least).tolist():
            if top + row != column:
                found[ids[top + row]].append((int(numbers[column]), float(cosines[row, column])))
    return found


def placed_standings(placed: Mapping[int, int]) -> dict[int, Standing]:
    """New faces that a person has put into a group: not dense before, and not to be moved."""
    return {face: Standing(group, 0, fixed=True) for face, group in placed.items()}
