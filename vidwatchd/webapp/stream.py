"""stream: files sent whole or in ranges, from inside a folder and nowhere else."""

from __future__ import annotations

from datetime import datetime

from flask import Response


def inside(root_native: str, relative_native: str) -> str:
    """The real path of a regular file under ``root_native``, symlinks resolved. Raises Forbidden, NotFound."""
    raise NotImplementedError


def content_type(name: str) -> str:
    """What a file is sent as, by its extension alone; anything unknown is plain bytes."""
    raise NotImplementedError


def send_file_range(
    path_native: str,
    *,
    mimetype: str | None = None,
    etag: str | None = None,
    last_modified: datetime | None = None,
    download_name: str | None = None,
    immutable: bool = False,
) -> Response:
    """Answer the current request with a file that ``inside`` gave."""
    raise NotImplementedError
