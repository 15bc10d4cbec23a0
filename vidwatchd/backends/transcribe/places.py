"""places: where the models of speech lie, by the names that people know them by."""

from __future__ import annotations

import os
from collections.abc import Iterable

from vidwatchd.backends.models import ALIASES


def folder_of(models: str, name: str, needs: Iterable[str]) -> str:
    """The folder of the model of that name, or that is that folder; "" unless it holds all the files it ``needs``."""
    for folder in (os.path.join(models, ALIASES.get(name, name)), name):
        if os.path.isabs(folder) and all(os.path.isfile(os.path.join(folder, file)) for file in needs):
            return folder
    return ""


def file_of(folders: Iterable[str], names: Iterable[str]) -> str:
    """The first file that is there, "" for none."""
    wanted = [os.path.join(folder, name) for folder in folders for name in names]
    return next((path for path in wanted if os.path.isfile(path)), "")


def known_as(name: str) -> str:
    """The model's own name where people have a shorter one."""
    return ALIASES.get(name, name)


def shown(model: str) -> str:
    """A model as what it made tells of it: its name, of a path the last part."""
    return os.path.basename(model.rstrip(os.sep)) or model
