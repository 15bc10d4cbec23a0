"""manifest: what a stored form consists of and what it was made from, as the file manifest.json of its folder.

Files are named relative to the folder, so that it may be moved anywhere.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, TypeVar, get_args

from vidwatchd.errors import MediaError
from vidwatchd.model import native, portable

FILE, SCRIPT, RESULTANT = "manifest.json", "script.txt", "resultant.mp4"
# The name tells the format: raw AAC in ADTS, MP3, Opus in Ogg.
SOUNDS: Mapping[str, str] = {"aac": "audio.aac", "mp3": "audio.mp3", "opus": "audio.opus"}
NAMES = (FILE, SCRIPT, RESULTANT, *SOUNDS.values())
VERSION = 1
Origin = Literal["real", "generated", "placeholder"]

_IDS = uuid.UUID("5f0ad63f-6c0b-4a6f-9f0e-0a4f6c4b7d51")
_MOST_BYTES = 4 * 2**20
# What the index can hold.
_MOST_COUNT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Source:
    """The film that was stored; ``size_bytes`` and ``fingerprint`` tell whether a file is still it."""

    name: str
    size_bytes: int
    fingerprint: str
    duration_seconds: float
    width: int = 0
    height: int = 0
    frames_per_second: float = 0.0
    video_codec: str = ""
    audio_codec: str = ""
    container: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """The kept sound. ``target_exceeded``: the size aimed at was too small for so long a film, and nothing was cut.

    ``chosen`` says why it has so many bits a second: ``size`` fills what was asked for, ``most`` is all that is of use,
    ``least`` what can still be heard, ``source`` all that the film's own sound has to say, and ``copy`` is that sound
    itself, never encoded again. ``source_kbps`` is how many the film's own has, 0 where that was of no matter.
    """

    file: str
    codec: str
    kbps: int
    channels: int
    bytes: int
    seconds: float
    target_exceeded: bool = False
    chosen: str = ""
    source_kbps: float = 0.0


@dataclass(frozen=True, slots=True)
class Script:
    """The text: ``backend`` is where the words come from, ``visual`` what described the pictures ("" for none).

    ``track`` is which of the film's tracks they are, ``edited`` how many of its lines people changed or took away.
    """

    file: str
    bytes: int
    words: int = 0
    language: str = ""
    backend: str = ""
    visual: str = ""
    captions: int = 0
    notes: tuple[str, ...] = ()
    track: str = ""
    edited: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands in for the picture. ``origin``: the film's own pictures, a model's, or nothing but a placeholder.

    ``ssim`` is its mean likeness to the source over frames of all the film, brought to the source's size; None where
    that means nothing. ``fallback_from`` tells of better ways that failed: name → reason.
    """

    file: str
    codec: str
    width: int
    height: int
    frames_per_second: float
    bytes: int
    seconds: float
    backend: str
    origin: Origin
    model: str = ""
    ssim: float | None = None
    fallback_from: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One stored form; a film without sound has no ``audio``, one without pictures no ``resultant``."""

    id: str
    source: Source
    script: Script
    audio: Sound | None = None
    resultant: Picture | None = None
    made_at: float = 0.0
    seconds: float = 0.0
    version: int = VERSION

    @property
    def sizes(self) -> dict[str, int]:
        """File → how large it is, of all but the manifest itself."""
        return {part.file: part.bytes for part in (self.audio, self.resultant, self.script) if part}

    @property
    def stored_bytes(self) -> int:
        """What the form takes, but for the manifest itself."""
        return sum(self.sizes.values())

    @property
    def ratio(self) -> float:
        """How many times smaller than the source it is."""
        return round(self.source.size_bytes / self.stored_bytes, 2) if self.stored_bytes else 0.0


def form_id(fingerprint: str) -> str:
    """The id of the stored form of a film, the same wherever it lies and whenever it is made."""
    return str(uuid.uuid5(_IDS, fingerprint))


def to_plain(manifest: Manifest) -> dict[str, Any]:
    """As JSON has it; ``video`` is the film's name, ``bytes`` and ``ratio`` are sums for whoever reads it."""
    whole = asdict(manifest)
    about = {"video": manifest.source.name, "bytes": manifest.stored_bytes, "ratio": manifest.ratio}
    return {"id": whole.pop("id"), **about, **whole}


