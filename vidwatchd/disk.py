"""disk: the few calls through which a library is looked at, as a seam where tests put faults."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})


class Entry(Protocol):
    """One name in a folder, as ``os.scandir`` gives it."""

    @property
    def name(self) -> str:
        """The native name."""
        ...

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        ...

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        ...

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Its state; raises OSError."""
        ...


class FileSystem(Protocol):
    """What a scan asks of the operating system; every path is native, every call may raise OSError."""

    def scandir(self, path: str) -> AbstractContextManager[Iterator[Entry]]:
        """The entries of a folder; they may be asked for their state while the context is open."""
        ...

    def lstat(self, path: str) -> os.stat_result:
        """The state of the name itself."""
        ...

    def stat(self, path: str) -> os.stat_result:
        """The state of what the name leads to."""
        ...

    def resolve(self, path: str) -> str:
        """The path without symbolic links; raises OSError where it leads nowhere."""
        ...

    def open(self, path: str) -> BinaryIO:
        """The file for reading."""
        ...


class OperatingSystem:
    """The real file system."""

    @contextlib.contextmanager
    def scandir(self, path: str) -> Iterator[Iterator[Entry]]:
        """The entries of a folder, asked through its descriptor: the path is resolved once, not once a file."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with os.scandir(descriptor) as entries:
                yield entries
        finally:
            os.close(descriptor)

    def lstat(self, path: str) -> os.stat_result:
        """``os.lstat``."""
        return os.lstat(path)

    def stat(self, path: str) -> os.stat_result:
        """``os.stat``."""
        return os.stat(path)

    def resolve(self, path: str) -> str:
        """``os.path.realpath`` that refuses loops and dangling links."""
        return os.path.realpath(path, strict=True)

    def open(self, path: str) -> BinaryIO:
        """The file, unbuffered."""
        return open(path, "rb", buffering=0)


OS = OperatingSystem()


def reason(error: OSError) -> str:
    """Why a path could not be read, for a person: ``Input/output error (EIO)``."""
    return f"{error.strerror or error} ({errno.errorcode.get(error.errno or 0, 'no errno')})"


def is_absent(fs: FileSystem, root: str, path: str) -> bool:
    """Whether ``path`` (native, under ``root``) is *proven* absent: ENOENT, and the nearest folder above it lists.

    Any other answer is a doubt, and a doubt is not an absence.
    """
    try:
        fs.lstat(path)
    except OSError as error:
        return error.errno in ABSENT and _lists(fs, root, os.path.dirname(path))
    return False


def _lists(fs: FileSystem, root: str, folder: str) -> bool:
    while len(folder) > len(root) and not _is_folder(fs, folder):
        folder = os.path.dirname(folder)
    try:
        with fs.scandir(folder):
            return True
    except OSError:
        return False


def _is_folder(fs: FileSystem, path: str) -> bool:
    """False only for a proven no, so that a folder in doubt is asked to list, and fails."""
    try:
        return stat.S_ISDIR(fs.stat(path).st_mode)
    except OSError as error:
        return error.errno not in ABSENT
