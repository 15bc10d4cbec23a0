"""sound: one sound track of a film as a small file of its own that begins with the film, and proof that it can be heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import ffmpeg as graphs
from av.format import Flags

from vidwatchd.errors import MediaError
from vidwatchd.media import streams
from vidwatchd.media.compact import Running
from vidwatchd.media.encode import opened_by
from vidwatchd.media.probe import Media, open_media
from vidwatchd.model import portable

# What ffmpeg's aac puts before the first sample; raw AAC has no place to say so, and every player would play it.
AAC_DELAY_SAMPLES = 1024
# A clock that jumps by hours must not become hours of silence.
_LONGER, _LONGER_SECONDS = 1.05, 60.0
_LOOKED_AT_PACKETS = 100
_NEAR_THE_END_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How a track is kept: ffmpeg's ``encoder`` and ``container``; ``lead_samples`` is what the encoder puts before it.

    Silence is added up to ``least_seconds``.
    """

    encoder: str
    container: str
    kbps: int
    channels: int
    hertz: int
    lead_samples: int = 0
    least_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file of sound really holds: counted, not what its header says."""

    seconds: float
    channels: int


def extract(media: Media, track: int, target: str, shape: Shape, running: Running) -> None:
    """Encode the sound of the stream of that number. It begins with the film, and is silent where it pauses.

    What cannot be decoded is left out. Raises MediaError, StorageError for a full disk, Cancelled.
    """
    stream = opened_by(media.path, media.info.container)[str(track)].filter(
        "asetpts", f"PTS+{_late(media, track):.6f}/TB"
    )
    layout = "mono" if shape.channels == 1 else "stereo"
    stream = stream.filter("aresample", shape.hertz, **{"async": 1, "first_pts": 0})
    stream = stream.filter("aformat", channel_layouts=layout, sample_rates=shape.hertz)
    # Without a sample there would be no file; one of a moment is what a film of no length has.
    shortest = shape.lead_samples / shape.hertz + 0.1
    stream = stream.filter("apad", whole_dur=f"{max(shape.least_seconds, shortest):.3f}")
    if shape.lead_samples:
        stream = stream.filter("atrim", start_sample=shape.lead_samples)
    options = {"acodec": shape.encoder, "b:a": f"{shape.kbps}k", "map_metadata": -1, **_limit(running.seconds)}
    graph = graphs.output(stream, "file:" + portable(target), format=shape.container, **options)
    running.do(graph)


def facts(media: Media, track: int) -> tuple[int, int]:
    """Channels and samples a second of the stream of that number."""
    stream: Any = media.container.streams[track]
    return int(stream.channels), int(stream.rate)


def decodes(media: Media, track: int) -> bool:
    """Whether anything of the stream of that number can be decoded."""
    found = (_decoded(packet) for packet in streams.packets(media, track))
    return any(count for _, count in zip(range(_LOOKED_AT_PACKETS), found, strict=False))


def picture_ends(media: Media) -> float:
    """When the last picture that is really there ends, in seconds from the film's start; 0 where that shows nowhere."""
    stream = media.video
    if stream is None or stream.time_base is None:
        return 0.0
    last = 0.0
    at_seconds = max(media.info.duration_seconds - _NEAR_THE_END_SECONDS, 0.0) + media.info.start_seconds
    try:
        media.container.seek(round(at_seconds * av.time_base))
        for packet in media.container.demux(stream):
            if packet.size and packet.pts is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * stream.time_base))
    except av.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
    media.rewind()
    return max(last - media.info.start_seconds, 0.0)


def hear(path: str) -> Heard:
    """Count the samples of a file (native path) made here, and decode its first and last ones. Raises MediaError."""
    with open_media(path) as media:
        stream: Any = next(iter(media.container.streams.audio), None)
        if stream is None:
            raise MediaError(f"{media.name} holds no sound")
        ticks, decoded, last = 0, 0, deque[Any](maxlen=_LOOKED_AT_PACKETS)
        for number, packet in enumerate(streams.packets(media, stream.index)):
            ticks += packet.duration or 0
            decoded += _decoded(packet) if number < _LOOKED_AT_PACKETS else 0
            last.append(packet)
        # Whatever was kept of the decoder is from long before.
        ended = decoded if len(last) < _LOOKED_AT_PACKETS else sum(map(_decoded, last))
        if not ticks or not decoded or not ended:
            raise MediaError(f"{media.name} cannot be decoded")
        return Heard(float(ticks * stream.time_base), int(stream.channels))


def _late(media: Media, track: int) -> float:
    """Seconds by which ffmpeg would let a track begin too early: its clock for broadcasts is that of what is read alone."""
    stream = media.container.streams[track]
    if (
        stream.start_time is None
        or stream.time_base is None
        or not media.container.format.flags & Flags.ts_discont.value
    ):
        return 0.0
    return max(float(stream.start_time * stream.time_base) - media.info.start_seconds, 0.0)


def _limit(seconds: float) -> dict[str, str]:
    return {"t": f"{_LONGER * seconds + _LONGER_SECONDS:.3f}"} if seconds else {}


def _decoded(packet: Any) -> int:
    return sum(1 for _ in _frames(packet))


def _frames(packet: Any) -> Iterator[Any]:
    try:
        yield from packet.decode()
    except streams.Undecodable as error:
        if isinstance(error, MemoryError):
            raise
