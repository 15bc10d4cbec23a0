"""clip: vectors of pictures and words by CLIP (Radford et al. 2021), through transformers."""

from __future__ import annotations

from typing import Any, ClassVar

from vidwatchd.backends.embed.towers import TwoTowers


class Clip(TwoTowers):
    """English; smaller and quicker than SigLIP."""

    name: ClassVar[str] = "clip"
    rank: ClassVar[int] = 10
    types: ClassVar[frozenset[str]] = frozenset({"clip"})
    caption: ClassVar[str] = "a photo of {}"
    tokens: ClassVar[dict[str, Any]] = {"padding": True}
