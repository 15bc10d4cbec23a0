"""siglip: vectors of pictures and words by SigLIP and SigLIP 2 (Tschannen et al. 2025), through transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from vidwatchd.backends.embed.towers import TwoTowers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Siglip(TwoTowers):
    """Multilingual, and better than CLIP at the same size."""

    name: ClassVar[str] = "siglip"
    rank: ClassVar[int] = 20
    types: ClassVar[frozenset[str]] = frozenset({"siglip", "siglip2"})
    caption: ClassVar[str] = "This is a photo of {}."
    # It was trained on lines padded to their full length, without a mask and in small letters.
    tokens: ClassVar[dict[str, Any]] = {"padding": "max_length", "return_attention_mask": False}

    def _words(self, texts: Sequence[str], device: str) -> NDArray[np.float16]:
        return super()._words([text.lower() for text in texts], device)
