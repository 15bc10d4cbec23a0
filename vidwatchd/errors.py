"""errors: every way a request can go wrong, with one exit code and one HTTP status a class.

::

    VidwatchdError                1  500  the root: catch this at a door, never lower
    ├── UsageError                2  400  the request itself is wrong
    │   ├── ConfigError           2  400  a settings file or key is wrong
    │   └── InvalidDirectory      2  400  a folder is missing, not a folder, or unreadable
    ├── NotFound                  1  404  no such video, kind, job, library or file
    ├── Unauthorized              1  401  credentials are missing or wrong
    ├── Forbidden                 1  403  a foreign Host or Origin, or a path outside every library
    ├── Conflict                  1  409  somebody changed the same thing; nothing was overwritten
    │   └── MassLoss              1  409  a scan would lose most of a library; a person must say yes
    ├── Gone                      1  410  it was here once and is not kept any more
    ├── RangeNotSatisfiable       1  416  a byte range beyond the end of the file
    ├── TooLarge                  1  413  more than the settings let in
    ├── MediaError                1  422  the file cannot be read as video
    │   ├── UnsupportedMedia      1  415  what was sent is no film, or none of a sort that is kept here
    │   └── Unreadable            1  422  it cannot be opened just now: gone, no permission, an I/O error
    ├── Unavailable               1  503  an optional part is missing; the hint is the fix
    ├── Busy                      1  503  it is being made, or others come first: soon it will be possible
    ├── LibraryOffline            1  503  the library's folder is not there now
    ├── IndexUnusable             1  503  the index file is locked, damaged or from the future
    ├── StorageError              1  507  a write failed: disk full, read-only
    │   └── Unwritable            1  507  one place cannot be written: no permission, its folder is gone
    ├── BackendFailed             1  500  a model, or a program that runs one, could not do its task
    ├── WorkerDied                1  500  the process that made it crashed, hung or ran out of memory
    └── Cancelled                 1  409  a person stopped it

Every message names the thing and, in ``hint``, the remedy.
"""

from __future__ import annotations

from typing import ClassVar


class VidwatchdError(Exception):
    """The root of every error this package raises on purpose; ``hint`` says what to do about it."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    retry_seconds: ClassVar[int] = 0
    """When to ask again; 0: nobody knows, or never."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def code(self) -> str:
        """The class's name in snake case, as it stands in the API's ``code``."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(VidwatchdError):
    """The request itself is wrong: a bad flag, value or body."""

    exit_code = 2
    http_status = 400


class ConfigError(UsageError):
    """A settings file cannot be read, or holds a key or value that means nothing."""


class InvalidDirectory(UsageError):
    """A folder is missing, is not a folder, or may not be read."""


class NotFound(VidwatchdError):
    """No such video, kind, job, library or file."""

    http_status = 404


class Unauthorized(VidwatchdError):
    """Credentials are missing or wrong."""

    http_status = 401


class Forbidden(VidwatchdError):
    """A foreign Host or Origin, or a path outside every library."""

    http_status = 403


class Conflict(VidwatchdError):
    """Somebody else changed the same thing; nothing was overwritten."""

    http_status = 409


class MassLoss(Conflict):
    """A scan would lose most of a library at once; a person must confirm it."""


class Gone(VidwatchdError):
    """It was here once and is not kept any more."""

    http_status = 410


class RangeNotSatisfiable(VidwatchdError):
    """A byte range that starts beyond the end of the file."""

    http_status = 416


class TooLarge(VidwatchdError):
    """What is sent is larger than the settings let in."""

    http_status = 413


class MediaError(VidwatchdError):
    """The file cannot be read as video; the message says what is wrong with it."""

    http_status = 422


class UnsupportedMedia(MediaError):
    """What was sent is no film, or none of a sort that is kept here."""

    http_status = 415


class Unreadable(MediaError):
    """The file cannot be opened just now (gone, no permission, an I/O error): another time it may."""


class Unavailable(VidwatchdError):
    """An optional part is missing; ``hint`` is the one command that fixes it."""

    http_status = 503


class Busy(VidwatchdError):
    """It is being made, or others come first: the same request will succeed soon."""

    http_status = 503
    retry_seconds = 5


class LibraryOffline(VidwatchdError):
    """The library's folder is not there now (unmounted, or its marker is missing)."""

    http_status = 503


class IndexUnusable(VidwatchdError):
    """The index file is locked, damaged, or written by a newer version."""

    http_status = 503


class StorageError(VidwatchdError):
    """A write failed: the disk is full, read-only, or permission is denied."""

    http_status = 507


class Unwritable(StorageError):
    """One place cannot be written (no permission, its folder is gone); others still can."""


class BackendFailed(VidwatchdError):
    """A model, or a program that runs one, was there but could not do its task."""


class WorkerDied(VidwatchdError):
    """The process that was making something crashed, hung past its limit or ran out of memory."""


class Cancelled(VidwatchdError):
    """A person stopped it."""

    http_status = 409
