"""decisions: what people decided of who is who, and how everything was before, so that it can be taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import Conflict, NotFound
from vidwatchd.index.tags import fold
from vidwatchd.signatures import Box, box_from_plain, box_to_plain

if TYPE_CHECKING:
    import sqlite3

    from vidwatchd.index import Index

_IN = "IN (SELECT value FROM json_each(?))"
# So many can be taken back.
KEPT = 200
# A face that was found anew is the one of the same video that is seen best within so long, at much the same place.
_NEAR_SECONDS = 1.0
_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Former:
    """A person as they were; ``before`` are the former ids that led to them."""

    id: int
    uuid: str
    name: str
    hidden: bool
    settled: bool
    cover: int | None
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A face, whose it was (the person's id) and whether a person had said so; when and where it is seen best."""

    id: int
    video_id: int
    at_seconds: float
    box: Box
    whose: str | None
    said: bool


@dataclass(frozen=True, slots=True)
class Before:
    """How people and faces were; ``created`` are the ids of people that were not there yet."""

    people: tuple[Former, ...] = ()
    faces: tuple[Placed, ...] = ()
    created: tuple[str, ...] = ()

    @property
    def uuids(self) -> frozenset[str]:
        """Everybody concerned."""
        return frozenset([*(person.uuid for person in self.people), *self.created])

    def touches(self, other: Before) -> bool:
        """Whether both are about the same person or face."""
        mine, theirs = ({face.id for face in each.faces} for each in (self, other))
        return bool(self.uuids & other.uuids or mine & theirs)


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that was decided."""

    id: int
    at: float
    what: str
    before: Before
    undone: bool


class Decisions:
    """What was decided, the newest last."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def snapshot(self, person_ids: Collection[int], face_ids: Collection[int]) -> Before:
        """How these people and faces are now."""
        people, formers = self.index.people.many(person_ids), self.index.people.before(person_ids)
        known = [
            Former(p.id, p.uuid, p.name, p.hidden, p.settled, p.cover, tuple(formers[p.id]))
            for p in (people[person_id] for person_id in dict.fromkeys(person_ids))
        ]
        faces = self.index.faces.some(face_ids)
        owners = {**people, **self.index.people.many({f.person_id for f in faces if f.person_id} - people.keys())}
        placed = [
            Placed(
                face.id,
                face.video_id,
                face.at_seconds,
                face.best.box,
                owners[face.person_id].uuid if face.person_id else None,
                face.said,
            )
            for face in faces
        ]
        return Before(tuple(known), tuple(placed))

    def put(self, what: str, before: Before) -> Decision:
        """Write down what was decided; of all only the newest are kept."""
        with self.index.transaction() as connection:
            sql = "INSERT INTO decisions (at, what, before) VALUES (?, ?, ?) RETURNING id"
            number = int(connection.execute(sql, (time.time(), what, _to_text(before))).fetchone()[0])
            connection.execute("DELETE FROM decisions WHERE id <= ?", (number - KEPT,))
        return self.get(number)

    def get(self, decision_id: int) -> Decision:
        """One decision. Raises NotFound."""
        found = self._read("id = ?", decision_id)
        if not found:
            raise NotFound("there is no such decision", hint=f"the last {KEPT} can be taken back")
        return found[0]

    def last(self) -> Decision | None:
        """The newest that was not taken back."""
        return next(iter(self._read("undone = 0 ORDER BY id DESC LIMIT 1")), None)

    def later(self, decision: Decision) -> list[Decision]:
        """What was decided after it, and not taken back, of the same people or faces."""
        return [
            other for other in self._read("undone = 0 AND id > ?", decision.id) if other.before.touches(decision.before)
        ]

    def take_back(self, decision: Decision) -> None:
        """Put everything where it was. What has come since stays where it is, or goes where the rest of it goes.

        Raises Conflict when a name of then is somebody else's now.
        """
        before = decision.before
        with self.index.transaction() as connection:
            rows = self._restore_people(connection, before)
            sql = "UPDATE faces SET person_id = ?, said = ? WHERE id = ?"
            for face in before.faces:
                place = rows.get(face.whose or "") or self._row(face.whose)
                connection.executemany(sql, [(place, face.said, face_id) for face_id in self._now(face)])
            self._remove_created(before, rows)
            sql = "UPDATE people SET cover = (SELECT id FROM faces WHERE id = ?) WHERE id = ?"
            connection.executemany(sql, [(person.cover, rows[person.uuid]) for person in before.people])
            connection.execute("UPDATE decisions SET undone = 1 WHERE id = ?", (decision.id,))

    def _restore_people(self, connection: sqlite3.Connection, before: Before) -> dict[str, int]:
        """Each person's row, by their id."""
        uuids = json.dumps(sorted(before.uuids))
        # Two may have changed names: none has any while they are given back.
        connection.execute(f"UPDATE people SET name = '', folded = '' WHERE uuid {_IN}", (uuids,))
        for person in before.people:
            other = self.index.people.named(person.name)
            if other is not None:
                raise Conflict(f"another person is called {other.name} by now", hint="give that one another name first")
            connection.execute("DELETE FROM people_before WHERE uuid = ?", (person.uuid,))
            connection.execute(
                """INSERT INTO people (id, uuid, name, folded, hidden, settled) VALUES (?, ?, ?, ?, ?, ?)
                   ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, folded = excluded.folded,
                   hidden = excluded.hidden, settled = excluded.settled""",
                (person.id, person.uuid, person.name, fold(person.name), person.hidden, person.settled),
            )
        rows = {person.uuid: self._row(person.uuid) or 0 for person in before.people}
        formers = [(former, rows[person.uuid]) for person in before.people for former in person.before]
        connection.executemany("INSERT OR REPLACE INTO people_before VALUES (?, ?)", formers)
        return rows

    def _remove_created(self, before: Before, rows: dict[str, int]) -> None:
        """People who were not there: whatever has come to them since goes where their faces went."""
        created = [row for row in map(self._row, before.created) if row is not None]
        home = next((rows[face.whose] for face in before.faces if face.whose in rows), None)
        left = {row for row, faces in self.index.faces.ids_of(created).items() if faces}
        if home is not None and left:
            self.index.people.absorb(home, left)
        with self.index.transaction() as connection:
            gone = json.dumps([row for row in created if row not in left])
            connection.execute(f"DELETE FROM people WHERE id {_IN}", (gone,))

    def _row(self, uuid: str | None) -> int | None:
        row = self.index.one("SELECT id FROM people WHERE uuid = ?", uuid)
        return int(str(row[0])) if row else None

    def _now(self, face: Placed) -> list[int]:
        """The face's id now: another one when the video's faces were found anew."""
        if self.index.one("SELECT 1 FROM faces WHERE id = ?", face.id):
            return [face.id]
        near = [
            (other.best.box.overlap(face.box), other.id)
            for other in self.index.faces.of(face.video_id)
            if abs(other.at_seconds - face.at_seconds) <= _NEAR_SECONDS
        ]
        return [max(near)[1]] if near and max(near)[0] >= _OVERLAP else []

    def _read(self, where: str, *params: object) -> list[Decision]:
        rows = self.index.rows(f"SELECT id, at, what, before, undone FROM decisions WHERE {where}", *params)
        return [
            Decision(int(str(number)), float(str(at)), str(what), _from_text(str(before)), bool(undone))
            for number, at, what, before, undone in rows
        ]


def with_created(before: Before, created: Iterable[str]) -> Before:
    """The same, with people who were not there before."""
    return replace(before, created=tuple(created))


def _to_text(before: Before) -> str:
    # Faces in groups by whose they were: a merge moves thousands of one person.
    groups: dict[tuple[str | None, bool], list[list[Any]]] = {}
    for face in before.faces:
        place = [face.id, face.video_id, round(face.at_seconds, 3), box_to_plain(face.box)]
        groups.setdefault((face.whose, face.said), []).append(place)
    faces = [[whose, said, rows] for (whose, said), rows in groups.items()]
    people = [asdict(person) for person in before.people]
    return json.dumps({"people": people, "faces": faces, "created": before.created}, separators=(",", ":"))


def _from_text(text: str) -> Before:
    values = json.loads(text)
    people = [Former(**{**person, "before": tuple(person["before"])}) for person in values["people"]]
    return Before(tuple(people), tuple(_placed(values["faces"])), tuple(values["created"]))


def _placed(groups: Sequence[Any]) -> Iterable[Placed]:
    for whose, said, rows in groups:
        for face_id, video_id, at_seconds, box in rows:
            yield Placed(face_id, video_id, at_seconds, box_from_plain(box), whose, bool(said))
