"""queries: what a person types into the search box, taken apart into words, phrases and chips; nothing typed is wrong."""

from __future__ import annotations

import difflib
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from vidwatchd.index.search import NAMED

# Shorter beginnings stand for half of all words: they count in names only.
SHORTEST_BEGINNING = 3
MOST_TERMS = 24
MOST_CHARACTERS = 500
DAY_SECONDS = 86_400
_TOKEN = re.compile(
    r"""(?P<minus>-?)(?:(?P<chip>[A-Za-z]+):(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))
        |"(?P<phrase>[^"]*)"?(?P<star>\*?)
        |(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_LENGTH = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s)?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")
_SINCE = re.compile(r"(\d{1,5})([dwmy])")
_DAY = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_CODECS = {"h265": "hevc", "x265": "hevc", "x264": "h264", "avc": "h264", "h.264": "h264", "h.265": "hevc"}


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase; ``beginning``: what begins so counts too; ``either``: this or the one before it."""

    text: str
    beginning: bool = False
    unwanted: bool = False
    either: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition, such as ``longer:10m``, with what its value means (a name, seconds, or a span of time)."""

    key: str
    value: str
    meaning: str | float | tuple[float, float]
    unwanted: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A search, taken apart; ``notices`` tell, in a sentence each, of conditions that were taken for words."""

    terms: tuple[Term, ...] = ()
    chips: tuple[Chip, ...] = field(default=())
    notices: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.terms or self.chips)

    @property
    def match(self) -> str:
        """What must be there, as an FTS5 expression; "" when no word is asked for."""
        groups: list[list[str]] = []
        for term in self.terms:
            if not term.unwanted and term.either and groups:
                groups[-1].append(_expression(term))
            elif not term.unwanted:
                groups.append([_expression(term)])
        return " AND ".join(f"({' OR '.join(group)})" for group in groups)

    @property
    def unwanted(self) -> str:
        """What must not be there, as an FTS5 expression."""
        return " OR ".join(_expression(term) for term in self.terms if term.unwanted)

    @property
    def words(self) -> str:
        """What to look for by meaning: the words without signs."""
        return " ".join(term.text for term in self.terms if not term.unwanted)


def parse(typed: str, *, typing: bool = False, now: float | None = None) -> Query:
    """Take a search apart. ``typing``: the last word may be unfinished, and stands for all that begin so."""
    typed = typed[:MOST_CHARACTERS].translate({0: " "})
    terms: list[Term] = []
    chips: list[Chip] = []
    notices: list[str] = []
    either = False
    for found in _TOKEN.finditer(typed):
        if found["word"] == "OR" and not found["minus"]:
            either = bool(terms)
            continue
        chip = _chip(found, time.time() if now is None else now)
        if chip:
            chips.append(chip)
        else:
            unfinished = typing and found.end() == len(typed)
            terms += [term for term in _terms(found, unfinished, either) if _has_word(term.text)]
            notices += [] if unfinished else _misread(found)
        either = False
    return Query(tuple(terms[:MOST_TERMS]), tuple(chips[:MOST_TERMS]), tuple(notices[:MOST_TERMS]))


def written(query: Query) -> str:
    """The query as a person would type it."""
    words = []
    for term in query.terms:
        text = f'"{term.text}"' if " " in term.text else term.text
        words.append(("OR " if term.either else "") + ("-" if term.unwanted else "") + text)
    return " ".join([*words, *(chip.typed for chip in query.chips)])


