"""streams: reads some streams of an opened file from its start, leaving the others' packets where they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
from av.container import InputContainer
from av.stream import Discard

from vidwatchd.media.probe import Media

Undecodable = (av.FFmpegError, ValueError)
"""What one broken packet or frame may raise."""


def packets(media: Media, *streams: int) -> Iterator[Any]:
    """Every packet with content of the streams of these numbers, from the first, in the file's order.

    Raises nothing where the file ends early: then that was all.
    """
    media.rewind()
    with _only(media.container, streams) as wanted:
        for stream in wanted:
            stream.codec_context.flush_buffers()
        try:
            for packet in media.container.demux(*wanted):
                if packet.size:
                    yield packet
        except av.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
    media.rewind()


@contextmanager
def _only(container: InputContainer, streams: tuple[int, ...]) -> Iterator[list[Any]]:
    """Tell the demuxer that all other streams may be skipped: of a film's gigabytes a text track is a few kilobytes."""
    before = {stream.index: stream.discard for stream in container.streams}
    try:
        for stream in container.streams:
            stream.discard = Discard.default if stream.index in streams else Discard.all
        yield [container.streams[index] for index in streams]
    finally:
        for index, discard in before.items():
            container.streams[index].discard = discard
