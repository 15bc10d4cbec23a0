"""towers: models with a tower for pictures and one for words that meet in one space, as SigLIP and CLIP are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import weights
from vidwatchd.backends.embed.request import Pictures, Words, stacked, unit
from vidwatchd.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

# The towers that are not needed to read pictures, and words: together they are half a model's memory each.
_SPARE = {"pictures": "text_model", "words": "vision_model"}


class TwoTowers:
    """The part that every family of two towers shares."""

    task: ClassVar[str] = "embed"
    name: ClassVar[str]
    rank: ClassVar[int]
    sees: ClassVar[bool] = True
    types: ClassVar[frozenset[str]]
    """What such a model's ``config.json`` calls it."""
    caption: ClassVar[str]
    """How its training put what a picture shows; {} is what somebody looks for."""
    tokens: ClassVar[dict[str, Any]]
    """How its training cut words."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, or None."""
        return weights.lacking() or (None if weights.present("", self.folder) else weights.missing(self.folder))

    def run(self, request: Pictures | Words, ctx: BackendContext) -> NDArray[np.float16]:
        """(n, dimensions) float16, each of length 1. Raises Unavailable, Cancelled."""
        if isinstance(request, Pictures):
            return stacked(request.images, ctx, lambda some: self._pictures(some, ctx.device))
        texts = [self.caption.format(text) if request.question else text for text in request.texts]
        return stacked(texts, ctx, lambda some: self._words(some, ctx.device))

    def unload(self) -> None:
        """Let go of what was loaded."""
        _load.cache_clear()

    def _pictures(self, images: Sequence[Image], device: str) -> NDArray[np.float16]:
        import torch

        model, processor = _load(self.folder, weights.place(device), "pictures")
        with torch.inference_mode():
            pixels = processor(images=[image.convert("RGB") for image in images], return_tensors="pt").to(model.device)
            return unit(model.get_image_features(**pixels).pooler_output)

    def _words(self, texts: Sequence[str], device: str) -> NDArray[np.float16]:
        import torch

        model, tokenizer = _load(self.folder, weights.place(device), "words")
        longest = model.config.text_config.max_position_embeddings
        with torch.inference_mode():
            tokens = tokenizer(texts, truncation=True, max_length=longest, return_tensors="pt", **self.tokens)
            return unit(model.get_text_features(**tokens.to(model.device)).pooler_output)


# A worker makes vectors of pictures for many videos, another one of what people look for.
@lru_cache(maxsize=2)
def _load(folder: str, device: str, part: str) -> tuple[Any, Any]:
    """The model, less the tower that is not needed, and what prepares its input."""
    import torch
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    model = weights.loaded(AutoModel, folder, use_safetensors=True, dtype=torch.float32).eval()
    delattr(model, _SPARE[part])
    pictures = part == "pictures"
    # torchvision is left out on purpose: it breaks with the versions of torch that people have.
    prepare = (
        weights.loaded(AutoImageProcessor, folder, backend="pil") if pictures else weights.loaded(AutoTokenizer, folder)
    )
    return model.to(device), prepare
