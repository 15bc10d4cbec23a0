"""keyframes: one picture of each scene, shown while the scene lasts: a slideshow in time with the sound."""

from __future__ import annotations

import math
import os
import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.encoded import Encoded, refuse_pictureless, running
from vidwatchd.backends.surrogate.request import FILE, Request, Surrogate
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    from PIL.Image import Image

    from vidwatchd.media.probe import Media

Span = tuple[float, float]

_WIDTHS = (640, 480, 320, 240, 160)
_ENOUGH_BYTES_A_PICTURE = 12_000
_LEAST_BYTES_A_PICTURE = 2_500
_EVERY_SECONDS, _MOST_PARTS = 5.0, 60
_MOST_PICTURES = 1500
_SHORTEST_SECONDS = 0.5
# Below that deviation of brightness there is next to nothing to see.
_FLAT = 6.0
_LOOKING = 0.8
# Where else in a part to look: first the rest of its middle third.
_OTHERS = (0.36, 0.64, 0.15, 0.85)


class Keyframes(Encoded):
    """The pictures of the scenes: from the middle third of each, a lively one where the first is flat or black."""

    name = "keyframes"
    rank = -2

    def run(self, request: Request, ctx: BackendContext) -> Surrogate:
        """Make it. Raises MediaError, StorageError, Cancelled."""
        from vidwatchd.media import compact, slides

        media = request.open()
        refuse_pictureless(media)
        seconds = request.lasting()
        parts = spans(request.scenes, media.info.duration_seconds, request.max_bytes)
        shown = _pictures(media, parts, ctx)
        path = os.path.join(request.out, FILE)
        run = running(media, request, seconds, ctx)
        shapes = [compact.Shape(*compact.fitted(media.info, width * width * 9 // 16)) for width in _WIDTHS]
        with tempfile.TemporaryDirectory(dir=ctx.workdir or request.out, prefix=".gathered-") as folder:
            gathered = os.path.join(folder, "slides.mkv")
            slides.write(gathered, shown, (shapes[0].width, shapes[0].height), seconds)
            made_by = compact.encoder(request.ffmpeg_path, min(shapes[0].width, shapes[0].height))
            max_bytes = min(request.max_bytes, _ENOUGH_BYTES_A_PICTURE * (len(shown) + 1))
            compact.squeeze(gathered, path, shapes, max_bytes, made_by, compact.part(run, _LOOKING, 1))
        return Surrogate(path, "real")


def spans(scenes: tuple[float, ...], seconds: float, max_bytes: int) -> list[Span]:
    """What each picture stands for, (from, to): the scenes, long ones in parts; even parts where no scene is known."""
    seconds = max(seconds, 0.04)
    inside = sorted({at for at in scenes if 0 < at < seconds - _SHORTEST_SECONDS})
    whole = [part for span in pairwise([0.0, *inside, seconds]) for part in _parts(span, seconds)]
    most = max(min(_MOST_PICTURES, max_bytes // _LEAST_BYTES_A_PICTURE), 1)
    return whole if len(whole) <= most else _longest(whole, most)


def _parts(span: Span, seconds: float) -> list[Span]:
    begins, ends = span
    count = max(math.ceil((ends - begins) / max(_EVERY_SECONDS, seconds / _MOST_PARTS)), 1)
    times = [begins + (ends - begins) * n / count for n in range(count + 1)]
    return list(pairwise(times))


def _longest(parts: list[Span], most: int) -> list[Span]:
    """The longest parts; each is shown until the next of them, through what is left out."""
    kept = sorted(sorted(parts, key=lambda part: part[0] - part[1])[:most])
    starts = [0.0, *(begins for begins, _ in kept[1:])]
    return list(zip(starts, [*starts[1:], parts[-1][1]], strict=True))


class _Look:
    """The picture of one part: one that lies at ``share`` of it, or somewhere else in its middle third."""

    def __init__(self, part: Span, share: float = 0.5) -> None:
        self.part = part
        self.image: Image | None = None
        self._share = share

    def wants(self, info: MediaInfo) -> Wants:
        """One picture; a keyframe serves where there is one near enough."""
        begins, ends = self.part
        at_seconds, third = begins + (ends - begins) * self._share, (ends - begins) / 3
        slack = third / 2 if self._share == 0.5 else third / 8
        return Wants((at_seconds,), width=_WIDTHS[0], tolerance_seconds=slack)

    def take(self, at_seconds: float, image: Image) -> None:
        """Keep it."""
        self.image = image

    @property
    def liveliness(self) -> float:
        """How much there is to see."""
        from vidwatchd.media.images import liveliness

        return liveliness(self.image) if self.image else -1.0


def _pictures(media: Media, parts: list[Span], ctx: BackendContext) -> list[tuple[float, Image]]:
    """(from when, picture) for each part of which one can be had, the first from the very start."""
    from vidwatchd.media.visit import visit

    looks = [_Look(part) for part in parts]
    visit(media, looks, progress=lambda done: ctx.progress(_LOOKING * 0.8 * done), cancelled=ctx.cancelled)
    flat = [look for look in looks if look.liveliness < _FLAT]
    others = [_Look(look.part, share) for look in flat for share in _OTHERS]
    if others:
        media.rewind()
        visit(media, others, cancelled=ctx.cancelled)
    best = {look.part: max((o for o in (*others, look) if o.part == look.part), key=_liveliness) for look in flat}
    chosen = [best.get(look.part, look) for look in looks]
    found = [(look.part[0], look.image) for look in chosen if look.image is not None]
    if not found:
        raise MediaError(f"no picture of {media.name} can be decoded")
    return [(0.0, found[0][1]), *found[1:]]


def _liveliness(look: _Look) -> float:
    return look.liveliness
