"""people_files: what is known and said of people, kept beside the videos in each library's file, and read from there.

What people decide is written at once, before the index is changed for good; what likeness did within minutes.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable

from vidwatchd.errors import Conflict, LibraryOffline, StorageError, VidwatchdError
from vidwatchd.library import Store
from vidwatchd.library.people import (
    PEOPLE_NAME,
    Entry,
    Mark,
    Said,
    file_of,
    mentions,
    read_people,
    read_some,
    stamp,
    write_people,
    write_some,
)
from vidwatchd.model import ARTIFACTS_FOLDER, FileState, Library, Person, Video
from vidwatchd.operations import Context, libraries, people_entries, people_words, placing
from vidwatchd.operations.placing import Spot

# The file as a scan names it.
PATH = f"{ARTIFACTS_FOLDER}/{PEOPLE_NAME}"
_PENDING, _READ = "people_unwritten", "people_said"


def write(ctx: Context, library_ids: Collection[int], decided: Collection[str] = ()) -> None:
    """Write the files of these libraries, each as it must be now; nothing is left half done. ``decided``: see ``entries``.

    One that is offline while another is not is written once it is back. Raises LibraryOffline (none is there), Conflict
    (a file is broken; it stays as it is), StorageError.
    """
    if ctx.read_only or not library_ids:
        return
    stores = _online(ctx, library_ids)
    if decided and len(stores) == 1 and _write_some(ctx, stores[0], decided):
        return
    stamps = {store.library.id: stamp(store) for store in stores}
    olds = [read_people(store) for store in stores]
    news = [people_entries.entries(ctx, s.library.id, old, decided) for s, old in zip(stores, olds, strict=True)]
    done: list[tuple[Store, Said]] = []
    try:
        for store, old, new in zip(stores, olds, news, strict=True):
            if new != old:
                done.append((store, old))
                write_people(store, new, stamps[store.library.id])
            _remember(ctx, store)
            _pending(ctx).discard(store.library.id)
    except VidwatchdError:
        for store, old in done[:-1]:
            write_people(store, old)
        raise


def _write_some(ctx: Context, store: Store, decided: Collection[str]) -> bool:
    """Write anew what the file says of those of whom something was decided, where all else is known to be in order."""
    since, number = stamp(store), store.library.id
    known = ctx.index.tags.sidecar(number, PATH)
    if store.base != store.root or not since or known != since[:2]:
        return False
    if any(problem["path"] == PATH for problem in ctx.index.tags.problems(number)):
        return False
    old = read_some(store, decided)
    if old is None:
        return False
    new = people_entries.some(ctx, number, old, decided)
    if new != old and not write_some(store, new, decided, since):
        return False
    _remember(ctx, store)
    return True


def touched(ctx: Context, library_ids: Iterable[int]) -> None:
    """Something changed by itself that these libraries' files hold: they are written within minutes."""
    _pending(ctx).update(library_ids)


def write_pending(ctx: Context) -> list[str]:
    """Write what changed by itself since; what cannot be written now is tried again later. Returns why it could not."""
    ctx.held.pop(_READ, None)
    problems: list[str] = []
    known = {library.id: library for library in ctx.index.libraries.all()} if _pending(ctx) else {}
    for library_id in list(_pending(ctx)):
        if library_id not in known:
            _pending(ctx).discard(library_id)
            continue
        try:
            _write_one(ctx, known[library_id])
        except LibraryOffline:
            continue
        except VidwatchdError as error:
            problems.append(f"people are not written down: {error}")
    return problems


def _write_one(ctx: Context, library: Library) -> None:
    """Write a library's file, after what somebody else wrote into it meanwhile was taken over."""
    store = ctx.store(library.id)
    if not ctx.read_only and stamp(store) and not _is_known(ctx, store):
        adopt(ctx, library)
    if _is_written(ctx, store):
        return
    # Inside a transaction: what is decided while this goes on must not be overwritten by what was so before.
    with ctx.index.transaction():
        write(ctx, [library.id])


