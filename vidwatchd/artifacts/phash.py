"""phash: perceptual hashes of a few exact frames, by which two copies of one film find each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import PrivateAttr, field_validator

from vidwatchd.artifacts.base import FrameKind, Made, Out, setting
from vidwatchd.artifacts.places import as_place, seconds_of
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    from imagehash import ImageHash
    from PIL.Image import Image

_SUFFIX = ".phash.json"
# Wide enough for 32 × 32 averages, and the same for every size of the same film.
_WIDTH = 256
# A copy that lost up to two seconds of its start or end still meets one of these.
_BEFORE_SECONDS = (0.5, 1.0, 1.5, 2.0)
# Standard deviation of brightness: black, fades and one colour say nothing; a dim scene has 5 and more.
_FLAT = 4.0
_BITS = {"ahash": 1024, "dct": 64}


class Phash(FrameKind):
    """Hashes of frames at even distances, combined into one; the frames' own 64-bit hashes are kept for comparing."""

    name: ClassVar[str] = "phash"
    title: ClassVar[str] = "Perceptual hashes"
    summary: ClassVar[str] = "Write perceptual hashes of a few frames, by which copies are found."
    suffixes: ClassVar[tuple[str, ...]] = (_SUFFIX,)

    time: str = setting("middle", "where, for a single frame: middle, seconds (60) or a percentage (25%)", "--time")
    frames: int = setting(5, "frames, at i/(frames + 1) of the length", "--frames", ge=1, le=99)
    algo: Literal["ahash", "dct"] = setting("ahash", "average hash of 1024 bits, or DCT hash of 64", "--algo")
    combine: Literal["xor", "majority", "avg"] = setting("xor", "how frames make one hash", "--combine")

    _asked: list[float] = PrivateAttr(default_factory=list)
    _duration: float = PrivateAttr(0.0)
    _taken: list[tuple[float, dict[str, Any]]] = PrivateAttr(default_factory=list)

    @field_validator("time", mode="before")
    @classmethod
    def _known_time(cls, value: Any) -> str:
        return as_place(value)

    def wants(self, info: MediaInfo) -> Wants | None:
        """The very frames, never a keyframe nearby: two encodings of one film have different keyframes."""
        self._duration = info.duration_seconds
        self._asked = self._places(info.duration_seconds)
        before = {max(at - back, 0.0) for at in self._asked for back in _BEFORE_SECONDS}
        return Wants(tuple(sorted({*self._asked, *before})), _WIDTH, exact=True)

    def _places(self, duration_seconds: float) -> list[float]:
        if self.frames == 1:
            return [seconds_of(self.time, duration_seconds)]
        return [duration_seconds * (place + 1) / (self.frames + 1) for place in range(self.frames)]

    def take(self, at_seconds: float, image: Image) -> None:
        """Hash one frame; several places of a short video may mean the same one."""
        import imagehash
        from PIL import ImageOps

        from vidwatchd.media.images import liveliness

        if self._taken and self._taken[-1][0] == at_seconds:
            return
        hashes: dict[str, Any] = {
            "dct": imagehash.phash(image),
            "mirrored": imagehash.phash(ImageOps.mirror(image)),
            "flat": liveliness(image) < _FLAT,
            "ahash": imagehash.average_hash(image, hash_size=32) if self.algo == "ahash" else None,
        }
        self._taken.append((at_seconds, hashes))

    def finish(self, out: Out) -> Made:
        """Combine the frames' hashes and write them."""
        if not self._taken:
            raise MediaError("no frame could be decoded for a hash")
        found = [self._shown(at) for at in self._asked]
        own = [hashes[self.algo] for _, hashes in found]
        facts = {
            "algorithm": self.algo,
            "combine": self.combine,
            "frames": len(own),
            "bits": _BITS[self.algo],
            "hash": str(combined(own, self.combine)),
            "duration_seconds": round(self._duration, 3),
            "times": [round(at, 3) for at, _ in found],
            "dct": "".join(str(hashes["dct"]) for _, hashes in found),
            "mirrored": "".join(str(hashes["mirrored"]) for _, hashes in found),
            "before": "".join(self._before(at) for at in self._asked),
            "flat": "".join(str(int(hashes["flat"])) for _, hashes in found),
        }
        document = {"video": out.name, **facts, "frame_hashes": [str(each) for each in own]}
        path = out.write(_SUFFIX, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
        return Made({_SUFFIX: path}, facts, backend="imagehash")

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """The hash, cut where it fills a terminal."""
        shown = facts["hash"] if len(facts["hash"]) <= 64 else f"{facts['hash'][:61]}..."
        return f"{facts['algorithm']} {shown}"

    def _shown(self, at_seconds: float) -> tuple[float, dict[str, Any]]:
        """The frame that is shown at a time; the nearest where the video ended early."""
        earlier = [taken for taken in self._taken if taken[0] <= at_seconds + 1e-3]
        return earlier[-1] if earlier else self._taken[0]

    def _before(self, at_seconds: float) -> str:
        places = [at_seconds - back if at_seconds >= back else at_seconds for back in _BEFORE_SECONDS]
        return "".join(str(self._shown(place)[1]["dct"]) for place in places)


def combined(hashes: list[ImageHash], how: str) -> ImageHash:
    """One hash of several: each bit the parity of theirs (``xor``), or what more than half of them say."""
    import imagehash
    import numpy as np

    bits = np.stack([each.hash for each in hashes])
    if how == "xor":
        return imagehash.ImageHash(np.logical_xor.reduce(bits))
    return imagehash.ImageHash(bits.sum(axis=0) * 2 > len(hashes))
