"""compact: a film of few and small pictures, encoded to a size that is aimed at: AV1 where it can be, else H.264.

The source is decoded once, to a *gathered* file: already small and slow, but sharp. From that one it is encoded as often
as the size takes, which costs next to nothing beside decoding a film of 1080 lines.
"""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import ffmpeg as graphs

from vidwatchd.errors import MediaError, StorageError, Unavailable
from vidwatchd.media import capabilities, ffmpeg, tones
from vidwatchd.media.encode import opened_by
from vidwatchd.media.probe import Media
from vidwatchd.model import MediaInfo, portable

_GATHERED = "matroska"
_DISK_FULL = os.strerror(errno.ENOSPC)
_LIMIT_SECONDS, _LIMIT_FACTOR, _USUAL_PIXELS = 600.0, 10.0, 1920 * 1080
_HIGH_DEFINITION_LINES = 720
_UNSPECIFIED, _RGB = 2, 0
_COUNTED_BY_STREAM = frozenset({"mpegts", "mpeg"})
_MOST_TRIES = 6
_SHORT_SECONDS, _MUCH_SMALLER = 60.0, 9
# SVT-AV1 takes no side below that.
SMALLEST_AV1 = 64
_SMALLEST_SIDE = 16


@dataclass(frozen=True, slots=True)
class Encoder:
    """One way to encode: ``sharpest`` and ``coarsest`` of its crf, and by how many steps of it the size halves.

    ``quick`` are options that take half the time and give about the same size: to find out which crf it takes.
    """

    name: str
    codec: str
    options: Mapping[str, Any]
    sharpest: int
    coarsest: int
    halving: float
    quick: Mapping[str, Any] = field(default_factory=dict)


