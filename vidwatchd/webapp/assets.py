"""assets: the dashboard's own files, served under an address that changes with their content.

The hash stands in the path, ``/static/<hash>/app.js``, not in a query: a module's relative imports then carry it too,
so that all of a release's files are cached for ever and never mixed with another release's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Response, send_from_directory
from werkzeug.exceptions import NotFound as NoSuchFile

FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class Assets:
    """The files of one folder, and the address each is served at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = _digest(folder)

    def url(self, name: str) -> str:
        """The address of one file, good for ever."""
        return f"/static/{self.version}/{name}"

    def serve(self, name: str, version: str = "") -> Response:
        """One file: cached for ever at the current version's address, asked for again at any other."""
        kind = _TYPES.get(Path(name).suffix)
        if kind is None or "\0" in name:
            raise NoSuchFile
        answer = send_from_directory(self.folder, name, conditional=True)
        answer.headers["Content-Type"] = kind
        answer.headers["Cache-Control"] = FOREVER if version == self.version else "no-cache"
        return answer


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in _TYPES:
            whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]
