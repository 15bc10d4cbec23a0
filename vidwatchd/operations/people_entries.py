"""people_entries: what a library's file of people is to hold: whoever is seen there, and whoever was said to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from vidwatchd.errors import NotFound
from vidwatchd.index.groupings import Placed
from vidwatchd.index.tags import fold
from vidwatchd.library.people import Entry, Mark, Said
from vidwatchd.model import Person, Video
from vidwatchd.operations import Context, placing
from vidwatchd.operations.placing import Spot
from vidwatchd.signatures import Box, Sighting


@dataclass(slots=True)
class _Seen:
    """The faces of a library as marks: by person, and where each video shows any."""

    marks: defaultdict[int, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    by_face: dict[int, Mark] = field(default_factory=dict)
    exact: set[tuple[str, float, Box]] = field(default_factory=set)
    tracks: defaultdict[int, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    fingerprints: dict[str, str] = field(default_factory=dict)


def entries(ctx: Context, library_id: int, before: Said, decided: Collection[str] = ()) -> Said:
    """What the file must hold now; ``before`` is what it holds: of that nothing is lost that people said.

    ``decided``: the ids of those of whom they say something now; who of them is no more was taken back.
    """
    seen = _seen(ctx.index.groupings.placed(library_id))
    return _entries(ctx, library_id, before, decided, seen, None)


def some(ctx: Context, library_id: int, before: Said, decided: Collection[str]) -> Said:
    """The same of those people alone; ``before`` is what the file holds of them."""
    rows = ctx.index.people.rows_of(decided)
    marked = {mark.video for entry in before.entries for mark in entry.marks}
    found = [ctx.index.videos.at(library_id, path) for path in marked]
    videos = ctx.index.groupings.videos_of(rows) | {video.id for video in found if video}
    seen = _seen(ctx.index.groupings.placed_in(library_id, videos))
    return _entries(ctx, library_id, before, decided, seen, frozenset(rows))


def _entries(
    ctx: Context, library_id: int, before: Said, decided: Collection[str], seen: _Seen, only: Collection[int] | None
) -> Said:
    left = _left(ctx, library_id, before, seen)
    people = ctx.index.people.many({*seen.marks, *left} if only is None else {*seen.marks, *left} & set(only))
    former = ctx.index.people.before(people)
    old = {entry.uuid: entry for entry in before.entries}
    found = [
        _entry(person, [*seen.marks.get(person.id, ()), *left.get(person.id, ())], former[person.id], old, seen)
        for person in people.values()
    ]
    found += _unknown(ctx, before, {*decided, *(entry.uuid for entry in found)})
    named = {mark.video for entry in found for mark in entry.marks}
    known = {**before.fingerprints, **seen.fingerprints}
    # Of the others' videos only the whole file tells whether they are still named.
    prints = {path: known[path] for path in sorted(named if only is None else named | known.keys()) if known.get(path)}
    return Said(tuple(sorted(found, key=_order)), prints, before.foreign)


def _order(entry: Entry) -> tuple[bool, bool, str, str]:
    return not entry.name, not entry.settled, fold(entry.name), entry.uuid


def _seen(faces: Iterable[Placed]) -> _Seen:
    seen = _Seen()
    for placed in faces:
        best = max(placed.sightings, key=lambda sighting: sighting.quality)
        mark = Mark(placed.path, best.at_seconds, best.box, placed.said)
        seen.marks[placed.person_id].append(mark)
        seen.by_face[placed.face_id] = mark
        seen.exact.add((mark.video, mark.at_seconds, mark.box))
        seen.tracks[placed.video_id].append(placed)
        seen.fingerprints[placed.path] = placed.fingerprint
    return seen


def _entry(
    person: Person, marks: Collection[Mark], former: Collection[str], old: Mapping[str, Entry], seen: _Seen
) -> Entry:
    earlier = [old[uuid] for uuid in (person.uuid, *former) if uuid in old]
    before = {*former, *(uuid for entry in earlier for uuid in entry.before)} - {person.uuid}
    cover = seen.by_face.get(person.cover) if person.cover else next((e.cover for e in earlier if e.cover), None)
    ordered = tuple(sorted(marks, key=lambda mark: (mark.video, mark.at_seconds, mark.box.left)))
    return Entry(person.uuid, person.name, person.hidden, person.settled, tuple(sorted(before)), ordered, cover)


def _left(ctx: Context, library_id: int, before: Said, seen: _Seen) -> dict[int, list[Mark]]:
    """Marks of settled people that no face here stands for just now: of videos that are away, or not looked at."""
    kept: defaultdict[int, list[Mark]] = defaultdict(list)
    for entry in before.entries:
        person = known(ctx, entry.uuid)
        if person is None or not person.settled:
            continue
        kept[person.id] += []
        for mark in entry.marks:
            if (mark.video, mark.at_seconds, mark.box) not in seen.exact and _away(ctx, library_id, before, mark, seen):
                kept[person.id].append(mark)
    return kept


def _away(ctx: Context, library_id: int, before: Said, mark: Mark, seen: _Seen) -> bool:
    video = video_of(ctx, library_id, mark, before.fingerprints)
    here = seen.tracks.get(video.id, []) if video else []
    if not here:
        return True
    there: list[tuple[Sighting, ...]] = [placed.sightings for placed in here]
    # What a person said of a face that is not found any more may be found again by another model.
    return mark.said and not placing.matched(there, [Spot(0, mark.at_seconds, mark.box)])


def _unknown(ctx: Context, before: Said, written: Collection[str]) -> list[Entry]:
    """Settled people of the file whom the index does not know: nobody has read it yet."""
    return [e for e in before.entries if e.settled and e.uuid not in written and known(ctx, e.uuid) is None]


def known(ctx: Context, uuid: str) -> Person | None:
    """The person of an id, or the one that it became part of."""
    try:
        return ctx.index.people.get(uuid)
    except NotFound:
        return None


def video_of(ctx: Context, library_id: int, mark: Mark, fingerprints: Mapping[str, str]) -> Video | None:
    """The video that a mark is of: the one at its path, or the one with its content where that moved."""
    found, print_ = ctx.index.videos.at(library_id, mark.video), fingerprints.get(mark.video, "")
    if found and (not print_ or found.fingerprint in ("", print_)):
        return found
    moved = ctx.index.groupings.of_content(library_id, print_) if print_ else []
    return ctx.index.videos.get(moved[0]) if moved else found
