"""embedded: the text tracks that the video itself carries."""

from __future__ import annotations

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.request import Request, Transcript
from vidwatchd.errors import Unavailable


class Embedded:
    """Every text track of every language, read by demuxing only those."""

    task = "transcribe"
    name = "embedded"
    rank = -2

    def ready(self) -> Unavailable | None:
        """It needs nothing."""
        return None

    def run(self, request: Request, ctx: BackendContext) -> Transcript | None:
        """The tracks in the file's order; None where there is none. Raises MediaError."""
        from vidwatchd.media import captions

        found = captions.tracks(request.open(), ctx.progress)
        return Transcript(found) if found else None

    def unload(self) -> None:
        """Nothing is loaded."""
