"""units: a keyframe with the packets up to the frames wanted after it, decoded apart from all others and in parallel.

Each unit starts from a flushed decoder and is drained at its end, so frames can neither get stuck in a decoder's
threads nor leak into the next unit, whatever the codec.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from queue import SimpleQueue
from typing import Any

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream
from PIL import Image

from vidwatchd.media import frames
from vidwatchd.model import MediaInfo

_AHEAD = 8
_AHEAD_BYTES = 24 * 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """One wanted picture: for which tap, when, how wide, and how far off a keyframe may be.

    With ``span_seconds`` all pictures of a stretch that begins there; ``begun``: it began in an earlier unit.
    """

    tap: int
    at_seconds: float
    width: int
    exact: bool
    tolerance_seconds: float
    span_seconds: float = 0.0
    begun: bool = False

    @property
    def end_seconds(self) -> float:
        """Where the last wanted picture lies."""
        return self.at_seconds + self.span_seconds

    def starting(self, at_seconds: float) -> Target:
        """The same stretch, begun at the keyframe that serves it."""
        return replace(self, at_seconds=at_seconds)

    def rest(self, at_seconds: float) -> Target:
        """What is left of the stretch from a time on."""
        return replace(self, at_seconds=at_seconds, span_seconds=self.end_seconds - at_seconds, begun=True)


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture for a target, with the real time of its frame."""

    target: Target
    at_seconds: float
    image: Image.Image


@dataclass(slots=True)
class Unit:
    """Packets from one keyframe on, the targets that the keyframe serves, and those that need frames after it."""

    packets: list[Any]
    snapped: list[Target]
    forward: list[Target]

    @property
    def size_bytes(self) -> int:
        """How much memory its packets take."""
        return sum(packet.size for packet in self.packets)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stream's ticks as seconds from the file's start, and back."""

    base: Fraction
    start_seconds: float

    @classmethod
    def of(cls, stream: VideoStream, info: MediaInfo) -> Timeline:
        """The timeline of a file's main stream."""
        return cls(stream.time_base or Fraction(1, 1000), info.start_seconds)

    def seconds(self, ticks: int) -> float:
        """Seconds from the file's start."""
        return float(ticks * self.base) - self.start_seconds

    def length(self, seconds: float) -> int:
        """So many seconds in ticks."""
        return math.floor(seconds / float(self.base) + 0.01)

    def ticks(self, at_seconds: float) -> int:
        """The last tick at or before a time, forgiving a float's last digits."""
        return math.floor((at_seconds + self.start_seconds) / float(self.base) + 0.01)


def ticks_of(packet: Any) -> int:
    """When a packet's frame is shown; containers without such times (AVI) only know when it is decoded."""
    if packet.pts is None:
        packet.pts = packet.dts
    return packet.pts or 0


class UnitDecoder:
    """Decodes units in a few threads, one decoder each, and hands the pictures back in the units' order."""

    def __init__(self, stream: VideoStream, info: MediaInfo, threads: int) -> None:
        self._info = info
        self._timeline = Timeline.of(stream, info)
        self._threads = threads
        self._decoders: SimpleQueue[VideoCodecContext] = SimpleQueue()
        for _ in range(threads):
            self._decoders.put(frames.decoder(stream, 1))
        self.frames_decoded = 0

    def pictures(self, units: Iterable[Unit]) -> Iterator[Taken]:
        """The pictures of all units, in their order.

        Some units are a keyframe, others hundreds of frames: several are read ahead, so that no thread waits while
        another is busy with the oldest; how many, their bytes decide.
        """
        with ThreadPoolExecutor(self._threads) as pool:
            running: deque[tuple[int, Future[tuple[int, list[Taken]]]]] = deque()
            for unit in units:
                running.append((unit.size_bytes, pool.submit(self._decode, unit)))
                while len(running) > self._threads and (
                    len(running) > _AHEAD * self._threads or sum(size for size, _ in running) > _AHEAD_BYTES
                ):
                    yield from self._collect(running.popleft()[1])
            while running:
                yield from self._collect(running.popleft()[1])

    def _collect(self, done: Future[tuple[int, list[Taken]]]) -> list[Taken]:
        decoded, taken = done.result()
        self.frames_decoded += decoded
        return taken

    def _decode(self, unit: Unit) -> tuple[int, list[Taken]]:
        decoder = self._decoders.get()
        try:
            return self._decode_with(decoder, unit)
        finally:
            decoder.flush_buffers()
            self._decoders.put(decoder)

    def _decode_with(self, decoder: VideoCodecContext, unit: Unit) -> tuple[int, list[Taken]]:
        needs = self._needs(unit)
        # What is found exactly is made small at once: 25 frames of 8K would fill 1.2 GB.
        taken: dict[int, list[Taken]] = {}
        best: dict[int, Any] = {}
        decoded = 0
        for frame in _decoded(decoder, unit.packets, set(needs)):
            decoded += 1
            if frame.pts in needs:
                taken[frame.pts] = self._taken(needs[frame.pts], frame)
                best.pop(frame.pts, None)
            _keep_closest(best, needs.keys() - taken.keys(), frame)
        taken |= {ticks: self._taken(needs[ticks], frame) for ticks, frame in best.items()}
        return decoded, [each for ticks in sorted(taken) for each in taken[ticks]]

    def _needs(self, unit: Unit) -> dict[int, list[Target]]:
        """The ticks of the frames that serve each target, in order."""
        shown = sorted(ticks_of(packet) for packet in unit.packets if not packet.is_discard)
        first = ticks_of(unit.packets[0])
        needs: dict[int, list[Target]] = {}
        for target, snaps in [*((t, True) for t in unit.snapped), *((t, False) for t in unit.forward)]:
            limit = self._timeline.ticks(target.at_seconds)
            start = first if snaps else max((t for t in shown if t <= limit), default=first)
            if not target.begun:
                needs.setdefault(start, []).append(target)
            # From the packet itself: an index may be two frames off (AVI).
            end = (
                start + self._timeline.length(target.span_seconds)
                if snaps
                else self._timeline.ticks(target.end_seconds)
            )
            end = end if target.span_seconds else start
            for ticks in (t for t in shown if start - int(target.begun) < t < end):
                needs.setdefault(ticks, []).append(target)
        return dict(sorted(needs.items()))

    def _taken(self, targets: list[Target], frame: av.VideoFrame) -> list[Taken]:
        at = max(self._timeline.seconds(frame.pts or 0), 0.0)
        images = frames.pictures(frame, self._info, {target.width for target in targets})
        return [Taken(target, at, images[target.width]) for target in targets]


def _decoded(decoder: VideoCodecContext, packets: list[Any], needed: set[int]) -> Iterator[av.VideoFrame]:
    """The frames of ``packets`` up to the last needed one; on the way only those that others refer to."""
    last = max((i for i, packet in enumerate(packets) if ticks_of(packet) in needed), default=0)
    for packet in [*packets[: last + 1], None]:
        # The loop filter stays on: without it the error would add up over a group of pictures.
        decoder.skip_frame = "DEFAULT" if packet is None or ticks_of(packet) in needed else "NONREF"
        yield from frames.decoded(decoder, packet)


def _keep_closest(best: dict[int, Any], needs: Iterable[int], frame: av.VideoFrame) -> None:
    """Remember ``frame`` for each need that it serves better: the last at or before the tick, else the first after."""
    ticks = frame.pts or 0
    for need in needs:
        held = best.get(need)
        if held is None or (held.pts or 0) < ticks <= need:
            best[need] = frame
