"""deciding: what people say of who is who: names, merges, splits, hidden; and taking the last of it back.

A decision is one transaction, and the files beside the videos are written within it: what cannot be written is not done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from vidwatchd.errors import Conflict, NotFound, UsageError, VidwatchdError
from vidwatchd.index.decisions import Before, Decision, Former, with_created
from vidwatchd.library import parse_tags
from vidwatchd.model import Person
from vidwatchd.operations import Context, people, people_files, people_words
from vidwatchd.operations.tags import MAX_NAME


@dataclass(slots=True)
class Doing:
    """A decision on its way: how it was before, and the libraries that it concerns."""

    before: Before = field(default_factory=Before)
    libraries: set[int] = field(default_factory=set)
    made: Decision | None = None
    written: bool = False

    @property
    def undo(self) -> dict[str, Any] | None:
        """How to take it back; None when nothing was done."""
        return {"id": self.made.id, "what": self.made.what} if self.made else None


def change(
    ctx: Context, uuid: str, *, name: str | None = None, hidden: bool | None = None, merge: bool = False
) -> dict[str, Any]:
    """Name a person ("" takes the name away), hide or show them: ``{"person", "merged", "undo"}``; ``undo`` is None when
    nothing was different.

    A name that another person has is refused, unless ``merge``: then they are one. Raises NotFound, UsageError, Conflict,
    StorageError; then nothing is changed.
    """
    called = None if name is None else _name(name)
    with _whole(ctx) as doing:
        person = ctx.index.people.get(uuid)
        other = ctx.index.people.named(called) if called else None
        if other is None or other.id == person.id:
            return _change(ctx, doing, person, called, hidden)
        if not merge:
            raise Conflict(f"another person is called {other.name}", hint="merge the two, or give another name")
        return _merge(ctx, doing, other, [person])


def merge(ctx: Context, into: str, others: Sequence[str]) -> dict[str, Any]:
    """Make several people one, which keeps its id, and its name if it has one: ``{"person", "merged", "undo"}``.

    Raises NotFound, UsageError, StorageError; then nothing is changed.
    """
    with _whole(ctx) as doing:
        person = ctx.index.people.get(into)
        found = {other.id: other for other in map(ctx.index.people.get, others) if other.id != person.id}
        if not found:
            raise UsageError("two people are to be merged", hint="name another person")
        return _merge(ctx, doing, person, list(found.values()))


def split(
    ctx: Context, uuid: str, face_ids: Collection[int], *, into: str | None = None, name: str | None = None
) -> dict[str, Any]:
    """Take faces out of a person: into a new one, an existing one (``into``, its id), or the one called ``name``.

    ``{"person": where they are now, "from", "undo"}``. Raises NotFound, UsageError, StorageError; then nothing is changed.
    """
    called = _name(name or "")
    if into and called:
        raise UsageError("the faces go to one person", hint="give an id or a name")
    with _whole(ctx) as doing:
        person = ctx.index.people.get(uuid)
        target = ctx.index.people.get(into) if into else ctx.index.people.named(called)
        if target is not None and target.id == person.id:
            raise UsageError("the faces are there already", hint="name another person")
        return _split(ctx, doing, person, _faces_of(ctx, person, face_ids), target, called)


def name_alike(ctx: Context, alike: Mapping[str, Collection[int]], by: str) -> list[dict[str, Any]]:
    """Give people (rows) the names of those whom they look like, a decision a name: ``[{"id", "name", "faces"}]``.

    Those of one name become one, with whoever has that name already; people of whom something was said meanwhile stay as
    they are. Raises UsageError, StorageError; then nothing is changed.
    """
    with _whole(ctx) as doing:
        told, concerned = [], dict[str, Former]()
        for name, rows in alike.items():
            if given := _name_alike(ctx, doing, check_name(name), rows, by):
                told.append(given)
                concerned |= {person.uuid: person for person in doing.before.people}
        doing.before = Before(tuple(concerned.values()))
    return told


def check_name(name: str) -> str:
    """A name as it is kept. Raises UsageError for what cannot be one."""
    return _name(name)


def undo(ctx: Context, decision_id: int | None = None) -> dict[str, Any]:
    """Take back the last decision, or an earlier one that nothing later builds on: ``{"undone", "person"}``.

    Raises NotFound, Conflict, StorageError; then nothing is changed.
    """
    with _whole(ctx) as doing:
        decision = ctx.index.decisions.last() if decision_id is None else ctx.index.decisions.get(decision_id)
        if decision is None:
            raise NotFound("there is nothing to take back", hint="nothing was decided, or all of it was taken back")
        if decision.undone:
            raise Conflict(f"this was taken back already: {decision.what}")
        if later := ctx.index.decisions.later(decision):
            raise Conflict(f"this came later and is about the same people: {later[-1].what}", hint="take it back first")
        doing.before = decision.before
        _concern(ctx, doing)
        ctx.index.decisions.take_back(decision)
        _concern(ctx, doing)
        first = next((former.uuid for former in decision.before.people), None)
        person = _plain(ctx, ctx.index.people.get(first)) if first else None
    return {"undone": decision.what, "person": person}


def last(ctx: Context) -> dict[str, Any]:
    """What ``undo`` would take back: ``{"undo": {"id", "what", "at"} or None}``."""
    found = ctx.index.decisions.last()
    return {"undo": {"id": found.id, "what": found.what, "at": found.at} if found else None}


def _change(ctx: Context, doing: Doing, person: Person, name: str | None, hidden: bool | None) -> dict[str, Any]:
    wanted: Mapping[str, Any] = {"name": name, "hidden": hidden}
    columns = {key: value for key, value in wanted.items() if value is not None and value != getattr(person, key)}
    if columns:
        with _decided(ctx, doing, _changed(person, columns), [person]):
            ctx.index.people.change(person.id, **columns, settled=True)
    return {"person": _plain(ctx, person), "merged": False, "undo": doing.undo}


def _changed(person: Person, columns: Mapping[str, Any]) -> str:
    parts = []
    if "name" in columns:
        parts.append(f"Named {columns['name']}" if columns["name"] else f"Took the name of {person.name} away")
    if "hidden" in columns:
        parts.append(f"{'Hid' if columns['hidden'] else 'Showed'} {columns.get('name') or _called(person)}")
    return ", ".join(parts)


def _merge(ctx: Context, doing: Doing, into: Person, others: Sequence[Person]) -> dict[str, Any]:
    rows = [other.id for other in others]
    held = ctx.index.faces.ids_of([into.id, *rows])
    moved = [face for other in rows for face in held[other]]
    name = into.name or next((other.name for other in others if other.name), "")
    what = f"Merged {len(others) + 1} people" + (f" into {name}" if name else "")
    with _decided(ctx, doing, what, [into, *others], [*held[into.id], *moved]):
        # Likeness goes by the faces that were put there, once any was: those that were there already are not to leave.
        ctx.index.groupings.keep([into.id])
        ctx.index.people.absorb(into.id, rows)
        ctx.index.faces.assign(dict.fromkeys(moved, into.id), said=True)
        ctx.index.people.change(into.id, name=name, settled=True)
    return {"person": _plain(ctx, into), "merged": True, "undo": doing.undo}


def _name_alike(ctx: Context, doing: Doing, name: str, rows: Collection[int], by: str) -> dict[str, Any] | None:
    free = [person for person in ctx.index.people.many(rows).values() if not person.settled]
    held = ctx.index.faces.ids_of([person.id for person in free])
    free.sort(key=lambda person: (-len(held[person.id]), person.id))
    if not free:
        return None
    into = ctx.index.people.named(name) or free[0]
    others = [person for person in free if person.id != into.id]
    moved, called = [face for other in others for face in held[other.id]], into.name or name
    there = ctx.index.faces.ids_of([into.id])[into.id]
    with _decided(ctx, doing, f"Named {called} by {by}", [into, *others], [*there, *moved]):
        if moved:
            ctx.index.groupings.keep([into.id])
        ctx.index.people.absorb(into.id, [other.id for other in others])
        # As with any merge: they were apart because likeness alone does not join them.
        ctx.index.faces.assign(dict.fromkeys(moved, into.id), said=True)
        ctx.index.people.change(into.id, name=called, settled=True)
    return {"id": into.uuid, "name": called, "faces": sum(map(len, held.values()))}


def _split(
    ctx: Context, doing: Doing, person: Person, faces: Sequence[int], target: Person | None, name: str
) -> dict[str, Any]:
    many = "1 face" if len(faces) == 1 else f"{len(faces)} faces"
    goal = target.name if target else name
    what = f"Moved {many} from {_called(person)} to {goal}" if goal else f"Took {many} out of {_called(person)}"
    there = ctx.index.faces.ids_of([target.id])[target.id] if target else []
    with _decided(ctx, doing, what, [person, *([target] if target else [])], [*there, *faces]):
        to = target or ctx.index.people.create(name=name)
        doing.before = doing.before if target else with_created(doing.before, [to.uuid])
        ctx.index.groupings.keep([to.id])
        ctx.index.faces.assign(dict.fromkeys(faces, to.id), said=True)
        # Likeness would put the two together again if either were nobody's word.
        ctx.index.people.change(to.id, settled=True)
        ctx.index.people.change(person.id, settled=True, cover=None if person.cover in faces else person.cover)
    return {"person": _plain(ctx, to), "from": _plain(ctx, person), "undo": doing.undo}


def _faces_of(ctx: Context, person: Person, face_ids: Collection[int]) -> list[int]:
    """The faces to take out, which must be some of the person's, and not all."""
    wanted, held = dict.fromkeys(face_ids), set(ctx.index.faces.ids_of([person.id])[person.id])
    if not wanted:
        raise UsageError("no face is named", hint="vidwatchd people show PERSON lists them")
    if strange := [face for face in wanted if face not in held]:
        raise NotFound(f"face {strange[0]} is not one of {_called(person)}'s", hint="look again: it may have moved")
    if len(wanted) == len(held):
        raise UsageError("these are all the faces of this person", hint="merge two people to put all of one to another")
    return list(wanted)


