"""moments: where in a video the words of a search are said, with the words around them marked."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidwatchd.index.search import TIMED, Places
from vidwatchd.operations.marking import Marker
from vidwatchd.operations.queries import fold

# Words further apart than this in text or time are two moments.
APART_CHARACTERS = 160
APART_SECONDS = 12.0
AROUND_CHARACTERS = 70
MOST_CHARACTERS = 320
_NUMBERED = re.compile(r"-\d+$")

Segments = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Moment:
    """Marks that stand near each other, in the cues from ``first`` to ``last`` of one track."""

    places: Places
    marks: Sequence[tuple[int, int]]
    first: int
    last: int
    different: int
    """How many different words of the search are said."""


def segments(text: str, marks: Iterable[tuple[int, int]]) -> Segments:
    """``[[text, marked], …]`` that join to the text."""
    parts: Segments = []
    at = 0
    for start, end in marks:
        if start > at:
            parts.append([text[at:start], False])
        parts.append([text[start:end], True])
        at = end
    return [*parts, [text[at:], False]] if at < len(text) else parts


def named(texts: Mapping[str, str], marker: Marker) -> list[dict[str, Any]]:
    """What matched of what a video is called: ``{"source", "segments"}`` by source."""
    found = []
    for source, text in texts.items():
        if source not in TIMED:
            shown = unicodedata.normalize("NFC", text)  # a Mac's file names write an accent as a letter of its own
            marks = marker.marks(shown, named=True)
            found += [{"source": source, "segments": segments(shown, marks)}] if marks else []
    return found


def timed(
    texts: Mapping[str, str], places: Sequence[Places], marker: Marker, languages: Sequence[str]
) -> list[dict[str, Any]]:
    """Every moment, the best first: where most different words are near each other, then the earliest.

    ``languages``, when not empty, are the only ones whose tracks count.
    """
    found = []
    for source in TIMED:
        marks = marker.marks(texts[source])
        for track in places if marks else ():
            if track.source == source and (not languages or language(track.track) in languages):
                found += [(moment, texts[source]) for moment in _moments(texts[source], marks, track)]
    found.sort(key=lambda pair: (-pair[0].different, pair[0].places.source, pair[0].places.starts_ms[pair[0].first]))
    # Files often hold the same words twice, beside one another as tracks of one language: that is one moment.
    told: dict[tuple[str, str, int, str], tuple[Moment, str]] = {}
    for moment, text in found:
        track = moment.places
        lines = text[track.offsets[moment.first] : track.offsets[moment.last + 1] - 1]
        told.setdefault((track.source, language(track.track), track.starts_ms[moment.first], lines), (moment, text))
    return [_plain(moment, text) for moment, text in told.values()]


def language(track: str) -> str:
    """The language of a track, by its id."""
    return _NUMBERED.sub("", track.partition(".")[0]).lower()


def _moments(text: str, marks: Sequence[tuple[int, int]], track: Places) -> Iterator[Moment]:
    held: list[tuple[int, int, int]] = []
    for start, end in marks[bisect_left(marks, (track.offsets[0], 0)) : bisect_left(marks, (track.offsets[-1], 0))]:
        cue = min(bisect_right(track.offsets, start), len(track.starts_ms)) - 1
        if held and not _together(track, held, start, cue):
            yield _moment(text, track, held)
            held = []
        held.append((start, end, cue))
    if held:
        yield _moment(text, track, held)


def _together(track: Places, held: Sequence[tuple[int, int, int]], start: int, cue: int) -> bool:
    near = start - held[-1][1] <= APART_CHARACTERS and start - held[0][0] <= MOST_CHARACTERS - 2 * AROUND_CHARACTERS
    return near and track.starts_ms[cue] - track.ends_ms[held[-1][2]] <= APART_SECONDS * 1000


def _moment(text: str, track: Places, held: Sequence[tuple[int, int, int]]) -> Moment:
    words = {word for start, end, _ in held for word in fold(text[start:end]).split()}
    last = min(bisect_right(track.offsets, held[-1][1] - 1), len(track.starts_ms)) - 1
    return Moment(track, [(start, end) for start, end, _ in held], held[0][2], last, len(words))


def _plain(moment: Moment, text: str) -> dict[str, Any]:
    track = moment.places
    start, end = _around(text, moment)
    marks = [(max(a, start) - start, min(b, end) - start) for a, b in moment.marks if a < end]
    return {
        "start": track.starts_ms[moment.first] / 1000,
        "end": max(track.ends_ms[moment.first : moment.last + 1]) / 1000,
        "source": track.source,
        "track": track.track,
        "language": language(track.track) if track.source == "speech" else "",
        "text": text[start:end],
        "segments": segments(text[start:end], marks),
        "cut_before": start > track.offsets[0],
        "cut_after": end < track.offsets[-1] - 1,
    }


def _around(text: str, moment: Moment) -> tuple[int, int]:
    """From where to where the text is shown: whole words around the marks, nothing of another track."""
    least, most = moment.places.offsets[0], moment.places.offsets[-1] - 1
    if moment.places.source != "speech":  # a title stands for itself
        least, most = moment.places.offsets[moment.first], moment.places.offsets[moment.last + 1] - 1
    first, last = moment.marks[0][0], min(moment.marks[-1][1], moment.marks[0][0] + MOST_CHARACTERS)
    start, end = max(least, first - AROUND_CHARACTERS), min(most, last + AROUND_CHARACTERS)
    if start > least:
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    if end < most:
        space = text.rfind(" ", last, end)
        end = space if space >= 0 else end
    return start, max(end, min(last, most))
