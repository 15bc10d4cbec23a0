"""encoded: what the ways that need nothing but an ffmpeg have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidwatchd.errors import MediaError, Unavailable

if TYPE_CHECKING:
    from vidwatchd.backends.base import BackendContext
    from vidwatchd.backends.surrogate.request import Request
    from vidwatchd.media.compact import Running
    from vidwatchd.media.probe import Media

# An encoder that takes a side of that takes every size that is asked for.
_USUAL_SIDE = 64


class Encoded:
    """Ready where small films can be encoded; nothing is kept between two of them."""

    task = "surrogate"

    def __init__(self, ffmpeg_path: str = "") -> None:
        self._ffmpeg_path = ffmpeg_path

    def ready(self) -> Unavailable | None:
        """Why no small film can be encoded here, or None."""
        from vidwatchd.media import compact

        try:
            compact.encoder(self._ffmpeg_path, _USUAL_SIDE)
        except Unavailable as error:
            return error
        return None

    def unload(self) -> None:
        """Nothing is kept."""


def running(media: Media, request: Request, seconds: float, ctx: BackendContext) -> Running:
    """How ffmpeg is run on a film of that picture; a film of so many seconds is to come of it."""
    from vidwatchd.media import compact, ffmpeg

    exe, limit = ffmpeg.executable(request.ffmpeg_path), compact.time_limit(media.info)
    return compact.Running(exe, seconds, limit, ctx.progress, ctx.cancelled)


def refuse_pictureless(media: Media) -> None:
    """Raise MediaError for what has no picture to be made smaller."""
    if not media.info.has_video:
        raise MediaError(f"{media.name} has no picture")
    if media.undecodable:
        raise MediaError(f"{media.name} is damaged: none of its pictures can be decoded")
