"""weights: the folders that models for vectors lie in: which are there, what they are, and how they are loaded.

Nothing is ever fetched, no code from a model's folder is run, and only safetensors are read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from typing import Any

from vidwatchd.backends import models as known
from vidwatchd.backends import quiet
from vidwatchd.errors import Unavailable, UsageError
from vidwatchd.model import native

# Known by name, the best first; any other is named by its folder.
PICTURE_MODELS = ("siglip2-base", "clip-base")
SENTENCE_MODELS = ("minilm",)
AUTO, NONE = "auto", "none"
_LIBRARIES = ("torch", "transformers", "safetensors")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_CONFIG = "config.json"


def folder_of(models: str, name: str) -> str:
    """The (native) folder of a model that is called by its name, or by a folder."""
    return native(known.folder_of(models, name))


def present(models: str, name: str) -> bool:
    """Whether a model's files are here."""
    folder = folder_of(models, name)
    return os.path.isfile(os.path.join(folder, _CONFIG)) and bool(_weights(folder))


def missing(name: str) -> Unavailable:
    """What to say of a model that is not here."""
    if known.is_path(name):
        return Unavailable(f"there is no model in {name}", hint=f"it must hold {_CONFIG} and {_WEIGHTS[0]}")
    return known.missing(name)


def lacking() -> Unavailable | None:
    """What to say when the libraries that run these models are not installed; None when they are."""
    lost = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    return Unavailable(f"{lost[0]} is not installed", hint="pip install 'vidwatchd[describe]'") if lost else None


def chosen(models: str, wanted: str, offered: tuple[str, ...]) -> str:
    """The name of the model to take: the best of those here, or the one wanted. "" for none at all.

    Raises Unavailable when it is not here.
    """
    if wanted == NONE:
        return ""
    names = offered if wanted == AUTO else (wanted,)
    found = next((name for name in names if present(models, name)), "")
    if not found:
        raise missing(names[0])
    return found


def identity(models: str, name: str) -> str:
    """A name by which vectors of one model are told from those of another: ``minilm:3f9a1c20``; "" when it is not here.

    What two folders of one name hold may differ: the second part is of the model's settings and its weights' size.
    """
    if not present(models, name):
        return ""
    folder = folder_of(models, name)
    try:
        with open(os.path.join(folder, _CONFIG), "rb") as file:
            settings = file.read()
        size_bytes = os.path.getsize(os.path.join(folder, _weights(folder)))
    except OSError:
        return ""
    mark = hashlib.sha256(settings + str(size_bytes).encode()).hexdigest()[:8]
    return f"{os.path.basename(folder.rstrip(os.sep))}:{mark}"


def model_type(folder: str) -> str:
    """What a model says it is. Raises Unavailable when it says nothing."""
    try:
        with open(os.path.join(folder, _CONFIG), encoding="utf-8") as file:
            return str(json.load(file)["model_type"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise missing(folder) from error


def place(device: str) -> str:
    """Where a model runs: ``cuda`` or ``cpu``. Raises UsageError where a card was asked for and none works."""
    import torch

    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise UsageError("no graphics card works here", hint='set "device" to "auto" or "cpu"')
    return "cuda" if there and device != "cpu" else "cpu"


def loaded(maker: Any, folder: str, **options: Any) -> Any:
    """What a transformers class makes of a folder. Raises Unavailable when the files are not what they should be."""
    from safetensors import SafetensorError
    from transformers.utils import logging

    quiet.bars()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a worker's errors stream is the daemon's log
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # left untyped there
    try:
        return maker.from_pretrained(folder, local_files_only=True, trust_remote_code=False, **options)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        told = " ".join(str(error).split())[:200]
        raise Unavailable(f"the model in {folder} cannot be loaded: {told}", hint="pull it again") from error


def _weights(folder: str) -> str:
    return next((name for name in _WEIGHTS if os.path.isfile(os.path.join(folder, name))), "")
