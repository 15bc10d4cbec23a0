"""listing: pages of videos as JSON built inside SQLite (one row out: no lock is taken a row), filtered, sorted, keyset-paged."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidwatchd.errors import UsageError
from vidwatchd.index.search import NAMED
from vidwatchd.index.tags import fold

if TYPE_CHECKING:
    from vidwatchd.index import Index

# Sort key → the expression that has an index; "-" before a key turns it round.
SORTS = {
    "added": "v.added_at",
    "name": "v.name COLLATE NOCASE",
    "duration": "ifnull(v.duration_seconds, -1)",
    "size": "v.size_bytes",
}
# As text in full: SQLite's JSON writes a real number with 15 digits, and a cursor cut short would repeat rows.
_EXACT = {"added": "printf('%!.17g', v.added_at)", "duration": "printf('%!.17g', ifnull(v.duration_seconds, -1))"}
_EXPRESSIONS = frozenset({SORTS["name"], SORTS["duration"]})
# What a page offers by another name for the same order.
SORT_ALIASES = {"newest": "-added", "oldest": "added", "longest": "-duration", "largest": "-size"}
MAX_LIMIT = 500
MAX_OFFSET = 1 << 40
# A name of 255 bytes, each escaped in JSON, in base64.
MAX_CURSOR = 8192

_TAGGED = """v.id IN (SELECT x.video_id FROM video_tags x JOIN tags t ON t.id = x.tag_id WHERE t.kind = 'tag'
  AND t.folded IN (SELECT value FROM json_each(?)) GROUP BY x.video_id HAVING count(DISTINCT t.folded) >= ?)"""
# Who is seen counts as who is named.
_SHOWING = """v.id IN (WITH wanted (name) AS MATERIALIZED (SELECT value FROM json_each(?))
  SELECT video_id FROM (
    SELECT x.video_id, t.folded FROM video_tags x JOIN tags t ON t.id = x.tag_id
    WHERE t.kind = 'performer' AND t.folded IN (SELECT name FROM wanted)
    UNION SELECT f.video_id, n.folded FROM people n JOIN faces f ON f.person_id = n.id
    WHERE n.folded IN (SELECT name FROM wanted) AND n.folded <> '' AND n.hidden = 0)
  GROUP BY video_id HAVING count(*) >= ?)"""
_NAMES = """(SELECT json_group_array(name) FROM (SELECT t.name AS name FROM video_tags x JOIN tags t ON t.id = x.tag_id
  WHERE x.video_id = v.id AND t.kind = '{kind}' ORDER BY x.position))"""
# Who is said to be in it, then who is seen in it, each once.
_PEOPLE = """(SELECT json_group_array(name) FROM (
  SELECT name FROM (SELECT t.name AS name FROM video_tags x JOIN tags t ON t.id = x.tag_id
    WHERE x.video_id = v.id AND t.kind = 'performer' ORDER BY x.position)
  UNION ALL SELECT n.name FROM (SELECT DISTINCT person_id FROM faces WHERE video_id = v.id) f
    CROSS JOIN people n ON n.id = f.person_id WHERE n.folded <> '' AND n.hidden = 0
    AND NOT EXISTS (SELECT 1 FROM video_tags x JOIN tags t ON t.id = x.tag_id
      WHERE x.video_id = v.id AND t.kind = 'performer' AND t.folded = n.folded)))"""
_ITEM = """json_object('id', v.id, 'name', v.name, 'path', v.path, 'library', l.name, 'library_id', v.library_id,
  'folder', v.folder, 'duration_seconds', v.duration_seconds, 'width', v.width, 'height', v.height,
  'size_bytes', v.size_bytes, 'video_codec', v.video_codec, 'presence', v.presence,
  'problem', iif(v.problem <> '', v.problem, ifnull((SELECT a.error FROM artifacts a
    WHERE a.video_id = v.id AND a.state = 'failed' LIMIT 1), '')),
  'added_at', v.added_at, 'tags', json({tags}), 'performers', json({performers}), 'people', json({people}),
  'artifacts', json_patch(?, (SELECT json_group_object(a.kind, a.state) FROM artifacts a WHERE a.video_id = v.id)){pictures})"""
_PICTURE = """, '{key}', (SELECT {url} FROM artifacts a WHERE a.video_id = v.id AND a.kind = '{kind}'
  AND a.files <> '{{}}')"""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which videos, in what order, from where; empty values do not filter."""

    q: str = ""
    tags: tuple[str, ...] = ()
    performers: tuple[str, ...] = ()
    match_any: bool = False
    library_id: int | None = None
    folder: str | None = None
    recursive: bool = True
    missing: str = ""
    failed: str = ""
    presence: str = ""
    codec: str = ""
    min_duration: float | None = None
    max_duration: float | None = None
    min_height: int | None = None
    added_since: float | None = None
    ids: tuple[int, ...] | None = None
    sort: str = "-added"
    limit: int = 100
    offset: int = 0
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A URL that an item carries: JSON ``key``, the kind whose artifact it is, and the file suffixes by JSON name."""

    key: str
    kind: str
    suffixes: Mapping[str, str]

    def sql(self) -> str:
        """The item's member; the URL holds when the artifact was made, so that it may be cached for ever."""
        base = f"'/api/videos/' || v.id || '/artifacts/{self.kind}/"
        urls = {
            name: f"{base}' || {_published(suffix)} || '?v=' || cast(a.made_at * 1000 AS INTEGER)"
            for name, suffix in self.suffixes.items()
        }
        if list(urls) == [""]:
            return _PICTURE.format(key=self.key, kind=self.kind, url=urls[""])
        members = ", ".join(f"'{name}', {url}" for name, url in urls.items())
        return _PICTURE.format(key=self.key, kind=self.kind, url=f"json_object({members})")


