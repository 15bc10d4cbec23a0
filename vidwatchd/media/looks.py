"""looks: what a short film shows, in numbers: how much is in its pictures, and how much they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import numpy as np

from vidwatchd.errors import MediaError
from vidwatchd.media.probe import Media, open_media

_SIDE = 64


@dataclass(frozen=True, slots=True)
class Looks:
    """``deviation`` is the mean standard deviation of brightness within a picture, ``change`` the mean difference
    between neighbours, both of 255; ``seconds`` is where its last picture ends."""

    frames: int
    seconds: float
    deviation: float
    change: float


def looks(path: str) -> Looks:
    """Decode a whole short film (native path) and measure it. Raises MediaError."""
    with open_media(path) as media:
        if media.video is None:
            raise MediaError(f"{media.name} has no picture")
        try:
            pictures, end = _decoded(media)
        except av.FFmpegError as error:
            raise MediaError(f"{media.name} cannot be decoded: {error}") from error
    if not pictures:
        raise MediaError(f"no picture of {media.name} can be decoded")
    every = np.stack(pictures)
    change = float(np.abs(np.diff(every, axis=0)).mean()) if len(every) > 1 else 0.0
    return Looks(len(every), end, float(every.std(axis=(1, 2)).mean()), change)


def _decoded(media: Media) -> tuple[list[Any], float]:
    """All pictures as small arrays of brightness, and where the last one ends."""
    found, end = [], 0.0
    assert media.video is not None
    for frame in media.container.decode(video=media.container.streams.video.index(media.video)):
        small = frame.reformat(width=_SIDE, height=_SIDE, format="gray").to_ndarray()
        found.append(small.astype(np.float32))
        length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0
        end = max(end, (frame.time or 0.0) + length)
    return found, end
