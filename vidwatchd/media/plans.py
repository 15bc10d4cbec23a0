"""plans: the three ways through a file: seek to keyframes, read keyframes in passing, decode all."""

from __future__ import annotations

import errno
import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import av
from av.stream import Discard
from av.video.stream import VideoStream

from vidwatchd.errors import Unreadable
from vidwatchd.media import frames
from vidwatchd.media.ahead import ahead
from vidwatchd.media.keyframes import Key, KeyIndex
from vidwatchd.media.probe import Media
from vidwatchd.media.units import Taken, Target, Timeline, Unit, ticks_of
from vidwatchd.model import MediaInfo

_LONGEST_GROUP_PACKETS = 3000
_LONGEST_GROUP_BYTES = 256 * 2**20
_AHEAD_FRAMES = 4
_SAME_SECONDS = 1e-4
_LONGEST_FRAME_SECONDS = 0.5
_DISK_TROUBLE = {errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO}


@dataclass(slots=True)
class Tally:
    """What a plan notes on its way: the targets it left, how far it came, what stopped it."""

    beat: Callable[[float], None]
    rest: list[Target] = field(default_factory=list)
    frames_decoded: int = 0
    last_seconds: float = 0.0
    ended_early: bool = False
    why_rest: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """One keyframe to visit, the targets it serves and those to be reached from it."""

    key: Key
    snapped: list[Target]
    forward: list[Target]

    @property
    def reach_seconds(self) -> float | None:
        """How far its packets are needed, None for the keyframe alone."""
        ends = [t.end_seconds for t in self.forward] + [t.end_seconds for t in self.snapped if t.span_seconds]
        return max(ends, default=None)


def stops(index: KeyIndex, targets: list[Target]) -> list[Stop]:
    """The keyframes to visit for ``targets``: the nearest where it is near enough, else the one before."""
    found: dict[int, Stop] = {}
    for target in targets:
        near = index.nearest(target.at_seconds)
        snaps = (
            not (target.exact or near.hidden) and abs(near.at_seconds - target.at_seconds) <= target.tolerance_seconds
        )
        key = near if snaps else index.before(target.at_seconds)
        stop = found.setdefault(key.ticks, Stop(key, [], []))
        if snaps:
            stop.snapped.append(target.starting(key.at_seconds) if target.span_seconds else target)
        else:
            stop.forward.append(target)
    return [found[ticks] for ticks in sorted(found)]


def seek(media: Media, found: list[Stop], tally: Tally) -> Iterator[Unit]:
    """Seek to each stop and read just its packets."""
    stream = _only(media)
    timeline = Timeline.of(stream, media.info)
    for stop in found:
        tally.beat(stop.key.at_seconds)
        packets = _fetch(media, stream, stop, timeline)
        if packets:
            tally.last_seconds = max(tally.last_seconds, timeline.seconds(ticks_of(packets[-1])))
            yield Unit(packets, stop.snapped, stop.forward)
        else:
            tally.ended_early = True


def walk(media: Media, targets: list[Target], tally: Tally, *, keys_only: bool) -> Iterator[Unit]:
    """Read once through the file and make units of its groups of pictures as they pass.

    What a group cannot serve (too long to hold, or times that run backwards) is left in ``tally.rest`` with all later
    targets, so that every tap still gets its pictures in order.
    """
    stream = _only(media)
    if keys_only:
        stream.discard = Discard.nonkey
    media.rewind()
    walker = _Walker(Timeline.of(stream, media.info), deque(targets), keys_only)
    for packet in _read(media, stream, tally):
        if packet.is_keyframe:
            tally.beat(walker.timeline.seconds(ticks_of(packet)))
        unit = walker.add(packet)
        if unit:
            yield unit
        if walker.stuck or walker.over:
            break
    yield from walker.finish()
    tally.last_seconds = walker.end_seconds
    tally.why_rest = walker.stuck
    tally.rest = [*walker.carried, *walker.waiting] if walker.stuck else []
    tally.ended_early = bool(walker.waiting) and not walker.stuck


