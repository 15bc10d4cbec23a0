"""differences: what tells the videos of one group of duplicates apart, fact by fact, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidwatchd.webapp import formats

Video = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of one video: ``differs`` where not all of the group agree, ``best`` where more of it is better."""

    label: str
    text: str
    differs: bool = False
    best: bool = False


@dataclass(frozen=True, slots=True)
class _Fact:
    label: str
    text: Callable[[Video], str]
    worth: Callable[[Video], float] | None = None


def bit_rate(video: Video) -> float:
    """Bits a second over the whole file; 0 when its length is not known."""
    seconds = video.get("duration_seconds") or 0
    return 8 * (video.get("size_bytes") or 0) / seconds if seconds else 0.0


def _picture(video: Video) -> str:
    width, height = video.get("width"), video.get("height")
    return f"{width} × {height}" if width and height else ""


def _pixels(video: Video) -> float:
    return float((video.get("width") or 0) * (video.get("height") or 0))


_FACTS = (
    _Fact("Picture", _picture, _pixels),
    _Fact("Codec", lambda video: formats.codec(video.get("video_codec"))),
    _Fact("Bit rate", lambda video: formats.rate(bit_rate(video)), bit_rate),
    _Fact("Size", lambda video: formats.size(video.get("size_bytes"))),
    _Fact("Length", lambda video: formats.exact_length(video.get("duration_seconds"))),
    _Fact("Tags", lambda video: ", ".join(video.get("tags") or ()), lambda video: float(len(video.get("tags") or ()))),
)


def table(videos: Sequence[Video]) -> dict[int, list[Cell]]:
    """Video id → its facts, in the same order for each video of the group."""
    columns = [_column(fact, videos) for fact in _FACTS]
    return {video["id"]: [column[at] for column in columns] for at, video in enumerate(videos)}


def _column(fact: _Fact, videos: Sequence[Video]) -> list[Cell]:
    texts = [fact.text(video) for video in videos]
    differs = len(set(texts)) > 1
    worths = [fact.worth(video) if fact.worth and differs else 0.0 for video in videos]
    most = max(worths, default=0.0)
    best = [differs and worth == most and most > min(worths) for worth in worths]
    return [Cell(fact.label, text, differs, first) for text, first in zip(texts, best, strict=True)]
