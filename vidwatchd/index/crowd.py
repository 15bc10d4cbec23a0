"""crowd: all people as a page lists them: how often and how long each is seen in the videos that are not gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidwatchd.errors import UsageError
from vidwatchd.index.faces import sightings_from_text
from vidwatchd.index.tags import fold
from vidwatchd.signatures import Sighting

if TYPE_CHECKING:
    from vidwatchd.index import Index

_IN = "IN (SELECT value FROM json_each(?))"
_GONE = "(SELECT id FROM videos WHERE presence = 'gone')"
_SORTS = {
    "-faces": "c.faces DESC",
    "-seconds": "c.milliseconds DESC",
    "name": "p.folded = '', p.folded, c.faces DESC",
}
MAX_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """Which people, in what order, from where; None does not narrow."""

    q: str = ""
    hidden: bool | None = False
    named: bool | None = None
    library_id: int | None = None
    sort: str = "-faces"
    offset: int = 0
    limit: int = 60


@dataclass(frozen=True, slots=True)
class Totals:
    """How often a person is seen over all; ``best`` is the face that is seen best, 0 without any."""

    faces: int = 0
    videos: int = 0
    frames: int = 0
    seconds: float = 0.0
    best: int = 0


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face's picture: a published file of an artifact of a video."""

    video_id: int
    kind: str
    suffix: str
    made_at: float


