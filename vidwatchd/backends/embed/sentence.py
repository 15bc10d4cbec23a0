"""sentence: vectors of sentences by a small text encoder such as MiniLM: the mean over its tokens (Reimers 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import weights
from vidwatchd.backends.embed.request import Pictures, Words, stacked, unit
from vidwatchd.errors import Unavailable, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Some thirty words are about fifty tokens; what is longer is cut.
_MOST_TOKENS = 256


class Sentence:
    """Words only: it sees no pictures."""

    task: ClassVar[str] = "embed"
    name: ClassVar[str] = "sentence"
    rank: ClassVar[int] = 10
    sees: ClassVar[bool] = False

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, or None."""
        return weights.lacking() or (None if weights.present("", self.folder) else weights.missing(self.folder))

    def run(self, request: Pictures | Words, ctx: BackendContext) -> NDArray[np.float16]:
        """(n, dimensions) float16, each of length 1. Raises UsageError for pictures, Unavailable, Cancelled."""
        if isinstance(request, Pictures):
            raise UsageError(f"the model in {self.folder} sees no pictures", hint="name a SigLIP or CLIP model")
        return stacked(request.texts, ctx, lambda some: self._words(some, ctx.device))

    def unload(self) -> None:
        """Let go of what was loaded."""
        _load.cache_clear()

    def _words(self, texts: Sequence[str], device: str) -> NDArray[np.float16]:
        import torch

        model, tokenizer = _load(self.folder, weights.place(device))
        longest = min(_MOST_TOKENS, model.config.max_position_embeddings)
        with torch.inference_mode():
            tokens = tokenizer(texts, truncation=True, max_length=longest, padding=True, return_tensors="pt")
            tokens = tokens.to(model.device)
            states = model(**tokens).last_hidden_state
            mask = tokens["attention_mask"].unsqueeze(-1).to(states.dtype)
            return unit((states * mask).sum(1) / mask.sum(1).clamp(min=1))


@lru_cache(maxsize=1)
def _load(folder: str, device: str) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = weights.loaded(AutoModel, folder, use_safetensors=True, dtype=torch.float32).eval()
    return model.to(device), weights.loaded(AutoTokenizer, folder)
