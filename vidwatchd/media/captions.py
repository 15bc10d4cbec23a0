"""captions: the text tracks inside a file, every language, as lines; those that are pictures (PGS, DVD) are left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from av.stream import Disposition

from vidwatchd.cues import Cue, Track, identified
from vidwatchd.languages import UNKNOWN, code
from vidwatchd.media import streams
from vidwatchd.media.probe import Media
from vidwatchd.subtitle_formats import plain

_TEXT = {
    "mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text", "microdvd", "subviewer", "subviewer1", "mpl2",
    "jacosub", "realtext", "sami", "stl", "vplayer", "pjs",
}  # fmt: skip
# How long a line stays whose end the file does not say, unless the next one comes first.
_STAYS_SECONDS = 5.0
_FIELDS_BEFORE_TEXT = 8


def tracks(media: Media, progress: Callable[[float], None] = lambda done: None) -> tuple[Track, ...]:
    """The text tracks that hold lines, in the file's order."""
    found = {s.index: s for s in media.container.streams.subtitles if s.codec_context and s.codec_context.name in _TEXT}
    if not found:
        return ()
    lines: dict[int, list[Cue]] = {index: [] for index in found}
    length = media.info.duration_seconds
    for packet in streams.packets(media, *found):
        cue = _cue(packet, media.info.start_seconds)
        if cue:
            lines[packet.stream.index].append(cue)
            if length:
                progress(min(max(cue.start_seconds / length, 0.0), 1.0))
    return identified(_track(found[index], _ended(cues)) for index, cues in lines.items() if cues)


def _cue(packet: Any, start_seconds: float) -> Cue | None:
    if packet.pts is None:
        return None
    text = "\n".join(filter(None, (_text(part) for part in _decoded(packet))))
    if not text:
        return None
    at = round(float(packet.pts * packet.time_base) - start_seconds, 3)
    return Cue(at, round(at + float((packet.duration or 0) * packet.time_base), 3), text)


def _decoded(packet: Any) -> list[Any]:
    try:
        return list(packet.decode() or ())
    except streams.Undecodable as error:
        if isinstance(error, MemoryError):
            raise
        return []


def _text(part: Any) -> str:
    """The words of one decoded part, which is a line of a SubStation file whatever the format was."""
    raw = getattr(part, "ass", None)
    if raw is None:
        return ""
    words = raw.split(b",", _FIELDS_BEFORE_TEXT)[-1].decode("utf-8", "replace")
    return "" if r"\p1" in words else plain(words)


def _ended(cues: list[Cue]) -> tuple[Cue, ...]:
    """The lines in order, none without an end and none before the video's start."""
    ordered = sorted(cues, key=lambda cue: cue.start_seconds)
    nexts = [cue.start_seconds for cue in ordered[1:]] + [float("inf")]
    return tuple(_whole(cue, until) for cue, until in zip(ordered, nexts, strict=True) if cue.start_seconds >= 0)


def _whole(cue: Cue, until_seconds: float) -> Cue:
    if cue.end_seconds > cue.start_seconds:
        return cue
    stays = min(until_seconds - cue.start_seconds, _STAYS_SECONDS)
    return replace(cue, end_seconds=cue.start_seconds + (stays if stays > 0 else _STAYS_SECONDS))


def _track(stream: Any, cues: tuple[Cue, ...]) -> Track:
    said = stream.disposition
    return Track(
        id="",
        language=code(stream.language or "") or UNKNOWN,
        source="embedded",
        cues=cues,
        title=stream.metadata.get("title", "").strip(),
        forced=bool(said & Disposition.forced),
        hearing_impaired=bool(said & Disposition.hearing_impaired),
        default=bool(said & Disposition.default),
        origin=f"stream {stream.index}: {stream.codec_context.name}",
    )
