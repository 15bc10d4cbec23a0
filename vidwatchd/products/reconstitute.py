"""reconstitute: a film's stand-in picture and its kept sound as one playable MP4."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar, Literal

from vidwatchd.products.base import Produced, Product, ProductContext, setting

FILE = "made.mp4"
_PROVING = 0.05


class Reconstitute(Product):
    """``sources`` are the picture and, if there is one, the sound; both are copied, so that it takes seconds."""

    name: ClassVar[str] = "reconstitute"
    summary: ClassVar[str] = "Join a stored form's picture and sound."

    match: Literal["loop", "pad", "trim"] = setting(
        "loop",
        "a picture shorter than the sound: shown again (loop), its last frame held (pad), or the sound cut (trim)",
    )

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Join, then prove that the result is whole. Raises MediaError, StorageError."""
        from vidwatchd.media.mux import join

        path, sound = os.path.join(out, FILE), sources[1] if len(sources) > 1 else ""
        done = join(
            sources[0], sound, path, match=self.match, progress=lambda part: ctx.progress((1 - _PROVING) * part)
        )
        facts = {
            "seconds": round(done.seconds, 3),
            "picture_seconds": done.picture_seconds,
            "sound_seconds": done.sound_seconds,
            "streams": [f"{codec} {type_}" for type_, codec in done.streams],
        }
        return Produced(facts, {".mp4": path})
