"""heatmaps: how bright a video is and how much moves in it, along its length."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import PrivateAttr

from vidwatchd.artifacts.base import FrameKind, Made, Out, setting
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_JSON, _PNG = ".heatmaps.json", ".heatmaps.png"
_WIDTH = 64
# A clip shorter than a few intervals still gets something to see.
_FEWEST = 8
_SHORTEST_INTERVAL_SECONDS = 0.1


class Heatmaps(FrameKind):
    """Brightness and motion at even distances: what changed between two samples, in steps of 0 to 255."""

    name: ClassVar[str] = "heatmaps"
    title: ClassVar[str] = "Heatmaps"
    summary: ClassVar[str] = "Write brightness and motion along the length."
    suffixes: ClassVar[tuple[str, ...]] = (_JSON, _PNG)
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {"heat_url": {"": _JSON}}

    interval_seconds: float = setting(5.0, "seconds between samples", "--interval", ge=0.1, le=86400)
    mode: Literal["brightness", "motion", "both"] = setting("both", "what is measured", "--mode")
    png: bool = setting(False, "also write a striped picture", "--png")

    _interval: float = PrivateAttr(5.0)
    _duration: float = PrivateAttr(0.0)
    _last: Any = PrivateAttr(None)
    _seen: list[tuple[float, float, float | None]] = PrivateAttr(default_factory=list)

    def wants(self, info: MediaInfo) -> Wants | None:
        """The middle of each interval, or the keyframe nearest to it."""
        self._duration = info.duration_seconds
        self._interval = self._spaced(info)
        count = max(round(info.duration_seconds / self._interval), 1)
        middles = tuple((place + 0.5) * self._interval for place in range(count))
        # Two samples may share a keyframe: then they say the same.
        return Wants(tuple(min(at, info.duration_seconds) for at in middles), _WIDTH, tolerance_seconds=self._interval)

    def _spaced(self, info: MediaInfo) -> float:
        if info.duration_seconds >= self.interval_seconds * _FEWEST:
            return self.interval_seconds
        shortest = max(_SHORTEST_INTERVAL_SECONDS, 1 / (info.frames_per_second or 25))
        return min(self.interval_seconds, max(info.duration_seconds / _FEWEST, shortest))

    def take(self, at_seconds: float, image: Image) -> None:
        """Measure one frame against the one before."""
        import numpy as np

        if self._seen and self._seen[-1][0] == at_seconds:
            return
        grey = np.asarray(image.convert("L"), dtype=np.int16)
        motion = None if self._last is None else float(np.abs(grey - self._last).mean())
        self._seen.append((at_seconds, float(grey.mean()), motion))
        self._last = grey

    def finish(self, out: Out) -> Made:
        """Write the samples, and the picture when it is wanted."""
        if not self._seen:
            raise MediaError("no frame could be decoded for a heatmap")
        samples = self._samples()
        head = {
            "video": out.name,
            "interval_seconds": round(self._interval, 6),
            "mode": self.mode,
            "duration_seconds": round(self._duration, 3),
        }
        document = json.dumps({**head, "samples": samples}, ensure_ascii=False, indent=1) + "\n"
        files = {_JSON: out.write(_JSON, document.encode())}
        if self.png:
            files[_PNG] = out.path(_PNG)
            _stripes({name: [sample[name] for sample in samples] for name in self._measures}).save(files[_PNG])
        facts = {name: value for name, value in head.items() if name != "video"}
        return Made(files, {**facts, "samples": len(samples), **self._averages(samples)}, backend="pyav")

    @property
    def _measures(self) -> tuple[str, ...]:
        return ("brightness", "motion") if self.mode == "both" else (self.mode,)

    def _samples(self) -> list[dict[str, float]]:
        """One a frame that was looked at; the first moves as much as the second, for it has nothing before it."""
        first = next((motion for _, _, motion in self._seen if motion is not None), 0.0)
        rows = (
            (at, {"brightness": light, "motion": first if motion is None else motion})
            for at, light, motion in self._seen
        )
        return [{"time": round(at, 3), **{name: round(row[name], 2) for name in self._measures}} for at, row in rows]

    def _averages(self, samples: list[dict[str, float]]) -> dict[str, float]:
        return {f"mean_{name}": round(sum(s[name] for s in samples) / len(samples), 2) for name in self._measures}


_PNG_SIZE = (1200, 64)
# From still to lively: dark blue, violet, orange, pale yellow.
_RAMP = ((12, 12, 48), (110, 30, 120), (235, 110, 40), (255, 240, 170))


def _stripes(rows: Mapping[str, list[float]]) -> Image:
    """A picture with one stripe a measure: brightness as greys, motion from cold to warm."""
    import numpy as np
    from PIL import Image

    (width, height), count = _PNG_SIZE, len(next(iter(rows.values())))
    bands = [_coloured(np.asarray(row), warm=name == "motion") for name, row in rows.items()]
    columns = np.minimum(np.arange(width) * count // width, count - 1)
    stripes = [np.repeat(band[columns][None], height // len(bands), axis=0) for band in bands]
    return Image.fromarray(np.concatenate(stripes))


def _coloured(values: NDArray[np.float64], *, warm: bool) -> NDArray[np.uint8]:
    """(n,) values as (n, 3) colours; motion is shown against the liveliest place of this video."""
    import numpy as np

    if not warm:
        return np.repeat(values.clip(0, 255).astype(np.uint8)[:, None], 3, axis=1)
    steps = np.linspace(0, 1, len(_RAMP))
    share = values / max(float(values.max()), 1.0)
    return np.stack([np.interp(share, steps, [c[i] for c in _RAMP]) for i in range(3)], axis=1).astype(np.uint8)