class Crowd:
    """Questions about all people at once."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def page(self, asked: Asked) -> tuple[list[int], int]:
        """The people of one page, and how many there are in all. Raises UsageError for a bad sort."""
        if asked.sort not in _SORTS:
            raise UsageError(f"cannot sort people by {asked.sort!r}", hint=f"one of {', '.join(_SORTS)}")
        where, values = _narrowed(asked)
        several = f"FROM crowd c CROSS JOIN people p ON p.id = c.person_id WHERE {where}"
        sql = f"SELECT p.id {several} ORDER BY {_SORTS[asked.sort]}, p.id LIMIT ? OFFSET ?"
        size = max(1, min(asked.limit, MAX_LIMIT))
        rows = self.index.rows(sql, *values, size, max(0, asked.offset))
        return [int(str(row[0])) for row in rows], _number(self.index.one(f"SELECT count(*) {several}", *values))

    def totals(self, person_ids: Collection[int]) -> dict[int, Totals]:
        """Person → how often they are seen."""
        sql = f"""SELECT person_id, count(*), count(DISTINCT video_id), sum(frames), total(seconds), id, max(quality)
                  FROM faces WHERE person_id {_IN} AND video_id NOT IN {_GONE} GROUP BY person_id"""
        found = dict.fromkeys(person_ids, Totals())
        for person_id, faces, videos, frames, seconds, best, _ in self.index.rows(sql, json.dumps(list(person_ids))):
            seen = Totals(int(str(faces)), int(str(videos)), int(str(frames)), float(str(seconds)), int(str(best)))
            found[int(str(person_id))] = seen
        return found

    def occurrences(self, video_ids: Collection[int]) -> dict[int, dict[str, int]]:
        """Video → the names of those seen in it, hidden people left out, with how many frames each is seen in."""
        sql = f"""SELECT f.video_id, p.name, sum(f.frames) FROM faces f JOIN people p ON p.id = f.person_id
                  WHERE f.video_id {_IN} AND p.folded <> '' AND p.hidden = 0
                  GROUP BY f.video_id, p.id ORDER BY sum(f.frames) DESC, p.folded"""
        found: dict[int, dict[str, int]] = {}
        for video_id, name, frames in self.index.rows(sql, json.dumps(list(video_ids))):
            found.setdefault(int(str(video_id)), {})[str(name)] = int(str(frames))
        return found

    def sightings(self, video_ids: Collection[int]) -> list[tuple[int, str, tuple[Sighting, ...]]]:
        """(video, name, sightings) of every face of a named person who is not hidden."""
        sql = f"""SELECT f.video_id, p.name, f.tracks FROM faces f JOIN people p ON p.id = f.person_id
                  WHERE f.video_id {_IN} AND p.folded <> '' AND p.hidden = 0 ORDER BY f.id"""
        rows = self.index.rows(sql, json.dumps(list(video_ids)))
        return [(int(str(video_id)), str(name), sightings_from_text(str(tracks))) for video_id, name, tracks in rows]

    def unsorted(self) -> int:
        """How many faces are nobody's."""
        return _number(
            self.index.one(f"SELECT count(*) FROM faces WHERE person_id IS NULL AND video_id NOT IN {_GONE}")
        )

    def portraits(self, face_ids: Collection[int]) -> dict[int, Portrait]:
        """Face → its picture, of those that have one and whose video is not gone."""
        sql = f"""SELECT id, video_id, kind, picture, made_at FROM faces WHERE id {_IN} AND picture <> ''
                  AND video_id NOT IN {_GONE}"""
        return {
            int(str(face_id)): Portrait(int(str(video_id)), str(kind), str(suffix), float(str(made_at)))
            for face_id, video_id, kind, suffix, made_at in self.index.rows(sql, json.dumps(list(face_ids)))
        }

    def videos_of(self, person_id: int, offset: int, limit: int) -> list[int]:
        """The videos in which a person is seen, the newest first."""
        sql = """SELECT v.id FROM (SELECT DISTINCT video_id FROM faces WHERE person_id = ?) f
                 CROSS JOIN videos v ON v.id = f.video_id WHERE v.presence <> 'gone'
                 ORDER BY v.added_at DESC, v.id DESC LIMIT ? OFFSET ?"""
        return [int(str(row[0])) for row in self.index.rows(sql, person_id, limit, offset)]

    def named(self, prefix: str, limit: int) -> list[int]:
        """People whose name, or a word of it, begins so; hidden ones too, for their names are taken."""
        pattern = "".join(f"\\{c}" if c in "%_\\" else c for c in fold(prefix))
        sql = """SELECT p.id FROM people p LEFT JOIN faces f ON f.person_id = p.id
                 WHERE p.folded <> '' AND (p.folded LIKE ? ESCAPE '\\' OR p.folded LIKE ? ESCAPE '\\')
                 GROUP BY p.id ORDER BY count(f.id) DESC, p.folded LIMIT ?"""
        return [int(str(row[0])) for row in self.index.rows(sql, f"{pattern}%", f"% {pattern}%", limit)]

    def shown(self, face_ids: Sequence[int]) -> dict[int, int]:
        """Face → whose it is, in the order asked for, but for those of nobody, of hidden people and in videos that are gone."""
        sql = f"""SELECT f.id, f.person_id FROM faces f CROSS JOIN people p ON p.id = f.person_id
                  WHERE f.id {_IN} AND p.hidden = 0 AND f.library_id IS NOT NULL"""
        whose = {int(str(face)): int(str(person)) for face, person in self.index.rows(sql, json.dumps(face_ids))}
        return {face: whose[face] for face in face_ids if face in whose}

    def spaces_of(self, person_id: int) -> list[str]:
        """The spaces in which a person's faces are."""
        return [
            str(row[0]) for row in self.index.rows("SELECT DISTINCT space FROM faces WHERE person_id = ?", person_id)
        ]

    def seen_best(self, person_ids: Sequence[int], space: str, most: int) -> dict[int, list[int]]:
        """Person → the faces of theirs in a space, at most so many each, those that are seen best."""
        # The plus: found by space, all of its faces are read, which takes seconds of 100,000; by person some milliseconds.
        sql = f"""SELECT person_id, id FROM (SELECT person_id, id, space,
                    row_number() OVER (PARTITION BY person_id ORDER BY quality DESC) AS place
                  FROM faces WHERE person_id {_IN} AND video_id NOT IN {_GONE} AND +space = ?) WHERE place <= ?"""
        found: dict[int, list[int]] = {}
        for person_id, face_id in self.index.rows(sql, json.dumps(list(person_ids)), space, most):
            found.setdefault(int(str(person_id)), []).append(int(str(face_id)))
        return found

    def strangers(self, space: str) -> list[int]:
        """People of whom nobody said anything, with a face in a space."""
        sql = """SELECT id FROM people p WHERE settled = 0 AND folded = '' AND hidden = 0
                 AND EXISTS (SELECT 1 FROM faces f WHERE f.person_id = p.id AND +f.space = ?) ORDER BY id"""
        return [int(str(row[0])) for row in self.index.rows(sql, space)]

    def libraries_of(self, person_ids: Collection[int]) -> set[int]:
        """The libraries in which these people have faces, gone videos counted."""
        sql = f"""SELECT DISTINCT v.library_id FROM (SELECT DISTINCT video_id FROM faces WHERE person_id {_IN}) f
                  JOIN videos v ON v.id = f.video_id"""
        return {int(str(row[0])) for row in self.index.rows(sql, json.dumps(list(person_ids)))}

    def begins(self, beginning: str) -> list[int]:
        """People whose id begins so."""
        sql = "SELECT id FROM people WHERE uuid >= ? AND uuid < ? ORDER BY uuid LIMIT 20"
        return [int(str(row[0])) for row in self.index.rows(sql, beginning, beginning + "\U0010ffff")]


def _narrowed(asked: Asked) -> tuple[str, tuple[object, ...]]:
    terms: Mapping[str, object | None] = {
        "c.library_id = ?": asked.library_id or 0,
        "p.hidden = ?": asked.hidden,
        "(p.folded <> '') = ?": asked.named,
        "instr(p.folded, ?)": fold(asked.q) or None,
    }
    given = {term: value for term, value in terms.items() if value is not None}
    return " AND ".join(given), tuple(given.values())


def _number(row: tuple[object, ...] | None) -> int:
    return int(str(row[0])) if row else 0
