"""blip2: a sentence about a picture by BLIP-2 (Li et al. 2023): a language model is told what is seen."""

from __future__ import annotations

from typing import ClassVar

from vidwatchd.backends.caption.blip import Blip


class Blip2(Blip):
    """English; better than BLIP and ten times as large: without a graphics card only where somebody asks for it."""

    name: str = "blip2"
    rank: int = 20
    offered: ClassVar[tuple[str, ...]] = ("blip2-opt-2.7b",)
    pulled: ClassVar[str] = "blip2-opt-2.7b"
    types: ClassVar[frozenset[str]] = frozenset({"blip-2"})
    maker: ClassVar[str] = "Blip2ForConditionalGeneration"
    heavy: ClassVar[bool] = True
