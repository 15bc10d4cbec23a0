"""stub: a short black film in the shape of the real one, which says only that there was one."""

from __future__ import annotations

import os

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.surrogate.encoded import Encoded
from vidwatchd.backends.surrogate.request import FILE, Request, Surrogate

_PIXELS, _FRAMES_PER_SECOND = 320 * 180, 5.0


class Stub(Encoded):
    """Black, as long as ``stub_seconds`` says: nothing of the film is looked at but its shape."""

    name = "stub"
    rank = -3

    def run(self, request: Request, ctx: BackendContext) -> Surrogate:
        """Make it. Raises MediaError, StorageError, Cancelled."""
        from vidwatchd.media import compact, ffmpeg

        shape = compact.Shape(*compact.fitted(request.open().info, _PIXELS), _FRAMES_PER_SECOND)
        path = os.path.join(request.out, FILE)
        running = compact.Running(
            ffmpeg.executable(request.ffmpeg_path),
            request.stub_seconds,
            progress=ctx.progress,
            cancelled=ctx.cancelled,
        )
        compact.blank(path, shape, compact.encoder(request.ffmpeg_path, min(shape.width, shape.height)), running)
        return Surrogate(path, "placeholder")
