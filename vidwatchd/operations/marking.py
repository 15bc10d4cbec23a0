"""marking: which places in a text the words of a search stand at, as the index of words would say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property

from vidwatchd.index.search import BARRIER
from vidwatchd.operations.queries import SHORTEST_BEGINNING, Query, Term, fold

# Between the words of a phrase: anything that is no letter or number, and not the end of a track.
_BETWEEN = f"(?:_|[^\\w{BARRIER}])+"
_END = r"(?![^\W_])"
_REST = r"[^\W_]*"
_WORDS = re.compile(r"[^\W_]+")
# A word said ten thousand times in one video: the first of them are as good as any.
MOST_MARKS = 2000

Marks = list[tuple[int, int]]


class _Folded(dict[int, int]):
    """Letter → small letter without accent, one for one, so that places in the text stay places in it."""

    def __missing__(self, code: int) -> int:
        letter = unicodedata.normalize("NFD", chr(code).lower())[:1]
        self[code] = found = ord(letter) if letter else code
        return found


class Marker:
    """Finds a query's words in texts."""

    def __init__(self, query: Query) -> None:
        self._terms = [term for term in query.terms if not term.unwanted]
        self._letters = _Folded()

    def marks(self, text: str, *, named: bool = False) -> Marks:
        """(from, to) of what matches, in order, none within another; ``named``: short beginnings count."""
        folded = text.lower() if text.isascii() else text.translate(self._letters)
        found = [
            mark for first, pattern in (self._named if named else self._timed) for mark in _all(first, pattern, folded)
        ]
        return _apart(sorted(found))

    @cached_property
    def _named(self) -> Sequence[tuple[str, re.Pattern[str]]]:
        return [made for term in self._terms if (made := _pattern(term, term.beginning))]

    @cached_property
    def _timed(self) -> Sequence[tuple[str, re.Pattern[str]]]:
        long = [term.beginning and len(term.text) >= SHORTEST_BEGINNING for term in self._terms]
        return [made for term, begins in zip(self._terms, long, strict=True) if (made := _pattern(term, begins))]


def _pattern(term: Term, beginning: bool) -> tuple[str, re.Pattern[str]] | None:
    """The first word, which is quick to find, and what must stand from there on."""
    words = _WORDS.findall(fold(term.text))
    if not words:
        return None
    tail = _REST if beginning else _END
    return words[0], re.compile(_BETWEEN.join(words) + tail)


def _all(first: str, pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    at, count = text.find(first), 0
    while at >= 0 and count < MOST_MARKS:
        found = pattern.match(text, at) if at == 0 or not text[at - 1].isalnum() else None
        if found:
            yield found.span()
            count += 1
        at = text.find(first, found.end() if found else at + 1)


def _apart(marks: Marks) -> Marks:
    kept: Marks = []
    for start, end in marks:
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end))
        else:
            kept.append((start, end))
    return kept
