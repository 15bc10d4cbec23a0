"""probe: what a file says of itself, read by a worker, so that no other process loads a decoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from vidwatchd.errors import MediaError
from vidwatchd.products.base import Produced, Product, ProductContext


class Probe(Product):
    """The facts are ``{"document": ffprobe's JSON, "duration_seconds", "has_video", "notes"}``; no file is written."""

    name: ClassVar[str] = "probe"
    summary: ClassVar[str] = "Read what a file says of itself."

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Open one file and read its streams. Raises MediaError, also when none of its pictures can be decoded."""
        from vidwatchd.media.probe import is_picture, open_media

        with open_media(sources[0]) as media:
            if is_picture(media.info):
                raise MediaError(f"{media.name} is a picture, whatever its name says")
            if media.video is not None and media.undecodable:
                raise MediaError(f"{media.name} is damaged: none of its pictures can be decoded")
            known = {"duration_seconds": media.info.duration_seconds, "has_video": media.info.has_video}
            return Produced({"document": media.document(), **known, "notes": list(media.info.notes)})
