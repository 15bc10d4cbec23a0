"""reach: which known faces are near a new one: sketches of all faces of a space, held in memory, over the index's vectors."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from vidwatchd.clustering.geometry import Ids, Vectors
from vidwatchd.clustering.near import Near
from vidwatchd.operations import Context

_HELD, _LOCK = "people_reach", "people_lock"


class Reach:
    """The faces of one space, and which of them are near to others."""

    def __init__(self, ctx: Context, space: str, eps: float) -> None:
        self._index, self._space, self._eps = ctx.index, space, eps
        self._near = Near(int(space.rpartition(":")[2]))
        self._last = 0

    def catch_up(self, eps: float) -> None:
        """Take in what was found since, by whatever process; ``eps`` is the distance in force."""
        self._eps = eps
        for some in self._index.faces.rows(self._space, self._last):
            self._near.add([face for face, _ in some], matrix([blob for _, blob in some]))
            self._last = some[-1][0]

    def within(self, vectors: Vectors) -> Sequence[tuple[Ids, Vectors]]:
        """For each vector the faces within reach, nearest first, with their cosines."""
        return self._near.within(vectors, self._eps, self.vectors)

    def vectors(self, ids: Ids) -> NDArray[np.floating]:
        """The vectors of these faces, in this order; zeros, which are near nothing, for one that is no more."""
        found = self._index.faces.vectors([int(number) for number in ids])
        gone = [int(number) for number in ids if int(number) not in found]
        if gone:
            self._near.remove(gone)
        nothing = bytes(2 * self._near.dimensions)
        return matrix([found.get(int(number), nothing) for number in ids], self._near.dimensions)

    def guessed(self, vectors: Vectors) -> tuple[Ids, NDArray[np.uint16]]:
        """All faces, the likest to any of these first, by the sketches alone; in how many bits each differs."""
        return self._near.guessed(vectors)


@contextmanager
def held(ctx: Context, space: str, eps: float) -> Iterator[Reach]:
    """The faces of a space, up to date, for one thread at a time.

    Whoever is inside never begins to wait for the index's write lock: it is taken before, or not at all.
    """
    lock: threading.RLock = ctx.held.setdefault(_LOCK, threading.RLock())
    with lock:
        kept: dict[str, Reach] = ctx.held.setdefault(_HELD, {})
        found = kept.get(space) or Reach(ctx, space, eps)
        kept.pop(space, None)
        found.catch_up(eps)
        yield found
        # What fails above is built anew: it may hold faces of a transaction that was taken back.
        kept[space] = found


def matrix(blobs: Sequence[bytes], dimensions: int = 0) -> NDArray[np.float16]:
    """Vectors as the index has them, a row each."""
    rows = np.frombuffer(b"".join(blobs), "<f2")
    return rows.reshape(len(blobs), dimensions or -1) if blobs else np.empty((0, dimensions), np.float16)
