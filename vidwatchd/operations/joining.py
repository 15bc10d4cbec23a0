"""joining: new faces find the people they are like; people whom they connect become one, but no two who were said to be two.

With one face making a group, DBSCAN's groups are what chains of near faces hold together: so new faces change only what is
near them, and joining them one by one gives the same as grouping all from scratch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from vidwatchd.operations import Context


@dataclass(slots=True)
class _Part:
    """People and new faces that are one person."""

    people: set[int] = field(default_factory=set)
    faces: set[int] = field(default_factory=set)
    settled: bool = False


# A tie: how like (cosine), a new face, and whom or what it is like: a person (True) or another face.
_Tie = tuple[float, int, int, bool]


def join(ctx: Context, space: str, eps: float, faces: Mapping[int, int | None], before: Mapping[int, int]) -> set[int]:
    """Give new faces of a space their people; inside a transaction. Returns the people that changed.

    ``faces``: each new one, with the person whose it is said to be, or None; ``before``: the person that was at its place.
    """
    ties = list(_ties(ctx, space, eps, faces))
    whose = {face: person for face, person in faces.items() if person is not None}
    parts = _parts(ctx, ties, [face for face in faces if face not in whose], set(whose.values()))
    sizes = ctx.index.groupings.sizes({person for part in parts for person in part.people})
    changed: set[int] = set()
    for part in parts:
        changed.add(_become(ctx, space, part, sizes, before))
    return changed


def _ties(ctx: Context, space: str, eps: float, faces: Mapping[int, int | None]) -> Iterator[_Tie]:
    """What the new faces are near to, themselves included."""
    from vidwatchd.clustering.geometry import unit
    from vidwatchd.operations import reach

    vectors = ctx.index.faces.vectors(faces)
    ids = [face for face in faces if face in vectors]
    if not ids:
        return
    with reach.held(ctx, space, eps) as known:
        found = known.within(unit(reach.matrix([vectors[face] for face in ids])))
    near = {int(other) for others, _ in found for other in others}
    standings = ctx.index.faces.standings(near)
    for face, (others, cosines) in zip(ids, found, strict=True):
        for other, cosine in zip(others.tolist(), cosines.tolist(), strict=True):
            standing = standings.get(other)
            if standing is None or other == face or (standing.said and standing.person_id is None):
                continue  # what a person took out of every group ties nobody
            person = standing.person_id
            yield cosine, face, other if person is None else person, person is not None


def _parts(ctx: Context, ties: Collection[_Tie], free: Collection[int], placed: set[int]) -> list[_Part]:
    """Who is one now: what is tied, the nearest first, but no two settled people."""
    known = ctx.index.people.many(placed | {end for _, _, end, is_person in ties if is_person})
    by_person = {person.id: _Part({person.id}, set(), person.settled) for person in known.values()}
    by_face = {face: _Part(set(), {face}) for face in free}
    for _, face, end, is_person in sorted(ties, key=lambda tie: (-tie[0], *tie[1:])):
        if not is_person:
            by_face.setdefault(end, _Part(set(), {end}))
        one, other = by_face.get(face), by_person.get(end) if is_person else by_face[end]
        if one is None or other is None or one is other or (one.settled and other.settled):
            continue
        one.people |= other.people
        one.faces |= other.faces
        one.settled |= other.settled
        by_person |= dict.fromkeys(other.people, one)
        by_face |= dict.fromkeys(other.faces, one)
    return list({id(part): part for part in (*by_face.values(), *by_person.values())}.values())


def _become(ctx: Context, space: str, part: _Part, sizes: Mapping[int, int], before: Mapping[int, int]) -> int:
    """Make a part one person: the settled one, else whoever has the most faces, else somebody new."""
    people = ctx.index.people.many(part.people)
    if people:
        keeper = max(people, key=lambda person: (people[person].settled, sizes.get(person, 0), -person))
    else:
        keeper = _new(ctx, space, [before[face] for face in part.faces if face in before])
    if part.settled and (part.faces or len(people) > 1):
        # What a settled person had when something was said of them stays theirs, whatever comes to it now.
        ctx.index.groupings.keep(ctx.index.groupings.unsaid([keeper]))
    ctx.index.people.absorb(keeper, part.people - {keeper})
    ctx.index.groupings.place([(face, keeper) for face in part.faces])
    return keeper


def _new(ctx: Context, space: str, before: Collection[int]) -> int:
    """A person for a new group: the one who was at the same places before, if there is nobody else of theirs."""
    for person_id, _ in Counter(before).most_common():
        person = ctx.index.people.many([person_id]).get(person_id)
        if person and not person.settled and not ctx.index.groupings.sizes([person_id], space):
            return person_id
    return ctx.index.people.create().id