def _published(suffix: str) -> str:
    """The suffix as it stands in an address; ``.preview.*`` is whichever of these there is, NULL for none."""
    if not suffix.endswith(".*"):
        return f"'{suffix.lstrip('.')}'"
    return f"(SELECT substr(f.key, 2) FROM json_each(a.files) f WHERE f.key GLOB '{suffix}' LIMIT 1)"


class Listing:
    """Pages of videos for the API and the pages."""

    def __init__(self, index: Index, kinds: Iterable[str], pictures: Iterable[Picture]) -> None:
        self.index = index
        self._missing = json.dumps(dict.fromkeys(kinds, "missing"))
        shown = "".join(picture.sql() for picture in pictures)
        self._item = _ITEM.format(
            tags=_NAMES.format(kind="tag"), performers=_NAMES.format(kind="performer"), people=_PEOPLE, pictures=shown
        )

    def page(self, wanted: Filter) -> str:
        """``{"videos": [...], "next_cursor": ...}`` as JSON text. Raises UsageError for a bad sort or cursor."""
        name, key, down = _order(wanted.sort)
        where, params = conditions(wanted)
        if wanted.cursor:
            sign, start = "<" if down else ">", _cursor(wanted.cursor, name)
            where.append(_beyond(key, sign))
            params += [start[0], *start]
        limit = max(1, min(wanted.limit, MAX_LIMIT))
        way = "DESC" if down else "ASC"
        # The ids first: a filter that no index serves in this order is sorted, and only a page of it made into JSON.
        # CROSS JOIN keeps the loops, and so the order, as written.
        sql = f"""SELECT '[' || ifnull(group_concat(item, ','), '') || ']', count(*), json_group_array(json_array(k, id)) FROM (
          SELECT {self._item} AS item, {_EXACT.get(name, key)} AS k, v.id AS id
          FROM (SELECT v.id AS id FROM videos v WHERE {" AND ".join(where)} ORDER BY {key} {way}, v.id {way}
            LIMIT ? OFFSET ?) p CROSS JOIN videos v ON v.id = p.id CROSS JOIN libraries l ON l.id = v.library_id)"""
        row = self.index.one(sql, self._missing, *params, limit, max(0, min(wanted.offset, MAX_OFFSET)))
        items, count, keys = row or ("[]", 0, "[]")
        more = json.dumps(_token(name, json.loads(str(keys))[-1])) if count == limit else "null"
        return f'{{"videos":{items},"next_cursor":{more}}}'

    def item(self, video_id: int) -> dict[str, Any] | None:
        """One item, whatever its presence."""
        found: list[dict[str, Any]] = json.loads(self.page(Filter(ids=(video_id,), presence="any")))["videos"]
        return found[0] if found else None

    def neighbours(self, video_id: int, wanted: Filter) -> tuple[int | None, int | None]:
        """The ids before and after a video in a list's order; (None, None) when it is not in the list's table."""
        _, key, down = _order(wanted.sort)
        where, params = conditions(wanted)
        row = self.index.one(f"SELECT {key}, v.id FROM videos v WHERE v.id = ?", video_id)
        if row is None:
            return None, None
        return self._beside(key, down, where, params, row), self._beside(key, not down, where, params, row)

    def _beside(self, key: str, up: bool, where: list[str], params: list[Any], start: tuple[object, ...]) -> int | None:
        sign, way = (">", "ASC") if up else ("<", "DESC")
        sql = f"""SELECT v.id FROM videos v WHERE {" AND ".join(where)} AND {_beyond(key, sign)}
                  ORDER BY {key} {way}, v.id {way} LIMIT 1"""
        row = self.index.one(sql, *params, start[0], *start)
        return int(str(row[0])) if row else None


