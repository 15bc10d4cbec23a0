"""proxy: the film itself, whole, in pictures so few and small that hours of it fit in a few megabytes."""

from __future__ import annotations

import math
import os
import tempfile
from typing import TYPE_CHECKING

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.encoded import Encoded, refuse_pictureless, running
from vidwatchd.backends.surrogate.request import FILE, Request, Surrogate

if TYPE_CHECKING:
    from vidwatchd.media.compact import Shape
    from vidwatchd.media.probe import Media
    from vidwatchd.model import MediaInfo

# Bytes a second beyond which a small picture gains little.
_ENOUGH_BYTES_A_SECOND = 4000
# (width of 16:9, pictures a second), each with the bytes a second from which it is the best to be had: measured by SSIM
# on two minutes of films of every sort, all shapes brought to the same size. Large and coarse beats small and clear.
# From a picture a second on, what is first to fit is taken; the last rung is a single one.
_LADDER = (
    (400, 12.0, 2000), (400, 8.0, 1200), (320, 8.0, 800), (256, 5.0, 450), (256, 3.0, 300), (192, 3.0, 200), (160, 2.0, 100),
    (128, 1.0, 0), (112, 1.0, 0), (112, 0.5, 0), (112, 0.3, 0), (112, 0.2, 0), (112, 0.1, 0), (112, 0.03, 0), (112, 0.0, 0),
)  # fmt: skip
# So few pictures end where the film does: a little later, so that there is none too many.
_FEW, _MARGIN, _SHORTEST_SECONDS = 100, 0.001, 0.04
# What an MP4 takes before its first picture.
_CONTAINER_BYTES = 800
_GATHERING = 0.85


class Proxy(Encoded):
    """Decodes the film once and encodes it to the size aimed at; as long as the sound, or as the film without any."""

    name = "proxy"
    rank = -1

    def run(self, request: Request, ctx: BackendContext) -> Surrogate:
        """Make it. Raises MediaError, StorageError, Cancelled."""
        from vidwatchd.media import compact
        from vidwatchd.media.probe import probe

        media = request.open()
        refuse_pictureless(media)
        seconds = request.lasting()
        path = os.path.join(request.out, FILE)
        shapes, max_bytes = _shapes(media, seconds, request.max_bytes)
        run = running(media, request, seconds, ctx)
        with tempfile.TemporaryDirectory(dir=ctx.workdir or request.out, prefix=".gathered-") as folder:
            gathered = os.path.join(folder, "gathered.mkv")
            work = compact.part(run, 0, _GATHERING)
            compact.gather(media, shapes[0], gathered, work, ffmpeg_path=request.ffmpeg_path)
            found = probe(gathered).duration_seconds
            made_by = compact.encoder(request.ffmpeg_path, min(shapes[0].width, shapes[0].height))
            compact.squeeze(gathered, path, shapes, max_bytes, made_by, compact.part(run, _GATHERING, 1))
        return Surrogate(path, "real", notes=_early(media, seconds, found))


def _shapes(media: Media, seconds: float, max_bytes: int) -> tuple[list[Shape], int]:
    """The shapes to try, the best for so long a film first, and the bytes to hold to."""
    bytes_ = min(max_bytes, round(_ENOUGH_BYTES_A_SECOND * max(seconds, 1.0)) + _CONTAINER_BYTES)
    a_second = (bytes_ - _CONTAINER_BYTES) / max(seconds, 1.0)
    rungs = [(width, rate) for width, rate, least in _LADDER if a_second >= least or not least]
    return list(dict.fromkeys(_shape(media.info, seconds, width, rate) for width, rate in rungs)), bytes_


def _shape(info: MediaInfo, seconds: float, width: int, rate: float) -> Shape:
    """One rung for this film: no side below what AV1 takes, never faster than the film, and with few pictures so fast
    that the last one ends where the film does.
    """
    from vidwatchd.media.compact import SMALLEST_AV1, Shape, fitted

    long_side, short_side = max(info.width, info.height), min(info.width, info.height)
    pixels = max(width * width * 9 // 16, math.ceil(SMALLEST_AV1**2 * long_side / short_side))
    rate = min(rate, info.frames_per_second)
    count = max(round(rate * seconds), 1)
    if count < _FEW:
        rate = (count - _MARGIN) / max(seconds, _SHORTEST_SECONDS)
    return Shape(*fitted(info, pixels), rate)


def _early(media: Media, seconds: float, found_seconds: float) -> tuple[str, ...]:
    """What to say of a film that ends long before the time it claims."""
    claimed = min(media.info.duration_seconds, seconds)
    if found_seconds >= claimed - max(2.0, 0.05 * claimed):
        return ()
    return (f"the film's pictures end at {found_seconds:.0f} s of {claimed:.0f} s; the last is held",)
