"""tiling: where the subject of what is said changes: sections of sentences that hang together.

TextTiling (Hearst 1997) over sentence vectors, with two additions: a boundary must also tell its two sections apart,
so that speech of one subject stays whole, and it may move to a cut nearby.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidwatchd.cues import Cue
from vidwatchd.tiling import terms
from vidwatchd.tiling.sentences import Sentence, sentences

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

# Sentences on each side of a gap that are compared; fewer are noise, more blur the place.
_FEWEST_BESIDE, _MOST_BESIDE = 3, 10
# Two halves of one subject are alike; its neighbour must be less like it than this part of that.
_APART = 0.5
# A section may begin a little before its first word, where the picture cuts, but not inside it.
_LATE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences on one subject: times in seconds, the (inclusive) range of cues, its most telling words, and a title."""

    start_seconds: float
    end_seconds: float
    first: int
    last: int
    keywords: tuple[str, ...]
    title: str


def sections(
    cues: Sequence[Cue],
    *,
    min_seconds: float = 60.0,
    most: int = 0,
    cuts: Sequence[float] = (),
    snap_seconds: float = 3.0,
    vectors: Callable[[Sequence[str]], Vectors] | None = None,
) -> list[Section]:
    """The sections of what is said, in order; one for speech of one subject, none without words.

    None is shorter than ``min_seconds``, and there are ``most`` at most (0: any number). ``cuts`` are times that a
    section rather starts at, when within ``snap_seconds``. ``vectors`` makes an (n, d) array of n sentences.
    """
    said = sentences(cues)
    if not said:
        return []
    rows = (vectors or terms.vectors)([sentence.text for sentence in said])
    starts = [0, *boundaries(rows, said, min_seconds, most), len(said)]
    parts = [said[a:b] for a, b in itertools.pairwise(starts)]
    words = terms.keywords([" ".join(sentence.text for sentence in part) for part in parts])
    begins = [_snapped(part[0].start_seconds, cuts, snap_seconds) for part in parts]
    ends = [*begins[1:], said[-1].end_seconds]
    return [
        Section(begin, end, part[0].first, part[-1].last, word, terms.title(word) or _first_words(part))
        for part, begin, end, word in zip(parts, begins, ends, words, strict=True)
    ]


def boundaries(rows: Vectors, said: Sequence[Sentence], min_seconds: float, most: int = 0) -> list[int]:
    """The sentences that another subject begins with; ``rows`` is one vector a sentence."""
    if len(said) < 2 * _FEWEST_BESIDE:
        return []
    depths = _depths(_likeness(rows, _beside(said, min_seconds)))
    chosen: list[int] = []
    for gap in _peaks(depths):
        if _is_free(gap + 1, chosen, said, min_seconds):
            chosen.append(gap + 1)
    kept = _telling(sorted(chosen), rows, depths)
    strongest = sorted(kept, key=lambda at: -depths[at - 1])[: most - 1 if most else None]
    return sorted(strongest)


def _beside(said: Sequence[Sentence], min_seconds: float) -> int:
    """How many sentences to compare: about as many as the shortest section has."""
    each = (said[-1].end_seconds - said[0].start_seconds) / len(said)
    return min(max(round(min_seconds / each) if each > 0 else 0, _FEWEST_BESIDE), _MOST_BESIDE)


def _likeness(rows: Vectors, beside: int) -> NDArray[np.float64]:
    """(n - 1,) cosine of what is said before and after each gap, smoothed by three."""
    import numpy as np

    gaps = range(1, len(rows))
    found = np.array([_cosine(rows[max(0, at - beside) : at], rows[at : at + beside]) for at in gaps], np.float64)
    padded = np.pad(found, 1, mode="edge")
    return (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4


def _cosine(before: Vectors, after: Vectors) -> float:
    import numpy as np

    a, b = before.sum(axis=0), after.sum(axis=0)
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size else 0.0


def _depths(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the likeness rises to the left and to the right of each gap, before it falls again."""
    import numpy as np

    return _climbs(likeness) + _climbs(likeness[::-1])[::-1] - 2 * np.asarray(likeness)


def _climbs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The height that is reached by going left from each value as long as it does not go down."""
    found = values.copy()
    for at in range(1, len(values)):
        if values[at - 1] >= values[at]:
            found[at] = found[at - 1]
    return found


def _peaks(depths: NDArray[np.float64]) -> list[int]:
    """The gaps that are deeper than most and than their neighbours, the deepest first."""
    least = max(float(depths.mean() + depths.std()), 1e-6)
    found = [
        at
        for at, depth in enumerate(depths)
        if depth > least and depth >= depths[max(at - 1, 0)] and depth > depths[min(at + 1, len(depths) - 1)] - 1e-12
    ]
    return sorted(found, key=lambda at: -depths[at])


def _is_free(at: int, chosen: Sequence[int], said: Sequence[Sentence], min_seconds: float) -> bool:
    begin, end = said[0].start_seconds, said[-1].end_seconds
    others = [begin, end, *(said[other].start_seconds for other in chosen)]
    return at not in chosen and all(abs(said[at].start_seconds - other) >= min_seconds for other in others)


def _telling(chosen: list[int], rows: Vectors, depths: Any) -> list[int]:
    """Without the boundaries whose two sides are one subject, the least deep one first as that makes its sides longer."""
    while True:
        edges = [0, *chosen, len(rows)]
        same = [b for a, b, c in zip(edges, edges[1:], edges[2:], strict=False) if not _is_apart(rows[a:b], rows[b:c])]
        if not same:
            return chosen
        chosen.remove(min(same, key=lambda at: float(depths[at - 1])))


def _is_apart(before: Vectors, after: Vectors) -> bool:
    """Whether two sections are less like one another than each is like itself: every other sentence against the rest."""
    within = [_cosine(part[::2], part[1::2]) for part in (before, after)]
    return _cosine(before, after) < _APART * sum(within) / 2


def _snapped(start: float, cuts: Sequence[float], snap_seconds: float) -> float:
    near = [cut for cut in cuts if start - snap_seconds <= cut <= start + _LATE_SECONDS]
    return min(near, key=lambda cut: abs(cut - start), default=start)


def _first_words(part: Sequence[Sentence], most: int = 40) -> str:
    """The beginning of its first sentence, where no word stands out."""
    text = part[0].text
    if len(text) <= most:
        return text
    short = text[:most].rpartition(" ")[0] or text[:most]
    return f"{short} …" if " " in text[:most] else f"{short}…"
