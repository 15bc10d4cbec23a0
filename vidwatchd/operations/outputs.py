"""outputs: what transcodes put into a folder before, so that nothing else that lies there is ever overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vidwatchd.library import stored, write_json
from vidwatchd.library.files import load
from vidwatchd.model import FileState, file_name, native

NOTE_NAME = ".transcoded.json"


def names(paths: Iterable[str]) -> dict[str, str]:
    """Source → output, both portable and relative: the same place, ``.mp4`` for the ending.

    Where two would be called alike (also but for case), all but the MP4 among them keep their ending: ``a.avi.mp4``.
    """
    listed = list(paths)
    wanted: dict[str, list[str]] = {}
    for path in listed:
        wanted.setdefault(_plain(path).casefold(), []).append(path)
    return {path: _plain(path) if _keeps(path, wanted[_plain(path).casefold()]) else _full(path) for path in listed}


class Outputs:
    """The note in a destination (native path): output → the source it was made of, and its own size and time then."""

    def __init__(self, destination: str) -> None:
        self.destination = destination
        self._path = os.path.join(destination, NOTE_NAME)
        noted = load(self._path).get("files")
        self._files: dict[str, Any] = noted if isinstance(noted, dict) else {}

    def path(self, output: str) -> str:
        """The native path of an output."""
        return os.path.join(self.destination, native(output))

    def is_ours(self, output: str) -> bool:
        """Whether what lies there was put there by a transcode and is untouched since."""
        entry = self._entry(output)
        return bool(entry) and entry.get("made") == _stamp(self.path(output))

    def is_of(self, output: str, source: str, state: FileState, codecs: Sequence[str]) -> bool:
        """Whether it was made of that source (absolute portable path) as it is now, for these codecs."""
        entry = self._entry(output)
        return _of(source, state, codecs).items() <= entry.items()

    def note(self, output: str, source: str, state: FileState, codecs: Sequence[str]) -> None:
        """Write down a new output. Raises StorageError."""
        self._files[output] = {**_of(source, state, codecs), "made": _stamp(self.path(output))}
        with stored(self._path):
            write_json(self._path, {"files": self._files})

    def _entry(self, output: str) -> Mapping[str, Any]:
        entry = self._files.get(output)
        return entry if isinstance(entry, dict) else {}


def _of(source: str, state: FileState, codecs: Sequence[str]) -> dict[str, Any]:
    return {"source": source, "state": [state.size_bytes, state.mtime_ns], "codecs": list(codecs)}


def _stamp(path: str) -> list[int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _plain(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, file_name(os.path.splitext(name)[0], ".mp4"))


def _full(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, file_name(name, ".mp4"))


def _keeps(path: str, alike: list[str]) -> bool:
    """Whether a source may have the plain name: it is the only one, or the first that has it already."""
    return len(alike) == 1 or path == next((each for each in alike if _plain(each) == each), None)
