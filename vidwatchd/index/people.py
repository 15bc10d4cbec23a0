"""people: who is seen: groups of faces, named or not, that come together, part, and keep their ids."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import NotFound
from vidwatchd.index.tags import fold
from vidwatchd.model import Person

if TYPE_CHECKING:
    from vidwatchd.index import Index

_IN = "IN (SELECT value FROM json_each(?))"
_COLUMNS = "p.id, p.uuid, p.name, p.hidden, p.settled, p.cover"


class People:
    """Questions about people."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def create(self, uuid_: str = "", *, name: str = "", hidden: bool = False, settled: bool = False) -> Person:
        """A new person, without faces; with an id that is known from elsewhere when one is given."""
        new = uuid_ or str(uuid.uuid4())
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM people_before WHERE uuid = ?", (new,))
            connection.execute(
                "INSERT INTO people (uuid, name, folded, hidden, settled) VALUES (?, ?, ?, ?, ?)",
                (new, name, fold(name), hidden, settled),
            )
        return self.get(new)

    def get(self, uuid_: str) -> Person:
        """The person of that id, or the one that it became part of. Raises NotFound."""
        found = self._one("p.uuid = ?", uuid_) or self._one(
            "p.id = (SELECT person_id FROM people_before WHERE uuid = ?)", uuid_
        )
        if found is None:
            raise NotFound("there is no such person", hint="vidwatchd people lists them")
        return found

    def by_id(self, person_id: int) -> Person:
        """The person of that row. Raises NotFound."""
        found = self._one("p.id = ?", person_id)
        if found is None:
            raise NotFound("there is no such person", hint="vidwatchd people lists them")
        return found

    def many(self, person_ids: Collection[int]) -> dict[int, Person]:
        """These people, as far as they are known."""
        return {person.id: person for person in self._read(f"p.id {_IN}", json.dumps(list(person_ids)))}

    def rows_of(self, uuids: Collection[str]) -> list[int]:
        """The rows of the people of these ids, as far as they are there; former ids lead nowhere."""
        sql = f"SELECT id FROM people WHERE uuid {_IN} ORDER BY id"
        return [int(str(row[0])) for row in self.index.rows(sql, json.dumps(list(uuids)))]

    def named(self, name: str) -> Person | None:
        """The person of that name, in any spelling."""
        return self._one("p.folded = ? AND p.folded <> ''", fold(name))

    def settled(self) -> list[Person]:
        """All of whom people said something."""
        return self._read("p.settled = 1 ORDER BY p.id")

    def change(self, person_id: int, **columns: Any) -> None:
        """Set some of ``name``, ``hidden``, ``settled``, ``cover``, ``uuid``."""
        if "name" in columns:
            columns["folded"] = fold(columns["name"])
        terms = ", ".join(f"{column} = ?" for column in columns)
        with self.index.transaction() as connection:
            connection.execute(f"UPDATE people SET {terms} WHERE id = ?", (*columns.values(), person_id))

    def absorb(self, into_id: int, others: Collection[int]) -> None:
        """Make these people part of another: their faces are its, and their ids lead to it."""
        gone = json.dumps([person_id for person_id in others if person_id != into_id])
        with self.index.transaction() as connection:
            connection.execute(f"UPDATE faces SET person_id = ? WHERE person_id {_IN}", (into_id, gone))
            connection.execute(f"UPDATE people_before SET person_id = ? WHERE person_id {_IN}", (into_id, gone))
            connection.execute(
                f"UPDATE OR IGNORE people_doubted SET person_id = ? WHERE person_id {_IN}", (into_id, gone)
            )
            connection.execute(
                f"INSERT OR REPLACE INTO people_before SELECT uuid, ? FROM people WHERE id {_IN}", (into_id, gone)
            )
            connection.execute(f"DELETE FROM people WHERE id {_IN}", (gone,))

    def lead(self, uuid_: str, person_id: int) -> None:
        """An id that is nobody's, known from elsewhere, leads to this person."""
        with self.index.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO people_before (uuid, person_id) VALUES (?, ?)", (uuid_, person_id)
            )

    def before(self, person_ids: Collection[int]) -> dict[int, list[str]]:
        """Person → the former ids that lead to it."""
        found: dict[int, list[str]] = {person_id: [] for person_id in person_ids}
        sql = f"SELECT person_id, uuid FROM people_before WHERE person_id {_IN} ORDER BY uuid"
        for person_id, former in self.index.rows(sql, json.dumps(list(person_ids))):
            found[int(str(person_id))].append(str(former))
        return found

    def tidy(self) -> int:
        """Forget those without a face of whom nobody said anything. Returns how many."""
        sql = """DELETE FROM people WHERE settled = 0
                 AND NOT EXISTS (SELECT 1 FROM faces f WHERE f.person_id = people.id)"""
        with self.index.transaction() as connection:
            return int(connection.execute(sql).rowcount)

    def _one(self, where: str, *params: object) -> Person | None:
        return next(iter(self._read(where, *params)), None)

    def _read(self, where: str, *params: object) -> list[Person]:
        rows = self.index.rows(f"SELECT {_COLUMNS} FROM people p WHERE {where}", *params)
        return [
            Person(int(str(i)), str(u), str(n), bool(h), bool(s), None if c is None else int(str(c)))
            for i, u, n, h, s, c in rows
        ]
