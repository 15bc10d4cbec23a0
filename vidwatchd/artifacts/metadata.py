"""metadata: what a file says of itself, in ffprobe's JSON shape, and the facts that the index keeps."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, ClassVar

from vidwatchd.artifacts.base import Kind, Made, MakeContext, Out
from vidwatchd.errors import MediaError
from vidwatchd.model import MediaInfo, VideoFacts, portable

if TYPE_CHECKING:
    from vidwatchd.media.probe import Media

_SUFFIX = ".ffprobe.json"


class Metadata(Kind):
    """Container, streams, chapters and tags of any media file: video, sound alone, even a picture."""

    name: ClassVar[str] = "metadata"
    title: ClassVar[str] = "Metadata"
    summary: ClassVar[str] = "Read duration, size, codecs, chapters and tags into <video>.ffprobe.json."
    suffixes: ClassVar[tuple[str, ...]] = (_SUFFIX,)
    aliases: ClassVar[tuple[str, ...]] = ("meta",)

    def make(self, source: str, out: Out, ctx: MakeContext) -> Made:
        """Probe the file; with ``FFPROBE_DISABLE=1`` write a stub and open nothing."""
        if os.environ.get("FFPROBE_DISABLE") == "1":
            return _stub(source, out)
        media = ctx.open()
        document = media.document()
        info = media.info
        path = _written(document, out)
        return Made({_SUFFIX: path}, _facts(media, document), _video(info), backend="pyav")


def _stub(source: str, out: Out) -> Made:
    filename = portable(os.path.basename(source))
    document = {"streams": [], "chapters": [], "format": {"filename": filename, "nb_streams": 0}, "stub": True}
    return Made({_SUFFIX: _written(document, out)}, {"is": "unknown", "stub": True}, backend="stub")


def _written(document: dict[str, Any], out: Out) -> str:
    path = out.path(_SUFFIX)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.write("\n")
    with open(path, encoding="utf-8") as file:
        if json.load(file) != document:
            raise MediaError(f"{_SUFFIX} was written but does not read back")
    return path


def _facts(media: Media, document: dict[str, Any]) -> dict[str, Any]:
    info = media.info
    return {
        "is": _what(media),
        "duration_seconds": round(info.duration_seconds, 3),
        "frames_per_second": round(info.frames_per_second, 3),
        "rotation_degrees": info.rotation_degrees,
        "hdr": info.transfer,
        "streams": {kind: sum(stream.type == kind for stream in info.streams) for kind in _types(info)},
        "languages": sorted({stream.language for stream in info.streams if stream.language not in ("", "und")}),
        "chapters": len(document["chapters"]),
        "notes": list(info.notes),
    }


def _types(info: MediaInfo) -> list[str]:
    return sorted({stream.type for stream in info.streams})


def _what(media: Media) -> str:
    from vidwatchd.media.probe import is_picture

    if is_picture(media.info):
        return "picture"
    if media.info.has_video:
        return "video"
    return "audio" if media.info.audio_codec else "data"


def _video(info: MediaInfo) -> VideoFacts:
    still = next((s for s in info.streams if s.width), None)  # a picture's size, which is not a video's
    return VideoFacts(
        duration_seconds=round(info.duration_seconds, 3),
        width=info.width or (still.width if still and not still.attached_picture else None),
        height=info.height or (still.height if still and not still.attached_picture else None),
        video_codec=info.video_codec,
        audio_codec=info.audio_codec,
        container=info.container,
    )
