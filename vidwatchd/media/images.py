"""images: small pictures: tone mapping, JPEGs by ffmpeg's quality scale, contact sheets, checks of what was written."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageStat

from vidwatchd.errors import MediaError
from vidwatchd.media import tones

_BT2020_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], dtype=np.float32
)
_LIGHTEST = 65535
# So much of a picture stays in the processor's cache while it is counted with.
_STRIP_ROWS = 32


def jpeg_quality(q: float) -> int:
    """Pillow's quality for ffmpeg's ``-q:v`` (1 best … 31).

    Both scale a matrix: ffmpeg's mean is 27 x q / 8, the JPEG standard's 57 x S / 100, so S = 5.92 q; libjpeg then
    names S as 100 - S / 2 (5000 / S above 100). 2 → 94, 4 → 88, 8 → 76, 31 → 27.
    """
    scale = 5.92 * q
    return round(100 - scale / 2 if scale <= 100 else 5000 / scale)


def write_jpeg(image: Image.Image, path: str, q: float) -> None:
    """Write ``image`` at ffmpeg's quality ``q`` and check that the file decodes at that size."""
    image.save(path, "JPEG", quality=jpeg_quality(q), optimize=True)
    verify_jpeg(path, image.size)


def verify_jpeg(path: str, size: tuple[int, int]) -> None:
    """Decode the whole of ``path``. Raises MediaError when it is no JPEG of that size (width, height)."""
    try:
        with Image.open(path) as image:
            image.load()
            found = image.size if image.format == "JPEG" else None
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError(f"{os.path.basename(path)} was written but cannot be read: {error}") from error
    if found != size:
        raise MediaError(f"{os.path.basename(path)} was written as {found}, not {size}")


def liveliness(image: Image.Image) -> float:
    """How much there is to see: the standard deviation of brightness, 0 for a flat or black picture."""
    small = image.convert("L").resize((64, 36), Image.Resampling.BOX)
    return float(ImageStat.Stat(small).stddev[0])


class ContactSheet:
    """A growing sheet of equal tiles, row by row; only the sheet is kept, never the single pictures."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.boxes: list[tuple[int, int, int, int]] = []
        self._sheet: Image.Image | None = None
        self._tile = (0, 0)

    def add(self, tile: Image.Image) -> tuple[int, int, int, int]:
        """Paste one tile and return its box (x, y, width, height); the first one decides the tiles' size."""
        sheet = self._sheet or self._begin(tile)
        if tile.size != self._tile:
            tile = tile.resize(self._tile, Image.Resampling.BOX)
        row, column = divmod(len(self.boxes), self.columns)
        box = (column * self._tile[0], row * self._tile[1], *self._tile)
        sheet.paste(tile, box[:2])
        self.boxes.append(box)
        return box

    def write(self, path: str, q: float) -> tuple[int, int]:
        """Write the sheet with only as many rows and columns as there are tiles, checked; its (width, height)."""
        if self._sheet is None:
            raise MediaError("a contact sheet without a single picture")
        width = max(x + w for x, _, w, _ in self.boxes)
        height = max(y + h for _, y, _, h in self.boxes)
        write_jpeg(self._sheet.crop((0, 0, width, height)), path, q)
        return width, height

    def _begin(self, tile: Image.Image) -> Image.Image:
        self._tile = tile.size
        self._sheet = Image.new("RGB", (self.columns * tile.width, self.rows * tile.height))
        return self._sheet


def tone_map(pixels: NDArray[np.uint16], transfer: str) -> Image.Image:
    """(height, width, 3) uint16 RGB, BT.2020 primaries, ``pq`` or ``hlg`` coded, as an sRGB picture for a screen.

    As the filters of ``tones`` do it: a look-up table makes the light linear in units of paper white; in BT.709's
    primaries highlights are rolled off on the brightest channel, so that colours keep their hue; then sRGB's curve.
    """
    coded = np.empty(pixels.shape, np.uint8)
    for top in range(0, len(pixels), _STRIP_ROWS):
        coded[top : top + _STRIP_ROWS] = _on_a_screen(pixels[top : top + _STRIP_ROWS], transfer)
    return Image.fromarray(coded, "RGB")


def _on_a_screen(pixels: NDArray[np.uint16], transfer: str) -> NDArray[np.uint8]:
    light = _linear_table(transfer)[pixels]
    screen = light @ _BT2020_TO_BT709.T
    # A maximum along an axis of three takes numpy ten times as long, and the power a pixel more than all else.
    peak = np.maximum(np.maximum(screen[..., 0], screen[..., 1]), np.maximum(screen[..., 2], 1e-6))
    screen *= (tones.rolled_off(peak) / peak * _LIGHTEST)[..., np.newaxis]
    coded: NDArray[np.uint8] = _srgb_table()[np.clip(screen, 0, _LIGHTEST, out=screen).astype(np.uint16)]
    return coded


@cache
def _srgb_table() -> NDArray[np.uint8]:
    """sRGB's curve at every step of linear light; near black a step of the picture is twenty of the table."""
    linear = np.linspace(0, 1, _LIGHTEST + 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    table: NDArray[np.uint8] = (coded * 255 + 0.5).astype(np.uint8)
    return table


@cache
def _linear_table(transfer: str) -> NDArray[np.float32]:
    code = np.linspace(0, 1, 65536, dtype=np.float64)
    nits = _pq_nits(code) if transfer == "pq" else _hlg_nits(code)
    table: NDArray[np.float32] = (nits / tones.PAPER_WHITE_NITS).astype(np.float32)
    return table


def _pq_nits(code: Any) -> Any:
    """SMPTE ST 2084's display light for a code value of 0 to 1."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    power = code ** (1 / m2)
    return 10000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)


def _hlg_nits(code: Any) -> Any:
    """ITU-R BT.2100's hybrid log-gamma on a 1000 nit screen, each channel by itself, as the filter has it."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    return 1000 * scene**1.2
