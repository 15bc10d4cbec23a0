"""grouping: the faces of all videos become people, as they come and from scratch, and stay the same people.

DBSCAN on cosine distance, within one space: nobody is compared by two models. What people said goes before likeness.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from vidwatchd import artifacts
from vidwatchd.errors import NotFound
from vidwatchd.index.faces import FaceRow
from vidwatchd.model import Video, native
from vidwatchd.operations import Context, joining, people_files, people_words, placing, regrouping
from vidwatchd.signatures import Signatures, from_plain


@dataclass(slots=True)
class Fresh:
    """New faces by space: whose each is said to be (None: likeness tells), and who was at its place before.

    ``moved`` are other videos that have faces of which likeness now says something else.
    """

    whose: defaultdict[str, dict[int, int | None]] = field(default_factory=lambda: defaultdict(dict))
    before: dict[int, int] = field(default_factory=dict)
    libraries: set[int] = field(default_factory=set)


def learn(ctx: Context, video_id: int) -> None:
    """Bring a video's faces in line with what was found in it, or lost, and give new ones their people."""
    learn_all(ctx, [video_id])


def learn_all(ctx: Context, video_ids: Collection[int]) -> None:
    """The same for many videos, whose faces join when all are known."""
    fresh = Fresh()
    with ctx.index.transaction():
        for video_id in video_ids:
            _read_all(ctx, video_id, fresh)
        changed = _join(ctx, fresh)
        uuids = [person.uuid for person in ctx.index.people.many(changed).values()]
        if fresh.libraries:
            ctx.index.people.tidy()
    if fresh.libraries:
        people_files.touched(ctx, fresh.libraries)
        tell(ctx, uuids)
        people_words.learn(ctx)


def tell(ctx: Context, uuids: Collection[str]) -> None:
    """These people changed by likeness: pages are told."""
    ctx.notify("people", {"ids": list(uuids)})


def _join(ctx: Context, fresh: Fresh) -> set[int]:
    changed: set[int] = set()
    for space, faces in fresh.whose.items():
        by = regrouping.current(ctx, space)
        ctx.index.groupings.put(space, by)
        if by.min_samples > 1:  # who is dense changes far around: all are looked at again, in a quiet minute
            ctx.index.groupings.doubt(space)
        else:
            changed |= joining.join(ctx, space, by.eps, faces, fresh.before)
    return changed


def _read_all(ctx: Context, video_id: int, fresh: Fresh) -> None:
    """What a video's kinds found, where that is not what the index has; of a lost one the rows are gone already."""
    try:
        video = ctx.index.videos.get(video_id)
    except NotFound:
        return
    known = ctx.index.artifacts.of(video_id)
    for name, kind in artifacts.KINDS.items():
        if not kind.seen:
            continue
        if name not in known:
            fresh.libraries.add(video.library_id)
        elif ctx.index.faces.made_at(video_id, name) != known[name].made_at:
            _read(ctx, video, name, known[name].made_at, fresh)


def _read(ctx: Context, video: Video, kind: str, made_at: float, fresh: Fresh) -> None:
    name = ctx.index.artifacts.files(video.id, kind).get(artifacts.KINDS[kind].seen, "")
    found = _file(f"{ctx.store(video.library_id).folder(video.path)}/{native(name)}") if name else None
    old = [row for row in ctx.index.faces.of(video.id) if row.kind == kind]
    if found is None or not (found.faces or old):
        return
    ctx.index.faces.forget(video.id, kind)
    ids = ctx.index.faces.put(video.id, kind, made_at, found.space, found.faces)
    fresh.libraries.add(video.library_id)
    fresh.whose[found.space] |= dict.fromkeys(ids)
    whose = fresh.whose[found.space]
    whose |= _as_before(ctx, ids, found, old, fresh.before)
    left = [face for face in ids if whose[face] is None and face not in fresh.before]
    for face, (person, said) in people_files.attach(ctx, video, left).items():
        ctx.index.faces.assign({face: person.id}, said=said)
        whose[face] = person.id
    for face, standing in ctx.index.faces.standings(ids).items():
        if standing.said and standing.person_id is None:
            del whose[face]


def _file(path: str) -> Signatures | None:
    try:
        with open(path, encoding="utf-8") as file:
            return from_plain(json.load(file))
    except (OSError, ValueError, RecursionError):
        return None


def _as_before(
    ctx: Context, ids: list[int], found: Signatures, old: list[FaceRow], before: dict[int, int]
) -> Mapping[int, int]:
    """Faces that are where others were before: they stay settled people's; of others it is only remembered who was there."""
    rows = {row.id: row for row in old}
    spots = [spot for row in old for spot in placing.spots(row.id, row.sightings)]
    same = placing.matched([face.sightings for face in found.faces], spots)
    people = ctx.index.people.many([row.person_id for row in old if row.person_id is not None])
    whose: dict[int, int] = {}
    for place, key in same.items():
        person = people.get(rows[key].person_id or 0)
        if person and (person.settled or rows[key].said):
            ctx.index.faces.assign({ids[place]: person.id}, said=rows[key].said)
            whose[ids[place]] = person.id
        elif person:
            before[ids[place]] = person.id
        elif rows[key].said:  # taken out, and of nobody
            ctx.index.faces.assign({ids[place]: None}, said=True)
    return whose
