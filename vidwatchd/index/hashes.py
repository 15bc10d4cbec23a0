"""hashes: what there is of videos to tell duplicates by: frames' hashes out of the artifacts' facts, sizes, fingerprints."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vidwatchd.index import Index

HEX_DIGITS = 16
# A stale artifact still tells of its video when only settings changed, not when the content did.
_THERE = """a.kind = ? AND a.state IN ('done', 'stale') AND (a.state = 'done' OR a.fingerprint = v.fingerprint)
  AND v.presence <> 'gone' AND l.online"""
_JOINED = "artifacts a JOIN videos v ON v.id = a.video_id JOIN libraries l ON l.id = v.library_id"
# One call, one look at each text: seven calls take twice as long.
_MEMBERS = ("frames", "dct", "mirrored", "before", "flat", "times[0]", "duration_seconds")
_FACTS = ", ".join(f"'$.{member}'" for member in _MEMBERS)
# Texts of so many videos are in memory at a time: 5 MB.
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Packed:
    """The hashes of many videos of one form, eight bytes each (the highest first), one video after the other.

    ``dct`` and ``mirrored`` hold ``frames`` of each video, ``before`` ``frames`` × ``steps``; ``flat`` is a digit a frame.
    """

    frames: int
    steps: int
    video_ids: tuple[int, ...]
    seconds: tuple[float, ...]
    first_seconds: tuple[float, ...]
    dct: bytes
    mirrored: bytes
    before: bytes
    flat: bytes


@dataclass(frozen=True, slots=True)
class SameSize:
    """A video that has another's size; its fingerprint is "" where nobody has asked for it yet."""

    id: int
    size_bytes: int
    fingerprint: str


class Hashes:
    """Questions about what makes videos alike."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def packed(self, kind: str, video_ids: Collection[int] | None = None) -> Iterator[Packed]:
        """The hashes that a kind made, of all videos or of these; some thousand at a time, those of one form together."""
        chosen, params = _chosen(video_ids)
        ids = [row[0] for row in self.index.rows(f"SELECT v.id FROM {_JOINED} WHERE {_THERE} {chosen}", kind, *params)]
        for start in range(0, len(ids), BATCH):
            some, numbers = _chosen([int(str(number)) for number in ids[start : start + BATCH]])
            sql = f"SELECT v.id, json_extract(a.facts, {_FACTS}) FROM {_JOINED} WHERE {_THERE} {some}"
            found = self.index.rows(sql, kind, *numbers)
            facts = json.loads(f"[{','.join(str(text) for _, text in found)}]")
            yield from _packs([(number, *values) for (number, _), values in zip(found, facts, strict=True)])

    def without(self, kind: str, video_ids: Collection[int] | None = None) -> int:
        """How many videos that are not gone have no hash yet."""
        chosen, params = _chosen(video_ids)
        sql = f"""SELECT count(*) FROM videos v JOIN libraries l ON l.id = v.library_id WHERE v.presence <> 'gone'
                  AND l.online {chosen} AND v.id NOT IN (SELECT a.video_id FROM {_JOINED} WHERE {_THERE})"""
        row = self.index.one(sql, *params, kind)
        return int(str(row[0])) if row else 0

    def stamp(self, kind: str) -> tuple[object, ...]:
        """Something that is another when there are other hashes, or other videos, than before."""
        sql = f"SELECT count(*), total(a.made_at), total(a.video_id) FROM {_JOINED} WHERE {_THERE}"
        videos = "SELECT count(*), total(size_bytes), total(id) FROM videos INDEXED BY videos_counted WHERE presence <> 'gone'"
        return (self.index.one(sql, kind) or ()) + (self.index.one(videos) or ())

    def same_sizes(self, video_ids: Collection[int] | None = None) -> list[SameSize]:
        """Videos that are there and share their size with another one, by size."""
        chosen, params = _chosen(video_ids)
        there = f"""videos v JOIN libraries l ON l.id = v.library_id
                    WHERE v.presence = 'present' AND l.online AND v.size_bytes > 0 {chosen}"""
        sql = f"""SELECT v.id, v.size_bytes, v.fingerprint FROM {there} AND v.size_bytes IN
                  (SELECT v.size_bytes FROM {there} GROUP BY v.size_bytes HAVING count(*) > 1) ORDER BY v.size_bytes, v.id"""
        rows = self.index.rows(sql, *params, *params)
        return [SameSize(int(str(i)), int(str(size)), str(mark)) for i, size, mark in rows]


def _chosen(video_ids: Collection[int] | None) -> tuple[str, list[str]]:
    if video_ids is None:
        return "", []
    return "AND v.id IN (SELECT value FROM json_each(?))", [json.dumps(list(video_ids))]


def _packs(rows: list[tuple[Any, ...]]) -> list[Packed]:
    if not rows or _uniform(rows):
        return [_pack(rows)] if rows else []
    sound = sorted(filter(_sound, rows), key=_form)
    return [_pack(list(same)) for _, same in groupby(sound, key=_form)]


def _uniform(rows: list[tuple[Any, ...]]) -> bool:
    """Whether all are sound and of one form, as they nearly always are; a column at a time, in a fifth of the time."""
    columns = list(zip(*rows, strict=True))
    if set(map(type, columns[1])) != {int} or not {*map(type, columns[6]), *map(type, columns[7])} <= {int, float}:
        return False
    if len(set(columns[1])) > 1 or any(set(map(type, texts)) != {str} for texts in columns[2:6]):
        return False
    same = all(len(set(map(len, texts))) == 1 for texts in columns[2:6])
    return same and _sound(rows[0]) and all(_is_hexadecimal("".join(texts)) for texts in columns[2:5])


def _sound(row: tuple[Any, ...]) -> bool:
    """Whether a row has the form we write: notes may come from anywhere with a copied folder."""
    _, frames, *texts, first, seconds = row
    if type(frames) is not int or frames < 1 or not all(isinstance(text, str) for text in texts):
        return False
    dct, mirrored, before, flat = texts
    digits = HEX_DIGITS * frames
    if not len(dct) == len(mirrored) == digits or len(flat) != frames or len(before) % digits:
        return False
    return {type(first), type(seconds)} <= {int, float} and _is_hexadecimal(dct + mirrored + before)


def _is_hexadecimal(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) * 2 == len(text)  # spaces between the digits would pass, and count for none
    except ValueError:
        return False


def _form(row: tuple[Any, ...]) -> tuple[int, int]:
    return row[1], len(row[4])


def _pack(rows: list[tuple[Any, ...]]) -> Packed:
    ids, frames, dct, mirrored, before, flat, first, seconds = zip(*rows, strict=True)
    steps = len(before[0]) // len(dct[0])
    forms = {"dct": _bytes(dct), "mirrored": _bytes(mirrored), "before": _bytes(before)}
    return Packed(frames[0], steps, ids, seconds, first, flat="".join(flat).encode(), **forms)


def _bytes(texts: tuple[str, ...]) -> bytes:
    return bytes.fromhex("".join(texts))
