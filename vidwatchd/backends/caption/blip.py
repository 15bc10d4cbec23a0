"""blip: a sentence about a picture by BLIP (Li et al. 2022), through transformers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from vidwatchd.backends import graphics, lapses
from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.caption.request import Pictures
from vidwatchd.backends.embed import weights
from vidwatchd.errors import Unavailable, VidwatchdError

if TYPE_CHECKING:
    from PIL.Image import Image

# Captions are ten words or so; some models would go on.
_MOST_TOKENS = 30
# Three ways are followed at once: better sentences, while most of the time goes into looking anyway.
_BEAMS = 3


class Blip:
    """English; a second a picture and less without a graphics card."""

    task: str = "caption"
    name: str = "blip"
    rank: int = 10
    offered: ClassVar[tuple[str, ...]] = ("blip-large", "blip-base")
    """Its models by name, the best first."""
    pulled: ClassVar[str] = "blip-base"
    """The one to begin with."""
    types: ClassVar[frozenset[str]] = frozenset({"blip"})
    """What such a model's ``config.json`` calls it."""
    maker: ClassVar[str] = "BlipForConditionalGeneration"
    heavy: ClassVar[bool] = False
    """Whether it is taken by itself only where a graphics card works."""

    def __init__(self, models: str, model: str = "", device: str = AUTO, *, by_itself: bool = True) -> None:
        self._models = models
        self._wanted = model
        self._device = device
        self._by_itself = by_itself

    @property
    def model(self) -> str:
        """The name of the model that is used."""
        return os.path.basename(self._folder().rstrip(os.sep))

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, or None."""
        lost = weights.lacking()
        if lost is not None:
            return lost
        if not weights.present(self._models, self._name()):
            return weights.missing(self._name())
        found = weights.model_type(self._folder())
        if found not in self.types:
            return Unavailable(
                f"the model {self.model} is a {found}", hint=f"{self.name} takes {min(self.types)} models"
            )
        if self.heavy and self._by_itself:
            return graphics.too_slow(self.name, "device", self._device)
        return None

    def run(self, request: Pictures, ctx: BackendContext) -> list[str]:
        """A sentence a picture. Raises BackendFailed, Unavailable, Cancelled."""
        ctx.check()
        place = weights.place(ctx.device if self._device == AUTO else self._device)
        try:
            with lapses.told(self.model):
                return self._look(request.images, place)
        except VidwatchdError:
            self.unload()
            raise

    def unload(self) -> None:
        """Let go of what was loaded."""
        _load.cache_clear()

    def _look(self, images: Sequence[Image], place: str) -> list[str]:
        import torch

        model, processor, tokenizer = _load(self.maker, self._folder(), place)
        with torch.inference_mode():
            pixels = processor(images=[image.convert("RGB") for image in images], return_tensors="pt").pixel_values
            tokens = model.generate(
                pixel_values=pixels.to(model.device, model.dtype),
                max_new_tokens=_MOST_TOKENS,
                num_beams=_BEAMS,
                do_sample=False,
            )
        return [sentence(text) for text in tokenizer.batch_decode(tokens, skip_special_tokens=True)]

    def _name(self) -> str:
        if self._wanted:
            return self._wanted
        return next((name for name in self.offered if weights.present(self._models, name)), self.pulled)

    def _folder(self) -> str:
        return weights.folder_of(self._models, self._name())


def sentence(text: str) -> str:
    """What a model said, as a sentence; "" for nothing."""
    words = " ".join(text.split()).strip(" .")
    return f"{words[:1].upper()}{words[1:]}." if words else ""


@lru_cache(maxsize=1)
def _load(maker: str, folder: str, device: str) -> tuple[Any, Any, Any]:
    """The model, what prepares pictures for it, and what turns its numbers into words."""
    import torch
    import transformers

    # Half the memory on a card; a processor computes in whole numbers only slowly, and the half not at all.
    short = torch.float16 if device == "cuda" else torch.float32
    model = weights.loaded(getattr(transformers, maker), folder, use_safetensors=True, dtype=short).eval()
    # torchvision is left out on purpose: it breaks with the versions of torch that people have.
    processor = weights.loaded(transformers.AutoImageProcessor, folder, backend="pil")
    return model.to(device), processor, weights.loaded(transformers.AutoTokenizer, folder)
