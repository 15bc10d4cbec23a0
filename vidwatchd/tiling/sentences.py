"""sentences: timed lines as sentences, each with its own times, whatever the lines' breaks are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vidwatchd.cues import Cue
from vidwatchd.tiling.terms import UNSPACED

# What ends a sentence, with the quotes and brackets that close behind it.
_END = re.compile(r"[.?!…。？！｡．؟۔।॥։።]+[\"'”’»)\]」』]*$")
_BREAK = re.compile(r"(?<=[.?!…؟۔।॥։።])(?=[\"'”’»)\]]*\s)[\"'”’»)\]]*\s+|(?<=[。？！｡])(?![」』。？！｡])")
# Nobody waits that long inside a sentence.
_PAUSE_SECONDS = 4.0
# Speech without full stops is cut at its longest pauses, until no piece has more words.
_MOST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, the (inclusive) range of cues that it lies in, and its times in seconds."""

    start_seconds: float
    end_seconds: float
    text: str
    first: int
    last: int


def sentences(cues: Sequence[Cue]) -> list[Sentence]:
    """The sentences of lines that are in order of time. Where words have no times they are taken as evenly spoken."""
    found: list[Sentence] = []
    run: list[Sentence] = []
    for piece in _pieces(cues):
        if run and _is_between(run[-1], piece):
            found += _split(run)
            run = []
        run.append(piece)
    return found + _split(run)


def _pieces(cues: Sequence[Cue]) -> Iterator[Sentence]:
    """The smallest parts with times: words where they have any, else the parts of a line between full stops."""
    for number, cue in enumerate(cues):
        if cue.words:
            timed: Iterable[tuple[float, float, str]] = ((w.start_seconds, w.end_seconds, w.text) for w in cue.words)
        else:
            timed = _spread(cue)
        yield from (Sentence(start, end, text.strip(), number, number) for start, end, text in timed if text.strip())


def _spread(cue: Cue) -> Iterator[tuple[float, float, str]]:
    text = " ".join(cue.text.split())
    rate = (cue.end_seconds - cue.start_seconds) / max(len(text), 1)
    begin = 0
    for found in [*_BREAK.finditer(text), None]:
        # Closing quotes belong to what they close.
        end = len(text) if found is None else found.end()
        yield cue.start_seconds + begin * rate, cue.start_seconds + end * rate, text[begin:end]
        begin = end


def _is_between(last: Sentence, piece: Sentence) -> bool:
    """Whether one sentence ends and another begins; "e.g. this" does not, as the next word is a small one."""
    if piece.start_seconds - last.end_seconds > _PAUSE_SECONDS:
        return True
    return bool(_END.search(last.text)) and not piece.text[:1].islower()


def _split(run: list[Sentence]) -> list[Sentence]:
    done: list[Sentence] = []
    waiting = [run] if run else []
    while waiting:
        pieces = waiting.pop()
        if len(pieces) == 1 or sum(map(_words, pieces)) <= _MOST_WORDS:
            done.append(_joined(pieces))
        else:
            at = _longest_pause(pieces)
            waiting += [pieces[at:], pieces[:at]]
    return done


def _longest_pause(pieces: Sequence[Sentence]) -> int:
    """The piece before which the speaker waits longest, in the middle half so that both sides are worth having."""
    edge = len(pieces) // 4
    inner = range(max(edge, 1), max(len(pieces) - edge, 2))
    middle = len(pieces) / 2
    return max(inner, key=lambda n: (pieces[n].start_seconds - pieces[n - 1].end_seconds, -abs(n - middle)))


def _words(piece: Sentence) -> int:
    """How many words it has; scripts that write no spaces have about one in two characters."""
    return max(len(piece.text.split()), len(UNSPACED.findall(piece.text)) // 2)


def _joined(pieces: Sequence[Sentence]) -> Sentence:
    text = pieces[0].text
    for piece in pieces[1:]:
        space = "" if UNSPACED.match(text[-1]) and UNSPACED.match(piece.text[0]) else " "
        text += space + piece.text
    return Sentence(pieces[0].start_seconds, pieces[-1].end_seconds, text, pieces[0].first, pieces[-1].last)
