"""fits: whether the streams of a file are already what a target asks for, and if not, why.

A *document* is what a file says of itself in ffprobe's JSON shape, as the metadata artifact holds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Stream = Mapping[str, Any]
Document = Mapping[str, Any]

_OTHER_NAMES = {
    "avc": "h264",
    "x264": "h264",
    "h265": "hevc",
    "x265": "hevc",
    "mp4a": "aac",
    "vp09": "vp9",
    "av01": "av1",
}
_FORM = {"index": int, "codec_type": str, "codec_name": str}
_HIDDEN = ("attached_pic", "timed_thumbnails")


def codec(name: str) -> str:
    """A codec as ffmpeg names it, whatever a person calls it: ``H.265`` is ``hevc``."""
    plain = re.sub(r"[^a-z0-9_]", "", name.lower())
    return _OTHER_NAMES.get(plain, plain)


def is_document(value: Any) -> bool:
    """Whether a value has the form of a document: it may come from a file that anybody can write."""
    if not isinstance(value, dict) or not isinstance(value.get("streams"), list):
        return False
    file = value.get("format")
    named = isinstance(file, dict) and isinstance(file.get("format_name"), str)
    return named and all(isinstance(s, dict) and _FORM.items() <= _types(s).items() for s in value["streams"])


def picture(document: Document) -> Stream | None:
    """The stream that a player shows: the default one, else the largest; None for sound alone."""
    found = [
        s
        for s in streams(document, "video")
        if s.get("width") and s.get("height") and not any(_is(s, flag) for flag in _HIDDEN)
    ]
    return max(found, key=lambda s: (_is(s, "default"), s["width"] * s["height"], -s["index"]), default=None)


def streams(document: Document, type_: str) -> list[Stream]:
    """All streams of a type: ``video``, ``audio``, ``subtitle``."""
    return [stream for stream in document["streams"] if stream.get("codec_type") == type_]


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of a file; ``profiles`` () allows any; ``containers`` () too, else part of ffmpeg's format name."""

    video: str = "h264"
    audio: str = "aac"
    profiles: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()

    def misfits(self, document: Document) -> list[str]:
        """What does not fit, a few words each; [] when all does."""
        shown = picture(document)
        found = [*self._container(document), *(self.video_misfits(shown) if shown else [])]
        wrong = dict.fromkeys(
            sound["codec_name"] for sound in streams(document, "audio") if not self.takes_sound(sound)
        )
        return [*found, *(f"audio is {name}, not {codec(self.audio)}" for name in wrong)]

    def video_misfits(self, stream: Stream) -> list[str]:
        """What does not fit of one picture stream."""
        if codec(stream["codec_name"]) != codec(self.video):
            return [f"video is {stream['codec_name']}, not {codec(self.video)}"]
        profile = stream.get("profile") or "unknown"
        if self.profiles and _plain(profile) not in map(_plain, self.profiles):
            return [f"profile is {profile}, not {' or '.join(self.profiles)}"]
        return []

    def takes_sound(self, stream: Stream) -> bool:
        """Whether one sound stream fits."""
        return codec(stream["codec_name"]) == codec(self.audio)

    def _container(self, document: Document) -> list[str]:
        names = set(document["format"]["format_name"].split(","))
        if not self.containers or names & set(self.containers):
            return []
        return [f"container is {document['format']['format_name'].partition(',')[0]}, not {self.containers[0]}"]


def _types(stream: dict[str, Any]) -> dict[str, type]:
    return {name: type(value) for name, value in stream.items()}


def _is(stream: Stream, flag: str) -> bool:
    return bool((stream.get("disposition") or {}).get(flag))


def _plain(profile: str) -> str:
    return re.sub(r"[^a-z0-9]", "", profile.lower())
