"""mux: joins a picture and a sound, each a file of its own, into one MP4; both are copied as they are, never encoded.

Each is opened by the demuxers that ``probe`` trusts. How long they are is counted, packet by packet: what raw AAC says of
itself is a guess. Where the picture is the shorter one it is shown again from its start, or its last frame stays.
"""

from __future__ import annotations

import errno
import heapq
import math
import os
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import av
from av.container import OutputContainer

from vidwatchd.errors import MediaError, StorageError
from vidwatchd.media import looped, streams
from vidwatchd.media.playable import Promise, prove
from vidwatchd.media.probe import Media, open_media
from vidwatchd.model import portable

Match = Literal["loop", "pad", "trim"]
# A packet with its time of showing, its time of decoding and its duration, in ticks.
Stamped = tuple[Any, int, int, int]
MARK = "joined by vidwatchd from a stored form"
"""The comment that every file made here carries."""

MOST_COPIED_BYTES = 32_000_000
"""A clip of few kilobytes is copied as often as it takes, which every program understands."""

_FINEST = 90_000
_TOLD_PART = 0.01
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_OPTIONS = {"movflags": "+faststart"}
# A file that claims to be longer than its packets are was cut off.
_CLAIM_SECONDS, _CLAIM_PART = 0.5, 0.02


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of it: how long the whole, the picture and the sound (0: none) are, and its streams."""

    seconds: float
    picture_seconds: float
    sound_seconds: float
    streams: tuple[tuple[str, str], ...]


def join(
    picture: str,
    sound: str,
    out: str,
    *,
    match: Match = "loop",
    progress: Callable[[float], None] | None = None,
    most_copied_bytes: int = MOST_COPIED_BYTES,
) -> Joined:
    """Write the picture of one file and the sound of another ("" for none; native paths) to ``out``, and prove it.

    The result is as long as the sound: a longer picture ends with it, a shorter one is shown again (``loop``) or its
    last frame stays (``pad``); with ``trim`` both end with the shorter. What is shown again is copied, but up to
    ``most_copied_bytes`` only: then it is shown from where it lies. Raises MediaError, StorageError.
    """
    with ExitStack() as stack:
        shown = _Lane(stack.enter_context(open_media(picture)), "video")
        heard = _Lane(stack.enter_context(open_media(sound)), "audio") if sound else None
        end = _end(shown, heard, match)
        work = _Work(shown, heard, end, match)
        every = work.every(most_copied_bytes)
        if every > 1:
            replace(work, copied_every=every).repeat(out, progress or (lambda done: None))
        else:
            work.write(out, progress or (lambda done: None))
    return Joined(_proven(out, end, work.promised), shown.told, heard.told if heard else 0.0, work.promised)


def is_ours(path: str) -> bool:
    """Whether a file (native path) was written here. Raises MediaError for what is no media file."""
    with open_media(path) as media:
        return media.container.metadata.get("comment", "") == MARK


class _Lane:
    """The one stream of a file that is copied; times are counted in ``base``, from its first picture or sound."""

    def __init__(self, media: Media, type_: str) -> None:
        self.media = media
        self._index = _index(media, type_)
        stream = self.stream
        given = stream.time_base or Fraction(1, _FINEST)
        self.fine = max(1, -(-_FINEST * given.numerator // given.denominator))
        self.base = given / self.fine
        self.pts = array("q")
        self.bytes = 0
        self.first, self.last, self.length = self._measured()
        self.seconds = self.length * self.base
        if not self.length:
            raise MediaError(f"{media.name} is damaged: its {type_} is empty")
        self._check_claim()

    @property
    def stream(self) -> Any:
        """The stream as the container has it now; one that cannot seek is opened again for each reading."""
        return self.media.container.streams[self._index]

    @property
    def told(self) -> float:
        """Its length in seconds, for people."""
        return round(float(self.seconds), 3)

    @property
    def codec(self) -> tuple[str, str]:
        """The stream's type and codec, as a proof wants them."""
        found = next(s for s in self.media.info.streams if s.index == self._index)
        return found.type, found.codec

    def is_last(self, number: int, shown: int) -> bool:
        """Whether a picture is the last one to be shown, or to be decoded: a file's length follows from either."""
        return shown == self.last or number == len(self.pts) - 1

    def packets(self) -> Iterator[Stamped]:
        """Every packet with its (pts, dts, duration), in the order of decoding."""
        usual = self._usual()
        with closing(streams.packets(self.media, self._index)) as found:  # type: ignore[type-var]
            for packet in found:
                shown = packet.pts if packet.pts is not None else packet.dts
                if shown is None:
                    raise MediaError(f"{self.media.name} does not say when its pictures are shown")
                decoded = packet.dts if packet.dts is not None else shown
                yield packet, shown * self.fine, decoded * self.fine, (packet.duration or 0) * self.fine or usual

    def _usual(self) -> int:
        """How long a packet is that does not say so."""
        stream = self.stream
        if stream.type == "audio":
            context = stream.codec_context
            seconds = Fraction(context.frame_size or 1024, context.rate or 48_000)
        else:
            seconds = 1 / (stream.average_rate or Fraction(25))
        return max(1, round(seconds / self.base))

    def _measured(self) -> tuple[int, int, int]:
        """(first time, when the last one begins, length); pictures by their times, sound by counting."""
        first, last, ends, counted = 0, 0, 0, 0
        for number, (packet, shown, _, duration) in enumerate(self.packets()):
            first = shown if not number else min(first, shown)
            last, ends = max(last, shown) if number else shown, max(ends, shown + duration)
            counted += duration
            self.bytes += packet.size
            if self.stream.type == "video":
                self.pts.append(shown)
        if self.stream.type == "video":
            return first, last, ends - first
        # What stands before the start is there for the decoder to begin with and is not heard.
        before = min(first, 0)
        return before, last, max(counted + before, 0)

    def _check_claim(self) -> None:
        stream = self.stream
        claimed = stream.duration * stream.time_base if stream.duration and len(self.pts) else Fraction(0)
        if claimed - self.seconds > max(_CLAIM_SECONDS, _CLAIM_PART * claimed):
            raise MediaError(
                f"{self.media.name} is damaged: it ends after {self.told:.1f} s of {float(claimed):.1f} s",
                hint="copy it again, or make the stored form anew",
            )


