"""signatures: the distinct faces of one video as a file holds them: when and where each is seen, and its vector."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# A signature of any known model has at most a few thousand numbers; a file may come from anywhere.
_MOST_DIMENSIONS = 8192


@dataclass(frozen=True, slots=True)
class Box:
    """Where a face is, as fractions of the picture's width and height, upright as shown; it may reach over an edge."""

    left: float
    top: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        across = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        shared = max(across, 0.0) * max(down, 0.0)
        both = self.width * self.height + other.width * other.height - shared
        return shared / both if both > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stretch in which one face is followed: from when to when, and when, where and how well it is seen best."""

    start_seconds: float
    end_seconds: float
    at_seconds: float
    box: Box
    frames: int
    quality: float


@dataclass(frozen=True, slots=True)
class Face:
    """One distinct face of a video. ``vector`` is little-endian float16 of length 1; ``picture`` the suffix of its file."""

    number: int
    vector: bytes
    sightings: tuple[Sighting, ...]
    picture: str = ""

    @property
    def best(self) -> Sighting:
        """Where it is seen best."""
        return max(self.sightings, key=lambda sighting: sighting.quality)

    @property
    def frames(self) -> int:
        """In how many of the frames looked at it is seen."""
        return sum(sighting.frames for sighting in self.sightings)

    @property
    def seconds(self) -> float:
        """How long it is followed over all."""
        return sum(sighting.end_seconds - sighting.start_seconds for sighting in self.sightings)


@dataclass(frozen=True, slots=True)
class Signatures:
    """The faces of one video, none is a result too; what found them, and by which model."""

    backend: str
    model: str
    dimensions: int
    faces: tuple[Face, ...] = ()

    @property
    def space(self) -> str:
        """Only vectors of one space can be compared."""
        return f"{self.backend}:{self.model}:{self.dimensions}"


def to_plain(found: Signatures) -> dict[str, Any]:
    """For a JSON file: ``{"backend", "model", "dimensions", "faces": […]}``; ``from_plain`` reads it."""
    head = {"backend": found.backend, "model": found.model, "dimensions": found.dimensions}
    return {**head, "faces": [_face_to_plain(face) for face in found.faces]}


def from_plain(values: Any) -> Signatures | None:
    """What a file says; None for one that has not the form we write: files come from anywhere with a copied folder."""
    try:
        dimensions = int(values["dimensions"])
        faces = tuple(_face(entry, dimensions) for entry in values["faces"])
        found = Signatures(str(values["backend"]), str(values["model"]), dimensions, faces)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, binascii.Error):
        return None
    numbers = {face.number for face in faces}
    # Of a video without faces nobody knows how many numbers a face would have had.
    fits = (dimensions > 0 or not faces) and 0 <= dimensions <= _MOST_DIMENSIONS
    return found if fits and len(numbers) == len(faces) else None


def box_to_plain(box: Box) -> list[float]:
    """``[left, top, width, height]``, to a tenth of a thousandth."""
    return [round(value, 4) for value in (box.left, box.top, box.width, box.height)]


def box_from_plain(values: Any) -> Box:
    """The box that ``box_to_plain`` wrote. Raises TypeError, ValueError."""
    left, top, width, height = _numbers(values)
    return Box(left, top, width, height)


def _face_to_plain(face: Face) -> dict[str, Any]:
    plain = {"face": face.number, "frames": face.frames, "seconds": round(face.seconds, 3), "picture": face.picture}
    tracks = [_sighting_to_plain(sighting) for sighting in face.sightings]
    return {**plain, "tracks": tracks, "vector": base64.b64encode(face.vector).decode("ascii")}


def _sighting_to_plain(sighting: Sighting) -> dict[str, Any]:
    times = {"start": sighting.start_seconds, "end": sighting.end_seconds, "at": sighting.at_seconds}
    rounded = {name: round(seconds, 3) for name, seconds in times.items()}
    return {
        **rounded,
        "box": box_to_plain(sighting.box),
        "frames": sighting.frames,
        "quality": round(sighting.quality, 4),
    }


def _face(entry: Mapping[str, Any], dimensions: int) -> Face:
    vector = base64.b64decode(entry["vector"], validate=True)
    sightings = tuple(_sighting(track) for track in entry["tracks"])
    if len(vector) != 2 * dimensions or not sightings:
        raise ValueError("a face needs a vector and a track")
    return Face(int(entry["face"]), vector, sightings, str(entry.get("picture", "")))


def _sighting(entry: Mapping[str, Any]) -> Sighting:
    start, end, at, quality = _numbers(entry[name] for name in ("start", "end", "at", "quality"))
    return Sighting(start, end, at, box_from_plain(entry["box"]), int(entry["frames"]), quality)


def _numbers(values: Iterable[Any]) -> list[float]:
    found = [float(value) for value in values]
    if not all(math.isfinite(value) for value in found):
        raise ValueError("not a number")
    return found
