"""searches: searches under a name; kept beside the videos, so that a new index and a hand edit are known at once."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from vidwatchd.errors import Conflict, LibraryOffline, NotFound, StorageError, UsageError, VidwatchdError
from vidwatchd.library.searches import Saved, key, searches, stamp
from vidwatchd.library.searches import save as write
from vidwatchd.model import Library
from vidwatchd.operations import Context, libraries
from vidwatchd.operations.queries import MOST_CHARACTERS

MOST_NAME = 80


def saved(ctx: Context) -> dict[str, Any]:
    """``{"searches": [{"name", "query", "at"}], "problems": […]}`` of all libraries that are online, by name.

    Of several of one name the newest counts; a file that is broken is told of and stays as it is.
    """
    newest: dict[str, Saved] = {}
    problems = []
    for library in _online(ctx):
        try:
            found = _read(ctx, library)
        except (Conflict, StorageError) as error:
            problems.append(str(error))
            continue
        for search in found:
            if key(search.name) not in newest or newest[key(search.name)].at < search.at:
                newest[key(search.name)] = search
    shown = sorted((search for search in newest.values() if search.query), key=lambda search: key(search.name))
    plain = [{"name": search.name, "query": search.query, "at": search.at} for search in shown]
    return {"searches": plain, "problems": problems}


def save(ctx: Context, name: str, query: str) -> dict[str, Any]:
    """Save a search under a name, in the place of another of that name, in every library that is online.

    Raises UsageError, LibraryOffline, Conflict (a file of searches is broken; it stays as it is), StorageError.
    """
    name, query = " ".join(name.split()), query.strip()
    if not name or len(name) > MOST_NAME:
        raise UsageError(f"a search's name has 1 to {MOST_NAME} characters")
    if not query or len(query) > MOST_CHARACTERS:
        raise UsageError(f"a search to save has 1 to {MOST_CHARACTERS} characters")
    return _put(ctx, Saved(name, query, time.time()))


def remove(ctx: Context, name: str) -> dict[str, Any]:
    """Take a saved search away. Raises NotFound, and as ``save`` does."""
    if key(name) not in {key(search["name"]) for search in saved(ctx)["searches"]}:
        raise NotFound(f"there is no saved search {name!r}", hint="vidwatchd searches lists them")
    return _put(ctx, Saved(" ".join(name.split()), "", time.time()))


def _put(ctx: Context, search: Saved) -> dict[str, Any]:
    online = _online(ctx)
    if not online:
        raise LibraryOffline("no library is online to keep the search in", hint="add one, or mount its disk")
    failed: list[VidwatchdError] = []
    for library in online:
        try:
            write(ctx.store(libraries.check_online(ctx, library).id), search)
        except (
            Conflict,
            StorageError,
            LibraryOffline,
        ) as error:  # one that cannot be written must not keep it from others
            failed.append(error)
    if len(failed) == len(online):
        raise failed[0]
    ctx.notify("searches", {})
    return {"name": search.name, "query": search.query, "at": search.at}


def _online(ctx: Context) -> list[Library]:
    return [library for library in ctx.index.libraries.all() if library.online]


def _read(ctx: Context, library: Library) -> Iterable[Saved]:
    """What one library holds; read again only when its file was written."""
    store = ctx.store(library.id)
    held = ctx.held.setdefault("searches", {})
    mark = stamp(store)
    if library.id not in held or held[library.id][0] != mark:
        held[library.id] = (mark, searches(store))
    found: Iterable[Saved] = held[library.id][1]
    return found
