"""stream: files sent whole or in ranges, from inside a folder and nowhere else."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Response, request
from werkzeug.http import http_date

from vidwatchd.errors import Forbidden, LibraryOffline, NotFound, RangeNotSatisfiable, Unavailable, VidwatchdError
from vidwatchd.model import display, native, portable
from vidwatchd.webapp import problems

# The only types ever sent. Nothing that a browser would run or render as a page (svg, html, xml, pdf) is among them.
TYPES = {
    **dict.fromkeys(("mp4", "m4v"), "video/mp4"),
    **dict.fromkeys(("ts", "mts", "m2ts"), "video/mp2t"),
    **dict.fromkeys(("mpg", "mpeg"), "video/mpeg"),
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    "3gp": "video/3gpp",
    "avi": "video/x-msvideo",
    "flv": "video/x-flv",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "ogv": "video/ogg",
    "webm": "video/webm",
    "wmv": "video/x-ms-wmv",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "avif": "image/avif",
    "gif": "image/gif",
    "png": "image/png",
    "webp": "image/webp",
    "json": "application/json",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
}
BYTES = "application/octet-stream"
BLOCK_BYTES = 256 * 1024
SMALL_BYTES = 64 * 1024  # a thumbnail: read at once, not worth a download of its own
_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,4000})\s*-\s*([0-9]{0,4000})\s*")  # int() refuses more digits
_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW


class FileRange:
    """Some bytes of an open file, as a response's iterable; ``Server`` sends it without reading it into Python.

    It owns ``fd``. Iterating raises OSError when the file has become shorter than promised.
    """

    def __init__(self, fd: int, start: int, length: int) -> None:
        self.fd = fd
        self.start = start
        self.length = length

    def __iter__(self) -> Iterator[bytes]:
        while self.length:
            block = os.pread(self.fd, min(BLOCK_BYTES, self.length), self.start)
            if not block:
                raise OSError(errno.EIO, "the file became shorter while it was sent")
            self.skip(len(block))
            yield block

    def skip(self, count: int) -> None:
        """Note that ``count`` more bytes were sent."""
        self.start += count
        self.length -= count

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)

    def __del__(self) -> None:
        self.close()


def inside(root_native: str, relative_native: str) -> str:
    """The real path of a regular file under ``root_native``, symlinks resolved.

    Raises Forbidden for what lies (or leads) outside, NotFound for what is missing or no regular file, LibraryOffline
    when the root itself is missing.
    """
    _check_words(relative_native)
    if relative_native.endswith("/"):
        raise _missing(relative_native)
    root = _real(root_native, LibraryOffline("the folder of this file is not there now", hint="is its disk mounted?"))
    path = _real(os.path.join(root, relative_native), _missing(relative_native))
    if os.path.commonpath((root, path)) != root:
        raise Forbidden(f"{_shown(relative_native)} leads out of its folder")
    if not stat.S_ISREG(_stat(path, relative_native).st_mode):
        raise _missing(relative_native)
    return path


def content_type(name: str) -> str:
    """What a file is sent as, by its extension alone; anything unknown is plain bytes."""
    return TYPES.get(os.path.splitext(name)[1][1:].lower(), BYTES)


def send_file_range(
    path_native: str,
    *,
    mimetype: str | None = None,
    etag: str | None = None,
    last_modified: datetime | None = None,
    download_name: str | None = None,
    immutable: bool = False,
) -> Response:
    """Answer the current request with a file that ``inside`` gave: 200, 206, 304 or 416, GET or HEAD (RFC 9110).

    ``etag`` (without quotes) and ``last_modified`` default to what the open file says. ``immutable`` holds only when
    the URL carries a version (``?v=``). ``download_name`` makes a browser save it. Raises NotFound, Forbidden.
    """
    fd = _open_real(path_native)
    try:
        state = os.fstat(fd)
        if not stat.S_ISREG(state.st_mode):
            raise _missing(path_native)
        modified = (last_modified or datetime.fromtimestamp(state.st_mtime, UTC)).replace(microsecond=0)
        version = _Version(etag or f"{state.st_size:x}-{state.st_mtime_ns:x}", modified)
        response, start, length = _plan(state.st_size, version)
        _describe(response, mimetype or content_type(path_native), download_name, path_native)
        _validators(response, version, immutable)
        if 0 < length <= SMALL_BYTES and request.method == "GET":
            response.response = [_read(fd, start, length)]
        elif length and request.method == "GET":
            response.response, fd = FileRange(fd, start, length), -1
            response.direct_passthrough = True
        return response
    finally:
        if fd >= 0:
            os.close(fd)


@dataclass(frozen=True, slots=True)
class _Version:
    """Which state of a file is sent, and what the request's conditions say to that."""

    tag: str
    modified: datetime

    @property
    def unchanged(self) -> bool:
        """Whether the client has it already."""
        if "If-None-Match" in request.headers:
            return bool(request.if_none_match.contains_weak(self.tag))
        since = request.if_modified_since
        return since is not None and self.modified <= since

    @property
    def range_holds(self) -> bool:
        """Whether a range may be cut from this state: the client's other parts are of the same."""
        condition = request.headers.get("If-Range")
        return condition is None or condition.strip() in (f'"{self.tag}"', http_date(self.modified))


