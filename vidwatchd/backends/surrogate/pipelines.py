"""pipelines: models that make a video from words or from a picture, in the folders that diffusers keeps them in.

Nothing is ever fetched, no code from a model's folder is run, and only safetensors are read.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vidwatchd.backends import models as known
from vidwatchd.backends.embed import weights
from vidwatchd.errors import Unavailable
from vidwatchd.model import display, native, portable

# The best first: one that is handed a picture keeps to what the film shows.
OFFERED = ("cogvideox-5b-i2v", "cogvideox-5b", "cogvideox-2b")
SMALLEST = "cogvideox-2b"
# What ``model_index.json`` calls a model that is made for this, and whether it is handed a picture.
KINDS = {"CogVideoXPipeline": False, "CogVideoXImageToVideoPipeline": True}
# The repositories of the first CogVideo: another code base, whose weights diffusers does not read.
_ORIGINAL = ("thudm/cogvideo", "zai-org/cogvideo")
# Package and what is imported of it; the last two read the vocabulary as it is published.
_LIBRARIES = {
    **{name: name for name in ("torch", "transformers", "safetensors", "diffusers", "accelerate", "sentencepiece")},
    "protobuf": "google.protobuf",
}
_INDEX = "model_index.json"
_PARTS = ("text_encoder", "transformer", "vae")
_SHARDS = ".safetensors.index.json"
# What a clip of 49 frames in 720 × 480 takes on top of the weights, its decoding most of it; measured by its makers.
_ROOM_BYTES = 24_000_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A model that is here: what it is called, its (native) folder, and the class that runs it."""

    name: str
    folder: str
    kind: str

    @property
    def takes_picture(self) -> bool:
        """Whether it makes the video from a picture as well as from words."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model makes at a time, in the only size that it was trained for."""

    width: int
    height: int
    frames: int
    frames_per_second: int

    @property
    def seconds(self) -> float:
        """How long that plays."""
        return self.frames / self.frames_per_second


def lacking() -> Unavailable | None:
    """What to say when the libraries that run these models are not installed; None when they are."""
    lost = [name for name, module in _LIBRARIES.items() if not _installed(module)]
    return Unavailable(f"{lost[0]} is not installed", hint="pip install 'vidwatchd[generate]'") if lost else None


def found(models: str, wanted: str) -> Found:
    """The model of that name, hub id or folder; "" takes the best that is here. Raises Unavailable."""
    if wanted.casefold() in _ORIGINAL:
        said = f"{wanted} is the original CogVideo, whose code base is not supported"
        raise Unavailable(said, hint=f"a CogVideoX model is: {known.PULL}{SMALLEST}")
    names = (wanted,) if wanted else OFFERED
    name = next((name for name in names if os.path.isdir(_folder(models, name))), "")
    if not name:
        raise _missing(wanted or SMALLEST)
    folder = _folder(models, name)
    return Found(os.path.basename(folder.rstrip(os.sep)), folder, _kind(folder))


@lru_cache(maxsize=1)
def load(folder: str, kind: str, device: str) -> Any:
    """The model, ready to run on ``cuda`` or ``cpu``. Raises Unavailable when its files are not what they should be."""
    import diffusers
    from diffusers.utils import logging

    logging.disable_progress_bar()  # a worker's errors stream is the daemon's log
    logging.set_verbosity_error()
    maker = getattr(diffusers, kind)
    made = weights.loaded(maker, folder, use_safetensors=True, dtype=_number_type(folder, device))
    made.set_progress_bar_config(disable=True)
    return _placed(made, device)


def unload() -> None:
    """Let go of the model, and of a card's memory."""
    load.cache_clear()
    gc.collect()  # a pipeline's parts refer to one another
    if _installed("torch"):
        import torch

        torch.cuda.empty_cache()


def shape(pipe: Any) -> Shape:
    """The native size of a loaded model."""
    settings = pipe.transformer.config
    scale = pipe.vae_scale_factor_spatial
    # The second generation, which packs pictures in time too, was trained at twice the rate.
    rate = 16 if settings.patch_size_t else 8
    return Shape(settings.sample_width * scale, settings.sample_height * scale, settings.sample_frames, rate)


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a part of what is not there at all
        return False


def _folder(models: str, name: str) -> str:
    there = native(name)
    if os.path.isabs(there) or (known.is_path(name) and os.path.isdir(there)):
        return there
    # A clone of a repository that is not in the table, under its own name.
    return native(known.folder_of(models, name.rpartition("/")[2] if known.is_path(name) else name))


def _missing(name: str) -> Unavailable:
    if known.is_path(name) and not os.path.isabs(native(name)):
        hint = "put a clone of it among the models, or name its folder in t2v.model_path"
        return Unavailable(f"the model {name} is not here", hint=hint)
    return known.missing(name)


def _kind(folder: str) -> str:
    """The class that runs the model in a folder. Raises Unavailable for one that is not whole, or made for other things."""
    shown = display(portable(folder))
    try:
        with open(os.path.join(folder, _INDEX), encoding="utf-8") as file:
            kind = str(json.load(file)["_class_name"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = f"it must hold {_INDEX}, as models for diffusers do; weights of the original code base do not fit"
        raise Unavailable(f"there is no model in {shown}", hint=hint) from error
    if kind not in KINDS:
        raise Unavailable(f"the model in {shown} is a {kind}", hint=f"what can be used: {', '.join(KINDS)}")
    lost = next((part for part in _PARTS if not _whole(os.path.join(folder, part))), "")
    if lost:
        raise Unavailable(f"the model in {shown} is not whole: {lost} lacks weights", hint="pull or copy it again")
    return kind


def _whole(part: str) -> bool:
    """Whether all weights of a part are here, as safetensors."""
    try:
        names = set(os.listdir(part))
        index = next((name for name in names if name.endswith(_SHARDS)), "")
        if not index:
            return any(name.endswith(".safetensors") for name in names)
        with open(os.path.join(part, index), encoding="utf-8") as file:
            return set(json.load(file)["weight_map"].values()) <= names
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _number_type(folder: str, device: str) -> Any:
    """The type of number to compute with: on a card the one that the weights were written in, if they are short."""
    import torch
    from safetensors import SafetensorError, safe_open

    if device == "cpu":
        return torch.float32
    part = os.path.join(folder, "transformer")
    file = next(name for name in sorted(os.listdir(part)) if name.endswith(".safetensors"))
    try:
        with safe_open(os.path.join(part, file), framework="pt") as opened:
            written = opened.get_slice(next(iter(opened.keys()))).get_dtype()
    except SafetensorError as error:
        raise Unavailable(f"{file} is damaged: {error}", hint="pull it again") from error
    short = written == "F16" or not torch.cuda.is_bf16_supported()
    return torch.float16 if short else torch.bfloat16


def _placed(pipe: Any, device: str) -> Any:
    """On a card whose memory does not hold everything at once, part by part and the pictures in tiles."""
    import torch

    if device == "cpu" or torch.cuda.mem_get_info()[0] > _weight_bytes(pipe) + _ROOM_BYTES:
        return pipe.to(device)
    pipe.vae.enable_slicing()
    pipe.vae.enable_tiling()
    pipe.enable_model_cpu_offload()
    return pipe


def _weight_bytes(pipe: Any) -> int:
    parts = [part for part in pipe.components.values() if hasattr(part, "parameters")]
    return sum(values.numel() * values.element_size() for part in parts for values in part.parameters())
