"""verdicts: what people said of pairs of videos that look alike, in ``.artifacts/.verdicts.json`` of each library concerned."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from vidwatchd.library import files
from vidwatchd.library.files import read_checked, stored, write_json
from vidwatchd.library.store import Store
from vidwatchd.model import ARTIFACTS_FOLDER

VERDICTS_NAME = ".verdicts.json"


class Opinion(StrEnum):
    """What a person can say of a pair: two different videos, or undecided (again)."""

    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Side:
    """One video of a pair: by its content, and by its place for where content does not decide."""

    library: str
    path: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of a pair, and when; of several that concern one pair the newest counts."""

    one: Side
    other: Side
    opinion: Opinion
    at: float

    @property
    def sides(self) -> frozenset[Side]:
        """The pair, in no order."""
        return frozenset((self.one, self.other))


def verdicts(store: Store) -> list[Verdict]:
    """What people said in one library. Raises Conflict for a file that is broken, StorageError for one that cannot be read."""
    return [_verdict(entry) for entry in _read(store).get("verdicts", [])]


def stamp(store: Store) -> tuple[int, ...]:
    """Something that differs when the file was written; () without one."""
    return files.stamp(_file(store))


def say(stores: Iterable[Store], said: Verdict) -> None:
    """Write a verdict down in every library concerned, in the place of an earlier one of the same pair.

    All files are read before the first is written. Raises Conflict for a broken one, which stays as it is; StorageError.
    """
    concerned = list(stores)
    for store in concerned:
        verdicts(store)
    for store in concerned:
        with store.locked(""):
            _put(store, said)


def _put(store: Store, said: Verdict) -> None:
    values = _read(store)
    kept = [entry for entry in values.get("verdicts", []) if not _replaces(said, _verdict(entry))]
    entry = {"verdict": str(said.opinion), "at": said.at, "videos": [asdict(said.one), asdict(said.other)]}
    file = _file(store)
    with stored(file):
        write_json(file, {**values, "verdicts": [*kept, entry]})


def _replaces(said: Verdict, earlier: Verdict) -> bool:
    """Whether both are about one pair: of the same two contents, or of two copies of one content at the same places."""
    now, then = ({side.fingerprint for side in verdict.sides} for verdict in (said, earlier))
    if len(now) == 2 and "" not in now and now == then:
        return True
    return {(s.library, s.path) for s in said.sides} == {(s.library, s.path) for s in earlier.sides}


def _read(store: Store) -> dict[str, Any]:
    found = read_checked(_file(store), _check, "file of verdicts")
    return found[0] if found else {}


def _check(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict) or not isinstance(values.get("verdicts", []), list):
        raise ValueError("it must hold one JSON object with a list of verdicts")
    for entry in values.get("verdicts", []):
        try:
            _verdict(entry)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("a verdict needs verdict, at, and two videos with library and path") from error
    return values


def _verdict(entry: Any) -> Verdict:
    one, other = (Side(*(_text(video, name) for name in Side.__slots__)) for video in entry["videos"])
    return Verdict(one, other, Opinion(entry["verdict"]), float(entry["at"]))


def _text(video: Any, name: str) -> str:
    value = video.get("fingerprint", "") if name == "fingerprint" else video[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _file(store: Store) -> str:
    return os.path.join(store.base, ARTIFACTS_FOLDER, VERDICTS_NAME)
