"""server: waitress, with event streams and downloads that hold no request thread."""

from __future__ import annotations

from typing import Any


class Server:
    """A bound production server; ``run`` blocks until ``close`` is called from any thread or signal handler."""

    def __init__(self, app: Any, host: str, port: int, *, threads: int = 6) -> None:
        """Bind now, so that port 0 is known. Raises UsageError when the address cannot be had."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        """The address it listens on."""
        raise NotImplementedError

    @property
    def port(self) -> int:
        """The port it listens on."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        raise NotImplementedError

    def run(self) -> None:
        """Serve until closed."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop within a second, open streams and downloads included."""
        raise NotImplementedError