def _read(fd: int, start: int, length: int) -> bytes:
    try:
        data = os.pread(fd, length, start)
    except OSError as error:
        raise _translated(error, "the file") from error
    if len(data) < length:
        raise Unavailable("the file became shorter while it was read", hint="try again")
    return data


def _plan(size: int, version: _Version) -> tuple[Response, int, int]:
    """The response without body, and which bytes belong in it."""
    if version.unchanged:
        return Response(status=304), 0, 0
    span = _span(size) if request.method == "GET" and version.range_holds else None
    if span is None:
        response, start, length = Response(status=200), 0, size
    elif span[0] >= span[1]:
        return _unsatisfiable(size), 0, 0
    else:
        response, start, length = Response(status=206), span[0], span[1] - span[0]
        response.headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    response.headers["Content-Length"] = str(length)
    return response, start, length


def _span(size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; ``None``: no range, several, or nonsense, so the whole file."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    first, last = match.groups() if match else ("", "")
    if not (first or last):
        return None
    if not first:
        return (max(0, size - int(last)), size) if int(last) else (size, size)
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size


def _unsatisfiable(size: int) -> Response:
    response = problems.answer(RangeNotSatisfiable(f"the file has {size} bytes, fewer than the range asks for"))
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _describe(response: Response, mimetype: str, download_name: str | None, path: str) -> None:
    if response.status_code == 304:
        response.headers.pop("Content-Type", None)
    elif response.status_code != 416:
        response.headers["Content-Type"] = mimetype
        if download_name is not None or mimetype == BYTES:
            name = native(download_name) if download_name is not None else os.path.basename(path)
            response.headers["Content-Disposition"] = disposition(name)


def disposition(name_native: str) -> str:
    """``Content-Disposition`` that saves under a name of any bytes (RFC 6266, RFC 8187)."""
    name = os.fsencode(name_native).decode("utf-8", "replace")
    plain = re.sub(r'[^ -~]|["\\%/]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _validators(response: Response, version: _Version, immutable: bool) -> None:
    if response.status_code == 416:
        return
    fixed = immutable and "v" in request.args
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable" if fixed else "no-cache"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = f'"{version.tag}"'
    response.headers["Last-Modified"] = http_date(version.modified)
    response.headers["X-Content-Type-Options"] = "nosniff"


def _open_real(path: str) -> int:
    """Open a path none of whose parts may be a symlink any more: one swapped in after the check is refused."""
    try:
        return _open_no_links(path)
    except OSError as error:
        raise _translated(error, path) from error


if sys.platform == "darwin":

    def _open_no_links(path: str) -> int:
        return os.open(path, _OPEN | os.O_NOFOLLOW_ANY)

else:

    def _open_no_links(path: str) -> int:
        *folders, name = path.strip("/").split("/")
        at = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for folder in folders:
                below = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
                os.close(at)
                at = below
            return os.open(name, _OPEN, dir_fd=at)
        finally:
            os.close(at)


def _check_words(relative: str) -> None:
    if "\0" in relative or relative.startswith("/") or ".." in relative.split("/"):
        raise Forbidden(f"{_shown(relative)} is not a path inside a folder")


def _real(path: str, missing: VidwatchdError) -> str:
    try:
        return os.path.realpath(path, strict=True)
    except (FileNotFoundError, NotADirectoryError):
        raise missing from None
    except OSError as error:
        raise _translated(error, path) from error


def _stat(path: str, relative: str) -> os.stat_result:
    try:
        return os.lstat(path)
    except OSError as error:
        raise _translated(error, relative) from error


def _translated(error: OSError, path: str) -> VidwatchdError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENXIO, errno.ENAMETOOLONG):
        return _missing(path)
    if error.errno in (errno.ELOOP, errno.EACCES, errno.EPERM):
        return Forbidden(f"{_shown(path)} may not be read: {error.strerror}")
    return Unavailable(f"{_shown(path)} cannot be read now: {error.strerror}", hint="is its disk all right?")


def _missing(path: str) -> NotFound:
    return NotFound(f"there is no file {_shown(path)}")


def _shown(path: str) -> str:
    # The last part alone: where a library lies is nobody's business on the other side of the network.
    return display(portable(os.path.basename(path) or path))
