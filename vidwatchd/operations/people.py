"""people: who is seen in the videos: lists of people, one person with videos and faces, who is in a video and when."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from vidwatchd import artifacts
from vidwatchd.errors import NotFound, Unavailable, UsageError
from vidwatchd.index.crowd import MAX_LIMIT, Asked, Portrait, Totals
from vidwatchd.index.faces import FaceRow
from vidwatchd.library import readable_folder
from vidwatchd.model import Person
from vidwatchd.operations import Context, libraries, likeness, videos

__all__ = ["MAX_LIMIT", "Asked", "find", "listed", "listed_in", "names", "of_video", "one", "plain", "similar"]


def listed(ctx: Context, asked: Asked) -> dict[str, Any]:
    """A page of people: ``{"people", "total", "unsorted", "available", "reason", "fix"}``. Raises UsageError.

    ``available``: faces can be looked for here, or were found already; else ``reason`` and ``fix`` say why not.
    """
    ids, total = ctx.index.crowd.page(asked)
    unsorted = ctx.index.crowd.unsorted()
    lacking = None if total or unsorted else _lacking(ctx)
    return {
        "people": plain(ctx, ids),
        "total": total,
        "unsorted": unsorted,
        "available": lacking is None,
        "reason": lacking.message if lacking else "",
        "fix": lacking.hint if lacking else "",
    }


def listed_in(ctx: Context, directory: str, asked: Asked) -> dict[str, Any]:
    """``listed`` of the library that a folder is or lies in. Raises NotFound, InvalidDirectory, UsageError."""
    place = libraries.place(ctx, readable_folder(directory))
    if place is None:
        raise NotFound(f"{directory} is in no known library", hint=f"vidwatchd scan {directory} makes it known")
    return listed(ctx, replace(asked, library_id=place.library.id))


def one(ctx: Context, uuid: str, *, offset: int = 0, limit: int = 60) -> dict[str, Any]:
    """A person with the videos they are in, the newest first, and each one's faces; a former id leads to them too.

    Raises NotFound.
    """
    person = ctx.index.people.get(uuid)
    start, size = max(0, offset), max(1, min(limit, MAX_LIMIT))
    ids = ctx.index.crowd.videos_of(person.id, start, size + 1)
    more = len(ids) > size
    shown = plain(ctx, [person.id])[0]
    return {
        **shown,
        "videos": _appearances(ctx, person, ids[:size]),
        "next_offset": start + size if more else None,
    }


def similar(ctx: Context, uuid: str, limit: int = 12) -> dict[str, Any]:
    """People whose faces are like a person's, the nearest pair of faces first. Raises NotFound."""
    near = likeness.nearest(ctx, ctx.index.people.get(uuid).id, limit)
    shown = plain(ctx, list(near))
    distances = near.values()
    return {
        "people": [
            {**person, "likeness": round(max(0.0, 1.0 - distance), 4), "distance": round(distance, 4)}
            for person, distance in zip(shown, distances, strict=True)
        ]
    }


def names(ctx: Context, prefix: str = "", like: str = "", limit: int = 20) -> dict[str, Any]:
    """Named people to choose from: those that look like ``like`` (an id) first, then those seen most. Raises NotFound."""
    ids = ctx.index.crowd.named(prefix, MAX_LIMIT)
    if like:
        person = ctx.index.people.get(like)
        near = likeness.nearest(ctx, person.id, limit, among=ids)
        ids = [*near, *(other for other in ids if other not in near and other != person.id)]
    shown = ("id", "name", "faces", "picture_url")
    return {"names": [{name: person[name] for name in shown} for person in plain(ctx, ids[:limit])]}


def of_video(ctx: Context, video_id: int) -> dict[str, Any]:
    """Who is seen in a video and when, the longest seen first; hidden people are left out.

    ``state`` is that of the artifact that faces come from; ``reason`` and ``fix`` say why there are none. Raises NotFound.
    """
    states = videos.states(ctx, video_id)
    whose: dict[int, list[FaceRow]] = {}
    for face in ctx.index.faces.of(video_id):
        if face.person_id is not None:
            whose.setdefault(face.person_id, []).append(face)
    hidden = {person.id for person in ctx.index.people.many(whose).values() if person.hidden}
    people = [_seen_here(person, whose) for person in _plain(ctx, whose.keys() - hidden)]
    people.sort(key=lambda person: -person["seconds_here"])
    return {"people": people, **_state(ctx, video_id, states)}


def find(ctx: Context, which: str) -> Person:
    """A person by name in any spelling, by id, or by the start of one. Raises NotFound, UsageError for several."""
    if named := ctx.index.people.named(which):
        return named
    ids = ctx.index.crowd.begins(which) if which else []
    if len(ids) == 1:
        return ctx.index.people.by_id(ids[0])
    if ids:
        some = ctx.index.people.many(ids).values()
        told = ", ".join(f"{person.uuid} {person.name}".strip() for person in some)
        raise UsageError(f"{which!r} is the beginning of several ids", hint=told)
    return ctx.index.people.get(which)


