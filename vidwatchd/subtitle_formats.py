"""subtitle_formats: lines as WebVTT and SubRip, and the subtitle files that people have as lines."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from vidwatchd.cues import Cue
from vidwatchd.errors import UsageError

ENDINGS = (".srt", ".vtt", ".ass", ".ssa")
"""Endings of the files that ``read_text`` understands."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BLANK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
# What is left of markup once the format's own is gone: <i>, <c.yellow>, </font>, <00:00:01.000>, {\an8}.
_TAGS = re.compile(r"</?[a-zA-Z][^<>\n]*>|<[\d:.]+>|\{\\[^}]*\}")


def vtt(cues: Iterable[Cue]) -> str:
    """The lines as WebVTT."""
    blocks = [f"{clock(start, '.')} --> {clock(end, '.')}\n{_escaped(text)}\n" for start, end, text in _shown(cues)]
    return "\n".join(["WEBVTT\n", *blocks])


def srt(cues: Iterable[Cue]) -> str:
    """The lines as SubRip."""
    return "\n".join(
        f"{number}\n{clock(start, ',')} --> {clock(end, ',')}\n{text}\n"
        for number, (start, end, text) in enumerate(_shown(cues), 1)
    )


def clock(milliseconds: int, point: str = ".") -> str:
    """A time as files of subtitles have it: ``00:01:02.500``, with ``,`` for SubRip."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def read_text(raw: bytes, ending: str) -> tuple[Cue, ...]:
    """The lines of a subtitle file, in order, without markup; ``ending`` is one of ``ENDINGS``.

    Raises UsageError saying what is wrong with it. A file without any line is wrong too: nobody keeps one on purpose.
    """
    text = decoded(raw).replace("\r\n", "\n").replace("\r", "\n")
    cues = _parsed(_only_cues(text) if ending == ".vtt" else text, ending.removeprefix("."))
    if not cues:
        raise UsageError("it holds no subtitle lines")
    return tuple(sorted(cues, key=lambda cue: (cue.start_seconds, cue.end_seconds)))


def decoded(raw: bytes) -> str:
    """Text of any encoding: by its mark, else UTF-8, else what it looks most like. Raises UsageError for no text."""
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "")
    try:
        return raw.decode(marked or "utf-8")
    except UnicodeDecodeError:
        return _guessed(raw)


def plain(text: str) -> str:
    """One line without the markup of any format; characters that are written as ``&amp;`` are themselves again."""
    lines = text.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", " ").split("\n")
    bare = (html.unescape(_TAGS.sub("", line)).replace("\0", "") for line in lines)
    return "\n".join(kept for line in bare if (kept := " ".join(line.split())))


def _guessed(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    if b"\0" in raw[:4096]:  # UTF-16 without a mark has one in every second place; anything else with them is no text
        return _utf16(raw)
    best = from_bytes(raw).best()
    if best is None:
        raise UsageError("it is no text of any encoding that is known")
    return str(best)


def _utf16(raw: bytes) -> str:
    order = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
    try:
        found = raw.decode(order)
    except UnicodeDecodeError as error:
        raise UsageError("it is no text of any encoding that is known") from error
    if "-->" not in found and "Dialogue:" not in found:
        raise UsageError("it is no text of any encoding that is known")
    return found


def _parsed(text: str, form: str) -> list[Cue]:
    from pysubs2 import SSAFile
    from pysubs2.exceptions import Pysubs2Error

    try:
        events = [event for event in SSAFile.from_string(text, format_=form) if event.is_text]
    # pysubs2 lets go through what its own parsing stumbles over.
    except (Pysubs2Error, ValueError, KeyError, IndexError, AttributeError, NotImplementedError) as error:
        raise UsageError(f"it cannot be read as {form} subtitles: {error}") from error
    cues = (Cue(event.start / 1000, event.end / 1000, plain(event.text)) for event in events)
    return [cue for cue in cues if cue.text and cue.end_seconds > cue.start_seconds >= 0]


def _only_cues(text: str) -> str:
    """WebVTT without its notes, styles and the names of cues, which pysubs2 would take for words."""
    if not text.lstrip("\ufeff \n").startswith("WEBVTT"):
        raise UsageError("it does not begin with WEBVTT")
    blocks = (_TAGS.sub("", block) for block in _BLANK.split(text) if "-->" in block)
    return "WEBVTT\n\n" + "\n\n".join(_from_times(block) for block in blocks)


def _from_times(block: str) -> str:
    lines = block.split("\n")
    first = next(number for number, line in enumerate(lines) if "-->" in line)
    return "\n".join(lines[first:])


def _shown(cues: Iterable[Cue]) -> Sequence[tuple[int, int, str]]:
    """Start and end in milliseconds, and the text, of what can be shown: in order, never of no length."""
    found = []
    for cue in sorted(cues, key=lambda cue: cue.start_seconds):
        # An empty line would end the cue, and a terminal obeys what is no letter.
        lines = ["".join(letter for letter in line if letter >= " ").strip() for line in cue.text.splitlines()]
        lines = [line for line in lines if line]
        if lines:
            start = max(round(cue.start_seconds * 1000), 0)
            found.append((start, max(round(cue.end_seconds * 1000), start + 1), "\n".join(lines)))
    return found


def _escaped(text: str) -> str:
    # An arrow in a line would begin another cue; ">" escaped takes care of it.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
