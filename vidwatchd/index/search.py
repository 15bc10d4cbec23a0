"""search: the words of every video: what is written when they change, and what is asked when somebody looks for some."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidwatchd.index import Index

# Column → how much a word in it weighs: what people gave a video as a name says more than what was said in passing.
WEIGHTS = {"name": 10.0, "folder": 3.0, "tags": 8.0, "people": 8.0, "speech": 1.0, "chapters": 4.0, "captions": 2.0}
NAMED = "{name folder tags people}"
TIMED = ("speech", "chapters", "captions")
# A word that most videos hold says little of any: of so many, only this many of the newest are ranked (7 ms, not 90).
MOST_RANKED = 2000
MOST_NAMED = 500
# A word of its own to SQLite, so that no phrase leads from one track's end into the next one's beginning.
BARRIER = "\ue000"
_UNFIT = re.compile("[\0-\x1f\x7f\ue000\ud800-\udfff]")
_LAST_MS = 2**32 - 1
_SPELLINGS = 200


@dataclass(frozen=True, slots=True)
class Stretch:
    """Timed words of one track: ``cues`` are (start seconds, end seconds, text)."""

    source: str
    track: str
    cues: Sequence[tuple[float, float, str]]


@dataclass(frozen=True, slots=True)
class Places:
    """Where in the text of a source the cues of one track lie: each cue's offset in characters, and its times in ms."""

    source: str
    track: str
    offsets: Sequence[int]
    """One more than there are cues: where the last one ends."""
    starts_ms: Sequence[int]
    ends_ms: Sequence[int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question: FTS5 expressions of what must and what must not be there, and conditions over ``videos v``."""

    match: str = ""
    unwanted: str = ""
    where: tuple[str, ...] = ()
    params: tuple[object, ...] = ()

    @property
    def whole(self) -> str:
        """The expression with what must not be there."""
        return f"({self.match}) NOT ({self.unwanted})" if self.unwanted else self.match


class Search:
    """The words, by video."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def learn(self, video_id: int, stretches: Iterable[Stretch]) -> None:
        """Put these timed words in the place of all that the video had."""
        texts, rows = _laid_out(stretches)
        fresh = tuple(texts.get(source, "") for source in TIMED)
        with self.index.transaction() as connection:
            held = connection.execute(f"SELECT {', '.join(TIMED)} FROM words WHERE rowid = ?", (video_id,)).fetchone()
            if held is not None and held != fresh:  # each costs the whole row's words anew
                columns = ", ".join(f"{source} = ?" for source in TIMED)
                connection.execute(f"UPDATE words SET {columns} WHERE rowid = ?", (*fresh, video_id))
            connection.execute("DELETE FROM passages WHERE video_id = ?", (video_id,))
            if held is not None:
                connection.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?, ?, ?)", [(video_id, *row) for row in rows]
                )
            connection.execute("UPDATE videos SET learned_at = ? WHERE id = ?", (time.time(), video_id))

    def unlearned(self, kinds: Collection[str]) -> list[int]:
        """Videos of which one of these kinds was made after its words were last read."""
        sql = """SELECT DISTINCT v.id FROM artifacts a JOIN videos v ON v.id = a.video_id
                 WHERE a.kind IN (SELECT value FROM json_each(?)) AND a.state = 'done' AND a.made_at > v.learned_at"""
        return [int(str(row[0])) for row in self.index.rows(sql, json.dumps(list(kinds)))]

    def ranked(self, wanted: Wanted) -> tuple[list[tuple[int, float]], bool]:
        """(video, score), the best first and of equals the newest; and whether there are more than were looked at."""
        if not wanted.match:
            return self._listed(wanted)
        found = self._scored(wanted.whole, wanted, MOST_RANKED)
        if len(found) < MOST_RANKED:
            return found, False
        named = self._scored(_named(wanted), wanted, MOST_NAMED)
        held = {video_id for video_id, _ in named}
        return named + [row for row in found if row[0] not in held], True

    def fitting(self, wanted: Wanted, video_ids: Collection[int]) -> set[int]:
        """Which of these videos the conditions let pass."""
        sql = f"SELECT v.id FROM videos v WHERE {_all(wanted.where)} AND v.id IN (SELECT value FROM json_each(?))"
        rows = self.index.rows(sql, *wanted.params, json.dumps(list(video_ids))) if video_ids else []
        return {int(str(row[0])) for row in rows}

    def texts(self, video_ids: Collection[int]) -> dict[int, dict[str, str]]:
        """Video → column → its text."""
        # FTS5's own highlight() would look up every word anew for each video; beginnings of common words take 8 ms a time.
        sql = f"SELECT rowid, {', '.join(WEIGHTS)} FROM words WHERE rowid IN (SELECT value FROM json_each(?))"
        rows = self.index.rows(sql, json.dumps(list(video_ids)))
        return {int(str(row[0])): dict(zip(WEIGHTS, map(str, row[1:]), strict=True)) for row in rows}

    def places(self, video_id: int) -> list[Places]:
        """Where the cues of a video's timed words lie."""
        sql = "SELECT source, track, cues FROM passages WHERE video_id = ? ORDER BY source, position"
        return [_unpacked(str(source), str(track), cues) for source, track, cues in self.index.rows(sql, video_id)]

    def documents(self, term: str) -> int:
        """How many videos hold a (folded) word."""
        row = self.index.one("SELECT doc FROM vocabulary WHERE term = ?", term)
        return int(str(row[0])) if row else 0

    def begins(self, beginning: str) -> bool:
        """Whether any word begins so."""
        row = self.index.one("SELECT 1 FROM vocabulary WHERE term >= ? AND term < ? LIMIT 1", *_range(beginning))
        return row is not None

    def like(self, term: str, distance: int) -> list[tuple[str, int]]:
        """(word, videos that hold it) of words of about this length that share letters with it.

        Those with the same first letter are asked of the words themselves; others of last night's list, by their pieces
        of three letters.
        """
        lengths = (len(term) - distance, len(term) + distance)
        near = "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?"
        found = self.index.rows(near, *_range(term[:1]), *lengths)
        pieces = " OR ".join(f'"{term[n : n + 3]}"' for n in range(len(term) - 2))
        if pieces:
            far = """SELECT term, documents FROM spellings WHERE spellings MATCH ? AND length(term) BETWEEN ? AND ?
                     ORDER BY bm25(spellings) LIMIT ?"""
            found += self.index.rows(far, pieces, *lengths, _SPELLINGS)
        return [(str(word), int(str(count))) for word, count in found]

    def optimise(self) -> None:
        """Nightly: merge the index of words, and learn how they are spelled."""
        with self.index.transaction() as connection:
            connection.execute("DELETE FROM spellings")
            connection.execute("INSERT INTO spellings SELECT term, doc FROM vocabulary WHERE length(term) > 2")
        for table in ("words", "spellings"):
            self.index.rows(f"INSERT INTO {table} ({table}) VALUES ('optimize')")

    def _listed(self, wanted: Wanted) -> tuple[list[tuple[int, float]], bool]:
        where, params = list(wanted.where), list(wanted.params)
        if wanted.unwanted:
            where.append("v.id NOT IN (SELECT rowid FROM words WHERE words MATCH ?)")
            params.append(wanted.unwanted)
        sql = f"SELECT v.id FROM videos v WHERE {_all(where)} ORDER BY v.added_at DESC, v.id DESC LIMIT ?"
        rows = self.index.rows(sql, *params, MOST_RANKED)
        return [(int(str(row[0])), 0.0) for row in rows], len(rows) == MOST_RANKED

    def _scored(self, match: str, wanted: Wanted, most: int) -> list[tuple[int, float]]:
        weights = ", ".join(map(str, WEIGHTS.values()))
        # The newest first as they come from the index of words: nothing but them is read.
        sql = f"""SELECT id, score FROM (SELECT v.id AS id, -bm25(words, {weights}) AS score
          FROM words CROSS JOIN videos v ON v.id = words.rowid WHERE words MATCH ? AND {_all(wanted.where)}
          ORDER BY words.rowid DESC LIMIT ?) ORDER BY score DESC, id DESC"""
        return [
            (int(str(video_id)), float(str(score)))
            for video_id, score in self.index.rows(sql, match, *wanted.params, most)
        ]


