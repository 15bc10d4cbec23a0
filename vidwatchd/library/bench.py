"""bench: a hidden folder in which files are made beside where they will lie, and how they get there.

Whoever works at one holds a lock on it, which the system lifts when that process ends, however it ends: a bench without
a lock is litter, but for what was put aside in it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vidwatchd.errors import Conflict
from vidwatchd.library.files import stored, sync
from vidwatchd.library.partial import NAME
from vidwatchd.model import portable

ASIDE = "old"
"""What lies in this folder of a bench belongs beside it: whatever happens, it goes back there and is never removed."""

# Where a file system has no links, or none across what is mounted.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


@contextmanager
def bench(place: str) -> Iterator[str]:
    """A fresh hidden folder in ``place`` (native, made if need be), gone on leaving. Raises StorageError."""
    with stored(place):
        os.makedirs(place, exist_ok=True)
        folder, handle = _begun(place)
    try:
        yield folder
    finally:
        with suppress(OSError):  # then it is swept another time
            _clear(folder)
        os.close(handle)


def sweep(place: str) -> None:
    """Remove the benches in ``place`` whose makers died, and put back what they had put aside.

    One that cannot be removed is left alone.
    """
    with suppress(OSError):
        for name in os.listdir(place):
            if NAME.fullmatch(name):
                with suppress(OSError):
                    _remove_abandoned(os.path.join(place, name))


def place_file(file: str, target: str, *, replaces: bool) -> None:
    """Sync a finished file and move it to ``target`` (native). Raises Conflict unless it ``replaces``, StorageError."""
    with stored(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        sync(file)
        if replaces:
            os.replace(file, target)
        else:
            _move_new(file, target)
        sync(os.path.dirname(target))


def _move_new(file: str, target: str) -> None:
    """Unlike a rename, a link never takes the place of a file that came meanwhile."""
    try:
        os.link(file, target)
    except FileExistsError as error:
        raise _there(target) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise _there(target) from error
        os.replace(file, target)
        return
    os.unlink(file)


def _there(target: str) -> Conflict:
    return Conflict(
        f"{portable(target)} is there already and was not made here", hint="move it away; it was left alone"
    )


def _begun(place: str) -> tuple[str, int]:
    while True:
        folder = os.path.join(place, f".{uuid.uuid4().hex}.part")
        os.mkdir(folder)
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # somebody swept it away before it was even opened
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.isdir(folder):
            return folder, handle
        os.close(handle)  # or before the lock was had


def carry_rest(old: str, new: str) -> None:
    """Move what lies in one folder into another, as far as nothing of that name is there. Raises OSError."""
    for name in os.listdir(old):
        if not os.path.lexists(os.path.join(new, name)):
            shutil.move(os.path.join(old, name), os.path.join(new, name))


def _remove_abandoned(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _clear(folder)
    finally:
        os.close(handle)


def _clear(folder: str) -> None:
    """Remove a bench, once what was put aside in it is back. Raises OSError when that cannot be."""
    aside, place = os.path.join(folder, ASIDE), os.path.dirname(folder)
    for name in os.listdir(aside) if os.path.isdir(aside) else ():
        if os.path.lexists(os.path.join(place, name)):
            carry_rest(os.path.join(aside, name), os.path.join(place, name))
        else:
            os.rename(os.path.join(aside, name), os.path.join(place, name))
    shutil.rmtree(folder, ignore_errors=True)
