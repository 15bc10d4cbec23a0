"""thumbs: one picture that stands for the video."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import PrivateAttr, field_validator

from vidwatchd.artifacts.base import FrameKind, Made, Out, setting
from vidwatchd.artifacts.places import as_place, seconds_of
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    from PIL.Image import Image

_SUFFIX = ".jpg"
# The middle, then places ever further from it, should the middle be black.
_CANDIDATES = (0.5, 0.4, 0.6, 0.25, 0.75)
_LIVELY = 12.0  # standard deviation of brightness; titles on black have about 15, fades and fog less than 8


class Thumbs(FrameKind):
    """A JPEG of one frame: the middle, unless that is black or flat, or the very frame at a given time."""

    name: ClassVar[str] = "thumbs"
    title: ClassVar[str] = "Thumbnails"
    summary: ClassVar[str] = "Write one JPEG per video, <video>.jpg."
    suffixes: ClassVar[tuple[str, ...]] = (_SUFFIX,)
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {"thumb_url": {"": _SUFFIX}}

    time: str = setting("middle", "which frame: middle, seconds (10) or a percentage (25%)", "--time")
    quality: int = setting(2, "JPEG quality on ffmpeg's scale, 1 best to 31", "--quality", ge=1, le=31)
    width: int = setting(640, "width in pixels, never enlarged", "--width", ge=16, le=7680)

    _at: float = PrivateAttr(0.0)
    _best: tuple[float, float, Any] | None = PrivateAttr(None)

    @field_validator("time", mode="before")
    @classmethod
    def _known_time(cls, value: Any) -> str:
        return as_place(value)

    def wants(self, info: MediaInfo) -> Wants | None:
        """The frame itself when a time was given; around the middle a few keyframes to choose from."""
        self._at = seconds_of(self.time, info.duration_seconds)
        if self.time != "middle" or not info.duration_seconds:
            return Wants((self._at,), self.width, exact=self.time != "middle")
        return Wants(tuple(sorted(share * info.duration_seconds for share in _CANDIDATES)), self.width)

    def take(self, at_seconds: float, image: Image) -> None:
        """Keep the picture if it is the best yet: lively ones first, then the nearest to the wanted time."""
        from vidwatchd.media.images import liveliness

        life = min(liveliness(image), _LIVELY)
        if self._best is None or self._rank(life, at_seconds) > self._rank(self._best[0], self._best[1]):
            self._best = (life, at_seconds, image)

    def finish(self, out: Out) -> Made:
        """Write the JPEG, checked."""
        from vidwatchd.media.images import write_jpeg

        if self._best is None:
            raise MediaError("no frame could be decoded for a thumbnail")
        _, at_seconds, image = self._best
        path = out.path(_SUFFIX)
        write_jpeg(image, path, self.quality)
        facts = {"time": round(at_seconds, 3), "width": image.width, "height": image.height, "asked": self.time}
        return Made({_SUFFIX: path}, facts, backend="pyav")

    def _rank(self, life: float, at_seconds: float) -> tuple[float, float]:
        return life, -abs(at_seconds - self._at)
