"""films: pictures that were made, not filmed, written as a small film that plays anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

import av
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from vidwatchd.errors import MediaError, StorageError
from vidwatchd.model import display, portable

_CRF = "23"


def write(path: str, pictures: Iterable[Image.Image], *, frames_per_second: int, most_kbps: float) -> int:
    """An MP4 (H.264) of equally long pictures, all of the first one's size, made even. Returns how many.

    Raises MediaError when they cannot be encoded or there is none, StorageError, and what ``pictures`` raises.
    """
    count = 0
    with _translated(path), av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as file:
        stream: VideoStream | None = None
        for image in pictures:
            stream = stream or _stream(file, image, frames_per_second, most_kbps)
            file.mux(stream.encode(_frame(image, stream, count)))
            count += 1
        if stream is None:
            raise MediaError("a film without a single picture")
        file.mux(stream.encode(None))
    return count


def _stream(file: OutputContainer, image: Image.Image, frames_per_second: int, most_kbps: float) -> VideoStream:
    stream = file.add_stream("libx264", rate=frames_per_second)
    stream.width, stream.height = (max(side // 2 * 2, 2) for side in image.size)
    stream.pix_fmt = "yuv420p"
    most = f"{max(1, round(most_kbps))}k"
    # A keyframe every two seconds: it is looped under the sound, and people jump about in it.
    stream.codec_context.gop_size = 2 * frames_per_second
    stream.codec_context.options = {"crf": _CRF, "preset": "slow", "maxrate": most, "bufsize": most}
    return stream


def _frame(image: Image.Image, stream: VideoStream, number: int) -> av.VideoFrame:
    size = stream.width, stream.height
    image = image.convert("RGB") if image.size == size else image.convert("RGB").resize(size)
    frame = cast(av.VideoFrame, av.VideoFrame.from_image(image))  # type: ignore[no-untyped-call]  # PyAV's own gap
    frame.pts = number
    return frame


@contextmanager
def _translated(path: str) -> Iterator[None]:
    try:
        yield
    except av.error.MemoryError:
        raise
    except (av.error.OSError, OSError) as error:
        raise StorageError(f"{display(portable(path))} cannot be written: {error}") from error
    except av.FFmpegError as error:
        raise MediaError(f"a film could not be encoded: {error}") from error
