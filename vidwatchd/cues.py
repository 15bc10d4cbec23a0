"""cues: what is said in a video as timed lines: tracks, chapters, what people changed of them, and their JSON form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

EXACT_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its times in seconds from the video's start, and how sure its maker was (0 to 1)."""

    start_seconds: float
    end_seconds: float
    text: str
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Cue:
    """One line that is shown from ``start_seconds`` to ``end_seconds``; ``text`` may hold several lines, no markup."""

    start_seconds: float
    end_seconds: float
    text: str
    words: tuple[Word, ...] = ()
    probability: float | None = None
    edited: bool = False
    """Whether a person changed it."""


@dataclass(frozen=True, slots=True)
class Track:
    """The lines of one language from one source.

    ``id`` is the language with what tells it from others of that language (``en``, ``en.sdh``, ``en-2``; ``und`` where
    the language is not known) and the same each time it is made. ``source`` is ``sidecar`` (a file that a person put
    beside the video), ``embedded`` or ``model``; ``origin`` says which file, stream or model.
    """

    id: str
    language: str
    source: str
    cues: tuple[Cue, ...] = ()
    title: str = ""
    forced: bool = False
    hearing_impaired: bool = False
    default: bool = False
    origin: str = ""

    @property
    def text(self) -> str:
        """All lines, one after the other."""
        return "\n".join(cue.text for cue in self.cues)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a person wants it: it takes the place of the made cues that ``replaced`` names; "" removes them."""

    start_seconds: float
    end_seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of a video and what it is called."""

    start_seconds: float
    end_seconds: float
    title: str


@dataclass(frozen=True, slots=True)
class Edits:
    """What people changed of one video: lines by track id, and all its chapters (None: as they were made)."""

    lines: Mapping[str, tuple[Line, ...]]
    chapters: tuple[Chapter, ...] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was changed."""
        return self.chapters is None and not any(self.lines.values())


NO_EDITS = Edits({})


@dataclass(frozen=True, slots=True)
class Passage:
    """Timed words that can be searched: ``source`` says what they are (``speech``, ``chapters``, ``captions``)."""

    source: str
    track: str
    cues: tuple[Cue, ...]


def edited(track: Track, edits: Edits) -> Track:
    """The track as people want it."""
    lines = edits.lines.get(track.id, ())
    gone = {at for line in lines for at in replaced(track.cues, line)}
    cues = [cue for at, cue in enumerate(track.cues) if at not in gone]
    cues += [Cue(line.start_seconds, line.end_seconds, line.text, edited=True) for line in lines if line.text.strip()]
    return replace(track, cues=tuple(sorted(cues, key=lambda cue: (cue.start_seconds, cue.end_seconds))))


def replaced(cues: Sequence[Cue], line: Line) -> list[int]:
    """Which cues a line takes the place of: those of exactly its time, or else those whose middle lies in it."""
    same = [at for at, cue in enumerate(cues) if is_at(cue, line.start_seconds, line.end_seconds)]
    return same or [at for at, cue in enumerate(cues) if line.start_seconds <= _middle(cue) <= line.end_seconds]


def is_at(shown: Cue | Line, start_seconds: float, end_seconds: float) -> bool:
    """Whether it is shown at just that time, give or take what a file of whole milliseconds loses."""
    return max(abs(shown.start_seconds - start_seconds), abs(shown.end_seconds - end_seconds)) < EXACT_SECONDS


def identified(tracks: Iterable[Track]) -> tuple[Track, ...]:
    """The tracks with their ids: ``en``, ``en.forced``, ``en.sdh``, and ``en-2`` for the second that would be ``en``."""
    seen: Counter[str] = Counter()
    found = []
    for track in tracks:
        wanted = track.language + ".forced" * track.forced + ".sdh" * track.hearing_impaired
        seen[wanted] += 1
        found.append(replace(track, id=wanted if seen[wanted] == 1 else f"{wanted}-{seen[wanted]}"))
    return tuple(found)


def tracks_to_plain(tracks: Iterable[Track]) -> list[dict[str, Any]]:
    """Tracks for JSON: each with ``segments`` (start, end, text, and words and probability where known)."""
    return [
        {
            **{name: getattr(track, name) for name in Track.__slots__ if name != "cues"},
            "segments": [_cue_to_plain(cue) for cue in track.cues],
        }
        for track in tracks
    ]


def tracks_from_plain(values: Any) -> tuple[Track, ...]:
    """The tracks of a ``subtitles.json``. Raises ValueError for anything else: a file on disk may be anybody's."""
    try:
        return tuple(_track(entry) for entry in values["tracks"])
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ValueError("it is no file of tracks") from error


def chapters_to_plain(chapters: Iterable[Chapter]) -> list[dict[str, Any]]:
    """Chapters for JSON."""
    return [{"start": c.start_seconds, "end": c.end_seconds, "title": c.title} for c in chapters]


def chapters_from_plain(values: Any) -> tuple[Chapter, ...]:
    """Chapters from JSON. Raises ValueError for anything else."""
    try:
        return tuple(Chapter(float(v["start"]), float(v["end"]), _text(v["title"])) for v in values)
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError("a chapter needs start, end and title") from error


def _cue_to_plain(cue: Cue) -> dict[str, Any]:
    plain: dict[str, Any] = {"start": cue.start_seconds, "end": cue.end_seconds, "text": cue.text}
    if cue.words:
        plain["words"] = [[word.start_seconds, word.end_seconds, word.text, word.probability] for word in cue.words]
    if cue.probability is not None:
        plain["probability"] = cue.probability
    return plain


def _track(entry: Mapping[str, Any]) -> Track:
    return Track(
        _text(entry["id"]),
        _text(entry["language"]),
        _text(entry["source"]),
        tuple(_cue(values) for values in entry["segments"]),
        _text(entry.get("title", "")),
        bool(entry.get("forced")),
        bool(entry.get("hearing_impaired")),
        bool(entry.get("default")),
        _text(entry.get("origin", "")),
    )


def _cue(values: Mapping[str, Any]) -> Cue:
    words = tuple(Word(float(s), float(e), _text(t), float(p)) for s, e, t, p in values.get("words", ()))
    probability = values.get("probability")
    return Cue(
        float(values["start"]),
        float(values["end"]),
        _text(values["text"]),
        words,
        None if probability is None else float(probability),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it must be text")
    return value


def _middle(cue: Cue) -> float:
    return (cue.start_seconds + cue.end_seconds) / 2


def spoken(tracks: Sequence[Track], edits: Edits) -> tuple[Passage, ...]:
    """The speech of tracks as it can be searched, as people want it; forced tracks repeat others and are left out."""
    return tuple(
        Passage("speech", track.id, edited(track, edits).cues) for track in tracks if not track.forced and track.cues
    )
