"""tracks: which streams of a file go into an MP4, and how each is copied or encoded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidwatchd.media import tones
from vidwatchd.media.encode import Track
from vidwatchd.products import encoders, fits
from vidwatchd.products.fits import Document, Stream, Target

# ffmpeg's text formats; the others are pictures, which an MP4 cannot hold.
_TEXTS = frozenset(
    {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "microdvd", "subviewer", "sami", "realtext"}
)
# Apple's players want HEVC under this name.
_TAGS = {"hevc": "hvc1"}


@dataclass(frozen=True, slots=True)
class How:
    """What a person asked for, in the encoders' words."""

    target: Target
    video_encoder: str
    video_options: Mapping[str, Any]
    audio_encoder: str
    audio_bitrate: str
    drop_subtitles: bool = False
    tone_maps: bool = True
    copies: bool = True
    """Whether streams that fit already are copied."""


@dataclass(slots=True)
class Plan:
    """What becomes of a file: the tracks, what they will be, and what a person should know."""

    tracks: list[Track] = field(default_factory=list)
    promised: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)

    def add(self, stream: Stream, codec: str, options: Mapping[str, Any]) -> None:
        """One more track of the new file."""
        self.tracks.append(Track(stream["index"], options))
        self.promised.append((stream["codec_type"], codec))
        if options["c"] == "copy":
            self.copied.append(stream["codec_type"])


def plan(document: Document, transfer: str, how: How) -> Plan:
    """The plan for a file; ``transfer`` is ``pq`` or ``hlg`` for high dynamic range, else empty."""
    made = Plan()
    shown = fits.picture(document)
    if shown is not None:
        _add_picture(made, shown, transfer, how)
    for sound in fits.streams(document, "audio"):
        _add_sound(made, sound, how)
    subtitles = [] if how.drop_subtitles else fits.streams(document, "subtitle")
    for text in subtitles:
        if text["codec_name"] in _TEXTS:
            made.add(text, "mov_text", {"c": "mov_text"})
    _note_left_out(made, document, subtitles, shown)
    return made


def _add_picture(made: Plan, stream: Stream, transfer: str, how: How) -> None:
    codec = fits.codec(how.target.video)
    tag = {"tag": _TAGS[codec]} if codec in _TAGS else {}
    if how.copies and not how.target.video_misfits(stream):
        made.add(stream, codec, {"c": "copy", **tag})
        return
    deep = bool(re.search(r"1[0-6](le|be)$|^p01", stream.get("pix_fmt") or ""))
    pixels = encoders.pixels(how.video_encoder, deep=deep)
    to_hardware, made.before = _surface(how.video_encoder)
    chain = [*_tone_mapped(made, transfer, pixels, how), *_even(stream), f"format={pixels}", *to_hardware]
    made.add(
        stream,
        codec,
        # Times are kept as they are, also irregular ones: by default they are rounded to the average rate.
        {"c": how.video_encoder, "filter": ",".join(chain), "fps_mode": "vfr", "enc_time_base": "1/90000", **tag}
        | _profile(how, codec)
        | dict(how.video_options),
    )


def _surface(encoder: str) -> tuple[Sequence[str], dict[str, Any]]:
    filters, options = encoders.surface(encoder)
    return filters, dict(options)


def _tone_mapped(made: Plan, transfer: str, pixels: str, how: How) -> list[str]:
    chain = tones.chain(transfer)
    if not chain or "10" in pixels or not how.tone_maps:
        return []
    made.notes.append("high dynamic range was mapped to standard range")
    return [chain]


def _even(stream: Stream) -> list[str]:
    """4:2:0 knows no odd sizes; a row or column less is better than a whole picture sampled anew."""
    odd = stream["width"] % 2 or stream["height"] % 2
    return ["crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0"] if odd else []


def _profile(how: How, codec: str) -> dict[str, str]:
    """The first profile that is allowed, where the encoder can be told."""
    known = {"baseline", "main", "high"} if how.video_encoder == "libx264" and codec == "h264" else set()
    wanted = (re.sub(r"^constrained", "", re.sub(r"[^a-z]", "", name.lower())) for name in how.target.profiles)
    return next(({"profile": name} for name in wanted if name in known), {})


def _add_sound(made: Plan, stream: Stream, how: How) -> None:
    codec = fits.codec(how.target.audio)
    if how.copies and how.target.takes_sound(stream):
        made.add(stream, codec, {"c": "copy"})
    else:
        made.add(stream, codec, {"c": how.audio_encoder, "b": how.audio_bitrate})


def _note_left_out(made: Plan, document: Document, subtitles: Sequence[Stream], shown: Stream | None) -> None:
    pictures = [text for text in subtitles if text["codec_name"] not in _TEXTS]
    if pictures:
        names = ", ".join(dict.fromkeys(text["codec_name"] for text in pictures))
        made.notes.append(f"{len(pictures)} subtitle tracks left out, which are no text ({names})")
    others = [stream for stream in fits.streams(document, "video") if stream is not shown]
    if others:
        made.notes.append(f"{len(others)} further pictures left out (other video tracks, cover art)")