def take_up(ctx: Context) -> None:
    """What somebody wrote into the files since they were last looked at is taken over: no decision may overwrite it."""
    for library in ctx.index.libraries.all():
        store = ctx.store(library.id)
        if library.online and not ctx.read_only and stamp(store) and not _is_known(ctx, store):
            adopt(ctx, library)


def _is_written(ctx: Context, store: Store) -> bool:
    """Whether there is nothing to write, as most often; nobody is kept from the index while this is found out."""
    _pending(ctx).discard(store.library.id)  # first: what changes from here on is owed again
    same = False
    try:
        old = read_people(store)
        same = people_entries.entries(ctx, store.library.id, old) == old
    finally:
        if not same:
            touched(ctx, [store.library.id])
    return same


def _is_known(ctx: Context, store: Store) -> bool:
    """Whether the file is as it was last read or written here."""
    now = stamp(store)
    if ctx.held.get(f"{PATH}:{store.library.id}") == now:
        return True
    return store.base == store.root and ctx.index.tags.sidecar(store.library.id, PATH) == now[:2]


def adopt(ctx: Context, library: Library) -> None:
    """The file was changed by someone else, or the index is new: take over what it says.

    A broken one is told of with the library's problems, and stays as it is.
    """
    store = ctx.store(library.id)
    with ctx.index.transaction():
        try:
            said = read_people(store)
        except (Conflict, StorageError) as error:
            _remember(ctx, store, str(error))
            return
        people = {entry.uuid: _person(ctx, entry) for entry in said.entries}
        _place_all(ctx, library.id, said, people)
        ctx.index.people.tidy()
        _remember(ctx, store)
    people_words.learn(ctx)
    touched(ctx, {library.id, *ctx.index.groupings.libraries([person.id for person in people.values()])})
    ctx.held.pop("people_listing", None)
    ctx.notify("people", {"ids": [person.uuid for person in people.values()]})


def look(ctx: Context, library: Library) -> None:
    """For a library whose file does not lie where a scan looks: take it over when it is not as it was left."""
    store = ctx.store(library.id)
    if store.base != store.root and ctx.held.get(f"{PATH}:{library.id}", ()) != stamp(store):
        adopt(ctx, library)


def vanished(ctx: Context, library: Library) -> None:
    """The file was deleted: it is written again."""
    touched(ctx, [library.id])
    write_pending(ctx)


def attach(ctx: Context, video: Video, face_ids: Collection[int]) -> dict[int, tuple[Person, bool]]:
    """Face → the person whom the library's file says it is, and whether people said so, for those of whom it speaks."""
    said = _of_video(ctx, video)
    if not said:
        return {}
    rows = ctx.index.faces.some(face_ids)
    spots = [Spot(key, mark.at_seconds, mark.box) for key, (_, mark) in enumerate(said)]
    found = placing.matched([row.sightings for row in rows], spots)
    return {rows[place].id: (_ensured(ctx, said[key][0]), said[key][1].said) for place, key in found.items()}


def _online(ctx: Context, library_ids: Collection[int]) -> list[Store]:
    stores, problem = [], None
    for library in ctx.index.libraries.all():
        if library.id in library_ids:
            try:
                stores.append(ctx.store(libraries.check_online(ctx, library).id))
            except LibraryOffline as error:
                problem = error
                touched(ctx, [library.id])
    if problem and not stores:
        raise problem
    return stores


def _remember(ctx: Context, store: Store, problem: str = "") -> None:
    """Which state of the file is known, so that a scan finds no change in it."""
    ctx.held[f"{PATH}:{store.library.id}"] = stamp(store)
    try:
        status = os.lstat(file_of(store))
    except OSError:
        return
    if store.base == store.root:
        ctx.index.tags.remember_sidecar(store.library.id, FileState.of(PATH, status), problem)


def _pending(ctx: Context) -> set[int]:
    found: set[int] = ctx.held.setdefault(_PENDING, set())
    return found


