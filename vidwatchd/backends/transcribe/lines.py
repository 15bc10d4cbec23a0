"""lines: what a speech model heard as lines that can be read: two rows at most, a few seconds each, times in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vidwatchd.cues import Cue, Word

_MOST_CHARACTERS = 84
_MOST_SECONDS = 7.0
_SHORTEST_SECONDS = 0.02
_ENDS, _PAUSES = (".", "?", "!", "…", "。", "？", "！"), (",", ";", ":", "、", "，")
# How much further from the middle a cut may lie that falls behind a sentence, a comma or in a pause.
_WORTH = {"sentence": 0.35, "comma": 0.2, "pause": 0.2}
_PAUSE_SECONDS = 0.3


def lines(text: str, start_seconds: float, end_seconds: float, words: Sequence[Word], probability: float) -> list[Cue]:
    """One segment as one line or several. Words keep the space before them that says where they begin."""
    if not text.strip():
        return []
    if not words:
        return [_timed(Cue(start_seconds, end_seconds, text.strip(), (), probability))]
    return [_line(part, probability) for part in _split(list(words)) if _text(part)]


def in_order(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Lines sorted by time, each gone when the next one comes."""
    found = sorted(cues, key=lambda cue: (cue.start_seconds, cue.end_seconds))
    nexts = [cue.start_seconds for cue in found[1:]]
    return tuple(_until(cue, at) for cue, at in zip(found, [*nexts, float("inf")], strict=True))


def _until(cue: Cue, at_seconds: float) -> Cue:
    end = min(cue.end_seconds, at_seconds)
    if end == cue.end_seconds or end <= cue.start_seconds:
        return cue
    return Cue(cue.start_seconds, end, cue.text, cue.words, cue.probability)


def _split(words: list[Word]) -> list[list[Word]]:
    if len(words) < 2 or _fits(words):
        return [words]
    at = min(range(1, len(words)), key=lambda place: _cost(words, place))
    return [*_split(words[:at]), *_split(words[at:])]


def _fits(words: list[Word]) -> bool:
    return len(_text(words)) <= _MOST_CHARACTERS and words[-1].end_seconds - words[0].start_seconds <= _MOST_SECONDS


def _cost(words: list[Word], at: int) -> float:
    """How bad it is to cut before that word: 0 in the middle, 1 at an end, less where speech rests."""
    before, length = len(_text(words[:at])), len(_text(words))
    cost = abs(2 * before / max(length, 1) - 1)
    last = words[at - 1].text.strip()
    if last.endswith(_ENDS):
        cost -= _WORTH["sentence"]
    elif last.endswith(_PAUSES):
        cost -= _WORTH["comma"]
    if words[at].start_seconds - words[at - 1].end_seconds >= _PAUSE_SECONDS:
        cost -= _WORTH["pause"]
    return cost


def _line(words: list[Word], probability: float) -> Cue:
    bare = tuple(Word(w.start_seconds, w.end_seconds, w.text.strip(), w.probability) for w in words if w.text.strip())
    return _timed(Cue(words[0].start_seconds, words[-1].end_seconds, _text(words), bare, probability))


def _text(words: list[Word]) -> str:
    return "".join(word.text for word in words).strip()


def _timed(cue: Cue) -> Cue:
    start = max(cue.start_seconds, 0.0)
    return Cue(start, max(cue.end_seconds, start + _SHORTEST_SECONDS), cue.text, cue.words, cue.probability)
