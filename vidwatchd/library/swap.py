"""swap: a folder takes the place of another as a whole: after a crash there is the one or the other, never some of each."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress

from vidwatchd.library.bench import bench
from vidwatchd.library.files import put
from vidwatchd.library.partial import NAME
from vidwatchd.model import native

_NEW, _OLD = "new", "old"


def swap_in(folder: str, files: Mapping[str, str], before: Collection[str]) -> None:
    """Put ``files`` (``name/inside`` → finished file, native, all of one name) into ``folder`` as the folder ``name``.

    What else lies in the one that was there is carried over, less what it held of ours ``before``. Raises OSError,
    StorageError.
    """
    name = os.path.dirname(next(iter(files)))
    target = os.path.join(folder, name)
    if os.path.islink(target):  # it may lead anywhere
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), target)
    with bench(folder) as place:
        new, old = os.path.join(place, _NEW), os.path.join(place, _OLD)
        for part in (new, old):
            os.mkdir(part)
        for placed, file in files.items():
            put(file, os.path.join(new, os.path.basename(placed)))
        _sync(new)
        aside = os.path.join(old, name)
        if os.path.lexists(target):
            os.rename(target, aside)
        os.rename(new, target)
        if os.path.isdir(aside):
            for each in {*map(os.path.basename, (*files, *before))}:
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(aside, each))
            carry_rest(aside, target)


def open_folders(files: Mapping[str, Mapping[str, str]], renamed: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Folders of a video's own that are not hidden, where people may have put things: old → new (native) name.

    Both are kind → suffix → file name.
    """
    pairs = ((native(name), native(renamed[kind][s])) for kind, named in files.items() for s, name in named.items())
    return {os.path.dirname(a): os.path.dirname(b) for a, b in pairs if os.path.dirname(a) and not a.startswith(".")}


def carry_folder(old: str, new: str) -> None:
    """Move what is left of one folder into another and remove it. Raises OSError."""
    if os.path.isdir(old) and not os.path.islink(old) and os.path.isdir(new) and not os.path.samefile(old, new):
        carry_rest(old, new)
        with suppress(OSError):
            os.rmdir(old)


def carry_rest(old: str, new: str) -> None:
    """Move what lies in one folder into another, as far as nothing of that name is there. Raises OSError."""
    for name in os.listdir(old):
        if not os.path.lexists(os.path.join(new, name)):
            shutil.move(os.path.join(old, name), os.path.join(new, name))


def restore(folder: str) -> None:
    """Bring back what a swap had put aside when its maker died, and remove what it left; a live one is left alone."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if NAME.fullmatch(name) and os.path.isdir(os.path.join(folder, name)):
                with suppress(OSError):
                    _restore(folder, os.path.join(folder, name))


def _restore(folder: str, place: str) -> None:
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        old = os.path.join(place, _OLD)
        for name in os.listdir(old) if os.path.isdir(old) else ():
            if os.path.lexists(os.path.join(folder, name)):
                carry_rest(os.path.join(old, name), os.path.join(folder, name))
            else:
                os.rename(os.path.join(old, name), os.path.join(folder, name))
        shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(handle)


def _sync(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
