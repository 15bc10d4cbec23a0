"""tracks: faces followed from frame to frame, and the tracks of one video gathered into its distinct faces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vidwatchd.signatures import Box, Sighting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vidwatchd.backends.faces import Seen

# People move at most so many of their faces' sizes a second; who moved further must look the more like before.
_SIZES_A_SECOND = 2.0
_SURE = 0.5
# A face of that many pixels a side, and of that sharpness, has all (half) of what models see in one.
_FULL_SIDE = 112.0
_HALF_SHARPNESS = 100.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as one face; distances are cosine distances of the model at hand.

    ``match`` is for a face in the next frame, ``cluster`` for tracks at other times; ``gap_seconds`` is how long a track
    goes on unseen, ``least_frames`` in how many frames a face must be seen, ``least_tracks`` DBSCAN's min_samples.
    """

    match: float
    cluster: float
    gap_seconds: float
    least_frames: int = 3
    least_tracks: int = 1


@dataclass(slots=True)
class Track:
    """One face followed: its vectors' sum, weighted by quality, its frames as bits, and how it is seen best."""

    total: NDArray[np.float32]
    latest: NDArray[np.float32]
    box: Box
    start_seconds: float
    end_seconds: float
    at_seconds: float
    best_box: Box
    quality: float = 0.0
    seen_in: int = 0
    picture: bytes = field(default=b"", repr=False)

    @property
    def frames(self) -> int:
        """In how many frames it was found."""
        return self.seen_in.bit_count()

    @property
    def vector(self) -> NDArray[np.float32]:
        """What it looks like over all, of length 1."""
        return unit(self.total)

    def add(self, number: int, at_seconds: float, face: Seen, quality: float) -> None:
        """It was found in this frame too."""
        self.total = self.total + face.vector * quality
        self.latest, self.box, self.end_seconds = face.vector, face.box, at_seconds
        self.seen_in |= 1 << number
        if quality > self.quality:
            self.at_seconds, self.best_box, self.quality = at_seconds, face.box, quality


class Follower:
    """Is told of the faces of each frame, in the order of time, and knows which are the ones of before."""

    def __init__(self, rules: Rules) -> None:
        self.frames = 0
        self._rules = rules
        self._open: list[Track] = []
        self._closed: list[Track] = []

    def follow(self, at_seconds: float, seen: Sequence[Seen], qualities: Sequence[float]) -> list[Track]:
        """The track of each face of this frame."""
        patience = self._rules.gap_seconds
        self._closed += [track for track in self._open if at_seconds - track.end_seconds > patience]
        self._open = [track for track in self._open if at_seconds - track.end_seconds <= patience]
        places = self._places(at_seconds, seen)
        found = [self._open[places[n]] if n in places else _begun(at_seconds, face) for n, face in enumerate(seen)]
        self._open += [track for track in found if not track.seen_in]
        for track, face, quality in zip(found, seen, qualities, strict=True):
            track.add(self.frames, at_seconds, face, quality)
        self.frames += 1
        return found

    def finish(self) -> list[Track]:
        """All tracks, in the order in which they began."""
        return sorted([*self._closed, *self._open], key=lambda track: track.start_seconds)

    def _places(self, at_seconds: float, seen: Sequence[Seen]) -> dict[int, int]:
        """Face → open track: the likeliest pairs first, each once."""
        import numpy as np

        if not seen or not self._open:
            return {}
        looks = np.stack([face.vector for face in seen])
        means = np.stack([track.vector for track in self._open])
        latest = np.stack([track.latest for track in self._open])
        # A head that turns is like itself a moment ago, one behind a pillar like itself on the average.
        distances = 1 - np.maximum(looks @ means.T, looks @ latest.T)
        steps = _steps(at_seconds, seen, self._open)
        match = self._rules.match
        fits = (distances <= match) & ((steps <= 1) | (distances <= match * _SURE))
        costs = np.where(fits, distances / match + np.minimum(steps, 2) / 2, np.inf)
        return _pairs(costs)


def quality(face: Seen, area_pixels: float) -> float:
    """How much to trust what one face looks like, above 0 up to 1: its score, size, sharpness, and what is in the picture."""
    size = min(1.0, area_pixels**0.5 / _FULL_SIDE)
    sharp = face.sharpness / (face.sharpness + _HALF_SHARPNESS)
    return float(max(face.score * size * sharp * _inside(face.box), 1e-6))