@contextmanager
def _whole(ctx: Context) -> Iterator[Doing]:
    """All of a decision or nothing, in the index and in the files; then everybody is told."""
    doing = Doing()
    people_files.take_up(ctx)
    try:
        with ctx.index.transaction():
            yield doing
            people_files.write(ctx, doing.libraries, doing.before.uuids)
            doing.written = True
    except VidwatchdError:
        if doing.written:  # the index could not keep what the files say already
            with suppress(VidwatchdError):
                people_files.write(ctx, doing.libraries, doing.before.uuids)
        raise
    if doing.before.uuids:
        ctx.held.pop("people_listing", None)
        ctx.notify("people", {"ids": sorted(doing.before.uuids)})
        people_words.learn(ctx)


@contextmanager
def _decided(
    ctx: Context, doing: Doing, what: str, concerned: Sequence[Person], face_ids: Collection[int] = ()
) -> Iterator[None]:
    """Around what changes rows: how they were is kept."""
    doing.before = ctx.index.decisions.snapshot([person.id for person in concerned], face_ids)
    _concern(ctx, doing)
    yield
    doing.made = ctx.index.decisions.put(what, doing.before)
    _concern(ctx, doing)


def _concern(ctx: Context, doing: Doing) -> None:
    """Note where the people are seen as things stand."""
    rows = ctx.index.people.rows_of(doing.before.uuids)
    # Of somebody who is seen nowhere just now, any library's file may tell.
    everywhere = {library.id for library in ctx.index.libraries.all() if library.online}
    doing.libraries |= ctx.index.crowd.libraries_of(rows) or everywhere


def _name(name: str) -> str:
    """A name as it is kept. Raises UsageError."""
    tidied = " ".join(name.split())
    if len(tidied) > MAX_NAME:
        raise UsageError(f"a name of {len(tidied)} characters is too long", hint=f"at most {MAX_NAME}")
    try:
        parse_tags({"tags": [tidied]})
    except ValueError as error:
        raise UsageError(f"that cannot be a name: {error}") from error
    return tidied


def _called(person: Person) -> str:
    return person.name or "a person"


def _plain(ctx: Context, person: Person) -> dict[str, Any]:
    return people.plain(ctx, [person.id])[0]
