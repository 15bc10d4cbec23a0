"""previews: short silent clips from all over a video, and the one that joins them, for cards to play."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import PrivateAttr

from vidwatchd.artifacts.base import FrameKind, Made, Out, setting
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    from PIL.Image import Image

    from vidwatchd.media.clips import ClipWriter

_INDEX, _FOLDER = ".previews.json", ".previews"
_JOINED = ".preview"
# Clips shorter than this show nothing: a very short video gets fewer of them.
_SHORTEST_SECONDS = 0.2


class Previews(FrameKind):
    """Clips at even distances, each a moment long, as files of their own and joined into one."""

    name: ClassVar[str] = "previews"
    title: ClassVar[str] = "Previews"
    summary: ClassVar[str] = "Write short clips from all over a video, and one that joins them."
    tier: ClassVar[Literal["quick", "heavy"]] = "heavy"
    suffixes: ClassVar[tuple[str, ...]] = (_INDEX, f"{_JOINED}.webm", f"{_JOINED}.mp4")
    folder: ClassVar[str] = _FOLDER
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {"preview_url": {"": f"{_JOINED}.*"}}

    segments: int = setting(9, "clips, at i/(segments + 1) of the length", "--segments", ge=1, le=99)
    duration_seconds: float = setting(1.0, "seconds of each clip", "--duration", gt=0, le=60)
    width: int = setting(320, "width in pixels, never enlarged", "--width", ge=16, le=3840)
    format: Literal["webm", "mp4"] = setting("webm", "VP9 in WebM, or H.264 in MP4", "--format")
    crf: int = setting(30, "quality: 0 best to 63 (MP4: 51)", "--crf", ge=0, le=63)
    bitrate: str = setting("300k", "bits a second at most", "--bitrate", pattern=r"^[1-9][0-9]*[kM]?$")
    index: bool = setting(True, "write the JSON index", "--index")

    _info: MediaInfo | None = PrivateAttr(None)
    _starts: tuple[float, ...] = PrivateAttr(())
    _seconds: float = PrivateAttr(0.0)
    _row: Any = PrivateAttr(None)

    def wants(self, info: MediaInfo) -> Wants | None:
        """All frames of a moment at each place, from the keyframe that is near enough."""
        self._info = info
        self._starts, self._seconds = self.places(info.duration_seconds)
        # Clips may begin earlier or later, but neither overlap nor change places.
        slack = max((self._apart - self._seconds) / 2, 0.0)
        return Wants(self._starts, self.width, span_seconds=self._seconds, tolerance_seconds=slack)

    def places(self, duration_seconds: float) -> tuple[tuple[float, ...], float]:
        """Where the clips begin, and how long each is: shorter and fewer in a video that has no room for them."""
        if not duration_seconds:
            return (0.0,), self.duration_seconds
        count = self.segments
        if duration_seconds < (count + 1) * _SHORTEST_SECONDS:
            count = max(int(duration_seconds / _SHORTEST_SECONDS) - 1, 1)
        step = duration_seconds / (count + 1)
        return tuple(step * (place + 1) for place in range(count)), min(self.duration_seconds, step)

    def take(self, at_seconds: float, image: Image) -> None:
        """Put the picture into the clip that it belongs to."""
        if self._row is None:
            from vidwatchd.media.clips import ClipRow

            self._row = ClipRow(self._encoding, self._info.frames_per_second if self._info else 0.0)
        self._row.add(self._number(at_seconds), image, at_seconds)

    def finish(self, out: Out) -> Made:
        """Write the clips, the joined one and the index; each was decoded once to check it."""
        from vidwatchd.media.clips import join

        if self._row is None:
            raise MediaError("no frame could be decoded for a preview")
        clips: list[ClipWriter] = self._row.finish()
        data = {f"{_FOLDER}/seg_{n:02d}.{self.format}": clip.data for n, clip in enumerate(clips, 1)}
        data[f"{_JOINED}.{self.format}"] = join(clips, self._encoding)
        index = self._index(out, clips)
        if self.index:
            data[_INDEX] = (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode()
        facts = {**index, "segments": len(clips)}
        return Made({suffix: out.write(suffix, content) for suffix, content in data.items()}, facts, backend="pyav")

    @property
    def _apart(self) -> float:
        return self._starts[1] - self._starts[0] if len(self._starts) > 1 else max(self._starts[0] * 2, self._seconds)

    @property
    def _encoding(self) -> Any:
        from vidwatchd.media.clips import Encoding

        scale = {"k": 1.0, "M": 1000.0}.get(self.bitrate[-1], 0.001)
        return Encoding(self.format, self.crf, max(round(float(self.bitrate.rstrip("kM")) * scale), 1))

    def _number(self, at_seconds: float) -> int:
        """Which clip a picture belongs to: the boundaries lie in the middle between two."""
        slack = max((self._apart - self._seconds) / 2, 0.0)
        number = int((at_seconds - self._starts[0] + slack) // self._apart)
        return min(max(number, 0), len(self._starts) - 1)

    def _index(self, out: Out, clips: list[ClipWriter]) -> dict[str, Any]:
        parts = [
            {
                "index": number,
                "start": round(clip.first_seconds, 3),
                "duration": round(clip.seconds, 3),
                "file": out.published(f"{_FOLDER}/seg_{number:02d}.{self.format}"),
            }
            for number, clip in enumerate(clips, 1)
        ]
        joined = out.published(f"{_JOINED}.{self.format}")
        return {"video": out.name, "format": self.format, "width": self.width, "joined": joined, "segments": parts}
