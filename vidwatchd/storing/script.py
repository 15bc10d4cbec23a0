"""script: the text of a stored form for people: what the film is, what is said when, and what is seen when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vidwatchd import languages
from vidwatchd.backends.caption.request import Caption
from vidwatchd.model import display
from vidwatchd.storing.words import Words

SEEN = "[Visual description]"
_SAID = "[Transcript]"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was said of the pictures, and by what; ``missing`` says why nothing was though it was asked for.

    ``failed`` are better ones that could not: name and reason."""

    captions: Sequence[Caption] = ()
    backend: str = ""
    model: str = ""
    missing: str = ""
    failed: Sequence[tuple[str, str]] = ()

    @property
    def wanted(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.backend or self.missing)


def text(
    name: str, seconds: float, words: Words, seen: Seen, *, silent: bool = False, notes: Sequence[str] = ()
) -> str:
    """The whole text. ``name`` is the film's (portable); ``silent``: it has no sound, so that nobody can be heard."""
    head = [display(name), f"Length: {clock(seconds)}", *_told(words), *(f"Note: {note}" for note in notes)]
    parts = ["\n".join(head), "\n".join([_SAID, *_said(words, silent)])]
    if seen.wanted:
        parts.append("\n".join([SEEN, *_seen(seen)]))
    return "\n\n".join(parts) + "\n"


def reworded(text: str, words: Words) -> str:
    """A text that was written before, with these words in place of those that it has; all else stays as it is."""
    head, begins, rest = text.partition(f"\n\n{_SAID}\n")
    if not begins:
        return text
    _, seen, more = rest.partition(f"\n\n{SEEN}\n")
    lines = "\n".join(_said(words, silent=False))
    return f"{head}{begins}{lines}{seen}{more}" if seen else f"{head}{begins}{lines}\n"


def clock(seconds: float) -> str:
    """``00:01:02``."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _told(words: Words) -> Iterator[str]:
    if words.language and words.language != languages.UNKNOWN:
        yield f"Language: {languages.name(words.language)}"
    if words.cues:
        yield f"Words: {words.backend}" + (f" ({display(words.origin)})" if words.origin else "")


def _said(words: Words, silent: bool) -> Iterator[str]:
    if words.missing and not silent:
        yield f"(no transcript: {words.missing})"
    elif not words.cues:
        yield "(no sound)" if silent else "(nobody speaks)"
    for cue in words.cues:
        line = " ".join(cue.text.split())
        if line:
            yield f"[{clock(cue.start_seconds)}] {line}"


def _seen(seen: Seen) -> Iterator[str]:
    if seen.missing:
        yield f"(no description: {seen.missing})"
        return
    yield f"(by {seen.backend}{f', {seen.model}' if seen.model else ''})"
    for caption in seen.captions:
        yield f"[{clock(caption.at_seconds)}] {' '.join(caption.text.split())}"
