"""probe: opens a media file and says what is in it: streams, times, size as shown, rotation, dynamic range.

Every file is opened as ``file:`` plus its absolute path, so no name can be taken for an option, a protocol or a
pattern, and only by the demuxers in ``_FORMATS``: those that never open a second file on the first one's word.
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vidwatchd.cues import Chapter
from vidwatchd.errors import MediaError, Unreadable
from vidwatchd.media import ffprobe, frames
from vidwatchd.model import MediaInfo, StreamInfo, display, portable

_PICTURES = (
    "image2,jpeg_pipe,jpegls_pipe,jpegxl_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,psd_pipe,svg_pipe,ppm_pipe,"
    "pgm_pipe,qoi_pipe,exr_pipe,dpx_pipe,ico"
)
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,live_flv,asf,ogg,wtv,mxf,gxf,dv,nut,rm,vc1,"
    "ivf,h264,hevc,vvc,av1,obu,m4v,mjpeg,gif,apng,webp_anim,avif,nsv,amv,bink,smk,swf,xmv,"
    "mp3,aac,ac3,eac3,flac,wav,w64,aiff,amr,caf,dts,ape,wv,tta,opus,au,truehd," + _PICTURES
)
_LONGEST_SECONDS = 30 * 86400.0
_FIRST_PACKETS = 400  # a recording cut inside a long group of pictures needs that many before one decodes
_UNDECODABLE = "no picture can be decoded"
_TRANSFERS = {16: "pq", 18: "hlg"}
_HIDDEN = Disposition.attached_pic | Disposition.timed_thumbnails


class Media:
    """One opened file: its container, its main picture stream (None without one) and what it says of itself."""

    def __init__(self, path: str, container: InputContainer) -> None:
        self.path = path
        self.container = container
        self.video = _main_video(container)
        self.rotation_degrees, self.transfer, first_notes = self._first_frame()
        self.info = _describe(self, first_notes)

    @property
    def name(self) -> str:
        """The file's own name, for messages."""
        return _shown(self.path)

    @property
    def undecodable(self) -> bool:
        """Whether there is a picture stream of which nothing can be decoded."""
        return _UNDECODABLE in self.info.notes

    def document(self) -> dict[str, Any]:
        """What ``ffprobe -show_format -show_streams -show_chapters -of json`` would print."""
        return ffprobe.document(self.container, portable(os.path.basename(self.path)), self._rotations())

    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters that the file itself holds, as they stand there."""
        found = self.container.chapters()
        bases = [float(chapter["time_base"] or Fraction(1, 1000)) for chapter in found]
        return tuple(
            Chapter(chapter["start"] * base, chapter["end"] * base, chapter["metadata"].get("title", ""))
            for chapter, base in zip(found, bases, strict=True)
        )

    def rewind(self) -> None:
        """Go back to the first packet; in Matroska this also loads the index. Reopens what cannot seek."""
        start = self.container.start_time or 0
        # MPEG-TS asked for its very start gives the keyframe after it; AVI knows nothing before its start.
        for ticks in (start - av.time_base, start):
            try:
                self.container.seek(ticks)
                return
            except av.FFmpegError:
                continue
        self.container.close()
        self.container = _open(self.path)
        self.video = _main_video(self.container)

    def _first_frame(self) -> tuple[int, str, tuple[str, ...]]:
        # The display matrix is only shown on a decoded frame; one also proves that the codec can be decoded at all.
        if self.video is None:
            return 0, "", ()
        frame = _decode_first(self.container, self.video)
        self.rewind()
        if frame is None:
            return 0, "", (_UNDECODABLE,)
        turned, notes = _right_angle(-frame.rotation)
        return turned, _TRANSFERS.get(frame.color_trc, ""), notes

    def _rotations(self) -> dict[int, int]:
        if self.video is None or not self.rotation_degrees:
            return {}
        counter_clockwise = -self.rotation_degrees
        return {self.video.index: counter_clockwise + 360 if counter_clockwise < -180 else counter_clockwise}


@contextmanager
def open_media(path: str) -> Iterator[Media]:
    """Open ``path`` (native) for probing and decoding. Raises MediaError (Unreadable when another time may do)."""
    _check(path)
    with ExitStack() as stack:
        with _translated(path):
            container = _open(path)
            stack.callback(container.close)
            media = Media(path, container)
        yield media


@contextmanager
def opened_anew(path: str) -> Iterator[InputContainer]:
    """The container of such a file alone, at its very first packet: who goes back there misses what lies before zero."""
    with _translated(path):
        container = _open(path)
        with closing(container):
            yield container


def probe(path: str) -> MediaInfo:
    """What a file says of itself. Raises MediaError."""
    with open_media(path) as media:
        return media.info


def ffprobe_document(path: str) -> dict[str, Any]:
    """The same facts in ffprobe's JSON shape, numbers as its strings. Raises MediaError."""
    with open_media(path) as media:
        return media.document()


def is_picture(info: MediaInfo) -> bool:
    """Whether the file is one still picture, whatever its name says."""
    return info.container in _PICTURES.split(",")


def refuse_what_is_no_film(media: Media) -> None:
    """Raise MediaError for a still picture, and for what holds neither pictures that decode nor sound."""
    if is_picture(media.info):
        raise MediaError(f"{media.name} is a picture, whatever its name says")
    if media.undecodable:
        raise MediaError(f"{media.name} is damaged: none of its pictures can be decoded")
    if not media.info.has_video and not media.info.audio_codec:
        raise MediaError(f"{media.name} holds neither pictures nor sound")


@contextmanager
def _translated(path: str) -> Iterator[None]:
    try:
        yield
    except (av.error.PermissionError, av.error.FileNotFoundError) as error:
        raise Unreadable(f"{_shown(path)} cannot be opened: {error.strerror}") from error
    except av.error.MemoryError:
        raise
    except av.FFmpegError as error:
        raise MediaError(_what_is_wrong(path, error)) from error


