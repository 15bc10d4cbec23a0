"""linking: dense faces and groups that lie within reach of each other become one, the nearest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Two groups that faces connect, and the cosine of the weakest step between them."""

    one: int
    other: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Linked:
    """``whose``: face → its group, or the nearest of several; new groups are -1, -2 …. ``merged``: what is one now, and
    ``several``: those groups; ``links``: by what."""

    whose: dict[int, int]
    merged: list[tuple[int, ...]]
    several: frozenset[int]
    links: list[Link]


def linked(homes: Mapping[int, int | None], pairs: Sequence[tuple[float, int, int]], groups: Sequence[int]) -> Linked:
    """Kruskal's algorithm. ``homes``: dense face → the group it is in, or None; ``pairs``: (cosine, face, face), or the
    group's ``node`` for a face that is dense in it since before; ``groups``: all that have such a node."""
    parts = _Parts(homes, groups)
    for cosine, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        parts.meet(one, other, cosine)
    return parts.told(homes)


def node(group: int) -> int:
    """What stands for a group among faces, whose ids are not negative."""
    return ~group


class _Parts:
    def __init__(self, homes: Mapping[int, int | None], groups: Sequence[int]) -> None:
        held = {group for group in homes.values() if group is not None} | set(groups)
        self.whose: dict[int, int] = {node(group): group for group in held}
        self.links: list[Link] = []
        self._part: dict[int, list[int]] = {node(group): [node(group)] for group in held}
        for face, group in homes.items():
            self._part[face] = [face]
            if group is not None:
                self.whose[face] = group
                self._unite(face, node(group))

    def meet(self, one: int, other: int, cosine: float) -> None:
        """A pair within reach: a part without a group goes to the other's, two with groups are connected."""
        if self._part[one] is self._part[other]:
            return
        at_one, at_other = self.whose.get(one), self.whose.get(other)
        if at_one is not None and at_other is not None:
            self.links.append(Link(at_one, at_other, cosine))
        elif at_one is not None:
            self.whose |= dict.fromkeys(self._part[other], at_one)
        elif at_other is not None:
            self.whose |= dict.fromkeys(self._part[one], at_other)
        self._unite(one, other)

    def told(self, homes: Mapping[int, int | None]) -> Linked:
        """The end of it: what met no group is a new one."""
        fresh = 0
        for face in homes:
            if face not in self.whose:
                fresh -= 1
                self.whose |= dict.fromkeys(self._part[face], fresh)
        parts = {id(part): part for part in self._part.values()}.values()
        sets = [tuple(sorted(~each for each in part if each < 0)) for part in parts]
        merged = sorted(each for each in sets if len(each) > 1)
        whose = {face: self.whose[face] for face in homes}
        return Linked(whose, merged, frozenset(group for each in merged for group in each), self.links)

    def _unite(self, one: int, other: int) -> None:
        less, more = sorted((self._part[one], self._part[other]), key=len)
        if less is not more:
            more += less
            self._part |= dict.fromkeys(less, more)
