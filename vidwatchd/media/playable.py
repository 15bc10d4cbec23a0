"""playable: proves that a file made here is whole: its streams, its length, pictures from start, middle and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import av

from vidwatchd.errors import MediaError
from vidwatchd.media import ffprobe, frames
from vidwatchd.media.probe import Media, open_media

_TOLERANCE_SECONDS, _TOLERANCE_PART = 0.5, 0.01
# Decoded from a keyframe on; where the next is farther away than any encoder puts it, packets are only read from there.
_MOST_PACKETS = 1500
_END_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Promise:
    """What a new file must hold: how long it is, and each stream's type and codec, in order."""

    duration_seconds: float
    streams: Sequence[tuple[str, str]]


def prove(path: str, promise: Promise) -> float:
    """How long the file (native path) really is. Raises MediaError when it is not what was promised."""
    with open_media(path) as media:
        _check_streams(media, promise)
        _check_duration(media, promise.duration_seconds)
        if media.video is not None:
            _check_pictures(media)
        return media.info.duration_seconds


def plays(path: str) -> float:
    """How long the pictures of a file (native path) last. Raises MediaError where start, middle or end show none."""
    with open_media(path) as media:
        if media.video is None:
            raise MediaError(f"{media.name} has no picture")
        _check_pictures(media)
        return _picture_seconds(media)


def _check_streams(media: Media, promise: Promise) -> None:
    found = [(s.type, ffprobe.codec_name(s)) for s in media.container.streams if s.type != "data"]
    if found != list(promise.streams):
        raise MediaError(f"it holds {_listed(found)}, not {_listed(promise.streams)}")


def _check_duration(media: Media, wanted_seconds: float) -> None:
    found = media.info.duration_seconds
    if abs(found - wanted_seconds) > max(_TOLERANCE_SECONDS, _TOLERANCE_PART * wanted_seconds):
        said = f"it is {found:.2f} s long, the source {wanted_seconds:.2f} s"
        raise MediaError(f"{said}: the source may end early or be damaged")


def _check_pictures(media: Media) -> None:
    seconds = _picture_seconds(media)
    for name, at_seconds in (("start", 0.0), ("middle", seconds / 2), ("end", max(seconds - _END_SECONDS, 0.0))):
        try:
            shown = _shows(media, at_seconds)
        except av.FFmpegError:
            shown = False
        if not shown:
            raise MediaError(f"no picture can be decoded at its {name}")


def _picture_seconds(media: Media) -> float:
    """How long the pictures last, which may be less than the sound does."""
    stream = media.video
    assert stream is not None
    if not stream.duration or not stream.time_base:
        return media.info.duration_seconds
    return min(float(stream.duration * stream.time_base), media.info.duration_seconds)


def _shows(media: Media, at_seconds: float) -> bool:
    """Whether the picture shown at a time can be had: from the keyframe before it all the way to it."""
    stream, seen, ends = media.video, False, dict[int | None, int]()
    assert stream is not None
    assert stream.time_base is not None
    wanted = (stream.start_time or 0) + round(at_seconds / stream.time_base)
    latest = wanted + round(_TOLERANCE_SECONDS / stream.time_base)
    context = frames.decoder(stream, 1)
    media.container.seek(wanted, stream=stream)
    for number, packet in enumerate(media.container.demux(stream)):
        ends[packet.pts] = (packet.pts or 0) + (packet.duration or 0)  # a decoder of our own hands on no durations
        if number >= _MOST_PACKETS and seen and ends[packet.pts] >= wanted:
            return True
        found = frames.decoded(context, packet if packet.size else None) if number < _MOST_PACKETS else []
        seen = seen or bool(found)
        reached = next((frame.pts or 0 for frame in found if ends.get(frame.pts, 0) >= wanted), None)
        if reached is not None:
            return reached <= latest  # else it lies beyond a hole
    return False


def _listed(streams: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{codec} {type_}" for type_, codec in streams) or "nothing"
