"""sprites: a contact sheet and the WebVTT that maps time to tiles."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from pydantic import PrivateAttr

from vidwatchd.artifacts.base import FrameKind, Made, Out, setting
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    from PIL.Image import Image

    from vidwatchd.media.images import ContactSheet

_SHEET, _INDEX, _TRACK = ".sprites.jpg", ".sprites.json", ".sprites.vtt"
_FEWEST = 10  # a clip shorter than the interval still gets something to scrub through
_SHORTEST_INTERVAL_SECONDS = 0.2
_JPEG_LIMIT = 65535  # pixels a side, the format's own
_MOST_PIXELS = 64_000_000  # phones refuse larger pictures; the usual sheet has 6 million


@dataclass(frozen=True, slots=True)
class Grid:
    """How a video is cut into tiles: ``count`` slots of ``interval_seconds``, ``columns`` to a row."""

    count: int
    interval_seconds: float
    columns: int
    duration_seconds: float

    @property
    def rows(self) -> int:
        """Rows needed."""
        return math.ceil(self.count / self.columns)

    @property
    def middles(self) -> tuple[float, ...]:
        """The middle of each slot: the frame that is never further than half an interval from the pointer."""
        return tuple((slot + 0.5) * self.interval_seconds for slot in range(self.count))

    def slot(self, at_seconds: float, last: int) -> int:
        """The slot that a picture stands for, after the slot of the picture before it."""
        nearest = round(at_seconds / self.interval_seconds - 0.5) if self.interval_seconds else 0
        return min(max(nearest, last + 1), self.count - 1)


class Sprites(FrameKind):
    """A sheet of small pictures over the whole length, for scrubbing with the pointer."""

    name: ClassVar[str] = "sprites"
    title: ClassVar[str] = "Scrub pictures"
    summary: ClassVar[str] = "Write a contact sheet with the JSON and WebVTT that map time to its tiles."
    suffixes: ClassVar[tuple[str, ...]] = (_SHEET, _INDEX, _TRACK)
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "sprite": {"sheet_url": _SHEET, "index_url": _INDEX, "vtt_url": _TRACK}
    }

    interval_seconds: float = setting(10.0, "seconds between tiles", "--interval", gt=0, le=86400)
    width: int = setting(320, "width of a tile in pixels, its shape kept", "--width", ge=16, le=4096)
    cols: int = setting(10, "tiles in a row", "--cols", ge=1, le=100)
    rows: int = setting(10, "rows at most", "--rows", ge=1, le=100)
    quality: int = setting(4, "JPEG quality on ffmpeg's scale, 1 best to 31", "--quality", ge=1, le=31)
    max_frames: int = setting(0, "tiles at most; 0: as many as fit", "--max-frames", ge=0)

    _grid: Grid = PrivateAttr(Grid(1, 0.0, 1, 0.0))
    _sheet: Any = PrivateAttr(None)
    _times: list[float] = PrivateAttr(default_factory=list)

    def wants(self, info: MediaInfo) -> Wants | None:
        """The middle of each slot, as wide as the sheet's format allows."""
        if not info.has_video:
            return Wants((0.0,), self.width)  # so that the visit says what is wrong with the file
        self._grid = self.grid(info)
        return Wants(self._grid.middles, _tile_width(self.width, self._grid, info))

    def grid(self, info: MediaInfo) -> Grid:
        """The tiles of a video: long ones are spread over the sheet, short ones get a shorter interval."""
        most = min(self.cols * self.rows, self.max_frames or self.cols * self.rows)
        duration = info.duration_seconds
        interval = max(self.interval_seconds, duration / most)
        if duration < interval * _FEWEST:
            shortest = max(_SHORTEST_INTERVAL_SECONDS, 1 / (info.frames_per_second or 25))
            interval = min(interval, max(duration / min(_FEWEST, most), shortest))
        # A last slot of a few frames would ask for a picture after the end.
        count = min(max(math.ceil(duration / interval - 0.25), 1), most)
        return Grid(count, duration / count if count == 1 else interval, min(self.cols, count), duration)

    def take(self, at_seconds: float, image: Image) -> None:
        """Paste one tile."""
        sheet: ContactSheet | None = self._sheet
        if sheet is None:
            from vidwatchd.media.images import ContactSheet

            sheet = self._sheet = ContactSheet(self._grid.columns, self._grid.rows)
        sheet.add(image)
        self._times.append(at_seconds)

    def finish(self, out: Out) -> Made:
        """Write sheet, index and track, checked."""
        if self._sheet is None:
            raise MediaError("no frame could be decoded for a contact sheet")
        paths = {suffix: out.path(suffix) for suffix in self.suffixes}
        size = self._sheet.write(paths[_SHEET], self.quality)
        index = self._index(out.published(_SHEET), size)
        _write(paths[_INDEX], json.dumps(index, ensure_ascii=False, indent=1) + "\n")
        _write(paths[_TRACK], _track(index))
        facts = {key: value for key, value in index.items() if key not in ("tiles", "sheet")}
        return Made(paths, facts, backend="pyav")

    def _index(self, sheet_name: str, size: tuple[int, int]) -> dict[str, Any]:
        boxes, grid = self._sheet.boxes, self._grid
        return {
            "sheet": sheet_name,
            "width": size[0],
            "height": size[1],
            "cols": grid.columns,
            "rows": math.ceil(len(boxes) / grid.columns),
            "tile_width": boxes[0][2],
            "tile_height": boxes[0][3],
            "frames": len(boxes),
            "interval_seconds": round(grid.interval_seconds, 6),
            "asked_interval_seconds": self.interval_seconds,
            "spread": grid.interval_seconds > self.interval_seconds,
            "duration_seconds": round(grid.duration_seconds, 3),
            "tiles": self._tiles(),
        }

    def _tiles(self) -> list[dict[str, Any]]:
        grid, slots = self._grid, _slots(self._grid, self._times)
        starts = [0.0, *(slot * grid.interval_seconds for slot in slots[1:])]
        ends = [*starts[1:], self._end(slots[-1])]
        rows = zip(self._times, self._sheet.boxes, starts, ends, strict=True)
        return [_tile(index, *row) for index, row in enumerate(rows)]

    def _end(self, last_slot: int) -> float:
        """The last tile's end: the video's when nothing is missing, else its own slot's."""
        grid = self._grid
        whole = last_slot == grid.count - 1
        end = grid.duration_seconds if whole else (last_slot + 1) * grid.interval_seconds
        return max(end, last_slot * grid.interval_seconds + 0.001)  # a cue must last


