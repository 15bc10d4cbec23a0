"""faces: the distinct faces of every video, whose each is, and the vectors that they are compared by."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidwatchd.signatures import Face, Sighting, box_from_plain, box_to_plain

if TYPE_CHECKING:
    from vidwatchd.index import Index

_IN = "IN (SELECT value FROM json_each(?))"
# So many vectors are read at a time: some 2 MB at 512 dimensions.
_ROWS = 2000
_COLUMNS = """f.id, f.video_id, f.kind, f.number, f.space, f.person_id, f.said, f.frames, f.seconds, f.quality,
  f.at_seconds, f.picture, f.tracks, f.made_at"""


@dataclass(frozen=True, slots=True)
class FaceRow:
    """One face of one video as the index has it, but for its vector."""

    id: int
    video_id: int
    kind: str
    number: int
    space: str
    person_id: int | None
    said: bool
    frames: int
    seconds: float
    quality: float
    at_seconds: float
    picture: str
    sightings: tuple[Sighting, ...]
    made_at: float

    @property
    def best(self) -> Sighting:
        """Where it is seen best."""
        return max(self.sightings, key=lambda sighting: sighting.quality)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a face stands: whose it is, and whether a person said so."""

    person_id: int | None
    said: bool


class Faces:
    """Questions about faces."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def put(self, video_id: int, kind: str, made_at: float, space: str, faces: Sequence[Face]) -> list[int]:
        """Record a video's faces, of nobody yet. Returns their ids, in order; whatever was there must be forgotten before."""
        sql = """INSERT INTO faces (video_id, kind, number, made_at, space, frames, seconds, quality, at_seconds, picture,
                 tracks, vector, library_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                   (SELECT library_id FROM videos WHERE id = ?1 AND presence <> 'gone')) RETURNING id"""
        with self.index.transaction() as connection:
            return [
                int(
                    connection.execute(sql, (video_id, kind, face.number, made_at, space, *_values(face))).fetchone()[0]
                )
                for face in faces
            ]

    def forget(self, video_id: int, kind: str) -> None:
        """Remove what a kind found in a video."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM faces WHERE video_id = ? AND kind = ?", (video_id, kind))

    def made_at(self, video_id: int, kind: str) -> float:
        """When the artifact was made that the rows are of; 0 when there are none."""
        row = self.index.one("SELECT made_at FROM faces WHERE video_id = ? AND kind = ? LIMIT 1", video_id, kind)
        return float(str(row[0])) if row else 0.0

    def of(self, video_id: int) -> list[FaceRow]:
        """One video's faces."""
        return self._read("f.video_id = ? ORDER BY f.number", video_id)

    def some(self, face_ids: Collection[int]) -> list[FaceRow]:
        """These faces, as far as they are known."""
        return self._read(f"f.id {_IN} ORDER BY f.id", json.dumps(list(face_ids)))

    def of_person(self, person_id: int, video_ids: Collection[int] | None = None) -> list[FaceRow]:
        """A person's faces, or those in some videos; the best of each video first."""
        only = "" if video_ids is None else f"AND f.video_id {_IN}"
        given = () if video_ids is None else (json.dumps(list(video_ids)),)
        return self._read(f"f.person_id = ? {only} ORDER BY f.video_id, f.quality DESC", person_id, *given)

    def ids_of(self, person_ids: Collection[int]) -> dict[int, list[int]]:
        """Person → the ids of all faces of theirs."""
        found: dict[int, list[int]] = {person_id: [] for person_id in person_ids}
        sql = f"SELECT person_id, id FROM faces WHERE person_id {_IN} ORDER BY id"
        for person_id, face_id in self.index.rows(sql, json.dumps(list(person_ids))):
            found[int(str(person_id))].append(int(str(face_id)))
        return found

    def spaces(self) -> dict[str, int]:
        """Every space with how many faces it has."""
        return {str(s): int(str(n)) for s, n in self.index.rows("SELECT space, count(*) FROM faces GROUP BY space")}

    def vectors(self, face_ids: Collection[int]) -> dict[int, bytes]:
        """Face → its vector, little-endian float16."""
        sql = f"SELECT id, vector FROM faces WHERE id {_IN}"
        return {int(str(i)): _bytes(blob) for i, blob in self.index.rows(sql, json.dumps(list(face_ids)))}

    def rows(self, space: str, after_id: int = 0) -> Iterator[list[tuple[int, bytes]]]:
        """(id, vector) of all faces of a space with a higher id, in order, some at a time, so that memory stays flat."""
        sql = f"SELECT id, vector FROM faces WHERE space = ? AND id > ? ORDER BY id LIMIT {_ROWS}"
        while found := self.index.rows(sql, space, after_id):
            some = [(int(str(number)), _bytes(blob)) for number, blob in found]
            after_id = some[-1][0]
            yield some

    def standings(self, face_ids: Collection[int]) -> dict[int, Standing]:
        """Where these faces stand, as far as they are known."""
        sql = f"SELECT id, person_id, said FROM faces WHERE id {_IN}"
        return {
            int(str(number)): Standing(None if person is None else int(str(person)), bool(said))
            for number, person, said in self.index.rows(sql, json.dumps(list(face_ids)))
        }

    def assign(self, whose: Mapping[int, int | None], *, said: bool = False) -> None:
        """Say whose these faces are; ``said``: a person did, so that likeness leaves them there."""
        with self.index.transaction() as connection:
            connection.executemany(
                "UPDATE faces SET person_id = ?, said = ? WHERE id = ?",
                [(person_id, said, face_id) for face_id, person_id in whose.items()],
            )

    def _read(self, where: str, *params: object) -> list[FaceRow]:
        return [_row(row) for row in self.index.dicts(f"SELECT {_COLUMNS} FROM faces f WHERE {where}", *params)]


def sightings_to_text(sightings: Iterable[Sighting]) -> str:
    """The stretches as the column ``tracks`` has them."""
    return json.dumps(
        [
            [round(s.start_seconds, 3), round(s.end_seconds, 3), round(s.at_seconds, 3), box_to_plain(s.box), s.frames, s.quality]
            for s in sightings
        ],
        separators=(",", ":"),
    )  # fmt: skip


def sightings_from_text(text: str) -> tuple[Sighting, ...]:
    """The stretches of the column ``tracks``."""
    return tuple(
        Sighting(start, end, at, box_from_plain(box), frames, quality)
        for start, end, at, box, frames, quality in json.loads(text)
    )


def _values(face: Face) -> tuple[object, ...]:
    best = face.best
    seen = (face.frames, round(face.seconds, 3), best.quality, round(best.at_seconds, 3))
    return (*seen, face.picture, sightings_to_text(face.sightings), face.vector)


def _row(row: Mapping[str, Any]) -> FaceRow:
    values = dict(row)
    return FaceRow(sightings=sightings_from_text(values.pop("tracks")), **{**values, "said": bool(values["said"])})


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value
