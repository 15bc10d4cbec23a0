"""embed: what somebody looks for as vectors, made by a worker, so that no other process loads a model."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import ClassVar, Literal

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import Words, embedder
from vidwatchd.products.base import Produced, Product, ProductContext, setting


class Embed(Product):
    """The facts are ``{"dimensions", "vectors"}``, base64 of little-endian float16, a row a text; no file is written."""

    name: ClassVar[str] = "embed"
    summary: ClassVar[str] = "Turn words into vectors."

    texts: tuple[str, ...] = setting((), "what to turn into vectors")
    device: Literal["auto", "cuda", "cpu"] = setting("auto", "where the model runs")

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Read the texts by the model in the first of ``sources``. Raises Unavailable."""
        context = BackendContext("", device=self.device, progress=ctx.progress)
        found = embedder(sources[0]).run(Words(self.texts, question=True), context)
        vectors = base64.b64encode(found.astype("<f2").tobytes()).decode("ascii")
        return Produced({"dimensions": found.shape[1], "vectors": vectors})
