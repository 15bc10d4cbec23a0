"""store: the stored form of one film in any folder, its words found or heard at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from vidwatchd.backends.base import BackendContext
from vidwatchd.cues import Edits, Line
from vidwatchd.errors import Unavailable
from vidwatchd.model import portable
from vidwatchd.products.base import Produced, Product, ProductContext, setting
from vidwatchd.storing import form, manifest, sound, words
from vidwatchd.storing.settings import Settings


class Store(Settings, Product):
    """Sound, script, a small picture and the manifest, which is also the facts; the film itself is never changed."""

    name: ClassVar[str] = "store"
    summary: ClassVar[str] = "Keep a film in a few megabytes in a folder of its own."

    models: str = setting("", "folder that models are kept in")
    lines: dict[str, list[tuple[float, float, str]]] = setting({}, "lines that people changed: track, start, end, text")

    def ready(self) -> Unavailable | None:
        """Whether the sound can be encoded here; without the sound's encoder nothing else would do."""
        return sound.lacking(self.wanted.sound)

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Store the one file. Raises MediaError for what is no film, Unavailable, StorageError for a full disk."""
        from vidwatchd.media.probe import open_media

        with open_media(sources[0]) as media:
            film = form.Film(
                media,
                portable(os.path.basename(sources[0])),
                lambda part: words.ask(media, self.script_backend, self.script_model, part, self._edits),
            )
            stored = form.store(film, self.wanted, out, BackendContext(self.models, "", self.device, ctx.progress))
        return Produced(manifest.to_plain(stored.manifest), stored.files)

    @property
    def _edits(self) -> Edits:
        return Edits({track: tuple(Line(*line) for line in lines) for track, lines in self.lines.items()})
