"""upkeep: what the daemon does at night: backups, forgetting what is long gone, keeping the index quick."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from vidwatchd.library import stored
from vidwatchd.model import native
from vidwatchd.operations import Context, learning, orphans
from vidwatchd.operations.scan import clean

BACKUPS_KEPT = 7
FOLDER = "backups"


def nightly(ctx: Context) -> None:
    """Back up, clean, optimise. Raises StorageError, IndexUnusable."""
    backup(ctx)
    clean(ctx)
    orphans.check(ctx)
    learning.catch_up(ctx)
    ctx.index.jobs.trim(time.time() - 86_400)
    ctx.index.optimise()


def backup(ctx: Context) -> str:
    """A dated copy of the index through SQLite's backup API; the last seven are kept. Returns its (native) path.

    Raises StorageError, IndexUnusable.
    """
    folder = os.path.join(native(ctx.config.data_folder), FOLDER)
    with stored(folder):
        os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, f"index-{time.strftime('%Y%m%d')}.db")
    ctx.index.backup(target)
    for name in sorted(name for name in os.listdir(folder) if name.endswith(".db"))[:-BACKUPS_KEPT]:
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, name))
    return target