def _check(path: str) -> None:
    try:
        found = os.stat(path)
    except OSError as error:
        raise Unreadable(f"{_shown(path)} cannot be opened: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        raise MediaError(f"{_shown(path)} is not a regular file")
    if found.st_size == 0:
        raise MediaError(f"{_shown(path)} is empty")


def _open(path: str) -> InputContainer:
    return av.open(
        "file:" + os.path.abspath(path),
        mode="r",
        metadata_errors="replace",
        options={"protocol_whitelist": "file", "format_whitelist": _FORMATS, "pattern_type": "none"},
    )


def _what_is_wrong(path: str, error: av.FFmpegError) -> str:
    with open(path, "rb") as file:
        head = file.read(64)
    name = _shown(path)
    if head.startswith((b"#EXTM3U", b"ffconcat", b"<?xml", b"v=0", b"[playlist]")):
        return f"{name} is no video itself: it only names other files, which is refused"
    if not head.strip(b"\0"):
        return f"{name} holds only zeros: it was reserved but never written"
    if head[4:8] in (b"ftyp", b"mdat", b"moov", b"free", b"wide", b"skip"):
        return f"{name} is truncated: its index (moov) is missing or cut short"
    if head.startswith((b"\x1aE\xdf\xa3", b"RIFF", b"\x47", b"FLV")):
        return f"{name} is damaged: its header cannot be read"
    return f"{name} is not a media file that is read here ({error.strerror})"


def _main_video(container: InputContainer) -> VideoStream | None:
    usable = [s for s in container.streams.video if s.codec_context and s.width and not s.disposition & _HIDDEN]
    best = container.streams.best("video")
    return next((s for s in usable if best is not None and s.index == best.index), usable[0] if usable else None)


def _decode_first(container: InputContainer, stream: VideoStream) -> av.VideoFrame | None:
    stream.codec_context.thread_count = 1
    for number, packet in enumerate(container.demux(stream)):
        found = frames.decoded(stream.codec_context, packet)
        if not found and packet.is_keyframe:
            found = frames.decoded(
                stream.codec_context, None
            )  # drained at once: reordering would hold it back for a dozen more
            stream.codec_context.flush_buffers()
        if found:
            return found[0]
        if number >= _FIRST_PACKETS:
            break
    return None


def _right_angle(degrees: int) -> tuple[int, tuple[str, ...]]:
    right = round(degrees / 90) * 90 % 360
    return right, () if (degrees - right) % 360 == 0 else (f"rotation of {degrees} degrees taken as {right}",)


def _describe(media: Media, notes: tuple[str, ...]) -> MediaInfo:
    container, video = media.container, media.video
    picture = container.format.name in _PICTURES.split(",")
    duration, more = (0.0, ()) if picture else _duration(media)
    width, height = _shown_size(video, media.rotation_degrees) if video and not picture else (0, 0)
    audio = next((s for s in container.streams.audio), None)
    return MediaInfo(
        container=container.format.name,
        duration_seconds=duration,
        start_seconds=(container.start_time or 0) / av.time_base,
        streams=tuple(_stream(s) for s in container.streams),
        width=width,
        height=height,
        rotation_degrees=media.rotation_degrees,
        video_codec=ffprobe.codec_name(video) if video else "",
        audio_codec=ffprobe.codec_name(audio) if audio else "",
        frames_per_second=_rate(video) if video else 0.0,
        transfer=media.transfer,
        notes=(*notes, *more),
    )


def _stream(stream: Any) -> StreamInfo:
    return StreamInfo(
        index=stream.index,
        type=stream.type,
        codec=ffprobe.codec_name(stream),
        width=stream.width if stream.type == "video" else 0,
        height=stream.height if stream.type == "video" else 0,
        frames_per_second=_rate(stream) if stream.type == "video" else 0.0,
        language=stream.metadata.get("language", ""),
        attached_picture=bool(stream.disposition & _HIDDEN),
    )


def _rate(stream: VideoStream) -> float:
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    return rate if 0 < rate <= 1000 else 25.0


def _shown_size(stream: VideoStream, rotation_degrees: int) -> tuple[int, int]:
    shape = stream.sample_aspect_ratio or Fraction(1)
    # Broken files claim pixels a hundred times as wide as high; no camera or disc goes beyond 4:1.
    width = round(stream.width * shape) if Fraction(1, 4) <= shape <= 4 else stream.width
    return (stream.height, width) if rotation_degrees in (90, 270) else (width, stream.height)


def _duration(media: Media) -> tuple[float, tuple[str, ...]]:
    claimed = media.container.duration
    seconds = claimed / av.time_base if claimed is not None else math.nan
    if 0 < seconds <= _LONGEST_SECONDS:
        return seconds, ()
    measured = _measured_duration(media) if media.video else 0.0
    absurd = () if claimed is None else (f"a duration of {seconds:.0f} s was not believed",)
    return measured, (*absurd, f"duration measured: {measured:.2f} s")


def _measured_duration(media: Media) -> float:
    stream = media.video
    if stream is None or stream.time_base is None:
        return 0.0
    last = max((_end(p) for p in media.container.demux(stream) if p.size), default=0)
    media.rewind()
    seconds = float(last * stream.time_base) - (media.container.start_time or 0) / av.time_base
    return seconds if 0 < seconds <= _LONGEST_SECONDS else 0.0


def _end(packet: Any) -> int:
    shown = packet.pts if packet.pts is not None else packet.dts
    return (shown or 0) + (packet.duration or 0)


def _shown(path: str) -> str:
    return display(portable(os.path.basename(path)))
