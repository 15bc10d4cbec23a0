"""nearness: the vectors nearest to a question, out of all of a space, streamed so that memory stays flat; numpy only.

A cosine says little by itself: every model has its own scale, and every library its own crowd. So a question's best is
measured against what other, unrelated questions reach at their best among the very same vectors: the ``Level``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidwatchd.index.vectors import Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many of the best are kept on the way: many moments of one video may come before those of the next.
KEPT = 2000
# Vectors in memory at a time: 4 MB as float32 of 512 dimensions.
CHUNK = 2048
# So many spreads above the middle of what unrelated questions reach counts as found. Measured with MiniLM over 1,514
# passages: of 17 questions about what is there 13 reach it, of 14 about what is not one does (docs/meaning.md).
FLOOR = 2.5
_LEAST_SPREAD = 1e-3
# From the median absolute deviation to a standard deviation.
_SIGMAS = 1.4826


@dataclass(frozen=True, slots=True)
class Near:
    """One vector that is near: its row, its place there, its cosine."""

    row_id: int
    video_id: int
    place: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Level:
    """How far above the mean the best of unrelated questions comes: the middle of that, and its spread."""

    middle: float
    spread: float

    def score(self, gap: float) -> float:
        """How many spreads a cosine that lies ``gap`` above the mean is above what chance reaches."""
        return (gap - self.middle) / self.spread


@dataclass(slots=True)
class Looked:
    """What a look at all vectors of a space gave: the nearest to the first question, and each question's mean and best."""

    near: list[Near]
    means: NDArray[np.float32]
    bests: NDArray[np.float32]
    count: int

    def level(self) -> Level:
        """The level that the questions but the first one set; robust, as one of them may be in the library after all."""
        import numpy as np

        gaps = (self.bests - self.means)[1:]
        middle = float(np.median(gaps))
        spread = _SIGMAS * float(np.median(np.abs(gaps - middle)))
        return Level(middle, max(spread, _LEAST_SPREAD))


def matrix(vectors: Iterable[bytes]) -> NDArray[np.float32]:
    """Float16 vectors, one below the other, as float32."""
    import numpy as np

    blobs = list(vectors)
    return np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), -1).astype(np.float32)


def look(rows: Iterable[list[Row]], questions: NDArray[np.float32], but_video: int = 0) -> Looked:
    """Compare every vector with each question; ``but_video``: not among the nearest."""
    import numpy as np

    sums, bests = np.zeros(len(questions)), np.full(len(questions), -2.0, dtype=np.float32)
    near, buffer, count = _Best(but_video), _Buffer(questions.shape[1]), 0
    for some in _chunks(rows):
        cosines = buffer.floats(some) @ questions.T
        sums += cosines.sum(axis=0)
        bests = np.maximum(bests, cosines.max(axis=0))
        near.take(some, cosines[:, 0])
        count += len(cosines)
    return Looked(near.all(), np.asarray(sums / max(count, 1), dtype=np.float32), bests, count)


class _Best:
    """The nearest so far, as columns: an object for each that is looked at would take longer than the looking."""

    def __init__(self, but_video: int) -> None:
        import numpy as np

        self._but = but_video
        self._rows: list[Row] = []
        self._least = -2.0
        self._owners, self._places = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._cosines = np.zeros(0, dtype=np.float32)

    def take(self, rows: list[Row], cosines: NDArray[np.float32]) -> None:
        """Keep what is nearer than the last of those kept."""
        import numpy as np

        counts = [row.count for row in rows]
        ends, wanted = np.cumsum(counts), np.repeat([row.video_id != self._but for row in rows], counts)
        at = np.flatnonzero((cosines > self._least) & wanted)
        owners = np.searchsorted(ends, at, side="right")
        places = at - (ends - counts)[owners]
        self._owners = np.concatenate([self._owners, owners + len(self._rows)])
        self._places = np.concatenate([self._places, places])
        self._cosines = np.concatenate([self._cosines, cosines[at]])
        self._rows += [Row(row.id, row.video_id, row.count, b"") for row in rows]
        self._cut()

    def _cut(self) -> None:
        import numpy as np

        if len(self._cosines) > KEPT:
            kept = np.argpartition(-self._cosines, KEPT - 1)[:KEPT]
            self._owners, self._places = self._owners[kept], self._places[kept]
            self._cosines = self._cosines[kept]
            self._least = float(self._cosines.min())

    def all(self) -> list[Near]:
        """The nearest, the first first."""
        import numpy as np

        order = np.argsort(-self._cosines)
        columns = (column[order].tolist() for column in (self._owners, self._places, self._cosines))
        rows = self._rows
        return [
            Near(rows[owner].id, rows[owner].video_id, place, cosine)
            for owner, place, cosine in zip(*columns, strict=True)
        ]


def _chunks(rows: Iterable[list[Row]]) -> Iterator[list[Row]]:
    waiting: list[Row] = []
    count = 0
    for some in rows:
        for row in some:
            waiting.append(row)
            count += row.count
            if count >= CHUNK:
                yield waiting
                waiting, count = [], 0
    if waiting:
        yield waiting


class _Buffer:
    """Vectors as float32, in one place of memory that is used again: fresh memory costs as much as the conversion."""

    def __init__(self, dimensions: int) -> None:
        import numpy as np

        self._dimensions = dimensions
        self._floats = np.zeros((CHUNK, dimensions), dtype=np.float32)

    def floats(self, rows: list[Row]) -> NDArray[np.float32]:
        """All vectors of some rows; they hold until the next are asked for."""
        import numpy as np

        count = sum(row.count for row in rows)
        if count > len(self._floats):
            self._floats = np.zeros((count, self._dimensions), dtype=np.float32)
        done = 0
        for row in rows:
            halves = np.frombuffer(row.vectors, dtype="<f2").reshape(row.count, self._dimensions)
            self._floats[done : done + row.count] = halves
            done += row.count
        return self._floats[:count]