def conditions(wanted: Filter) -> tuple[list[str], list[Any]]:
    """WHERE terms over ``videos v`` and their parameters."""
    where, params = _presence(wanted.presence), []
    for term, value in _simple(wanted):
        where.append(term)
        params.append(value)
    for term, given in ((_TAGGED, wanted.tags), (_SHOWING, wanted.performers)):
        names = sorted({fold(name) for name in given} - {""})
        if names:
            where.append(term)
            params += [json.dumps(names), 1 if wanted.match_any else len(names)]
    if wanted.folder is not None:
        where.append(
            "(+v.folder = ? OR (? AND +v.folder > ? AND +v.folder < ?))" if wanted.folder else "(? OR +v.folder = '')"
        )
        folder, deep = wanted.folder.rstrip("/"), wanted.recursive
        params += [folder, deep, f"{folder}/", f"{folder}0"] if folder else [deep]
    return where, params


def match(words: str) -> str:
    """What a person typed as an FTS5 query over names: every word, the last one as a beginning; "…" stays a phrase."""
    words = words.replace("\0", " ")  # where SQLite's text would end
    parts = [
        part
        for i, chunk in enumerate(words.split('"'))
        for part in ([chunk] if i % 2 else chunk.replace("/", " ").split())  # a folder and a name are two columns
        if part.strip()
    ]
    # A part of nothing but punctuation has no token: FTS5 would then match nothing at all.
    parts = [part for part in parts if any(c.isalnum() for c in part)]
    typed = " ".join(f'"{part}"' for part in parts) + ("*" if parts and not words.endswith(('"', " ")) else "")
    return f"{NAMED} : ({typed})" if typed else ""


def _simple(wanted: Filter) -> Iterable[tuple[str, Any]]:
    lacks = "NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.video_id = v.id AND a.kind = ? AND a.state = 'done')"
    fails = "EXISTS (SELECT 1 FROM artifacts a WHERE a.video_id = v.id AND a.state = 'failed' AND ? IN (a.kind, 'any'))"
    ids = None if wanted.ids is None else json.dumps(list(wanted.ids))
    offered: tuple[tuple[str, Any], ...] = (
        ("v.id IN (SELECT rowid FROM words WHERE words MATCH ?)", match(wanted.q) or (wanted.q.strip() and '""')),
        ("+v.library_id = ?", wanted.library_id),  # +: the order's own index serves better
        (lacks, wanted.missing),
        (fails, wanted.failed),
        ("v.video_codec = ?", wanted.codec),
        ("v.duration_seconds >= ?", wanted.min_duration),
        ("v.duration_seconds <= ?", wanted.max_duration),
        ("min(v.width, v.height) >= ?", wanted.min_height),
        ("v.added_at >= ?", wanted.added_since),
        ("v.id IN (SELECT value FROM json_each(?))", ids),
    )
    return ((term, value) for term, value in offered if value not in (None, ""))


def _presence(presence: str) -> list[str]:
    if presence == "any":
        return ["1"]
    if presence in ("present", "gone", "unknown"):
        # The indices leave the gone ones out: SQLite must be told that no index entry is missing here.
        return [f"v.presence = '{presence}'"] + (["v.presence <> 'gone'"] if presence != "gone" else [])
    if presence:
        raise UsageError(f"presence {presence!r} is not known", hint="present, gone, unknown or any")
    return ["v.presence <> 'gone'"]


def _order(sort: str) -> tuple[str, str, bool]:
    """The sort's name, its expression, and whether it runs downwards."""
    name = SORT_ALIASES.get(sort, sort)
    key = SORTS.get(name.removeprefix("-"))
    if key is None:
        raise UsageError(
            f"cannot sort by {sort!r}", hint=f"one of {', '.join(SORTS)}, or -{next(iter(SORTS))} for the reverse"
        )
    return name.removeprefix("-"), key, name.startswith("-")


def _beyond(key: str, sign: str) -> str:
    """What lies beyond a place in an order; its parameters are key, key, id."""
    # The first term is for SQLite's planner, which steps into an index of an expression by no pair of values; a pair
    # into one of columns, past any number of equal keys: there it may not look at the first term (+).
    return f"{'' if key in _EXPRESSIONS else '+'}{key} {sign}= ? AND ({key}, v.id) {sign} (?, ?)"


def _token(name: str, key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([name, *key]).encode()).decode().rstrip("=")


def _cursor(token: str, name: str) -> list[Any]:
    """The key and id that a cursor of this sort stands for. Raises UsageError for anything else."""
    try:
        if len(token) > MAX_CURSOR:
            raise ValueError("too long")
        of, value, video_id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if of != name or not isinstance(video_id, int):
            raise ValueError("of another list")
        return [float(value) if name in _EXACT else str(value) if name == "name" else int(value), video_id]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise UsageError("that cursor is not one of this list", hint="start again without it") from error
