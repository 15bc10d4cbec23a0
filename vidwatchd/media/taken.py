"""taken: one sound track taken out of a film as it is, packet by packet, and how much it has to say.

Only where nothing is lost by it: what begins late, pauses, is out of step with its clock or cannot be decoded is left
to an encoder, which puts all of that right.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.stream import Discard

from vidwatchd.errors import Cancelled, StorageError
from vidwatchd.media import streams
from vidwatchd.media.probe import Media, opened_anew
from vidwatchd.model import portable

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
# Containers round to a millisecond; in two, sound goes as far as an arm.
_SAME_SECONDS = 0.002
# Opus always counts at this rate, whatever was recorded. The first byte of a packet tells how long its frames are (by
# its upper five bits, RFC 6716) and how many there are.
_OPUS_HERTZ = 48_000
_OPUS_FRAMES = (*(480, 960, 1920, 2880) * 3, *(480, 960) * 2, *(120, 240, 480, 960) * 4)
_OPUS_SKIP = slice(10, 12)
# The profiles that the name of a file alone tells a player of.
_PLAIN: Mapping[str, tuple[str, ...]] = {"aac": ("LC",), "mp3": (), "opus": ()}
_MOST_CHANNELS = 2


@dataclass(frozen=True, slots=True)
class Weight:
    """What a track takes: ``kbps`` over the time in which it sounds; 0 for one that loses nothing, as PCM, or says nothing."""

    codec: str
    kbps: float
    seconds: float


def claimed(media: Media, track: int) -> float:
    """Kilobits a second that the container says of the stream of that number; 0 where it says nothing."""
    stream: Any = media.container.streams[track]
    return float(stream.bit_rate or 0) / 1000


def lossy(media: Media, track: int) -> bool:
    """Whether its codec always leaves something out."""
    return not media.container.streams[track].codec_context.codec.lossless


def codec(media: Media, track: int) -> str:
    """The codec's name, ``he-aac`` for AAC that needs half of the bits."""
    context: Any = media.container.streams[track].codec_context
    name = str(context.codec.canonical_name)
    return "he-aac" if name == "aac" and "HE" in str(context.profile) else name


def weigh(media: Media, track: int) -> Weight:
    """Count the bytes of its packets and how long they last: headers of containers guess, or say nothing at all."""
    base = media.container.streams[track].time_base or Fraction(1, 1)
    size, lasts, first, last = 0, 0, None, 0
    for packet in streams.packets(media, track):
        size, lasts = size + packet.size, lasts + (packet.duration or 0)
        if packet.pts is not None:
            first = packet.pts if first is None else min(first, packet.pts)
            last = max(last, packet.pts + (packet.duration or 0))
    span = last - (first or 0)
    # Some containers do not say how long a packet lasts.
    seconds = float((lasts if 2 * lasts > span else span) * base)
    return Weight(codec(media, track), size * 8 / seconds / 1000 if seconds > 0 else 0.0, seconds)


def take(media: Media, track: int, target: str, container: str, cancelled: Callable[[], bool] = lambda: False) -> bool:
    """Write the stream of that number to ``target`` (native) as it is; False, and nothing, where that would not be exact.

    It begins with the film, to two milliseconds. Raises StorageError, Cancelled.
    """
    name = codec(media, track)
    stream: Any = media.container.streams[track]
    plain = _PLAIN.get(name)
    if plain is None or stream.channels > _MOST_CHANNELS or (plain and stream.codec_context.profile not in plain):
        return False
    steps = _Steps(media, track, name)
    first = steps.first(cancelled)
    if first is None:
        return False
    try:
        _write(media, track, target, container, steps, first)
    except av.FFmpegError as error:
        with suppress(OSError):
            os.unlink(target)
        if error.errno in _NO_ROOM:
            raise StorageError(f"{portable(target)} cannot be written: {error.strerror}") from error
        return False  # a shape that the container does not know
    return True


class _Steps:
    """A track's packets as samples, beside the times that the film gives them."""

    def __init__(self, media: Media, track: int, name: str) -> None:
        stream: Any = media.container.streams[track]
        self._media, self._track, self._name = media, track, name
        self._base: Fraction = stream.time_base
        self.hertz = _OPUS_HERTZ if name == "opus" else int(stream.rate)
        self._usual = int(stream.codec_context.frame_size or 0) or {"aac": 1024, "mp3": 1152}.get(name, 0)
        head = bytes(stream.codec_context.extradata or b"")
        self.skipped = int.from_bytes(head[_OPUS_SKIP], "little") if name == "opus" else 0

    def packets(self) -> Iterator[Any]:
        """Those with content, from the very first."""
        with opened_anew(self._media.path) as container:
            for stream in container.streams:
                stream.discard = Discard.default if stream.index == self._track else Discard.all
            try:
                for packet in container.demux(container.streams[self._track]):
                    if packet.size:
                        yield packet
            except av.FFmpegError as error:  # it ends early
                if isinstance(error, MemoryError):
                    raise

    def samples(self, packet: Any) -> int:
        """How many samples a packet lasts; what the container says of that is rounded."""
        if self._name != "opus":
            return self._usual
        head = bytes(packet)[:2]
        frames = (1, 2, 2, head[-1] & 63)[head[0] & 3]
        return frames * _OPUS_FRAMES[head[0] >> 3]

    def first(self, cancelled: Callable[[], bool]) -> int | None:
        """The number of the first packet to take; None where the track is not to be taken as it is."""
        first, counted = None, -self.skipped
        for number, packet in enumerate(self.packets()):
            if cancelled():
                raise Cancelled("stopped")
            lasts = self.samples(packet)
            if packet.pts is None or not lasts or not self._decodes(packet):
                return None
            at_seconds = float(packet.pts * self._base) - self._media.info.start_seconds
            if first is None and self._is_before(at_seconds + lasts / self.hertz):
                continue
            first = number if first is None else first
            if abs(at_seconds - counted / self.hertz) > _SAME_SECONDS or packet.is_discard:
                return None
            counted += lasts
        return first

    def _is_before(self, ends_seconds: float) -> bool:
        """Whether a packet is there for the decoder alone. Those of MP3 lean on the ones before, and Opus tells of its
        own what is not heard: there, all are taken or none."""
        return self._name == "aac" and ends_seconds <= _SAME_SECONDS

    def _decodes(self, packet: Any) -> bool:
        try:
            return all(frame.sample_rate == self.hertz for frame in packet.decode())
        except streams.Undecodable as error:
            if isinstance(error, MemoryError):
                raise
            return False


def _write(media: Media, track: int, target: str, container: str, steps: _Steps, first: int) -> None:
    options = {"write_xing": "0"} if container == "mp3" else {}  # its frame would shift the rest
    with av.open("file:" + os.path.abspath(target), "w", format=container, options=options) as file:
        stream: Any = file.add_stream_from_template(media.container.streams[track], opaque=True)
        stream.time_base = Fraction(1, steps.hertz)
        stream.metadata.clear()
        at = -steps.skipped
        for number, packet in enumerate(steps.packets()):
            if number < first:
                continue
            lasts = steps.samples(packet)
            packet.stream, packet.time_base = stream, stream.time_base
            packet.pts = packet.dts = at
            packet.duration = lasts
            file.mux(packet)
            at += lasts
