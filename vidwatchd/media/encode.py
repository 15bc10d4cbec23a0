"""encode: one file to another by an ffmpeg-python graph: chosen streams, each copied or encoded with its own options."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ffmpeg as graphs

from vidwatchd.media import ffmpeg
from vidwatchd.model import portable


@dataclass(frozen=True, slots=True)
class Track:
    """One stream of the new file: the source's stream of that index, with ffmpeg's options for it (``c``, ``crf`` …)."""

    index: int
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Encoding:
    """What is to be done: from ``source`` (its ``container`` as the demuxer's name) to ``target``, both native paths."""

    source: str
    container: str
    target: str
    tracks: Sequence[Track]
    options: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)


def encode(
    work: Encoding,
    *,
    exe: str,
    duration_seconds: float,
    timeout_seconds: float,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Do it. Raises MediaError with ffmpeg's last words; what is written by then is worth nothing."""
    opened = opened_by(work.source, work.container)
    each = {f"{name}:{n}": value for n, track in enumerate(work.tracks) for name, value in track.options.items()}
    streams = [opened[str(track.index)] for track in work.tracks]
    spec = graphs.output(*streams, _url(work.target), **each, **work.options)
    extra = [word for name, value in work.before.items() for word in (f"-{name}", str(value))]
    arguments = [*extra, "-y", *ffmpeg.arguments(spec)]
    ffmpeg.run(
        arguments, exe=exe, duration_seconds=duration_seconds, progress=progress, timeout_seconds=timeout_seconds
    )


def opened_by(source: str, container: str, **more: Any) -> Any:
    """A file as the input of a graph, by the demuxer that was found for it, which may open no other file.

    ``more`` are further options for reading it.
    """
    return graphs.input(_url(source), f=container.partition(",")[0], protocol_whitelist="file", **more)


def _url(path: str) -> str:
    return "file:" + portable(os.path.abspath(path))