def gather(tracks: Sequence[Track], rules: Rules) -> list[list[Track]]:
    """The tracks of each distinct face, in the order in which they are seen first.

    Long tracks decide which faces there are; a short one joins the likeliest of them, and several of one face are one
    more. Two tracks with a frame in common are never one face.
    """
    long = [track for track in tracks if track.frames >= rules.least_frames]
    short = sorted((track for track in tracks if track.frames < rules.least_frames), key=lambda track: -track.quality)
    groups = _clustered(long, rules)
    left = [track for track in short if not _joins(track, groups, rules.cluster)]
    groups += [more for more in _clustered(left, rules) if sum(track.frames for track in more) >= rules.least_frames]
    ordered = [sorted(group, key=lambda track: track.start_seconds) for group in groups]
    return sorted(ordered, key=lambda group: (group[0].start_seconds, group[0].best_box.left))


def signature(tracks: Iterable[Track]) -> NDArray[np.float32]:
    """What all these tracks look like together, weighted by quality, of length 1."""
    import numpy as np

    return unit(np.sum([track.total for track in tracks], axis=0))


def sighting(track: Track, lasts_seconds: float, until_seconds: float) -> Sighting:
    """A track for a file; what was seen in a frame is taken to last until the next one."""
    end = max(min(track.end_seconds + lasts_seconds, until_seconds), track.end_seconds)
    return Sighting(track.start_seconds, end, track.at_seconds, track.best_box, track.frames, track.quality)


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """A vector of length 1 of the same direction."""
    import numpy as np

    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)


def _begun(at_seconds: float, face: Seen) -> Track:
    return Track(face.vector * 0, face.vector, face.box, at_seconds, at_seconds, at_seconds, face.box)


def _steps(at_seconds: float, seen: Sequence[Seen], tracks: Sequence[Track]) -> NDArray[np.float64]:
    """(faces, tracks): how far each would have moved, as a part of what people move in that time."""
    import numpy as np

    now, then = _centres([face.box for face in seen]), _centres([track.box for track in tracks])
    sizes = (now[:, None, 2:] + then[None, :, 2:]) / 2
    moved = np.hypot(*np.moveaxis((now[:, None, :2] - then[None, :, :2]) / np.maximum(sizes, 1e-6), 2, 0))
    waited = at_seconds - np.array([track.end_seconds for track in tracks])
    return np.asarray(moved / (1 + _SIZES_A_SECOND * waited), dtype=np.float64)


def _centres(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """(n, 4): the middles across and down, the width, the height."""
    import numpy as np

    return np.array([(b.left + b.width / 2, b.top + b.height / 2, b.width, b.height) for b in boxes])


def _pairs(costs: NDArray[np.float64]) -> dict[int, int]:
    import numpy as np

    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for place in np.argsort(costs, axis=None):
        row, column = divmod(int(place), costs.shape[1])
        if not np.isfinite(costs[row, column]):
            break
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return pairs


def _inside(box: Box) -> float:
    """The part of a box that is in the picture."""
    across = min(box.left + box.width, 1.0) - max(box.left, 0.0)
    down = min(box.top + box.height, 1.0) - max(box.top, 0.0)
    return max(across, 0.0) * max(down, 0.0) / max(box.width * box.height, 1e-9)


def _clustered(tracks: Sequence[Track], rules: Rules) -> list[list[Track]]:
    import numpy as np

    from vidwatchd import clustering  # loads numpy

    if not tracks:
        return []
    labels = clustering.dbscan(np.stack([track.vector for track in tracks]), rules.cluster, rules.least_tracks)
    groups: dict[int, list[Track]] = {}
    for label, track in zip(labels.tolist(), tracks, strict=True):
        if label >= 0:
            groups.setdefault(label, []).append(track)
    return [part for group in groups.values() for part in _apart(group, rules.cluster)]


def _apart(group: list[Track], distance: float) -> list[list[Track]]:
    """What a chain of likenesses joined although it is seen side by side: the best seen ones draw the others."""
    if sum(track.frames for track in group) == _frames_of(group).bit_count():
        return [group]
    parts: list[list[Track]] = []
    for track in sorted(group, key=lambda track: -track.frames * track.quality):
        if not _joins(track, parts, distance):
            parts.append([track])
    return parts


def _joins(track: Track, groups: Sequence[list[Track]], distance: float) -> bool:
    """Add a track to the group that it is most like, of those that it may be one of; whether there was any."""
    free = [group for group in groups if not _frames_of(group) & track.seen_in]
    near = [(float(signature(group) @ track.vector), group) for group in free]
    likeness, best = max(near, key=lambda pair: pair[0], default=(-1.0, []))
    if 1 - likeness > distance:
        return False
    best.append(track)
    return True


def _frames_of(group: Iterable[Track]) -> int:
    found = 0
    for track in group:
        found |= track.seen_in
    return found
