"""groupings: by what faces are grouped into people, what is not grouped yet, and what of it files beside the videos keep."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidwatchd.index.faces import sightings_from_text
from vidwatchd.signatures import Sighting

if TYPE_CHECKING:
    from vidwatchd.index import Index

_IN = "IN (SELECT value FROM json_each(?))"
_ROWS = 5000
_HEX = re.compile("[0-9a-f]{1,15}")
_PLACED = """SELECT f.id, f.person_id, v.id, v.path, v.fingerprint, f.said, f.at_seconds, f.tracks FROM videos v
  CROSS JOIN faces f ON f.video_id = v.id"""


@dataclass(frozen=True, slots=True)
class Grouping:
    """By what distance the faces of a space are grouped now; ``asked``: a command's flags said so, not the settings."""

    eps: float
    min_samples: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """One face of a person as a library's file tells it: in which video, when and where."""

    face_id: int
    person_id: int
    video_id: int
    path: str
    fingerprint: str
    said: bool
    at_seconds: float
    tracks: str

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """When and where it is seen."""
        return sightings_from_text(self.tracks)


@dataclass(frozen=True, slots=True)
class Belonging:
    """Whose a face is, and what was said of it and of them."""

    face_id: int
    person_id: int | None
    said: bool
    settled: bool


