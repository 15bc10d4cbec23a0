"""looped: an MP4 in which a clip is shown again and again though its bytes lie in it once, or now and then.

What an MP4 shows when is a table, of times, sizes and places in the file; nothing forbids two of its rows to name the
same place. So a clip of six seconds lasts for two hours in a few hundred kilobytes of table, and can be sought as any film.
"""

from __future__ import annotations

import os
import shutil
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import BinaryIO

from vidwatchd.errors import MediaError

_HEAD, _LONG_HEAD = struct.Struct(">I4s"), struct.Struct(">Q")
_FOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"})
_WRITTEN = frozenset({b"stts", b"ctts", b"stss", b"stsc", b"stsz", b"stco", b"co64"})
# Of each picture, or of groups of them; optional, and of no use to a player.
_DROPPED = frozenset({b"sdtp", b"sbgp", b"sgpd"})
_LONGEST = 2**32


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of the whole film: which of those that are written it is, and its (pts, dts, duration) in ticks."""

    number: int
    shown: int
    decoded: int
    lasts: int


@dataclass(slots=True)
class _Box:
    """A box: its four letters, and its content, or the boxes within."""

    type: bytes
    data: bytes = b""
    inner: list[_Box] | None = None

    def written(self) -> bytes:
        """As it is written."""
        content = self.data if self.inner is None else b"".join(box.written() for box in self.inner)
        return _HEAD.pack(_HEAD.size + len(content), self.type) + content

    def find(self, *types: bytes) -> _Box:
        """The first box down this way. Raises MediaError."""
        found = self
        for type_ in types:
            inside = (box for box in found.inner or () if box.type == type_)
            found = next(inside, None)  # type: ignore[assignment]
            if found is None:
                raise MediaError(f"the file that was written has no {type_.decode()}")
        return found

    def has(self, type_: bytes) -> bool:
        """Whether there is one right in it."""
        return any(box.type == type_ for box in self.inner or ())


def repeat(once: str, target: str, pictures: Sequence[Shown], base: Fraction) -> None:
    """Write ``once`` (an MP4 whose first track holds the pictures, its index at its start) to ``target``, its first track
    showing these ``pictures``, whose ticks last ``base`` seconds. Raises MediaError for a file of another shape, OSError.
    """
    with open(once, "rb") as file, open(target, "wb") as out:
        boxes = {type_: (at, size) for type_, at, size in _top(file, os.path.getsize(once))}
        if list(boxes)[:2] != [b"ftyp", b"moov"] or b"mdat" not in boxes:
            raise MediaError("the file that was written has its index at its end")
        at, size = boxes[b"moov"]
        file.seek(at)
        moov = _parsed(b"moov", file.read(size)[_HEAD.size :])
        _show(moov, pictures, base)
        grown = len(moov.written()) - size
        for track in moov.inner or ():
            if track.type == b"trak":
                _move(track.find(b"mdia", b"minf", b"stbl"), grown)
        file.seek(0)
        out.write(file.read(at))
        out.write(moov.written())
        file.seek(at + size)
        shutil.copyfileobj(file, out)


def _top(file: BinaryIO, whole: int) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    while at + _HEAD.size <= whole:
        file.seek(at)
        size, type_ = _HEAD.unpack(file.read(_HEAD.size))
        if size == 1:
            (size,) = _LONG_HEAD.unpack(file.read(_LONG_HEAD.size))
        size = size or whole - at
        if size < _HEAD.size:
            raise MediaError("the file that was written is broken")
        yield type_, at, size
        at += size


def _parsed(type_: bytes, data: bytes) -> _Box:
    if type_ not in _FOLDERS:
        return _Box(type_, data)
    inner, at = [], 0
    while at + _HEAD.size <= len(data):
        size, name = _HEAD.unpack_from(data, at)
        if size < _HEAD.size:
            raise MediaError("the file that was written is broken")
        inner.append(_parsed(name, data[at + _HEAD.size : at + size]))
        at += size
    return _Box(type_, inner=inner)


def _show(moov: _Box, pictures: Sequence[Shown], base: Fraction) -> None:
    """Have the first track show these pictures."""
    track = moov.find(b"trak")
    media, stbl = track.find(b"mdia"), track.find(b"mdia", b"minf", b"stbl")
    scale = _scale(media.find(b"mdhd"))
    pictures = [_in_ticks(one, base * scale) for one in pictures]
    sizes, places = _sizes(stbl), _places(stbl)
    keys = set(_numbers(stbl.find(b"stss"))) if stbl.has(b"stss") else set(range(1, len(sizes) + 1))
    lasts = [after.decoded - one.decoded for one, after in pairwise(pictures)]
    lasts.append(pictures[-1].lasts)
    if min(lasts) < 0 or max(places, default=0) + sum(sizes) >= _LONGEST:
        raise MediaError("these pictures cannot be shown again and again")
    late = [one.shown - one.decoded for one in pictures]
    tables = {
        b"stts": _table(_runs(lasts)),
        b"ctts": _table(_runs(late)) if any(late) else b"",
        b"stss": _table([at for at, one in enumerate(pictures, 1) if one.number + 1 in keys]),
        b"stsc": _table([(1, 1, 1)]),
        b"stsz": bytes(8) + _table([sizes[one.number] for one in pictures])[4:],
        b"stco": _table([places[one.number] for one in pictures]),
    }
    kept = [box for box in stbl.inner or () if box.type not in _WRITTEN | _DROPPED]
    stbl.inner = kept + [_Box(type_, data) for type_, data in tables.items() if data]
    ends = max(one.shown + one.lasts for one in pictures) - pictures[0].shown
    _last(media.find(b"mdhd"), sum(lasts))
    whole = round(ends * _scale(moov.find(b"mvhd")) / scale)
    for box in (moov.find(b"mvhd"), track.find(b"tkhd"), *_edits(track)):
        _last(box, whole)


def _in_ticks(one: Shown, times: Fraction) -> Shown:
    return Shown(one.number, *(round(ticks * times) for ticks in (one.shown, one.decoded, one.lasts)))


def _table(rows: Sequence[int] | Sequence[tuple[int, ...]]) -> bytes:
    flat = array("I", (number for row in rows for number in (row if isinstance(row, tuple) else (row,))))
    flat.byteswap()
    return struct.pack(">II", 0, len(rows)) + flat.tobytes()


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return [(len(list(same)), number) for number, same in groupby(numbers)]


def _numbers(box: _Box, at: int = 8) -> list[int]:
    return list(struct.unpack_from(f">{(len(box.data) - at) // 4}I", box.data, at))


def _sizes(stbl: _Box) -> list[int]:
    box = stbl.find(b"stsz")
    _, same, count = struct.unpack_from(">III", box.data)
    return [same] * count if same else _numbers(box, 12)


def _chunks(stbl: _Box) -> list[int]:
    if stbl.has(b"co64"):
        box = stbl.find(b"co64")
        return list(struct.unpack_from(f">{(len(box.data) - 8) // 8}Q", box.data, 8))
    return _numbers(stbl.find(b"stco"))


def _places(stbl: _Box) -> list[int]:
    """Where each sample of a track lies in the file."""
    sizes, chunks, rows = iter(_sizes(stbl)), _chunks(stbl), _numbers(stbl.find(b"stsc"))
    begins = dict(zip(rows[0::3], rows[1::3], strict=True))
    places, count = [], 0
    for number, at in enumerate(chunks, 1):
        count = begins.get(number, count)
        for size in (next(sizes) for _ in range(count)):
            places.append(at)
            at += size
    return places


def _move(stbl: _Box, by: int) -> None:
    """What lies in the file lies further on now."""
    chunks = [at + by for at in _chunks(stbl)]
    if stbl.has(b"co64"):
        stbl.find(b"co64").data = struct.pack(f">II{len(chunks)}Q", 0, len(chunks), *chunks)
    else:
        stbl.find(b"stco").data = _table(chunks)


def _edits(track: _Box) -> list[_Box]:
    return [track.find(b"edts", b"elst")] if track.has(b"edts") else []


# Where each kind of box says how long it lasts, by its version: (where, as what).
_LENGTHS = {
    b"mvhd": ((16, ">I"), (24, ">Q")), b"mdhd": ((16, ">I"), (24, ">Q")), b"tkhd": ((20, ">I"), (28, ">Q")),
}  # fmt: skip


def _scale(box: _Box) -> int:
    """Ticks a second of a movie's or a track's header."""
    return int(struct.unpack_from(">I", box.data, 20 if box.data[0] else 12)[0])


def _last(box: _Box, ticks: int) -> None:
    """Have it say that it lasts so long; what lasts longer, as the sound may in the movie's header, stays."""
    if box.type == b"elst":
        at, form = len(box.data) - (20 if box.data[0] else 12), ">Q" if box.data[0] else ">I"
    else:
        at, form = _LENGTHS[box.type][box.data[0]]
    data = bytearray(box.data)
    before = struct.unpack_from(form, data, at)[0]
    if form == ">I" and ticks >= _LONGEST:
        raise MediaError("the film would be too long")
    struct.pack_into(form, data, at, max(ticks, before))
    box.data = bytes(data)
