"""keyframes: where the keyframes are, asked of the container's own index without reading the file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from av.container import InputContainer
from av.video.stream import VideoStream

# The demuxers whose index is worth asking; MPEG-TS and others build theirs while reading, so it only knows the past.
_WHOLE = ("mov", "avi")  # the index lists every frame; in a fragmented MP4 only those of the fragments read so far
_CUES = ("matroska",)  # the index may be missing, or list some keyframes only


@dataclass(frozen=True, slots=True)
class Key:
    """One keyframe: its presentation time in the stream's ticks and in seconds from the file's start."""

    ticks: int
    at_seconds: float
    hidden: bool = False


class KeyIndex:
    """The index of one stream, searched in the demuxer's own memory: an hour's frames are never listed in Python."""

    def __init__(self, stream: VideoStream, start_seconds: float) -> None:
        self._entries = stream.index_entries
        self._base: Fraction = stream.time_base or Fraction(1, 1000)
        self._start_seconds = start_seconds
        first = self._entries[0].timestamp
        # An MP4's entries carry decoding times; seeking and frames speak of presentation times. The first frame's
        # difference of the two is that of every keyframe.
        self._shift = (stream.start_time if stream.start_time is not None else first) - first

    def before(self, at_seconds: float) -> Key:
        """The last keyframe at or before a time; the first one when there is none."""
        return self._key(max(self._search(at_seconds, backward=True), 0))

    def nearest(self, at_seconds: float) -> Key:
        """The keyframe closest to a time that has a picture to show."""
        before, after = self.before(at_seconds), self._search(at_seconds, backward=False)
        near = [before, self._key(after)] if after >= 0 else [before]
        shown = [key for key in near if not key.hidden] or near
        return min(shown, key=lambda key: abs(key.at_seconds - at_seconds))

    @property
    def end_seconds(self) -> float:
        """How far the index reaches: the time of its last entry."""
        return float((self._entries[-1].timestamp + self._shift) * self._base) - self._start_seconds

    def count(self, most: int) -> int:
        """How many keyframes there are, no further than ``most``."""
        found, entry = 0, self._entries.search_timestamp(self._entries[0].timestamp, backward=False)
        while entry >= 0 and found < most:
            found += 1
            entry = self._entries.search_timestamp(self._entries[entry].timestamp + 1, backward=False)
        return found

    def _search(self, at_seconds: float, *, backward: bool) -> int:
        ticks = round((at_seconds + self._start_seconds) / self._base) - self._shift
        return self._entries.search_timestamp(ticks, backward=backward)

    def _key(self, entry: int) -> Key:
        found = self._entries[entry]
        ticks = found.timestamp + self._shift
        return Key(ticks, float(ticks * self._base) - self._start_seconds, found.is_discard)


def index_of(container: InputContainer, stream: VideoStream, info_start: float, duration: float) -> KeyIndex | None:
    """The stream's index, or None when it is missing or does not reach far enough to be believed."""
    family = container.format.name.split(",")[0]
    if family not in _WHOLE + _CUES or len(stream.index_entries) < 1:
        return None
    index = KeyIndex(stream, info_start)
    # Matroska without cues lists only what was read so far; one lone cue says nothing about the rest.
    if index.end_seconds < duration / 2 or (family in _CUES and index.count(2) < 2):
        return None
    return index
