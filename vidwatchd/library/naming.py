"""naming: a name that somebody sent, made one that a file can have on any disk, in sight of every scan."""

from __future__ import annotations

import os
import re
import unicodedata

from vidwatchd.model import MAX_NAME_BYTES, native, portable

NAMELESS = "upload"

# Names that Windows keeps for its devices, whatever their ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
# What browsers and synchronisers give to files that are not whole yet: such are never looked at.
_UNFINISHED = re.compile(r"\.(?:part|partial|crdownload|download|!qb|!ut|tmp|temp|aria2)$", re.IGNORECASE)
_HIDING = ".~ "
# An ending longer than this is none.
_ENDING_BYTES = 16


def safe_name(given: str) -> str:
    """A portable file name out of what a client sent (bytes that are no UTF-8 as surrogates): a path's last part alone.

    Control and direction characters are left out, a hidden, reserved or empty name gets another, a long one is cut.
    """
    name = re.split(r"[/\\]", given)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf"} or c in "\u200c\u200d")
    name = name.strip().lstrip(_HIDING).rstrip(". ")
    while match := _UNFINISHED.search(name):
        name = name[: match.start()]
    if _DEVICES.fullmatch(name.partition(".")[0]):
        name = f"_{name}"
    return fitting(portable(name) or NAMELESS)


def fitting(name: str, *, number: int = 1) -> str:
    """The (portable) name cut to what a file name may have, its ending kept; ``number`` from 2 on is added to it."""
    raw, suffix = os.fsencode(native(name)), f" ({number})".encode() if number > 1 else b""
    stem, ending = _split(raw)
    most = MAX_NAME_BYTES - len(ending) - len(suffix)
    return portable(os.fsdecode(_cut(stem, most) + suffix + ending))


def ending_of(name: str) -> str:
    """The ending of a (portable) name in lower case, without its dot; "" for none."""
    return os.fsdecode(_split(os.fsencode(native(name)))[1])[1:].lower()


def _split(raw: bytes) -> tuple[bytes, bytes]:
    stem, dot, ending = raw.rpartition(b".")
    return (stem, dot + ending) if stem and ending and len(ending) <= _ENDING_BYTES else (raw, b"")


def _cut(raw: bytes, most: int) -> bytes:
    """At most so many bytes, and no character cut in two."""
    if len(raw) <= most:
        return raw
    cut = raw[:most]
    while cut and raw[len(cut)] & 0xC0 == 0x80:
        cut = cut[:-1]
    return cut.rstrip() or raw[:most]
