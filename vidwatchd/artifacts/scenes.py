"""scenes: where a video cuts, found by PySceneDetect's content detector on the frames of the visit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import PrivateAttr

from vidwatchd.artifacts.base import FrameKind, Made, Out, setting
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    from PIL.Image import Image
    from scenedetect import ContentDetector

_JSON, _FOLDER = ".scenes.json", ".scenes"
# PySceneDetect's own working size: the longer side in pixels.
_SIDE = 256
# A threshold up to 1 is a fraction: 0.4 is the detector's own default of 27.
_SCALE = 67.5
# A minute is decoded whole in seconds, and its cuts are then right to the frame.
_SHORT_SECONDS = 60.0
_TICKS = 90_000
_THUMB_QUALITY = 3.0


class Scenes(FrameKind):
    """Cuts with their scores, and the scenes between them; on request a picture and a short clip of each."""

    name: ClassVar[str] = "scenes"
    title: ClassVar[str] = "Scenes"
    summary: ClassVar[str] = "Write where a video cuts; on request a picture and a clip of each scene."
    tier: ClassVar[Literal["quick", "heavy"]] = "heavy"
    suffixes: ClassVar[tuple[str, ...]] = (_JSON,)
    folder: ClassVar[str] = _FOLDER
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {"scenes_url": {"": _JSON}}
    defaults: ClassVar[Mapping[str, str]] = {"threshold": "thresholds.scene"}

    threshold: float = setting(
        0.4,
        "lower finds more; up to 1 a fraction (0.4 is the detector's 27), above it 0-255",
        "--threshold",
        gt=0,
        le=255,
    )
    limit: int = setting(0, "the strongest so many cuts; 0: all", "--limit", ge=0)
    thumbs: bool = setting(False, "write a JPEG of each scene", "--thumbs")
    thumbs_width: int = setting(320, "width of those pictures and clips", "--thumbs-width", ge=16, le=3840)
    clips: bool = setting(False, "write a short clip of each scene", "--clips")
    clip_duration: float = setting(2.0, "seconds of each clip", "--clip-duration", gt=0, le=60)
    min_scene_seconds: float = setting(0.6, "scenes shorter than this are joined", "--min-scene", ge=0, le=3600)
    exact: bool = setting(False, "look at every frame in full size: PySceneDetect's very cuts", "--exact")

    _info: MediaInfo | None = PrivateAttr(None)
    _scores: dict[int, float] = PrivateAttr(default_factory=dict)
    _cuts: list[int] = PrivateAttr(default_factory=list)
    _scenes: Any = PrivateAttr(None)
    _pictures: dict[int, Any] = PrivateAttr(default_factory=dict)
    _clips: dict[int, Any] = PrivateAttr(default_factory=dict)

    def wants(self, info: MediaInfo) -> Wants | None:
        """Every frame small; those that no other refers to only where the video is short, or on request."""
        self._info = info
        if not info.has_video:
            return Wants((0.0,))  # so that the visit says what is wrong with the file
        exact = self.exact or info.duration_seconds < _SHORT_SECONDS
        return Wants(width=info.width if self.exact else _size(info)[0], every=True, exact=exact)

    def again(self) -> Wants | None:
        """A second look at the beginnings of the scenes, when pictures or clips are wanted."""
        if not (self.thumbs or self.clips) or not self._scores:
            return None
        self._scenes = self._bounds()
        starts = tuple(start for start, _ in self._scenes)
        span = self.clip_duration if self.clips else 0.0
        return Wants(starts, self.thumbs_width, exact=not span, span_seconds=span, tolerance_seconds=0.0)

    def take(self, at_seconds: float, image: Image) -> None:
        """Score one frame against the one before; in the second look keep it for its scene."""
        if self._scenes is not None:
            self._keep(at_seconds, image)
            return
        from scenedetect import FrameTimecode
        from scenedetect.common import Timecode

        ticks = round(at_seconds * _TICKS)
        moment = FrameTimecode(Timecode(ticks, Fraction(1, _TICKS)), fps=self._rate)
        self._cuts += [cut.pts for cut in self._detector.process_frame(moment, self._pixels(image))]
        # The library tells scores only through its statistics, which would look for edges in every frame.
        self._scores[ticks] = float(self._detector._frame_score or 0.0)

    def finish(self, out: Out) -> Made:
        """Write the cuts and scenes, pictures and clips when they were wanted."""
        if not self._scores:
            raise MediaError("no frame could be decoded for finding scenes")
        markers = self._markers()
        scenes = [{"start": round(start, 3), "end": round(end, 3)} for start, end in self._bounds()]
        files = self._files(out, scenes)
        head = {
            "video": out.name,
            "threshold": self.threshold,
            "detector": {
                "name": "content",
                "threshold": round(self._level, 3),
                "min_scene_seconds": self.min_scene_seconds,
            },
            "duration_seconds": round(self._end, 3),
        }
        document = {**head, "markers": markers, "scenes": scenes}
        files[_JSON] = out.write(_JSON, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
        facts = {"threshold": self.threshold, "markers": len(markers), "scenes": len(scenes)}
        return Made(files, {**facts, "times": [marker["time"] for marker in markers[:200]]}, backend="scenedetect")

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """``5 cuts: 1.200 3.040 …``."""
        times = " ".join(f"{at:.3f}" for at in facts["times"])
        cuts = "1 cut" if facts["markers"] == 1 else f"{facts['markers']} cuts"
        return f"{cuts}: {times}" if times else "no cuts"

    @cached_property
    def _detector(self) -> ContentDetector:
        from scenedetect import ContentDetector

        return ContentDetector(threshold=self._level, min_scene_len=float(self.min_scene_seconds))

    @property
    def _level(self) -> float:
        return self.threshold * _SCALE if self.threshold <= 1 else self.threshold

    @property
    def _rate(self) -> float:
        return (self._info.frames_per_second if self._info else 0.0) or 25.0

    @property
    def _end(self) -> float:
        last = max(self._scores) / _TICKS
        return max(self._info.duration_seconds if self._info else 0.0, last)

    def _pixels(self, image: Image) -> Any:
        """(height, width, 3) uint8, blue first, as OpenCV has them; at the detector's size."""
        import cv2
        import numpy as np

        pixels, size = np.asarray(image), _size(self._info) if self._info else image.size
        if image.size != size:
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
        return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)

    def _markers(self) -> list[dict[str, float]]:
        found = sorted(set(self._cuts))
        if self.limit and len(found) > self.limit:
            found = sorted(sorted(found, key=lambda ticks: -self._scores.get(ticks, 0.0))[: self.limit])
        return [{"time": round(t / _TICKS, 3), "score": round(self._scores.get(t, 0.0), 2)} for t in found]

    def _bounds(self) -> list[tuple[float, float]]:
        starts = [0.0, *(marker["time"] for marker in self._markers())]
        return list(zip(starts, [*starts[1:], self._end], strict=True))

    def _keep(self, at_seconds: float, image: Image) -> None:
        number = max((n for n, (start, _) in enumerate(self._scenes) if start <= at_seconds + 2e-3), default=0)
        self._pictures.setdefault(number, image)
        if self.clips:
            if number not in self._clips:
                from vidwatchd.media.clips import ClipWriter, Encoding

                self._clips[number] = ClipWriter(Encoding(), self._rate)
            self._clips[number].add(image, at_seconds)

    def _files(self, out: Out, scenes: list[dict[str, Any]]) -> dict[str, str]:
        from vidwatchd.media.images import write_jpeg

        files: dict[str, str] = {}
        for number, image in self._pictures.items() if self.thumbs else ():
            suffix = f"{_FOLDER}/scene_{number + 1:03d}.jpg"
            files[suffix] = out.write(suffix, b"")
            write_jpeg(image, files[suffix], _THUMB_QUALITY)
            scenes[number]["thumb"] = out.published(suffix)
        for number, clip in self._clips.items():
            suffix = f"{_FOLDER}/scene_{number + 1:03d}.webm"
            clip.close()
            files[suffix] = out.write(suffix, clip.data)
            scenes[number]["clip"] = out.published(suffix)
        return files


def _size(info: MediaInfo) -> tuple[int, int]:
    """(width, height) as shown, the longer side at most 256 pixels."""
    scale = max(info.width, info.height) / _SIDE
    if scale <= 1:
        return info.width, info.height
    return max(round(info.width / scale), 1), max(round(info.height / scale), 1)
