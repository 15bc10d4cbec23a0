"""partial: files that come into being beside their target: whole or not at all, and no litter after a crash.

Whoever writes one holds a lock on it, which the system lifts when that process ends, however it ends: a partial file
without a lock is litter, from whichever process or machine.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

NAME = re.compile(r"\.[0-9a-f]{32}\.part")
# Where the file system knows no locks, age must tell.
ABANDONED_SECONDS = 3600.0


@contextmanager
def replacing(target: str) -> Iterator[BinaryIO]:
    """A file to write; on leaving it is synced and takes the place of ``target`` (native). Raises OSError."""
    file, partial = _begun(os.path.dirname(target))
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(partial, target)
    finally:
        with suppress(OSError):  # gone already when all went well
            os.unlink(partial)


def tidy(folder: str) -> None:
    """Remove what interrupted writes left in a folder (native); one that cannot be read is left alone."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if NAME.fullmatch(name):
                with suppress(OSError):
                    _remove_abandoned(os.path.join(folder, name))


def _begun(folder: str) -> tuple[BinaryIO, str]:
    while True:
        partial = os.path.join(folder, f".{uuid.uuid4().hex}.part")
        file = open(partial, "wb")  # noqa: SIM115  the caller closes it
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file, partial
        file.close()  # somebody tidied it away before the lock was had


def _remove_abandoned(partial: str) -> None:
    with open(partial, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        except OSError:
            if os.fstat(file.fileno()).st_mtime > time.time() - ABANDONED_SECONDS:
                return
        os.unlink(partial)
