"""slides: single pictures, each shown until the next, as a film that is sharp still and can be encoded from."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterable
from fractions import Fraction
from typing import cast

import av
from PIL import Image

from vidwatchd.errors import MediaError, StorageError

_MILLISECOND = Fraction(1, 1000)
# A player that starts anywhere, and one that waits for a picture, has one before long.
_LONGEST_SECONDS = 10.0
_LAST_SECONDS = 0.04


def write(path: str, slides: Iterable[tuple[float, Image.Image]], size: tuple[int, int], seconds: float) -> None:
    """Write (from when, picture) in the order of time to a Matroska of so many ``seconds``. Raises MediaError."""
    try:
        with av.open(path, "w", format="matroska") as container:
            stream = container.add_stream("mjpeg", rate=25)
            stream.width, stream.height = size
            stream.pix_fmt = "yuvj420p"
            stream.codec_context.time_base = _MILLISECOND
            stream.codec_context.options = {"q:v": "2"}
            stream.codec_context.qmin, stream.codec_context.qmax = 1, 2
            for at_seconds, image in _repeated(list(slides), seconds):
                container.mux(stream.encode(_frame(image, size, at_seconds)))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        if error.errno == errno.ENOSPC:
            raise StorageError("the disk is full") from error
        raise MediaError(f"pictures could not be joined: {error}") from error


def _repeated(slides: list[tuple[float, Image.Image]], seconds: float) -> Iterable[tuple[float, Image.Image]]:
    """Each picture at its time, again and again where it is shown for long, and the last once more at the very end."""
    ends = [start for start, _ in slides[1:]] + [seconds]
    for (start, image), end in zip(slides, ends, strict=True):
        count = max(math.ceil((end - start) / _LONGEST_SECONDS), 1)
        yield from ((start + n * _LONGEST_SECONDS, image) for n in range(count))
    last = seconds - _LAST_SECONDS
    if slides and last > slides[-1][0]:
        yield last, slides[-1][1]


def _frame(image: Image.Image, size: tuple[int, int], at_seconds: float) -> av.VideoFrame:
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    frame = cast(av.VideoFrame, av.VideoFrame.from_image(image))  # type: ignore[no-untyped-call]  # PyAV's own gap
    frame.pts, frame.time_base = round(at_seconds * 1000), _MILLISECOND
    return frame