def fold(word: str) -> str:
    """A word as the index of words holds it: in small letters, without accents."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _terms(found: re.Match[str], unfinished: bool, either: bool) -> Iterator[Term]:
    unwanted = bool(found["minus"])
    if found["phrase"] is not None:
        yield Term(found["phrase"], bool(found["star"]), unwanted, either)
        return
    word = found["word"] or found[0].removeprefix("-")
    beginning = word.endswith("*") or (unfinished and not unwanted and not word.endswith('"'))
    # A folder and a name are two columns: no phrase crosses them.
    parts = [part for part in re.split(r"[/\"]", word.rstrip("*")) if part]
    for number, part in enumerate(parts):
        yield Term(part, beginning and number == len(parts) - 1, unwanted, either and number == 0)


def _expression(term: Term) -> str:
    quoted = f'"{term.text.replace(chr(34), " ")}"'
    if not term.beginning:
        return quoted
    if len(term.text) >= SHORTEST_BEGINNING:
        return f"{quoted} *"
    return f"({NAMED} : {quoted} * OR {quoted})"


def _has_word(text: str) -> bool:
    # A phrase of nothing but punctuation has no word: FTS5 would then find nothing at all.
    return any(c.isalnum() for c in text)


def _chip(found: re.Match[str], now: float) -> Chip | None:
    """A chip whose value makes sense; any other is words."""
    key = _KEYS.get((found["chip"] or "").lower(), (found["chip"] or "").lower())
    value = (found["quoted"] if found["quoted"] is not None else found["bare"] or "").strip()
    if key not in _MEANINGS or not value:
        return None
    meaning = _MEANINGS[key](value, now)
    return None if meaning is None else Chip(key, value, meaning, bool(found["minus"]), found[0])


def _misread(found: re.Match[str]) -> Iterator[str]:
    """What to say of words that look like a condition: its value means nothing, or its name is nearly that of one."""
    typed = (found["chip"] or "").lower()
    key = _KEYS.get(typed, typed)
    near = difflib.get_close_matches(typed, [*_MEANINGS, *_KEYS], n=1, cutoff=0.75) if typed else []
    if key in _FORMS:
        yield f"{found[0]} was looked for as words: {typed} takes {_FORMS[key]}"
    elif near and key not in _MEANINGS:
        yield f"{found[0]} was looked for as words: the condition is called {near[0]}"


def _length(value: str, now: float) -> float | None:
    """Seconds of ``90s``, ``10m``, ``1h30m``, ``1:30:00``; a bare number is minutes."""
    text = value.lower().replace(" ", "")
    if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit():
        return float(text) * 60
    clock = _CLOCK.fullmatch(text)
    hours, minutes, seconds = (clock or _LENGTH.fullmatch(text) or _LENGTH.match("")).groups()  # type: ignore[union-attr]
    if not any((hours, minutes, seconds)):
        return None
    return float(hours or 0) * 3600 + float(minutes or 0) * 60 + float(seconds or 0)


def _added(value: str, now: float) -> tuple[float, float] | None:
    """From and until, in epoch seconds, of ``7d``, ``2w``, ``6m``, ``1y``, ``2026``, ``2026-11`` or ``2026-11-05``."""
    since = _SINCE.fullmatch(value.lower())
    if since:
        return now - int(since[1]) * _DAYS[since[2]] * DAY_SECONDS, now + DAY_SECONDS
    day = _DAY.fullmatch(value)
    if not day:
        return None
    year, month, date = (int(part) if part else 0 for part in day.groups())
    try:
        return _local(year, month or 1, date or 1), _local(*_next(year, month, date))
    except (ValueError, OverflowError):
        return None


def _next(year: int, month: int, day: int) -> tuple[int, int, int]:
    if day:
        return year, month, day + 1
    return (year, month + 1, 1) if month else (year + 1, 1, 1)


def _local(year: int, month: int, day: int) -> float:
    if month > 13 or day > 32 or year < 1970:
        raise ValueError("no such day")
    return time.mktime((year, month, day, 0, 0, 0, 0, 0, -1))


def _name(value: str, now: float) -> str | None:
    return value


def _codec(value: str, now: float) -> str | None:
    return _CODECS.get(value.lower(), value.lower())


_KEYS = {"performer": "person", "people": "person", "folder": "in", "library": "in", "language": "lang"}
_MEANINGS: dict[str, Callable[[str, float], str | float | tuple[float, float] | None]] = {
    "tag": _name,
    "person": _name,
    "longer": _length,
    "shorter": _length,
    "codec": _codec,
    "added": _added,
    "in": _name,
    "lang": _name,
}
_FORMS = {
    **dict.fromkeys(("longer", "shorter"), "a length, as 90s, 10m, 1h30m or 1:30:00"),
    "added": "a time or a day, as 7d, 2w, 6m, 1y, 2026, 2026-11 or 2026-11-05",
}
KEYS = tuple(_MEANINGS)
