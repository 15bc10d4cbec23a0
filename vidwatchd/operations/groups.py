"""groups: pairs of alike videos put together, each group around the one video that is best kept.

Alike is not handed on: a first and a second cut of a film may each be like a third and not like each other. So every
member of a group is alike to the group's keeper itself, and none is in a group with one that a person called different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from vidwatchd.model import Video

EXACT, NEAR = "exact", "near"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two alike videos (the lower id first), how alike from 0 to 1, and whether they are copies of one file.

    ``seen`` is how alike copies look by their hashes, 0 where those say nothing.
    """

    one: int
    other: int
    similarity: float
    kind: str = NEAR
    seen: float = 0.0

    @property
    def unproven(self) -> Pair:
        """The same pair, of which only the looks are known."""
        return Pair(self.one, self.other, self.seen)

    @property
    def order(self) -> tuple[int, float, int, int]:
        """What sorts pairs with the surest first."""
        return int(self.kind != EXACT), -self.similarity, self.one, self.other


@dataclass(frozen=True, slots=True)
class Group:
    """A keeper, why it, and the pairs that tie the others to it."""

    keeper: int
    reason: str
    pairs: tuple[Pair, ...]

    @property
    def kind(self) -> str:
        """Whether all are copies of one file."""
        return EXACT if all(pair.kind == EXACT for pair in self.pairs) else NEAR

    @property
    def similarity(self) -> float:
        """That of the member least like the keeper."""
        return min(pair.similarity for pair in self.pairs)

    @property
    def members(self) -> tuple[int, ...]:
        """The keeper, then the others, the most alike first."""
        return self.keeper, *(pair.other if pair.one == self.keeper else pair.one for pair in self.pairs)


def grouped(
    pairs: Iterable[Pair], videos: Mapping[int, Video], different: Callable[[int, int], bool] = lambda one, other: False
) -> list[Group]:
    """The groups that pairs make, the surest first; a video is in one group at most."""
    near: dict[int, list[Pair]] = {}
    for pair in pairs:
        for video_id in (pair.one, pair.other):
            near.setdefault(video_id, []).append(pair)
    found: list[Group] = []
    free = set(near)
    for keeper in sorted(near, key=lambda video_id: rank(videos[video_id])):
        ties = _ties(keeper, near[keeper], free, different) if keeper in free else ()
        if ties:
            group = Group(keeper, "", ties)
            free -= {*group.members}
            found.append(Group(keeper, _reason([videos[member] for member in group.members]), ties))
    return sorted(found, key=lambda group: (group.kind != EXACT, -group.similarity, group.keeper))


def rank(video: Video) -> tuple[int, int, int, str]:
    """What is best kept sorts first: the larger picture, then the larger file, then the older one, then by path."""
    return -_pixels(video), -video.size_bytes, video.mtime_ns, video.path


def _ties(
    keeper: int, pairs: Iterable[Pair], free: set[int], different: Callable[[int, int], bool]
) -> tuple[Pair, ...]:
    members: list[int] = []
    ties: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: pair.order):
        other = pair.other if pair.one == keeper else pair.one
        if other in free and not any(different(other, member) for member in members):
            members.append(other)
            ties.append(pair)
    return tuple(ties)


def _reason(videos: list[Video]) -> str:
    """Why the first is kept: the first thing in which it is better than every other."""
    keeper, others = videos[0], videos[1:]
    if _pixels(keeper) > max(map(_pixels, others)):
        return f"largest picture ({keeper.width}×{keeper.height})"
    rivals = [video for video in others if _pixels(video) == _pixels(keeper)]
    if keeper.size_bytes > max(video.size_bytes for video in rivals):
        return "largest file" + (" of the largest pictures" if len(rivals) < len(others) else "")
    rivals = [video for video in rivals if video.size_bytes == keeper.size_bytes]
    return "oldest file" if keeper.mtime_ns < min(video.mtime_ns for video in rivals) else "first by name"


def _pixels(video: Video) -> int:
    return (video.width or 0) * (video.height or 0)
