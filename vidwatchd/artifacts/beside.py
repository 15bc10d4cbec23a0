"""beside: files that people put beside a video and that a kind reads: which are a video's, and in what state."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from vidwatchd.model import portable

State = dict[str, list[int]]
"""What stands behind the video's own name (``.en.srt``) → [size in bytes, mtime in ns]; a rename leaves it the same."""


def state(source: str, endings: Collection[str]) -> State:
    """The files with such endings (``.srt``) that belong to the video at ``source`` (native), as they are now."""
    folder, video = os.path.split(source)
    found: dict[str, tuple[int, int]] = {}
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                if ends(entry.name, endings):
                    now = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(now.st_mode):
                        found[portable(entry.name)] = (now.st_mtime_ns, now.st_size)
    except OSError:  # the scan tells what is wrong with a folder; here it is as if nothing lay in it
        return {}
    return Beside(found).of(portable(video), endings)


def ends(name: str, endings: Collection[str]) -> bool:
    """Whether a name has one of these endings, in capitals or not."""
    return os.path.splitext(name)[1].lower() in endings and not name.startswith(".")


class Beside:
    """The files of one folder by the names that their video may have. ``files``: portable name → (mtime_ns, size)."""

    def __init__(self, files: Mapping[str, tuple[int, int]]) -> None:
        self._files = files
        self._called: defaultdict[str, list[str]] = defaultdict(list)
        for name in files:
            for head in _heads(name):
                self._called[head].append(name)

    def of(self, video: str, endings: Collection[str]) -> State:
        """Those that are called as a video's file name, or its stem, with a dot and more after it."""
        stem = _stem(video)
        found = {}
        for name in self._called.get(stem.casefold(), ()):
            if ends(name, endings):
                mtime_ns, size_bytes = self._files[name]
                found[_plain(name)[len(stem) :]] = [size_bytes, mtime_ns]
        return found


def stems(videos: Iterable[str]) -> frozenset[str]:
    """What files may begin with that belong to these videos."""
    return frozenset(_stem(video).casefold() for video in videos)


def without_others(state: State, video: str, stems: Collection[str]) -> State:
    """Without what belongs to a video of a longer name: beside ``Film.2.mp4``, ``Film.2.srt`` is not that of ``Film.mp4``."""
    own = _stem(video)
    return {rest: value for rest, value in state.items() if not any(h in stems for h in _heads(own + rest, len(own)))}


def _stem(video: str) -> str:
    return _plain(os.path.splitext(video)[0])


def _heads(name: str, longer_than: int = 0) -> list[str]:
    """``Film.en.srt`` → ``film``, ``film.en``: what the stem of its video may be."""
    plain = _plain(name)
    return [plain[:at].casefold() for at, letter in enumerate(plain) if letter == "." and at > longer_than]


def _plain(name: str) -> str:
    """One spelling: a Mac writes an accent as a letter of its own, other systems do not."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)
