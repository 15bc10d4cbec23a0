"""clips: small silent clips written from pictures, joined without encoding twice, and checked by decoding them."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Literal, cast

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from vidwatchd.errors import MediaError

Format = Literal["webm", "mp4"]

_MILLISECOND = Fraction(1, 1000)
# More frames a second than that are more bytes, and no better to look at in a card.
_MOST_FRAMES_PER_SECOND = 30.5
_SHORTEST_FRAME_SECONDS = 0.02
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Encoding:
    """How clips are encoded: constant quality ``crf`` with ``bitrate_kbps`` as its ceiling."""

    format: Format = "webm"
    crf: int = 30
    bitrate_kbps: int = 300

    @property
    def codec(self) -> str:
        """The encoder's name."""
        return "libvpx-vp9" if self.format == "webm" else "libx264"

    def options(self) -> Mapping[str, str]:
        """The encoder's own settings, quick ones: for nine seconds of 320 pixels VP9's "good" takes 2.5 s of CPU and
        261 KB, "realtime" 0.9 s and 294 KB for the same picture."""
        if self.format == "webm":
            return {"crf": str(self.crf), "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}
        cap = f"{self.bitrate_kbps}k"
        # Without B-frames clips can be joined packet by packet: none is decoded before the one it follows.
        return {"crf": str(self.crf), "preset": "veryfast", "bf": "0", "maxrate": cap, "bufsize": f"{cap}"}


class ClipWriter:
    """One clip in memory, picture by picture; all have the first one's size, made even. Raises MediaError."""

    def __init__(self, encoding: Encoding, frames_per_second: float) -> None:
        self.frames = 0
        self.seconds = 0.0
        self.first_seconds = 0.0
        self.data = b""
        self._encoding = encoding
        self._step = max(1 / min(frames_per_second or 25.0, _MOST_FRAMES_PER_SECOND), _SHORTEST_FRAME_SECONDS)
        self._file = io.BytesIO()
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None

    def add(self, image: Image.Image, at_seconds: float) -> None:
        """The next picture with its time in the video; one that follows too closely is left out."""
        with _translated("encoded"):
            stream = self._stream or self._begin(image, at_seconds)
            at = at_seconds - self.first_seconds
            if self.frames and at < self.seconds - self._step / 3:
                return
            assert self._container is not None
            self._container.mux(stream.encode(_frame(image, (stream.width, stream.height), at)))
        self.frames += 1
        self.seconds = at + self._step

    def close(self) -> None:
        """Finish it: ``data`` is the file. Raises MediaError when not all pictures went in."""
        if self._container is None or self._stream is None:
            raise MediaError("a clip without a single picture")
        with _translated("encoded"):
            self._container.mux(self._stream.encode(None))
            self._container.close()
        # An encoder holds 60 MB until it is let go, and nine of these are kept until they are joined.
        self.data, self._container, self._stream = self._file.getvalue(), None, None
        self._file.close()
        _verify(self.data, self.frames)

    def _begin(self, image: Image.Image, at_seconds: float) -> VideoStream:
        self._container = av.open(self._file, "w", format=self._encoding.format)
        rate = Fraction(1 / self._step).limit_denominator(1001)
        stream = cast(VideoStream, self._container.add_stream(self._encoding.codec, rate=rate))
        stream.width, stream.height = (max(side // 2 * 2, 2) for side in image.size)
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = self._encoding.bitrate_kbps * 1000
        stream.codec_context.time_base = _MILLISECOND
        stream.codec_context.gop_size = 1000  # a clip is a moment long: one keyframe, at its start
        stream.codec_context.options = dict(self._encoding.options())
        self._stream, self.first_seconds = stream, at_seconds
        return stream


class ClipRow:
    """Clips encoded beside one another, each in a thread of its own as soon as its last picture is there."""

    def __init__(self, encoding: Encoding, frames_per_second: float) -> None:
        self._make = partial(_encoded, encoding, frames_per_second)
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._running: deque[Future[ClipWriter]] = deque()
        self._done: list[ClipWriter] = []
        self._number = -1
        self._pictures: list[tuple[Image.Image, float]] = []

    def add(self, number: int, image: Image.Image, at_seconds: float) -> None:
        """The next picture of the clip of that number; another number begins another clip."""
        if number != self._number:
            self._begin_next()
            self._number = number
        self._pictures.append((image, at_seconds))

    def finish(self) -> list[ClipWriter]:
        """All clips, closed, in the order begun. Raises MediaError."""
        self._begin_next()
        with self._pool:
            self._collect(0)
        return self._done

    def _begin_next(self) -> None:
        if self._pictures:
            self._collect(_AT_ONCE)  # or the pictures of all clips would be held
            self._running.append(self._pool.submit(self._make, self._pictures))
            self._pictures = []

    def _collect(self, left: int) -> None:
        while len(self._running) > left:
            self._done.append(self._running.popleft().result())


def _encoded(encoding: Encoding, frames_per_second: float, pictures: Sequence[tuple[Image.Image, float]]) -> ClipWriter:
    clip = ClipWriter(encoding, frames_per_second)
    for image, at_seconds in pictures:
        clip.add(image, at_seconds)
    clip.close()
    return clip


def join(clips: Sequence[ClipWriter], encoding: Encoding) -> bytes:
    """One file of several closed clips, one after the other, their packets copied. Raises MediaError."""
    file = io.BytesIO()
    with _translated("joined"), av.open(file, "w", format=encoding.format) as joined:
        stream, offset_seconds = None, 0.0
        for clip in clips:
            with av.open(io.BytesIO(clip.data), "r") as part:
                stream = stream or joined.add_stream_from_template(part.streams.video[0])
                _copy(part, joined, stream, offset_seconds)
            offset_seconds += clip.seconds
    _verify(file.getvalue(), sum(clip.frames for clip in clips))
    return file.getvalue()


def _frame(image: Image.Image, size: tuple[int, int], at_seconds: float) -> av.VideoFrame:
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC)
    frame = cast(av.VideoFrame, av.VideoFrame.from_image(image))  # type: ignore[no-untyped-call]  # PyAV's own gap
    frame.pts, frame.time_base = round(at_seconds * 1000), _MILLISECOND
    return frame


def _copy(part: InputContainer, joined: OutputContainer, stream: VideoStream, offset_seconds: float) -> None:
    for packet in part.demux(video=0):
        if packet.dts is None or packet.pts is None or packet.time_base is None:
            continue
        ticks = round(offset_seconds / packet.time_base)
        packet.dts, packet.pts = packet.dts + ticks, packet.pts + ticks
        packet.stream = stream
        joined.mux(packet)


def _verify(data: bytes, frames: int) -> None:
    """Decode the whole clip. Raises MediaError when it does not have that many pictures."""
    with _translated("decoded"), av.open(io.BytesIO(data), "r") as container:
        found = len(list(container.decode(video=0)))
    if found != frames:
        raise MediaError(f"a clip was written with {found} pictures, not {frames}")


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except av.error.MemoryError:
        raise
    except (av.FFmpegError, IndexError) as error:
        raise MediaError(f"a clip could not be {what}: {error}") from error
