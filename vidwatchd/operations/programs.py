"""programs: which program may be named by a request: only one that is ffmpeg, and that nobody can have put there."""

from __future__ import annotations

import os
import stat

from vidwatchd.errors import ConfigError
from vidwatchd.model import native, portable
from vidwatchd.operations import Context

_NAME = "ffmpeg"


def check_ffmpeg(ctx: Context, key: str, path: str) -> None:
    """Let pass the full path of an ffmpeg that answers as one. Raises ConfigError with what speaks against it."""
    from vidwatchd.media import capabilities

    if "\0" in path or not os.path.isabs(path):
        raise ConfigError(f"{key}: must be the full path of a program, not {path!r}")
    file = native(path)
    real = os.path.realpath(file)
    if not all(os.path.basename(name).lower().startswith(_NAME) for name in (file, real)):
        raise ConfigError(f"{key}: {path} is not called ffmpeg, so it is not run")
    if not _is_program(real):
        raise ConfigError(f"{key}: {path} is no executable file", hint="name the program itself")
    if folder := _writable_from_outside(ctx, real):
        raise ConfigError(
            f"{key}: {path} lies in {folder}, where files from elsewhere come", hint="install it elsewhere"
        )
    if loose := _open_to_others(real):
        raise ConfigError(
            f"{key}: {path} is not run: others than you may change {portable(loose)}", hint="install it elsewhere"
        )
    if not capabilities.version(real):
        raise ConfigError(f"{key}: {path} does not answer as ffmpeg does", hint=f"try it: {path} -version")


def _is_program(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and os.access(path, os.X_OK)
    except OSError:
        return False


def _open_to_others(path: str) -> str:
    """The file, or a folder above it, that another user of this machine may change; "" for none."""
    trusted = {0, os.geteuid(), os.stat(__file__).st_uid}  # whose code is running already
    while True:
        state = os.lstat(path)
        # In a folder such as /tmp each may remove only what is theirs.
        open_ = state.st_mode & stat.S_IWOTH and not (stat.S_ISDIR(state.st_mode) and state.st_mode & stat.S_ISVTX)
        if open_ or state.st_uid not in trusted:
            return path
        if path == os.path.dirname(path):
            return ""
        path = os.path.dirname(path)


def _writable_from_outside(ctx: Context, path: str) -> str:
    """The library, uploads or data folder that holds a file; "" for none."""
    roots = [native(library.root) for library in ctx.index.libraries.all()]
    folders = [*roots, ctx.config.uploads_folder, native(ctx.config.data_folder)]
    real = (os.path.realpath(folder) for folder in folders)
    return next((portable(folder) for folder in real if os.path.commonpath((folder, path)) == folder), "")
