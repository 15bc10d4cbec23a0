"""ffprobe: an opened container in the JSON shape of ``ffprobe -show_format -show_streams -show_chapters``."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition


def document(container: InputContainer, filename: str, rotations: Mapping[int, int]) -> dict[str, Any]:
    """The whole document; ``rotations`` maps a stream's index to its counter-clockwise degrees, as ffprobe counts."""
    return {
        "streams": [_stream(stream, rotations.get(stream.index)) for stream in container.streams],
        "chapters": [_chapter(chapter) for chapter in container.chapters()],
        "format": _format(container, filename),
    }


def codec_name(stream: Any) -> str:
    """The codec's own name (``av1``), never the decoder's (``libdav1d``); ``unknown`` for what has no decoder."""
    context = stream.codec_context
    return context.codec.canonical_name if context else "unknown"


def _format(container: InputContainer, filename: str) -> dict[str, Any]:
    return _told(
        filename=filename,
        nb_streams=len(container.streams),
        format_name=container.format.name,
        format_long_name=container.format.long_name,
        start_time=_seconds(container.start_time, Fraction(1, av.time_base)),
        duration=_seconds(container.duration, Fraction(1, av.time_base)),
        size=str(container.size),
        bit_rate=str(container.bit_rate) if container.bit_rate else None,
        tags=dict(container.metadata) or None,
    )


def _stream(stream: Any, rotation: int | None) -> dict[str, Any]:
    base = stream.time_base or Fraction(1, av.time_base)
    context = stream.codec_context
    return _told(
        index=stream.index,
        codec_name=codec_name(stream),
        codec_long_name=context.codec.long_name if context else "unknown",
        profile=_profile(context),
        codec_type=stream.type,
        **_by_type(stream),
        id=hex(stream.id) if stream.id else None,
        time_base=f"{base.numerator}/{base.denominator}",
        start_pts=stream.start_time,
        start_time=_seconds(stream.start_time, base),
        duration_ts=stream.duration,
        duration=_seconds(stream.duration, base),
        bit_rate=str(context.bit_rate) if context and getattr(context, "bit_rate", None) else None,
        nb_frames=str(stream.frames) if stream.frames else None,
        disposition={flag.name: int(bool(stream.disposition & flag)) for flag in Disposition},
        tags=dict(stream.metadata) or None,
        side_data_list=[{"side_data_type": "Display Matrix", "rotation": rotation}] if rotation else None,
    )


def _by_type(stream: Any) -> dict[str, Any]:
    if not stream.codec_context:
        return {}
    if stream.type == "video":
        return _picture(stream)
    return _sound(stream) if stream.type == "audio" else {}


def _picture(stream: Any) -> dict[str, Any]:
    return {
        "width": stream.width,
        "height": stream.height,
        "sample_aspect_ratio": _ratio(stream.sample_aspect_ratio, ":"),
        "display_aspect_ratio": _ratio(_display_aspect(stream), ":"),
        "pix_fmt": stream.pix_fmt,
        "color_transfer": {16: "smpte2084", 18: "arib-std-b67", 1: "bt709"}.get(stream.codec_context.color_trc),
        "r_frame_rate": _ratio(stream.base_rate, "/") or "0/0",
        "avg_frame_rate": _ratio(stream.average_rate, "/") or "0/0",
    }


def _display_aspect(stream: Any) -> Fraction | None:
    if not stream.sample_aspect_ratio or not stream.height:
        return None
    shape: Fraction = stream.sample_aspect_ratio
    return Fraction(stream.width, stream.height) * shape


def _sound(stream: Any) -> dict[str, Any]:
    return {
        "sample_fmt": stream.format.name if stream.format else None,
        "sample_rate": str(stream.sample_rate),
        "channels": stream.channels,
        "channel_layout": stream.layout.name,
        "r_frame_rate": "0/0",
        "avg_frame_rate": "0/0",
    }


def _chapter(chapter: Any) -> dict[str, Any]:
    base = chapter["time_base"] or Fraction(1, 1000)
    return _told(
        id=chapter["id"],
        time_base=f"{base.numerator}/{base.denominator}",
        start=chapter["start"],
        start_time=_seconds(chapter["start"], base),
        end=chapter["end"],
        end_time=_seconds(chapter["end"], base),
        tags=dict(chapter["metadata"]) or None,
    )


def _profile(context: Any) -> str | None:
    return context.profile if context else None


def _seconds(ticks: int | None, base: Fraction) -> str | None:
    return None if ticks is None else f"{float(ticks * base):.6f}"


def _ratio(value: Fraction | None, sign: str) -> str | None:
    return f"{value.numerator}{sign}{value.denominator}" if value else None


def _told(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