def _tile(index: int, at_seconds: float, box: tuple[int, int, int, int], start: float, end: float) -> dict[str, Any]:
    place = dict(zip("xywh", box, strict=True))
    return {"index": index, "time": round(at_seconds, 3), **place, "start": round(start, 3), "end": round(end, 3)}


def _slots(grid: Grid, times: list[float]) -> list[int]:
    """Each tile's slot; a broken stretch leaves slots without a tile of their own."""
    if len(times) >= grid.count:
        return list(range(len(times)))
    slots: list[int] = []
    for at_seconds in times:
        slots.append(grid.slot(at_seconds, slots[-1] if slots else -1))
    return slots


def _tile_width(width: int, grid: Grid, info: MediaInfo) -> int:
    """The tile's width, less where the sheet would pass JPEG's limit or what a browser decodes."""
    shape = info.width / info.height
    tallest = _JPEG_LIMIT // grid.rows * shape
    largest = math.sqrt(_MOST_PIXELS * shape / (grid.columns * grid.rows))
    return max(math.floor(min(width, _JPEG_LIMIT // grid.columns, tallest, largest)), 1)


def _track(index: dict[str, Any]) -> str:
    """WebVTT cues, one a tile; the sheet's name is percent-encoded, for it becomes an address."""
    name = quote(index["sheet"], safe="")
    cues = [f"{_clock(tile['start'])} --> {_clock(tile['end'])}\n{name}#{_place(tile)}\n" for tile in index["tiles"]]
    return "\n".join(["WEBVTT\n", *cues])


def _place(tile: dict[str, Any]) -> str:
    return "xywh=" + ",".join(str(tile[side]) for side in "xywh")


def _clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
