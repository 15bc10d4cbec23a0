"""folders: what folders there are on this machine, for choosing one to watch."""

from __future__ import annotations

import os
from typing import Any

from vidwatchd.library import readable_folder
from vidwatchd.model import native, portable


def folders(path: str = "") -> dict[str, Any]:
    """The visible folders inside one (empty: the home folder). Raises InvalidDirectory."""
    full = readable_folder(path or portable(os.path.expanduser("~")))
    with os.scandir(native(full)) as entries:
        names = sorted((e.name for e in entries if _is_folder(e) and not e.name.startswith(".")), key=str.casefold)
    base = full.rstrip("/")
    listed = [{"name": portable(name), "path": f"{base}/{portable(name)}"} for name in names]
    return {"path": full, "parent": os.path.dirname(full) if full != "/" else None, "folders": listed}


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
