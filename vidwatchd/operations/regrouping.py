"""regrouping: all faces of a space grouped from scratch, with what people said as seeds; and groups that fell apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from vidwatchd.backends import faces as finders
from vidwatchd.index.groupings import Belonging, Grouping
from vidwatchd.operations import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[float], None]
# So many faces are compared with the seeds of those who share a group at a time.
_BLOCK = 1024


def current(ctx: Context, space: str) -> Grouping:
    """By what the faces of a space are grouped now."""
    return ctx.index.groupings.all().get(space) or wanted(ctx, space)


def wanted(ctx: Context, space: str) -> Grouping:
    """By what the settings would have them grouped: a distance of 0 is the model's own."""
    people = ctx.config.people
    return Grouping(people.cluster_eps or finders.distances(space).people, people.cluster_min_samples)


def regroup(ctx: Context, space: str, by: Grouping, progress: Progress | None = None) -> set[int]:
    """Group all faces of a space from scratch. Returns the faces that moved. Raises what ``progress`` does, nothing changed.

    A group with faces of one settled person is theirs; one with none stays whoever most of it was; of several, each face goes
    to the one that it is nearest to. What a person said of a face is not changed.
    """
    from vidwatchd.clustering.density import dbscan
    from vidwatchd.operations import reach

    ids, blobs = _all(ctx, space)
    if not ids:
        ctx.index.groupings.put(space, by)
        return set()
    vectors = reach.matrix(blobs)
    labels = dbscan(vectors, by.eps, by.min_samples, progress=progress).tolist()
    with ctx.index.transaction():
        rows = {row.face_id: row for row in ctx.index.groupings.belongings(space)}
        there = [place for place, face in enumerate(ids) if face in rows]
        known = [rows[ids[place]] for place in there]
        moved = _put(ctx, known, [labels[place] for place in there], vectors[there])
        ctx.index.groupings.put(space, by)
        ctx.index.groupings.trust(space)
    return moved


def mend(ctx: Context, space: str, progress: Progress | None = None) -> set[int]:
    """Look again at unsettled people who lost a face: what held them together may be gone. Returns the faces that moved."""
    from vidwatchd.clustering.density import dbscan
    from vidwatchd.operations import reach

    by, moved = current(ctx, space), set()
    if by.min_samples > 1:
        return regroup(ctx, space, by, progress)
    with ctx.index.transaction():
        for person_id in ctx.index.groupings.doubted(space):
            vectors = ctx.index.groupings.vectors_of(person_id, space)
            labels = dbscan(reach.matrix(list(vectors.values())), by.eps).tolist() if len(vectors) > 1 else [0]
            if max(labels) > 0:
                moved |= _part(ctx, list(vectors), labels)
        ctx.index.groupings.trust(space)
    return moved


def _all(ctx: Context, space: str) -> tuple[list[int], list[bytes]]:
    ids: list[int] = []
    blobs: list[bytes] = []
    for some in ctx.index.faces.rows(space):
        ids += [face for face, _ in some]
        blobs += [blob for _, blob in some]
    return ids, blobs


def _part(ctx: Context, faces: Sequence[int], labels: Sequence[int]) -> set[int]:
    """The largest group stays the person; each other is somebody new. Returns the faces of those."""
    (largest, _), *others = Counter(labels).most_common()
    new = {label: ctx.index.people.create().id for label, _ in others}
    moved = [(face, new[label]) for face, label in zip(faces, labels, strict=True) if label != largest]
    ctx.index.groupings.place(moved)
    return {face for face, _ in moved}


def _put(ctx: Context, rows: Sequence[Belonging], labels: Sequence[int], vectors: NDArray[np.float16]) -> set[int]:
    """Give every face the person of its group; those that were somebody else's."""
    unsaid = ctx.index.groupings.unsaid({row.person_id for row in rows if row.settled and row.person_id is not None})
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        groups[label].append(place)
    seeds = {p: row.person_id for p, row in enumerate(rows) if _is_seed(row, unsaid) and row.person_id is not None}
    whose: dict[int, int | None] = dict.fromkeys(groups.pop(-1, ()))
    settled = {label: {seeds[place] for place in places if place in seeds} for label, places in groups.items()}
    for label, places in groups.items():
        if len(settled[label]) == 1:
            whose |= dict.fromkeys(places, next(iter(settled[label])))
        elif settled[label]:
            whose |= _nearest(places, seeds, vectors)
    whose |= _keeping(ctx, rows, {label: places for label, places in groups.items() if not settled[label]})
    now = {
        rows[place].face_id: person for place, person in whose.items() if place not in seeds and not rows[place].said
    }
    _gain(ctx, rows, now, unsaid)
    moved = {r.face_id: now[r.face_id] for r in rows if now.get(r.face_id, r.person_id) != r.person_id}
    ctx.index.groupings.place(list(moved.items()))
    _lead(ctx, rows, now)
    return set(moved)


def _is_seed(row: Belonging, unsaid: Collection[int]) -> bool:
    """What people said of a face; of a person whom they named as a whole, all faces."""
    return row.settled and (row.said or row.person_id in unsaid)


def _nearest(
    places: Sequence[int], seeds: Mapping[int, int], vectors: NDArray[np.float16]
) -> Iterator[tuple[int, int]]:
    from vidwatchd.clustering.geometry import unit

    fixed = [place for place in places if place in seeds]
    free = [place for place in places if place not in seeds]
    known = unit(vectors[fixed])
    for top in range(0, len(free), _BLOCK):
        some = free[top : top + _BLOCK]
        best = (unit(vectors[some]) @ known.T).argmax(axis=1).tolist()
        yield from ((place, seeds[fixed[near]]) for place, near in zip(some, best, strict=True))


def _keeping(ctx: Context, rows: Sequence[Belonging], groups: Mapping[int, Sequence[int]]) -> dict[int, int | None]:
    """Groups without a settled person stay whoever most of their faces were; each person is one group's only."""
    claims = []
    for label, places in groups.items():
        votes = Counter(rows[p].person_id for p in places if not rows[p].settled and rows[p].person_id is not None)
        claims += [(-count, person_id or 0, label) for person_id, count in votes.items()]
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, person_id, label in sorted(claims):
        if label not in taken and person_id not in used:
            taken[label] = person_id
            used.add(person_id)
    return {
        place: person
        for label, places in groups.items()
        for person in [taken.get(label) or ctx.index.people.create().id]
        for place in places
    }


def _gain(ctx: Context, rows: Sequence[Belonging], now: Mapping[int, int | None], unsaid: Collection[int]) -> None:
    """Settled people to whom something comes: what they had when something was said of them stays theirs."""
    gaining = {now[row.face_id] for row in rows if row.face_id in now and now[row.face_id] != row.person_id}
    ctx.index.groupings.keep({person for person in gaining if person in unsaid and person is not None})


def _lead(ctx: Context, rows: Sequence[Belonging], now: Mapping[int, int | None]) -> None:
    """The ids of those who have no face left lead to whoever has most of what was theirs."""
    went: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for row in rows:
        person = now.get(row.face_id, row.person_id)
        if row.person_id is not None and person is not None and not row.settled:
            went[row.person_id][person] += 1
    left = set(went) - ctx.index.groupings.sizes(went).keys()
    for person_id in left:
        ctx.index.people.absorb(went[person_id].most_common(1)[0][0], [person_id])
    ctx.index.people.tidy()
