"""shelf: folders of videos with what is made of them, each made once a run and copied for every test that wants one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from vidwatchd import config, operations
from vidwatchd.operations import libraries
from vidwatchd.operations.make import Wanted, make


class Shelf:
    """Keeps the folders under one; a copy is found to be made as what it is a copy of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, name: str, target: Path, put: Callable[[Path], None], kinds: Sequence[str]) -> None:
        """Fill ``target`` with the videos that ``put(folder)`` puts there, with these kinds of artifacts."""
        kept = self.folder / name
        if not kept.exists():
            self._make(kept, put, kinds)
        shutil.copytree(kept / "videos", target, dirs_exist_ok=True)

    def _make(self, kept: Path, put: Callable[[Path], None], kinds: Sequence[str]) -> None:
        making = kept.with_name(f"{kept.name}.making")
        (making / "videos").mkdir(parents=True)
        put(making / "videos")
        settings = config.parse({"data_dir": str(making / "data"), "workers": {"total": 1}}, making / "videorc.json")
        with operations.open(settings) as ctx:
            libraries.add(ctx, str(making / "videos"))
            make(ctx, str(making / "videos"), Wanted(tuple(kinds)))
        making.rename(kept)
