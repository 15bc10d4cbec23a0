"""swap: a folder takes the place of another as a whole: after a crash there is the one or the other, never some of each."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Mapping
from contextlib import suppress

from vidwatchd.library.bench import ASIDE, bench, carry_rest
from vidwatchd.library.files import put, sync
from vidwatchd.model import native

_NEW = "new"


def swap_in(folder: str, files: Mapping[str, str], before: Collection[str]) -> None:
    """Put ``files`` (``name/inside`` → finished file, native, all of one name) into ``folder`` as the folder ``name``.

    What else lies in the one that was there is carried over, less what it held of ours ``before``. Raises OSError,
    StorageError.
    """
    name = os.path.dirname(next(iter(files)))
    target = os.path.join(folder, name)
    _check(target, files)
    with bench(folder) as place:
        new, old = os.path.join(place, _NEW), os.path.join(place, ASIDE)
        for part in (new, old):
            os.mkdir(part)
        for placed, file in files.items():
            put(file, os.path.join(new, os.path.basename(placed)))
        sync(new)
        aside = os.path.join(old, name)
        if os.path.lexists(target):
            os.rename(target, aside)
        os.rename(new, target)
        if os.path.isdir(aside):
            for each in {*map(os.path.basename, (*files, *before))}:
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(aside, each))
            carry_rest(aside, target)


def _check(target: str, files: Collection[str]) -> None:
    """Raise OSError where something else than a folder of files stands in the way."""
    if os.path.islink(target):  # it may lead anywhere
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), target)
    if os.path.lexists(target) and not os.path.isdir(target):
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), target)
    for name in map(os.path.basename, files):
        if os.path.isdir(os.path.join(target, name)):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), os.path.join(target, name))


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