class _Walker:
    """Groups of pictures as they pass: each is closed when the next one's keyframe shows where it ends."""

    def __init__(self, timeline: Timeline, waiting: deque[Target], keys_only: bool) -> None:
        self.timeline = timeline
        self.waiting = waiting
        self.stuck = ""
        self.end_seconds = 0.0
        self._keys_only = keys_only
        self._group: list[Any] = []
        self._bytes = 0
        self._complete = True
        self.carried: list[Target] = []

    @property
    def over(self) -> bool:
        """Whether no further packet is needed."""
        return not self.waiting and not any(target.span_seconds for target in self.carried)

    def add(self, packet: Any) -> Unit | None:
        """Take one packet; the unit of the group that it ends, if any."""
        at = self.timeline.seconds(ticks_of(packet))
        self.end_seconds = max(self.end_seconds, at)
        if packet.is_keyframe:
            unit = self._close(at) if self._group else None
            self._group, self._bytes, self._complete = [packet], packet.size, True
            return unit
        self._hold(packet)
        return None

    def finish(self) -> Iterator[Unit]:
        """The unit of the last group."""
        unit = self._close(math.inf) if self._group and not self.stuck else None
        if unit:
            yield unit

    def _hold(self, packet: Any) -> None:
        if self._keys_only or not self._group or not self._complete:
            return
        self._bytes += packet.size
        self._complete = len(self._group) < _LONGEST_GROUP_PACKETS and self._bytes < _LONGEST_GROUP_BYTES
        if self._complete:
            self._group.append(packet)
        else:
            del self._group[1:]

    def _close(self, next_seconds: float) -> Unit | None:
        key_seconds = self.timeline.seconds(ticks_of(self._group[0]))
        if next_seconds < key_seconds:
            self.stuck = "broken timestamps"
            return None
        unit = Unit(self._group, self.carried, [])
        self.carried = []
        end = min(next_seconds, self.end_seconds + 1.0)
        while self.waiting and self.waiting[0].at_seconds < end and not self.stuck:
            self._place(self.waiting[0], unit, key_seconds, next_seconds)
        self._split(unit, key_seconds, next_seconds)
        return unit if unit.snapped or unit.forward else None

    def _place(self, target: Target, unit: Unit, key_seconds: float, next_seconds: float) -> None:
        back, ahead = abs(target.at_seconds - key_seconds), next_seconds - target.at_seconds
        # With keyframes alone the index has vouched for them already, though its times may be two frames off.
        near = not target.exact and min(back, ahead) <= target.tolerance_seconds
        if self._keys_only or (near and (self._complete or not target.span_seconds)):
            (unit.snapped if back <= ahead else self.carried).append(target)
        elif self._complete:
            unit.forward.append(target)
        else:
            self.stuck = "keyframes too far apart"
            return
        self.waiting.popleft()

    def _split(self, unit: Unit, key_seconds: float, next_seconds: float) -> None:
        """Stretches begin at the keyframe that serves them; what reaches into the next group waits for it."""
        unit.snapped = [t.starting(key_seconds) if t.span_seconds and not t.begun else t for t in unit.snapped]
        left = [
            t.rest(next_seconds) for t in (*unit.snapped, *unit.forward) if t.end_seconds > next_seconds > t.at_seconds
        ]
        self.waiting.extendleft(reversed(left))


def full(media: Media, targets: list[Target], every: list[Target], tally: Tally, threads: int) -> Iterator[Taken]:
    """Decode from the start: each target gets the frame shown at its time, each tap in ``every`` all frames."""
    stream = _only(media)
    handing = _Handing(deque(targets), every, media.info)
    skipping = _Skipping(targets, every, Timeline.of(stream, media.info))
    # Decoded in a thread of its own while the frames before are made small and looked at.
    with closing(ahead(_all_frames(media, stream, tally, threads, skipping), _AHEAD_FRAMES)) as pictures:
        for at, frame in pictures:
            yield from handing.frame(at, frame)
            if handing.over:
                return
    yield from handing.end(tally)


class _Handing:
    """Frames in the order of time, handed to the targets that wait for them."""

    def __init__(self, waiting: deque[Target], every: list[Target], info: MediaInfo) -> None:
        self._waiting = waiting
        self._every = every
        self._info = info
        self._running: list[Target] = []
        self._served: set[int] = set()
        self._shown: tuple[float, av.VideoFrame] | None = None

    @property
    def over(self) -> bool:
        """Whether nobody wants another frame."""
        return not (self._waiting or self._running or self._every)

    def frame(self, at: float, frame: av.VideoFrame) -> Iterator[Taken]:
        """The next frame: whoever wanted the one before gets it, stretches and ``every`` get this one too."""
        before, begun = self._shown or (at, frame), []
        while self._waiting and self._waiting[0].at_seconds < at - _SAME_SECONDS:
            begun.append(self._waiting.popleft())
        yield from self._taken(begun, before)
        self._shown = (at, frame)
        self._running = [t for t in (*self._running, *begun) if t.span_seconds and t.end_seconds > at + _SAME_SECONDS]
        yield from self._sampled(self._shown)
        yield from self._taken(self._running, self._shown)

    def end(self, tally: Tally) -> Iterator[Taken]:
        """The last frame, for targets within its time and for taps that would otherwise have none at all."""
        if self._shown is None:
            return
        end = self._shown[0] + max(3 / self._info.frames_per_second, 0.2)
        for target in self._waiting:
            if target.at_seconds <= end or target.tap not in self._served:
                yield from self._taken([target], self._shown)
            tally.ended_early |= target.at_seconds > end

    def _taken(self, targets: list[Target], shown: tuple[float, av.VideoFrame]) -> Iterator[Taken]:
        if targets:
            self._served |= {target.tap for target in targets}
            images = frames.pictures(shown[1], self._info, {target.width for target in targets})
            yield from (Taken(target, shown[0], images[target.width]) for target in targets)

    def _sampled(self, shown: tuple[float, av.VideoFrame]) -> Iterator[Taken]:
        """Whoever wants every frame measures it: always in the same way, whatever others want of the same frame."""
        for target in self._every:
            yield Taken(target, shown[0], frames.picture(shown[1], self._info, target.width, sampled=True))