@dataclass(slots=True)
class _Work:
    shown: _Lane
    heard: _Lane | None
    end: Fraction
    match: Match
    promised: tuple[tuple[str, str], ...] = field(init=False)
    copied_every: int = 1

    def __post_init__(self) -> None:
        self.promised = tuple(lane.codec for lane in (self.shown, self.heard) if lane)

    def every(self, most_bytes: int) -> int:
        """Each how-manieth time that the pictures are shown they are copied, so that copies take no more than that."""
        times = math.ceil(self.end / self.shown.seconds) if self.match == "loop" else 1
        return math.ceil(times / max(most_bytes // self.shown.bytes, 1))

    def repeat(self, out: str, progress: Callable[[float], None]) -> None:
        """Write the pictures now and then, and show them in between from there.

        Once would do; but a browser that is to play what lies far apart in a file asks for it anew every second.
        """
        clip: list[Stamped] = [(None, pts, dts, lasts) for _, pts, dts, lasts in self.shown.packets()]
        pictures = [
            looped.Shown(time // self.copied_every * len(clip) + number, pts, dts, lasts)
            for time, number, (_, pts, dts, lasts) in self._timed(lambda: clip)
        ]
        once = f"{out}.once"
        try:
            self.write(once, progress)
            with _room(out):
                looped.repeat(once, out, pictures, self.shown.base)
        finally:
            with suppress(OSError):
                os.unlink(once)

    def write(self, out: str, progress: Callable[[float], None]) -> None:
        """Write all packets, in the order of their times."""
        with _writing(out) as file, ExitStack() as stack:
            tracks, told = [], 0.0
            for lane, packets in ((self.shown, self._pictures()), (self.heard, self._sounds())):
                if lane:
                    stack.callback(packets.close)
                    tracks.append(_stamped(_added(file, lane), lane.base, packets))
            for at, packet in heapq.merge(*tracks, key=lambda pair: pair[0]):
                file.mux(packet)
                if at >= told:
                    told = at + _TOLD_PART * float(self.end)
                    progress(min(max(at / float(self.end), 0.0), 1.0))
            progress(1.0)

    def _pictures(self) -> Generator[Stamped]:
        for time, _, stamped in self._timed(self.shown.packets):
            if time % self.copied_every == 0:
                yield stamped

    def _timed(self, clip: Callable[[], Iterable[Stamped]]) -> Generator[tuple[int, int, Stamped]]:
        """Every picture that is shown: for the how-manieth time, its number in the clip, and when."""
        lane, begins, before, time = self.shown, 0, None, 0
        end = round(self.end / lane.base)
        while begins < end:
            cut = _Cut(lane.pts, lane.first, end - begins)
            for number, (packet, shown, decoded, duration) in enumerate(clip()):
                if number > cut.last:
                    break
                pts = begins + cut.at(shown - lane.first)
                lasts = end - pts if self.match == "pad" and lane.is_last(number, shown) else min(duration, end - pts)
                dts = (
                    begins + decoded - lane.first if before is None else max(begins + decoded - lane.first, before + 1)
                )
                before = min(dts, pts)
                yield time, number, (packet, pts, before, max(lasts, 1))
            begins, time = begins + lane.length if self.match == "loop" else end, time + 1

    def _sounds(self) -> Generator[Stamped]:
        lane = self.heard
        assert lane is not None
        at, end = lane.first, round(self.end / lane.base)
        for packet, _, _, duration in lane.packets():
            if at >= end:
                return
            yield packet, at, at, duration
            at += duration


class _Cut:
    """Where copied pictures end. Those that are shown later, but that earlier ones refer to, must be kept: they are
    shown for a tick each at the very end."""

    def __init__(self, pts: array[int], first: int, end: int) -> None:
        self._end = end
        self.last = next((n for n in range(len(pts) - 1, -1, -1) if pts[n] - first < end), -1)
        self._late = sorted(shown - first for shown in pts[: self.last + 1] if shown - first >= end)

    def at(self, shown: int) -> int:
        """When a picture is shown."""
        return shown if shown < self._end else self._end - len(self._late) + self._late.index(shown)


def _index(media: Media, type_: str) -> int:
    if type_ == "video":
        if media.video is None or media.undecodable or not media.info.has_video:
            raise MediaError(f"{media.name} holds no pictures that can be decoded")
        return media.video.index
    found = next((stream.index for stream in media.container.streams.audio if stream.codec_context), None)
    if found is None:
        raise MediaError(f"{media.name} holds no sound")
    return found


def _end(shown: _Lane, heard: _Lane | None, match: Match) -> Fraction:
    if heard is None:
        return shown.seconds
    return min(shown.seconds, heard.seconds) if match == "trim" else heard.seconds


def _added(file: OutputContainer, lane: _Lane) -> Any:
    try:
        stream = file.add_stream_from_template(lane.stream, opaque=True)  # else an encoder of that name is wanted
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(f"{lane.media.name} holds {lane.codec[1]}, which an MP4 cannot") from error
    stream.time_base = lane.base
    return stream


def _stamped(stream: Any, base: Fraction, packets: Iterator[Stamped]) -> Iterator[tuple[float, Any]]:
    tick = float(base)
    for packet, pts, dts, duration in packets:
        packet.stream, packet.time_base = stream, base
        packet.pts, packet.dts, packet.duration = pts, dts, duration
        yield dts * tick, packet


@contextmanager
def _room(out: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{portable(out)} cannot be written: {error.strerror}") from error


@contextmanager
def _writing(out: str) -> Iterator[OutputContainer]:
    try:
        file = av.open("file:" + os.path.abspath(out), "w", format="mp4", container_options=_OPTIONS)
        try:
            file.metadata["comment"] = MARK
            yield file
            file.close()
        finally:
            with suppress(av.FFmpegError):
                file.close()
    except av.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        if error.errno in _NO_ROOM:
            raise StorageError(f"{portable(out)} cannot be written: {error.strerror}") from error
        raise MediaError(f"they cannot be joined as they are: {error.strerror}") from error


def _proven(out: str, end: Fraction, promised: tuple[tuple[str, str], ...]) -> float:
    try:
        return prove(out, Promise(float(end), promised))
    except MediaError as error:
        raise MediaError(f"what was joined is no playable film: {error.message}") from error
