"""renaming: a file under another name, never in the place of a third."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress

_AT_FDCWD = -100
_NOREPLACE = 1  # Linux, renameat2(2)
_EXCL = 4  # macOS, renamex_np(2)
# The kernel, the file system or a container's filter does not know the call.
_UNKNOWN = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})


def rename(source: str, target: str) -> None:
    """Give a file (native path) another name on the same file system. Raises OSError; FileExistsError if it is taken."""
    if _is_respelling(source, target):
        os.rename(source, target)
        return
    number = _exclusively(source, target)
    if number in _UNKNOWN:
        # The best that such a system can do: a file that appears between the look and the rename would be lost.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
        os.rename(source, target)
    elif number:
        raise OSError(number, os.strerror(number), target)


def is_taken(source: str, target: str) -> bool:
    """Whether another file has that name already; another spelling of its own, where case does not count, is free."""
    return os.path.lexists(target) and not _is_respelling(source, target)


def _is_respelling(source: str, target: str) -> bool:
    """Whether both names mean one entry of one folder, as a change of case does on many disks. Hard links do not."""
    try:
        same = os.path.samestat(os.lstat(source), os.lstat(target))
    except OSError:
        return False
    folder, name = os.path.split(target)
    return same and source != target and name not in os.listdir(folder or ".")


def _exclusively(source: str, target: str) -> int:
    """Rename unless the target exists, in one step. Returns 0, or the error's number."""
    call = _call()
    if call is None:
        return errno.ENOSYS
    return ctypes.get_errno() if call(os.fsencode(source), os.fsencode(target)) else 0


def _call() -> Callable[[bytes, bytes], int] | None:
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            renamex = library.renamex_np
            return lambda old, new: int(renamex(old, new, _EXCL))
        renameat2 = library.renameat2
        return lambda old, new: int(renameat2(_AT_FDCWD, old, _AT_FDCWD, new, _NOREPLACE))
    return None
