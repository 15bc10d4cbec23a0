"""searches: the searches that people saved, in ``.artifacts/.searches.json`` of each library's root."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any

from vidwatchd.library import files
from vidwatchd.library.files import read_checked, stored, write_json
from vidwatchd.library.store import Store
from vidwatchd.model import ARTIFACTS_FOLDER

SEARCHES_NAME = ".searches.json"


@dataclass(frozen=True, slots=True)
class Saved:
    """A search by its name, and when it was saved; one with an empty query was taken away then."""

    name: str
    query: str
    at: float


def searches(store: Store) -> list[Saved]:
    """What is saved in one library. Raises Conflict for a file that is broken, StorageError for one that cannot be read."""
    return [_saved(entry) for entry in _read(store).get("searches", [])]


def stamp(store: Store) -> tuple[int, ...]:
    """Something that differs when the file was written; () without one."""
    return files.stamp(_file(store))


def save(store: Store, saved: Saved) -> None:
    """Write a search down, in the place of an earlier one of that name. Raises Conflict, StorageError."""
    with store.locked(""):
        values = _read(store)
        kept = [entry for entry in values.get("searches", []) if key(entry["name"]) != key(saved.name)]
        file = _file(store)
        with stored(file):
            write_json(file, {**values, "searches": [*kept, asdict(saved)]})


def key(name: str) -> str:
    """The same for every spelling of a name."""
    return " ".join(name.split()).casefold()


def _read(store: Store) -> dict[str, Any]:
    found = read_checked(_file(store), _check, "file of searches")
    return found[0] if found else {}


def _check(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict) or not isinstance(values.get("searches", []), list):
        raise ValueError("it must hold one JSON object with a list of searches")
    for entry in values.get("searches", []):
        _saved(entry)
    return values


def _saved(entry: Any) -> Saved:
    try:
        name, query, at = entry["name"], entry["query"], float(entry.get("at", 0.0))
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ValueError("a search needs a name and a query") from error
    if not isinstance(name, str) or not isinstance(query, str) or not key(name):
        raise ValueError("a search's name and query must be text")
    return Saved(name, query, at)


def _file(store: Store) -> str:
    return os.path.join(store.base, ARTIFACTS_FOLDER, SEARCHES_NAME)
