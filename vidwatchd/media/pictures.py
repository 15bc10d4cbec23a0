"""pictures: a picture file of any usual sort, upright, in RGB and no larger than is asked for."""

from __future__ import annotations

import mimetypes
import os
import struct
import warnings
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

from vidwatchd.errors import MediaError, Unreadable
from vidwatchd.model import display, portable

# Pillow takes the beginnings of some videos for pictures, and has readers that nobody needs.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "JPEG2000", "PPM")
# Other programs read the tiles of these pictures as the frames of a video.
_TILED = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
_BROKEN = (SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)


def read_picture(path: str, longest_pixels: int) -> Image.Image | None:
    """The picture in a file (native path), no side longer than that; None for what is no picture.

    Turned as its EXIF orientation says; of several pictures in one file the first. Raises MediaError (it is broken, too
    large, or of a sort that cannot be read here), Unreadable (it cannot be opened just now).
    """
    name = display(portable(os.path.basename(path)))
    try:
        return _read(path, longest_pixels)
    except UnidentifiedImageError:
        if _is_tiled(path):
            raise MediaError(
                f"{name} is a picture of a sort that cannot be read here", hint="save it as JPEG"
            ) from None
        if (mimetypes.guess_type(path)[0] or "").startswith("image/"):  # else one would be told that it is no video
            raise MediaError(f"{name} is called a picture and is none") from None
        return None
    except Image.DecompressionBombError as error:
        raise MediaError(f"{name} has too many pixels", hint="save it smaller") from error
    except OSError as error:
        if error.errno:
            raise Unreadable(f"{name} cannot be opened: {error.strerror}") from error
        raise MediaError(f"{name} is a broken picture: {error}") from error
    except _BROKEN as error:
        raise MediaError(f"{name} is a broken picture: {error}") from error


def _read(path: str, longest_pixels: int) -> Image.Image:
    Image.init()
    known = [name for name in _FORMATS if name in Image.OPEN]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of much memory, and of metadata that is not in order
        with Image.open(path, formats=known) as image:
            # Of a palette only the nearest pixels would be taken; a JPEG is not even decoded at its full size.
            small = image.convert("RGBA") if image.mode in ("P", "PA", "1") else image
            small.thumbnail((longest_pixels, longest_pixels))
            return ImageOps.exif_transpose(small).convert("RGB")


def _is_tiled(path: str) -> bool:
    with open(path, "rb") as file:
        head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:] in _TILED