class Groupings:
    """Questions about how faces are grouped."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def all(self) -> dict[str, Grouping]:
        """Space → by what its faces are grouped now."""
        rows = self.index.rows("SELECT space, eps, min_samples, asked FROM groupings")
        return {str(s): Grouping(float(str(e)), int(str(m)), bool(a)) for s, e, m, a in rows}

    def put(self, space: str, by: Grouping) -> None:
        """Note by what the faces of a space are grouped now."""
        with self.index.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO groupings (space, eps, min_samples, asked) VALUES (?, ?, ?, ?)",
                (space, by.eps, by.min_samples, by.asked),
            )

    def unlearned(self, kinds: Collection[str]) -> list[int]:
        """Videos whose faces were made and never read, as a crash between the two leaves it."""
        sql = f"""SELECT a.video_id FROM artifacts a WHERE a.kind {_IN} AND a.files <> '{{}}' AND (
                    EXISTS (SELECT 1 FROM faces f WHERE f.video_id = a.video_id AND f.kind = a.kind
                            AND f.made_at <> a.made_at)
                    OR (coalesce(json_extract(a.facts, '$.faces'), 1) > 0
                        AND NOT EXISTS (SELECT 1 FROM faces f WHERE f.video_id = a.video_id AND f.kind = a.kind)))"""
        return [int(str(video_id)) for (video_id,) in self.index.rows(sql, json.dumps(list(kinds)))]

    def belongings(self, space: str) -> list[Belonging]:
        """All faces of a space, in the order of their ids."""
        sql = """SELECT f.id, f.person_id, f.said, coalesce(p.settled, 0) FROM faces f
                 LEFT JOIN people p ON p.id = f.person_id WHERE f.space = ? ORDER BY f.id"""
        return [
            Belonging(int(str(i)), None if p is None else int(str(p)), bool(said), bool(settled))
            for i, p, said, settled in self.index.rows(sql, space)
        ]

    def sizes(self, person_ids: Collection[int], space: str = "") -> dict[int, int]:
        """Person → how many faces they have, over all or in one space; those who have none are left out."""
        only, given = ("AND space = ?", (space,)) if space else ("", ())
        sql = f"SELECT person_id, count(*) FROM faces WHERE person_id {_IN} {only} GROUP BY person_id"
        return {int(str(i)): int(str(n)) for i, n in self.index.rows(sql, json.dumps(list(person_ids)), *given)}

    def unsaid(self, person_ids: Collection[int]) -> set[int]:
        """Of these people those of whose faces none was put there by a person."""
        sql = """SELECT value FROM json_each(?) WHERE NOT EXISTS
                  (SELECT 1 FROM faces f WHERE f.person_id = value AND f.said = 1)"""
        return {int(str(person_id)) for (person_id,) in self.index.rows(sql, json.dumps(list(person_ids)))}

    def keep(self, person_ids: Collection[int]) -> None:
        """What these people have now is theirs by word: likeness may add to it, and take away only what it added."""
        with self.index.transaction() as connection:
            connection.execute(
                f"UPDATE faces SET said = 1 WHERE person_id {_IN} AND said = 0", (json.dumps(list(person_ids)),)
            )

    def place(self, whose: Collection[tuple[int, int | None]]) -> None:
        """Say whose faces are (face, person), as likeness has it."""
        with self.index.transaction() as connection:
            connection.executemany("UPDATE faces SET person_id = ? WHERE id = ?", [(p, f) for f, p in whose])

    def doubted(self, space: str) -> list[int]:
        """Unsettled people who lost a face of a space since they were last looked at."""
        sql = """SELECT d.person_id FROM people_doubted d JOIN people p ON p.id = d.person_id
                 WHERE d.space = ? AND p.settled = 0"""
        return [int(str(person_id)) for (person_id,) in self.index.rows(sql, space)]

    def vectors_of(self, person_id: int, space: str) -> dict[int, bytes]:
        """Face → vector, of a person's faces in a space."""
        sql = "SELECT id, vector FROM faces WHERE person_id = ? AND space = ? ORDER BY id"
        return {
            int(str(i)): bytes(blob) for i, blob in self.index.rows(sql, person_id, space) if isinstance(blob, bytes)
        }

    def trust(self, space: str) -> None:
        """All people of a space were looked at."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM people_doubted WHERE space = ?", (space,))
            connection.execute("UPDATE groupings SET stale = 0 WHERE space = ?", (space,))

    def doubt(self, space: str) -> None:
        """Faces came to a space that are not grouped yet."""
        with self.index.transaction() as connection:
            connection.execute("UPDATE groupings SET stale = 1 WHERE space = ?", (space,))

    def doubtful(self) -> list[str]:
        """Spaces with people who lost a face, or with faces that are not grouped yet."""
        sql = "SELECT space FROM people_doubted UNION SELECT space FROM groupings WHERE stale = 1"
        return [str(space) for (space,) in self.index.rows(sql)]

    def placed(self, library_id: int) -> Iterator[Placed]:
        """Every face of a person in a library, by video, some read at a time."""
        sql = f"""{_PLACED} WHERE v.library_id = ?1 AND v.id >= ?2 AND (v.id > ?2 OR f.id > ?3) AND f.person_id IS NOT NULL
                  ORDER BY v.id, f.id LIMIT {_ROWS}"""
        last = 0, 0
        while rows := self.index.rows(sql, library_id, *last):
            found = [_placed(row) for row in rows]
            last = found[-1].video_id, found[-1].face_id
            yield from found

    def placed_in(self, library_id: int, video_ids: Collection[int]) -> Iterator[Placed]:
        """Every face of a person in some videos of a library."""
        sql = f"{_PLACED} WHERE v.id {_IN} AND v.library_id = ? AND f.person_id IS NOT NULL ORDER BY v.id, f.id"
        return map(_placed, self.index.rows(sql, json.dumps(list(video_ids)), library_id))

    def videos_of(self, person_ids: Collection[int]) -> set[int]:
        """The videos in which these people are seen."""
        sql = f"SELECT DISTINCT video_id FROM faces WHERE person_id {_IN}"
        return {int(str(number)) for (number,) in self.index.rows(sql, json.dumps(list(person_ids)))}

    def libraries(self, person_ids: Collection[int]) -> set[int]:
        """The libraries in whose videos these people are seen."""
        sql = f"""SELECT DISTINCT v.library_id FROM faces f JOIN videos v ON v.id = f.video_id
                  WHERE f.person_id {_IN}"""
        return {int(str(number)) for (number,) in self.index.rows(sql, json.dumps(list(person_ids)))}

    def videos(self, face_ids: Collection[int]) -> dict[int, int]:
        """Video → its library, of the videos in which these faces are."""
        sql = f"SELECT DISTINCT v.id, v.library_id FROM faces f JOIN videos v ON v.id = f.video_id WHERE f.id {_IN}"
        return {int(str(i)): int(str(n)) for i, n in self.index.rows(sql, json.dumps(list(face_ids)))}

    def with_faces(self) -> set[int]:
        """The libraries in whose videos anybody is seen."""
        sql = """SELECT l.id FROM libraries l WHERE EXISTS
                 (SELECT 1 FROM videos v JOIN faces f ON f.video_id = v.id WHERE v.library_id = l.id)"""
        return {int(str(number)) for (number,) in self.index.rows(sql)}

    def of_content(self, library_id: int, fingerprint: str) -> list[int]:
        """The videos of a library that have this content."""
        # A fingerprint begins with the size in hex, by which videos are found at once.
        size = fingerprint.partition("-")[0]
        if not _HEX.fullmatch(size):  # a person wrote it
            return []
        sql = "SELECT id FROM videos WHERE size_bytes = ? AND fingerprint = ? AND library_id = ?"
        return [int(str(number)) for (number,) in self.index.rows(sql, int(size, 16), fingerprint, library_id)]


def _placed(row: tuple[object, ...]) -> Placed:
    face_id, person_id, video_id, path, mark, said, at, tracks = row
    ids = int(str(face_id)), int(str(person_id)), int(str(video_id))
    return Placed(*ids, str(path), str(mark), bool(said), float(str(at)), str(tracks))