def plain(ctx: Context, person_ids: Sequence[int]) -> list[dict[str, Any]]:
    """People for programs, in that order; those that are not there are left out."""
    return [{name: value for name, value in person.items() if name != "row"} for person in _plain(ctx, person_ids)]


def picture_url(portrait: Portrait | None) -> str | None:
    """Where a face's picture is had; it may be cached for ever."""
    if portrait is None:
        return None
    base = f"/api/videos/{portrait.video_id}/artifacts/{portrait.kind}"
    return f"{base}/{quote(portrait.suffix.lstrip('.'))}?v={int(portrait.made_at * 1000)}"


def _plain(ctx: Context, person_ids: Collection[int]) -> list[dict[str, Any]]:
    known, totals = ctx.index.people.many(person_ids), ctx.index.crowd.totals(person_ids)
    wanted = {person.id: (person.cover, totals[person.id].best) for person in known.values()}
    pictures = ctx.index.crowd.portraits({face for faces in wanted.values() for face in faces if face})
    shown = {
        person_id: next((pictures[face] for face in faces if face in pictures), None)
        for person_id, faces in wanted.items()
    }
    return [_person(known[i], totals[i], shown[i]) for i in person_ids if i in known]


def _person(person: Person, totals: Totals, portrait: Portrait | None) -> dict[str, Any]:
    return {
        "row": person.id,
        "id": person.uuid,
        "name": person.name,
        "hidden": person.hidden,
        "faces": totals.faces,
        "videos": totals.videos,
        "seconds": round(totals.seconds, 3),
        "frames": totals.frames,
        "picture_url": picture_url(portrait),
        "page_url": f"/people/{person.uuid}",
    }


def _appearances(ctx: Context, person: Person, video_ids: Sequence[int]) -> list[dict[str, Any]]:
    if not video_ids:
        return []
    wanted = videos.Filter(ids=tuple(video_ids), limit=len(video_ids))
    items = {item["id"]: item for item in json.loads(videos.page(ctx, wanted))["videos"]}
    faces: dict[int, list[FaceRow]] = {}
    for face in ctx.index.faces.of_person(person.id, video_ids):
        faces.setdefault(face.video_id, []).append(face)
    return [_appearance(items[i], faces[i]) for i in video_ids if i in items and i in faces]


def _appearance(item: Mapping[str, Any], faces: Sequence[FaceRow]) -> dict[str, Any]:
    same = ("id", "name", "path", "library", "duration_seconds")
    return {
        **{name: item[name] for name in same},
        "thumb_url": item.get("thumb_url"),
        "watch_url": f"/watch/{item['id']}",
        "frames": sum(face.frames for face in faces),
        "seconds": round(sum(face.seconds for face in faces), 3),
        "faces": [_face(face) for face in faces],
    }


def _face(face: FaceRow) -> dict[str, Any]:
    spans = _spans([face])
    portrait = Portrait(face.video_id, face.kind, face.picture, face.made_at) if face.picture else None
    return {
        "id": face.id,
        "picture_url": picture_url(portrait),
        "at_seconds": face.at_seconds,
        "start_seconds": spans[0][0],
        "end_seconds": max(end for _, end in spans),
        "spans": spans,
        "quality": face.quality,
        "said": face.said,
        "watch_url": f"/watch/{face.video_id}?t={face.at_seconds:g}",
    }


def _seen_here(person: Mapping[str, Any], whose: Mapping[int, Sequence[FaceRow]]) -> dict[str, Any]:
    faces = whose[person["row"]]
    spans = _spans(faces)
    return {
        **{name: value for name, value in person.items() if name != "row"},
        "spans": spans,
        "face_ids": [face.id for face in faces],
        "frames_here": sum(face.frames for face in faces),
        "seconds_here": round(sum(face.seconds for face in faces), 3),
        "first_seconds": spans[0][0],
    }


def _spans(faces: Iterable[FaceRow]) -> list[list[float]]:
    """When they are seen, in order; stretches that overlap are one."""
    spans: list[list[float]] = []
    for start, end in sorted((s.start_seconds, s.end_seconds) for face in faces for s in face.sightings):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return spans


def _state(ctx: Context, video_id: int, states: Mapping[str, str]) -> dict[str, str]:
    known = ctx.index.artifacts.of(video_id)
    for name in (name for name, kind in artifacts.KINDS.items() if kind.seen):
        lacking = _lacking(ctx) if states[name] in ("missing", "unavailable") else None
        reason = lacking.message if lacking else known[name].error if name in known else ""
        return {"state": states[name], "reason": reason, "fix": lacking.hint if lacking else ""}
    return {"state": "missing", "reason": "", "fix": ""}


def _lacking(ctx: Context) -> Unavailable | None:
    """Why no faces can be looked for here."""
    names = [name for name, kind in artifacts.KINDS.items() if kind.seen]
    found = [artifacts.settings_for(ctx.config, name).ready(ctx.config.models_folder) for name in names]
    return None if None in found else next(iter(found), None)
