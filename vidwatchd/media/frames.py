"""frames: one decoder of our own, and decoded frames as small upright RGB pictures with square pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream
from PIL import Image

from vidwatchd.media import images
from vidwatchd.model import MediaInfo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UNSPECIFIED = 2
_SAMPLED = Interpolation.FAST_BILINEAR
_HIGH_DEFINITION_LINES = 720
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def decoder(stream: VideoStream, threads: int) -> VideoCodecContext:
    """A decoder for ``stream`` that seeking does not flush and that may run in any thread."""
    context = stream.codec_context.codec.create("video")
    theirs = stream.codec_context
    context.extradata = theirs.extradata
    context.codec_tag = theirs.codec_tag
    context.width, context.height = theirs.width, theirs.height
    if theirs.pix_fmt:
        context.pix_fmt = theirs.pix_fmt
    context.bits_per_coded_sample = theirs.bits_per_coded_sample
    # A keyframe fed on its own may be marked as not yet recovered (open groups of pictures): it is shown all the same.
    context.flags |= Flags.output_corrupt
    context.thread_count = threads
    context.thread_type = "FRAME" if threads > 1 else "NONE"
    return context


def decoded(context: VideoCodecContext, packet: Any) -> list[av.VideoFrame]:
    """The frames that ``packet`` (None: the end) brings out; a broken packet brings none. Raises MemoryError."""
    try:
        return context.decode(packet)
    except av.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        return []


def shown_size(info: MediaInfo, width: int) -> tuple[int, int]:
    """(width, height) of a picture at most ``width`` wide as shown; never enlarged."""
    width = min(width, info.width)
    return width, max(round(info.height * width / info.width), 1)


def picture(frame: av.VideoFrame, info: MediaInfo, width: int, *, sampled: bool = False) -> Image.Image:
    """``frame`` as an RGB image at most ``width`` wide, turned as shown, tone-mapped when it is HDR.

    ``sampled``: for being measured, not looked at: a third of the time, for not every pixel counts.
    """
    target = shown_size(info, width)
    stored = target[::-1] if info.rotation_degrees in (90, 270) else target
    image = _scaled(frame, stored, info.transfer, _SAMPLED if sampled else _interpolation(frame, stored))
    turn = _TURNS.get(info.rotation_degrees)
    return image.transpose(turn) if turn is not None else image


def pictures(frame: av.VideoFrame, info: MediaInfo, widths: set[int]) -> dict[int, Image.Image]:
    """``picture`` at several widths: the frame is looked at once, the smaller ones are made of the largest."""
    if not widths:
        return {}
    largest = max(widths)
    whole = picture(frame, info, largest)
    return {width: _smaller(whole, shown_size(info, width)) if width < largest else whole for width in widths}


def _smaller(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.BOX)


def _scaled(frame: av.VideoFrame, size: tuple[int, int], transfer: str, interpolation: Interpolation) -> Image.Image:
    options: dict[str, Any] = {
        "width": size[0],
        "height": size[1],
        "interpolation": interpolation,
        "src_colorspace": _matrix(frame),
        "dst_color_range": ColorRange.JPEG,
        "threads": 1,
    }
    if transfer:
        # Not rgb48: of pictures that keep their size swscale writes it with wrong colours.
        deep = cast("NDArray[np.uint16]", frame.reformat(format="gbrp16le", **options).to_ndarray())
        return images.tone_map(deep, transfer)
    small = frame.reformat(format="rgb24", **options)
    return cast(Image.Image, small.to_image())  # type: ignore[no-untyped-call]  # PyAV leaves this one untyped


def _interpolation(frame: av.VideoFrame, size: tuple[int, int]) -> Interpolation:
    # AREA only averages: enlarging with it (narrow pixels made square) would repeat pixels. Rounded accurately, for
    # swscale's short cuts darken every colour by 2 to 4 of 255.
    smaller = size[0] <= frame.width and size[1] <= frame.height
    kernel = Interpolation.AREA if smaller else Interpolation.BICUBIC
    return kernel | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def _matrix(frame: av.VideoFrame) -> int:
    # Unlabelled video is BT.709 in high definition and BT.601 below, as players take it; swscale would say 601 always.
    if frame.colorspace != _UNSPECIFIED:
        return frame.colorspace
    return Colorspace.ITU709 if frame.height >= _HIGH_DEFINITION_LINES else Colorspace.ITU601
