"""moments: the pictures of a film that a model is given to go on from, and how they fit into what it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PIL import Image

from vidwatchd.media.probe import Media
from vidwatchd.media.visit import visit
from vidwatchd.model import MediaInfo, Wants

Size = tuple[int, int]


def times(duration_seconds: float, scenes: Sequence[float], most: int) -> tuple[float, ...]:
    """The middles of the ``most`` longest scenes, in the film's order; of a film in one piece, of equal parts."""
    starts = sorted({at for at in scenes if 0 < at < duration_seconds})
    if not starts:
        starts = [duration_seconds * part / most for part in range(1, most)]
    scenes_ = list(pairwise([0.0, *starts, duration_seconds]))
    longest = sorted(scenes_, key=lambda scene: scene[0] - scene[1])[:most]
    return tuple(sorted((begin + end) / 2 for begin, end in longest))


def stills(media: Media, at_seconds: Sequence[float], width: int, cancelled: Callable[[], bool]) -> list[Image.Image]:
    """The very pictures shown at those times, upright. Raises MediaError, Unreadable, Cancelled."""
    wanted = _Stills(tuple(at_seconds), width)
    visit(media, [wanted], cancelled=cancelled)
    return wanted.images


def inside(frame: Size, shown: Size) -> Size:
    """The largest picture of ``shown``'s form in ``frame``, its sides even as encoders need them."""
    scale = min(frame[0] / max(shown[0], 1), frame[1] / max(shown[1], 1))
    width, height = (max(2, round(side * scale / 2) * 2) for side in shown)
    return min(width, frame[0]), min(height, frame[1])


def on_black(image: Image.Image, frame: Size, part: Size) -> Image.Image:
    """The picture in the middle of a frame as the model takes it; what is around it is cut away again afterwards."""
    canvas = Image.new("RGB", frame)
    canvas.paste(image.convert("RGB").resize(part, Image.Resampling.LANCZOS), corner(frame, part))
    return canvas


def corner(frame: Size, part: Size) -> Size:
    """Where a part in the middle of a frame begins."""
    return (frame[0] - part[0]) // 2, (frame[1] - part[1]) // 2


class _Stills:
    def __init__(self, at_seconds: tuple[float, ...], width: int) -> None:
        self.images: list[Image.Image] = []
        self._wants = Wants(times=at_seconds, width=width, exact=True)

    def wants(self, info: MediaInfo) -> Wants | None:
        return self._wants

    def take(self, at_seconds: float, image: Image.Image) -> None:
        self.images.append(image)