def _person(ctx: Context, entry: Entry) -> Person:
    """The person of an entry as the entry has it; one who has that name under another id is that person."""
    person = _ensured(ctx, entry)
    same = ctx.index.people.named(entry.name) if entry.name else None
    if same and same.id != person.id:
        older, newer = sorted((same, person), key=lambda each: each.id)
        ctx.index.people.absorb(older.id, [newer.id])
        person = older
    for uuid in entry.before:
        former = people_entries.known(ctx, uuid)
        if former is None:
            ctx.index.people.lead(uuid, person.id)
        elif former.id != person.id and former.uuid == uuid:
            ctx.index.people.absorb(person.id, [former.id])
    said = {"name": entry.name or person.name, "hidden": entry.hidden, "settled": entry.settled or person.settled}
    ctx.index.people.change(person.id, **(said if person.uuid == entry.uuid else {"settled": True}))
    return ctx.index.people.by_id(person.id)


def _ensured(ctx: Context, entry: Entry) -> Person:
    """The person of an entry, made as it has them where the index does not know them."""
    known = people_entries.known(ctx, entry.uuid)
    if known is None and entry.name and (same := ctx.index.people.named(entry.name)):
        ctx.index.people.lead(entry.uuid, same.id)
        return same
    if known is not None:
        return known
    made = ctx.index.people.create(entry.uuid, name=entry.name, hidden=entry.hidden, settled=entry.settled)
    for uuid in entry.before:
        if people_entries.known(ctx, uuid) is None:
            ctx.index.people.lead(uuid, made.id)
    return made


def _place_all(ctx: Context, library_id: int, said: Said, people: dict[str, Person]) -> None:
    """Put the faces where the file has them; a word in the index yields only to another word."""
    by_video: defaultdict[int, list[tuple[Entry, Mark]]] = defaultdict(list)
    for entry in said.entries:
        for mark in entry.marks:
            if video := people_entries.video_of(ctx, library_id, mark, said.fingerprints):
                by_video[video.id].append((entry, mark))
    for video_id, marks in by_video.items():
        rows = ctx.index.faces.of(video_id)
        spots = [Spot(key, mark.at_seconds, mark.box) for key, (_, mark) in enumerate(marks)]
        for place, key in placing.matched([row.sightings for row in rows], spots).items():
            entry, mark = marks[key]
            if mark.said or not rows[place].said:
                ctx.index.faces.assign({rows[place].id: people[entry.uuid].id}, said=mark.said)
    for entry in said.entries:
        if entry.cover and (face_id := _cover(ctx, library_id, said, entry.cover)):
            ctx.index.people.change(people[entry.uuid].id, cover=face_id)


def _cover(ctx: Context, library_id: int, said: Said, mark: Mark) -> int | None:
    video = people_entries.video_of(ctx, library_id, mark, said.fingerprints)
    rows = ctx.index.faces.of(video.id) if video else []
    found = placing.matched([row.sightings for row in rows], [Spot(0, mark.at_seconds, mark.box)])
    return rows[next(iter(found))].id if found else None


def _of_video(ctx: Context, video: Video) -> list[tuple[Entry, Mark]]:
    """What the library's file says of a video's faces; the file is read only where it speaks of the video at all."""
    store = ctx.store(video.library_id)
    if not mentions(store, video.path, video.fingerprint):
        return []
    held, mark = ctx.held.setdefault(_READ, {}), stamp(store)
    if held.get(video.library_id, ((),))[0] != mark:
        try:
            said = read_people(store)
        except (Conflict, StorageError):
            return []
        by_path: defaultdict[str, list[tuple[Entry, Mark]]] = defaultdict(list)
        for entry in said.entries:
            for each in entry.marks:
                by_path[each.video].append((entry, each))
        paths = {print_: path for path, print_ in said.fingerprints.items()}
        held[video.library_id] = (mark, by_path, said.fingerprints, paths)
    _, by_path, prints, paths = held[video.library_id]
    if video.path in by_path and prints.get(video.path, "") in ("", video.fingerprint):
        return list(by_path[video.path])
    moved = paths.get(video.fingerprint) if video.fingerprint else None
    return list(by_path.get(moved, [])) if moved else []