def from_plain(values: Any) -> Manifest:
    """The manifest in what JSON gave. Raises ValueError for anything else, also for one that names files elsewhere."""
    if not isinstance(values, Mapping) or not isinstance(values.get("id"), str):
        raise ValueError("it is no manifest of a stored form")
    source, script = _part(Source, values.get("source")), _part(Script, values.get("script"))
    if source is None or script is None:
        raise ValueError("it is no manifest of a stored form")
    sound, picture = _part(Sound, values.get("audio")), _part(Picture, values.get("resultant"))
    kinds = {"made_at": "float", "seconds": "float", "version": "int"}
    rest: dict[str, Any] = {name: values[name] for name, kind in kinds.items() if _is(kind, values.get(name))}
    return Manifest(values["id"], source, script, sound, picture, **rest)


def read(folder: str) -> Manifest | None:
    """The manifest of a stored form's (native) folder; None where there is none. Raises MediaError for a broken one."""
    path = os.path.join(folder, FILE)
    try:
        with open(path, encoding="utf-8") as file:
            return from_plain(json.loads(file.read(_MOST_BYTES)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, OSError, RecursionError) as error:
        raise MediaError(f"{portable(path)} cannot be read: {error}") from error


def damaged(manifest: Manifest, folder: str) -> str:
    """The first file that does not lie in the (native) folder as large as it was made; "" when all do."""
    return next((name for name, size in manifest.sizes.items() if _size(folder, name) != size), "")


def text(manifest: Manifest) -> bytes:
    """The file's content."""
    return (json.dumps(to_plain(manifest), ensure_ascii=False, indent=1) + "\n").encode()


P = TypeVar("P")


def _part(type_: type[P], values: Any) -> P | None:
    """One part; members that we do not know are a newer version's."""
    if values is None:
        return None
    if not isinstance(values, Mapping):
        raise ValueError(f"{values!r} is no part of a manifest")
    kinds = {f.name: str(f.type) for f in fields(type_) if f.name in values}  # type: ignore[arg-type]
    known = {name: values[name] for name in kinds}
    if "file" in known and not _inside(known["file"]):
        raise ValueError(f"{known['file']!r} is no file of its folder")
    if "origin" in known and known["origin"] not in get_args(Origin):
        raise ValueError(f"{known['origin']!r} is no origin of a picture")
    if wrong := next((name for name, kind in kinds.items() if not _is(kind, known[name])), ""):
        raise ValueError(f"{wrong!r} in it is not as it must be")
    if "notes" in known:
        known["notes"] = tuple(known["notes"])
    try:
        return type_(**known)
    except TypeError as error:
        raise ValueError(f"a part of the manifest is incomplete: {error}") from error


def _is(kind: str, value: Any) -> bool:
    """Whether a value may stand for a member of a kind, as these classes annotate it. It may come from anywhere."""
    if kind == "str":
        return isinstance(value, str) and "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if kind == "bool":
        return isinstance(value, bool)
    if kind in ("int", "float"):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return (whole or (kind == "float" and isinstance(value, float))) and 0 <= value <= _MOST_COUNT
    if kind == "float | None":
        return value is None or _is("float", value)
    if kind == "tuple[str, ...]":
        return isinstance(value, list | tuple) and all(_is("str", each) for each in value)
    if kind.startswith("Mapping"):
        return isinstance(value, Mapping) and all(_is("str", each) for pair in value.items() for each in pair)
    return isinstance(value, str)


def _size(folder: str, name: str) -> int:
    """-1 where there is no such file."""
    path = os.path.join(folder, native(name))
    return os.path.getsize(path) if os.path.isfile(path) else -1


def _inside(name: Any) -> bool:
    return isinstance(name, str) and name == os.path.basename(native(name)) and name not in ("", ".", "..")