def _all(where: Iterable[str]) -> str:
    # The index in order of addition leaves the gone ones out, and so says this.
    return " AND ".join(["v.presence <> 'gone'", *where])


def _named(wanted: Wanted) -> str:
    named = f"{NAMED} : ({wanted.match})"
    return f"({named}) NOT ({wanted.unwanted})" if wanted.unwanted else named


def _range(beginning: str) -> tuple[str, str]:
    """From a beginning up to what no longer begins so."""
    return beginning, beginning + "\U0010ffff"


def _laid_out(stretches: Iterable[Stretch]) -> tuple[dict[str, str], list[tuple[str, int, str, bytes]]]:
    """Each source's whole text, and the rows that tell where in it the cues lie."""
    parts: dict[str, list[str]] = {}
    lengths: dict[str, int] = {}
    rows = []
    for position, stretch in enumerate(stretches):
        pieces, at = parts.setdefault(stretch.source, []), lengths.get(stretch.source, 0)
        if pieces:
            pieces.append(f"{BARRIER} ")
            at += len(pieces[-1])
        offsets, starts, ends = array("I"), array("I"), array("I")
        for start, end, text in sorted(stretch.cues, key=lambda cue: cue[0]):
            offsets.append(at)
            starts.append(_ms(start))
            ends.append(_ms(end))
            pieces.append(unicodedata.normalize("NFC", f"{_UNFIT.sub(' ', text)} "))
            at += len(pieces[-1])
        lengths[stretch.source] = at
        offsets.append(at)
        rows.append((stretch.source, position, stretch.track, (offsets + starts + ends).tobytes()))
    return {source: "".join(pieces) for source, pieces in parts.items()}, rows


def _unpacked(source: str, track: str, cues: object) -> Places:
    numbers = array("I")
    numbers.frombytes(cues if isinstance(cues, bytes) else b"")
    count = (len(numbers) - 1) // 3
    return Places(source, track, numbers[: count + 1], numbers[count + 1 : 2 * count + 1], numbers[2 * count + 1 :])


def _ms(seconds: float) -> int:
    return min(max(0, round(seconds * 1000)), _LAST_MS) if seconds == seconds else 0