class _Skipping:
    """Which packets the decoder may leave out: frames that no other refers to, where nobody needs the very frame."""

    def __init__(self, targets: list[Target], every: list[Target], timeline: Timeline) -> None:
        self._all = any(target.exact for target in every)
        # The frame shown at a time may have come a while before it, where frames are rare.
        around = [(t.at_seconds - _LONGEST_FRAME_SECONDS, t.end_seconds) for t in targets if t.exact or t.span_seconds]
        self._ranges = deque(sorted(around))
        self._timeline = timeline

    def skips(self, packet: Any) -> bool:
        """Whether this packet's frame is not needed for itself."""
        at = self._timeline.seconds(ticks_of(packet))
        # Packets come in the order of decoding, a few frames off that of showing.
        while self._ranges and self._ranges[0][1] < at - _LONGEST_FRAME_SECONDS:
            self._ranges.popleft()
        return not (self._all or (self._ranges and self._ranges[0][0] <= at))


def _all_frames(
    media: Media, stream: VideoStream, tally: Tally, threads: int, skipping: _Skipping
) -> Iterator[tuple[float, av.VideoFrame]]:
    decoder = frames.decoder(stream, threads)
    clock = _Clock(Timeline.of(stream, media.info), media.info)
    media.rewind()
    for packet in _packets_then_drain(media, stream, tally):
        # Half the work where the frame before is as good.
        decoder.skip_frame = "NONREF" if packet is not None and skipping.skips(packet) else "DEFAULT"
        for frame in frames.decoded(decoder, packet):
            tally.frames_decoded += 1
            tally.last_seconds = clock.at(frame)
            tally.beat(tally.last_seconds)
            yield tally.last_seconds, frame


def _packets_then_drain(media: Media, stream: VideoStream, tally: Tally) -> Iterator[Any]:
    for packet in _read(media, stream, tally):
        ticks_of(packet)
        yield packet
    yield None


class _Clock:
    """Frame times that never run backwards and never leap past the file's end, whatever the file claims."""

    def __init__(self, timeline: Timeline, info: MediaInfo) -> None:
        self._timeline = timeline
        self._step = 1 / info.frames_per_second
        self._limit = info.duration_seconds + 60 if info.duration_seconds else math.inf
        self._offset = 0.0
        self._last = -self._step

    def at(self, frame: av.VideoFrame) -> float:
        """Seconds from the start."""
        claimed = None if frame.pts is None else self._timeline.seconds(frame.pts)
        expected = self._last + self._step
        if claimed is None:
            self._last = expected
        else:
            if not self._last - self._step < claimed + self._offset <= self._limit:
                self._offset = expected - claimed
            self._last = max(claimed + self._offset, self._last, 0.0)
        return self._last


def _fetch(media: Media, stream: VideoStream, stop: Stop, timeline: Timeline) -> list[Any]:
    """The packets of one stop: its keyframe alone, or all up to its last target."""
    # Two frames of slack for streams whose reordering varies, at either end.
    slack = timeline.length(2 / media.info.frames_per_second)
    until = None if stop.reach_seconds is None else timeline.ticks(stop.reach_seconds) + slack
    stream.discard = Discard.nonkey if until is None else Discard.default
    # A seek may land on the keyframe before.
    earliest = stop.key.ticks - slack
    packets: list[Any] = []
    try:
        media.container.seek(stop.key.ticks, stream=stream)
        for packet in media.container.demux(stream):
            if not packet.size or (until is not None and packets and _decode_ticks(packet) > until):
                break
            if packets or (packet.is_keyframe and (until is not None or ticks_of(packet) >= earliest)):
                packets.append(packet)
                if until is None:
                    break
    except av.FFmpegError as error:
        _refuse_disk_trouble(media, error)
    return packets


def _decode_ticks(packet: Any) -> int:
    return packet.dts if packet.dts is not None else ticks_of(packet)


def _read(media: Media, stream: VideoStream, tally: Tally) -> Iterator[Any]:
    try:
        for packet in media.container.demux(stream):
            if packet.size:
                yield packet
    except av.FFmpegError as error:
        _refuse_disk_trouble(media, error)
        tally.ended_early = True


def _refuse_disk_trouble(media: Media, error: av.FFmpegError) -> None:
    """A sick disk is no sick file: raise Unreadable so that it is tried again; no memory is no end of the file."""
    if isinstance(error, MemoryError):
        raise error
    if error.errno in _DISK_TROUBLE:
        raise Unreadable(f"{media.name} could not be read to its end: {error.strerror}") from error


def _only(media: Media) -> VideoStream:
    """The main picture stream, all others switched off in the demuxer."""
    assert media.video is not None
    for stream in media.container.streams:
        stream.discard = Discard.default if stream.index == media.video.index else Discard.all
    return media.video
