"""packs: which files of a folder find faces and which tell them apart, and the name that vectors of theirs go by."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vidwatchd.backends import models as known
from vidwatchd.backends.base import AUTO
from vidwatchd.backends.faces.shapes import Shapes, shapes
from vidwatchd.errors import Unavailable
from vidwatchd.model import display, native, portable

# A pull lays files out as the repository has them, two folders deep; a person's folder may hold anything.
_DEPTH = 3
_MOST_FILES = 200
_SAMPLE_BYTES = 1 << 16
_ALIGNED = (3, 112, 112)
_YUNET = {f"{part}_{stride}" for part in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32)}

Detects = Callable[[Shapes], bool]


@dataclass(frozen=True, slots=True)
class Pack:
    """A detector and a recogniser (native paths); ``model`` tells its vectors from others': ``sface:3f9a1c20``.

    ``dimensions`` is 0 where the recogniser does not say it.
    """

    detector: str
    recogniser: str
    model: str
    dimensions: int


def for_opencv(found: Shapes) -> bool:
    """Whether it is a detector that cv2.FaceDetectorYN reads."""
    return found.outputs.keys() >= _YUNET


def for_insightface(found: Shapes) -> bool:
    """Whether insightface takes it for a detector: it counts the outputs, and points are needed to align a face."""
    return len(found.outputs) in (9, 15) and not for_opencv(found)


def chosen(models: str, wanted: str, offered: Sequence[str], detects: Detects) -> Pack | Unavailable:
    """The pack that is called by its name or a folder, or the first of those offered that is here; else what to say."""
    names = offered if wanted == AUTO else (wanted,)
    for name in names:
        found = _pack(native(known.folder_of(models, name)), detects)
        if found is not None:
            return found
    return _missing(models, names[0])


def mark(paths: Sequence[str]) -> str:
    """Eight letters that change with the weights in these files: their sizes, beginnings and ends."""
    sums = hashlib.sha256()
    for path in paths:
        found = os.stat(path)
        sums.update(_sample(path, found.st_size, found.st_mtime_ns))
    return sums.hexdigest()[:8]


def _pack(folder: str, detects: Detects) -> Pack | None:
    """The first detector by name, and the first recogniser beside it or, where there is none, in another folder."""
    described = [(path, found) for path in _files(folder) if (found := shapes(path)) is not None]
    detector = next((path for path, found in described if detects(found)), "")
    recognisers = [(path, found) for path, found in described if _recognises(found)]
    recognisers.sort(key=lambda one: os.path.dirname(one[0]) != os.path.dirname(detector))
    if not detector or not recognisers:
        return None
    path, found = recognisers[0]
    name = os.path.basename(os.path.abspath(folder))
    try:
        return Pack(detector, path, f"{name}:{mark((detector, path))}", next(iter(found.outputs.values()))[-1])
    except (OSError, IndexError):
        return None


def _recognises(found: Shapes) -> bool:
    """One aligned face in, one vector out."""
    return len(found.outputs) == 1 and any(sizes[-3:] == _ALIGNED for sizes in found.inputs.values())


def _files(folder: str) -> list[str]:
    """ONNX files in a folder and a little below, in the order of their names, quantised ones last."""
    found: list[str] = []
    for path in _walk(folder, _DEPTH):
        found.append(path)
        if len(found) == _MOST_FILES:
            break
    return sorted(found, key=lambda path: ("int8" in os.path.basename(path), path))


def _walk(folder: str, depth: int) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: (entry.is_dir(), entry.name))
    except OSError:
        return
    for entry in listed:
        if entry.name.casefold().endswith(".onnx") and entry.is_file():
            yield entry.path
        elif depth > 1 and entry.is_dir() and not entry.name.startswith("."):
            yield from _walk(entry.path, depth - 1)


@lru_cache(maxsize=64)
def _sample(path: str, size_bytes: int, changed_ns: int) -> bytes:
    with open(path, "rb") as file:
        head = file.read(_SAMPLE_BYTES)
        file.seek(max(0, size_bytes - _SAMPLE_BYTES))
        return hashlib.sha256(str(size_bytes).encode() + head + file.read(_SAMPLE_BYTES)).digest()


def _missing(models: str, name: str) -> Unavailable:
    folder = native(known.folder_of(models, name))
    if not os.path.isdir(folder):
        return known.missing(name)
    said = f"there is no detector of faces with a recogniser that this backend reads in {display(portable(folder))}"
    return Unavailable(said, hint="name another folder or model, or another backend")