AV1 = Encoder("libsvtav1", "av1", {"preset": 8, "svtav1-params": "tune=1:lp=2"}, 40, 63, 7.0, {"preset": 10})
H264 = Encoder(
    "libx264", "h264", {"preset": "slow", "profile": "high", "threads": 2}, 26, 46, 5.0, {"preset": "veryfast"}
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a small film is to be: its pictures' size and how many a second (0: as they come)."""

    width: int
    height: int
    frames_per_second: float = 0.0

    @property
    def pixels(self) -> int:
        """Of one picture."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Running:
    """How work of ffmpeg is begun, followed and stopped; ``seconds`` is how long the film is to last."""

    exe: str
    seconds: float
    timeout_seconds: float = 3600.0
    progress: Callable[[float], None] | None = field(default=None, compare=False)
    cancelled: Callable[[], bool] | None = field(default=None, compare=False)

    def do(self, spec: Any) -> str:
        """Run a graph, writing over what is there. Raises MediaError, StorageError for a full disk, Cancelled."""
        try:
            return ffmpeg.run(
                ["-y", *ffmpeg.arguments(spec)],
                exe=self.exe,
                duration_seconds=self.seconds,
                progress=self.progress,
                cancelled=self.cancelled,
                timeout_seconds=self.timeout_seconds,
            )
        except MediaError as error:
            if _DISK_FULL in error.message:
                raise StorageError("the disk is full") from error
            raise


def encoder(ffmpeg_path: str, smallest_side: int) -> Encoder:
    """AV1 where it is encoded here and takes so small a side, else H.264. Raises Unavailable when neither is."""
    exe = ffmpeg.executable(ffmpeg_path)
    wanted = (AV1, H264) if smallest_side >= SMALLEST_AV1 else (H264, AV1)
    found = next((each for each in wanted if _encodes(exe, each.name)), None)
    if found is None:
        names = " nor ".join(each.name for each in wanted)
        raise Unavailable(f"{exe} encodes neither {names}", hint="pip install imageio-ffmpeg, or set media.ffmpeg_path")
    return found


@lru_cache(maxsize=64)
def _encodes(exe: str, name: str) -> bool:
    return capabilities.encodes(name, exe)


def fitted(info: MediaInfo, pixels: int) -> tuple[int, int]:
    """The film's shape as shown, in about so many pixels and never more than it has; sides are even."""
    width, height = (info.width, info.height) if info.has_video else (16, 9)
    scale = math.sqrt(pixels / (width * height))
    scale = min(scale, 1.0) if info.has_video else scale
    return _even(width * scale), _even(height * scale)


def _even(side: float) -> int:
    return max(round(side / 2) * 2, _SMALLEST_SIDE)


def time_limit(info: MediaInfo) -> float:
    """Seconds after which decoding so large a film must hang."""
    return _LIMIT_SECONDS + _LIMIT_FACTOR * info.duration_seconds * max(info.width * info.height / _USUAL_PIXELS, 1.0)


def gather(media: Media, shape: Shape, target: str, running: Running, *, ffmpeg_path: str = "") -> None:
    """Decode a film once, to small upright pictures with square pixels, at even times from its very start.

    Raises MediaError, StorageError, Cancelled.
    """
    assert media.video is not None
    reading = {"threads": 2, "itsoffset": f"{_begins_late(media):.6f}", **_haste(media, shape)}
    opened = opened_by(media.path, media.info.container, **reading)
    stream = _seen(opened[str(media.video.index)], media, shape, ffmpeg_path)
    running.do(_output(stream, target, format=_GATHERED, **_sharp(running.exe), t=f"{running.seconds:.3f}"))


def _haste(media: Media, shape: Shape) -> dict[str, str]:
    """What a decoder may leave out of a long film: frames that no other needs, and what nobody sees in small pictures."""
    if media.info.duration_seconds < _SHORT_SECONDS:
        return {}
    much_smaller = media.info.width * media.info.height >= _MUCH_SMALLER * shape.pixels
    return {"skip_frame": "noref", **({"skip_loop_filter": "all"} if much_smaller else {})}


def _begins_late(media: Media) -> float:
    """By how many seconds ffmpeg would show the picture too early: of these it counts from the streams in use alone."""
    video = media.video
    assert video is not None
    if media.info.container not in _COUNTED_BY_STREAM or video.start_time is None or video.time_base is None:
        return 0.0
    return max(float(video.start_time * video.time_base) - media.info.start_seconds, 0.0)


def _seen(stream: Any, media: Media, shape: Shape, ffmpeg_path: str) -> Any:
    """The pictures as they are shown: times, size, colours."""
    # A film that ends before the second picture is due would have none at all.
    stream = stream.filter("fps", f"{shape.frames_per_second:.9f}", start_time=0, eof_action="pass")
    stream = stream.filter("scale", shape.width, shape.height, flags="bicubic+accurate_rnd", out_range="tv")
    stream = stream.filter("setsar", 1)
    toned = tones.steps(media.info.transfer) if tones.can_tone_map(ffmpeg_path) else []
    for name, options in toned:
        stream = stream.filter(name, **options)
    matrix = _presumed(media)
    if matrix and not toned:
        # A small picture without a label would be taken for standard definition, whatever it was made of.
        stream = stream.filter("setparams", colorspace=matrix)
    return stream.filter("format", "yuv420p")


def _presumed(media: Media) -> str:
    """The colour matrix that players take for granted where the film names none; empty where it does."""
    assert media.video is not None
    if media.video.codec_context.colorspace != _UNSPECIFIED:
        return ""
    return "bt709" if media.video.height >= _HIGH_DEFINITION_LINES else "smpte170m"


def _sharp(exe: str) -> dict[str, Any]:
    if _encodes(exe, H264.name):
        return {"c:v": H264.name, "preset": "ultrafast", "crf": 10}
    return {"c:v": "mjpeg", "q:v": 2, "strict": "unofficial"}


def squeeze(gathered: str, target: str, shapes: list[Shape], max_bytes: int, made_by: Encoder, running: Running) -> int:
    """Encode what was gathered to an MP4 of at most ``max_bytes``, the first shape that can hold to it; its bytes.

    The last picture is held until the film ends. The smallest shape's coarsest is what there is when nothing fits.
    """
    size = 0
    for shape in shapes:
        size = _within(partial(_once, gathered, target, shape, made_by, running), max_bytes, made_by, running.seconds)
        if size <= max_bytes:
            break
    return size


def _within(encode: Callable[[int, bool], int], max_bytes: int, made_by: Encoder, seconds: float) -> int:
    """The sharpest that holds to ``max_bytes``, by guesses from the sizes seen; the last one tried is what stays."""
    crf, size = made_by.sharpest, 0
    for quick in [False] if seconds < _SHORT_SECONDS else [True, False]:
        for _ in range(_MOST_TRIES):
            size = encode(crf, quick)
            if size <= max_bytes or crf >= made_by.coarsest:
                break
            step = math.ceil(made_by.halving * math.log2(size / max_bytes))
            crf = min(crf + max(step, 1), made_by.coarsest)
    return size


def _once(gathered: str, target: str, shape: Shape, made_by: Encoder, running: Running, crf: int, quick: bool) -> int:
    stream = opened_by(gathered, _GATHERED)["v:0"]
    stream = stream.filter("scale", shape.width, shape.height, flags="bicubic+accurate_rnd").filter("setsar", 1)
    length: dict[str, Any] = {"fps_mode": "passthrough"}
    if shape.frames_per_second:
        stream = stream.filter("fps", f"{shape.frames_per_second:.9f}", start_time=0)
        stream = stream.filter("tpad", stop=-1, stop_mode="clone")
        length = {"t": f"{running.seconds:.3f}"}
    # A minute is decoded from its keyframe on in no time where pictures are small; keyframes are what costs.
    every = max(round(60 * (shape.frames_per_second or 1)), 10)
    options = {"c:v": made_by.name, "crf": crf, "g": every, "pix_fmt": "yuv420p", **made_by.options, **length}
    options |= made_by.quick if quick else {}
    running.do(_mp4(stream, target, **options))
    if not os.path.exists(target):
        raise MediaError("ffmpeg reports success and wrote nothing")
    return os.path.getsize(target)


def blank(target: str, shape: Shape, made_by: Encoder, running: Running) -> None:
    """A black film. Raises MediaError, StorageError, Cancelled."""
    source = f"color=c=black:s={shape.width}x{shape.height}:r={shape.frames_per_second:g}:d={running.seconds:.3f}"
    stream = graphs.input(source, f="lavfi")
    options = {"c:v": made_by.name, "crf": made_by.coarsest, "pix_fmt": "yuv420p", **made_by.options}
    running.do(_mp4(stream, target, **options))


def _mp4(stream: Any, target: str, **options: Any) -> Any:
    # "bitexact": without a line that names the program, which is much where a film has a kilobyte.
    return _output(stream, target, format="mp4", movflags="+faststart", fflags="+bitexact", **options)


def _output(stream: Any, target: str, **options: Any) -> Any:
    url = "file:" + portable(os.path.abspath(target))
    return graphs.output(stream, url, map_metadata=-1, map_chapters=-1, an=None, sn=None, dn=None, **options)


def part(running: Running, begins: float, ends: float) -> Running:
    """The same, its progress told as a part of the whole, which never goes back however often something is done."""
    told, highest = running.progress, begins
    if told is None:
        return running

    def tell(done: float) -> None:
        nonlocal highest
        highest = max(highest, begins + (ends - begins) * done)
        told(highest)

    return replace(running, progress=tell)
