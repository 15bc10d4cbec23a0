"""audio: the sound that is spoken in: which track that is, and its samples piece by piece, however long the film.

A speech model wants 16 kHz mono in memory. Eight hours of that are 1.8 GB, and what faster-whisper computes of them at
once three times as much; so they are handed out in stretches of minutes, cut where it is quiet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
from av.audio.resampler import AudioResampler
from av.stream import Disposition

from vidwatchd.languages import base, code
from vidwatchd.media import streams
from vidwatchd.media.probe import Media

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES_A_SECOND = 16000
_STRETCH_SECONDS = 600.0
_CUT_WITHIN_SECONDS = 30.0
_QUIET_SECONDS = 0.2
# Shorter gaps are filled with silence, longer ones begin a stretch of their own; what is below is inaccuracy.
_GAP_SECONDS, _LONG_GAP_SECONDS = 0.1, 5.0
_ASIDE = Disposition.comment | Disposition.visual_impaired | Disposition.descriptions | Disposition.clean_effects
_ASIDE_WORDS = ("commentary", "description", "descriptive", "kommentar", "commentaire", "music only", "isolated")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples, (n,) float32 at 16 kHz, and when they begin in seconds from the video's start."""

    at_seconds: float
    samples: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / SAMPLES_A_SECOND


def best_track(media: Media, language: str = "") -> int | None:
    """The number of the stream that the speech is in, None without sound.

    No commentary or description for the blind if there is another; the language that is asked for; the file's own
    choice; the most channels; one that holds all of a voice; the first.
    """
    usable = [stream for stream in media.container.streams.audio if stream.codec_context and stream.rate]
    return max(usable, key=lambda stream: _rank(stream, language)).index if usable else None


def stretches(media: Media, track: int, most_seconds: float = _STRETCH_SECONDS) -> Iterator[Stretch]:
    """The samples of the audio stream of that number, in order, none longer than ``most_seconds``.

    What cannot be decoded is left out. Where the stream pauses for long, the next stretch begins later.
    """
    gathered = _Gathered(most_seconds)
    for at_seconds, samples in _samples(media, track):
        yield from gathered.add(at_seconds, samples)
    yield from gathered.rest()


class _Gathered:
    """Samples on their way to becoming stretches."""

    def __init__(self, most_seconds: float) -> None:
        self._most = int(most_seconds * SAMPLES_A_SECOND)
        self._pieces: list[NDArray[np.float32]] = []
        self._count = 0
        self._at_seconds = 0.0

    def add(self, at_seconds: float | None, samples: NDArray[np.float32]) -> Iterator[Stretch]:
        """Take samples that begin at that time (None: at once); gives the stretches that are complete."""
        if at_seconds is not None:
            yield from self._meet(at_seconds)
        self._append(samples)
        while self._count >= self._most:
            yield self._cut()

    def rest(self) -> Iterator[Stretch]:
        """What is left."""
        if self._count:
            yield Stretch(self._at_seconds, self._joined())
        self._pieces, self._count = [], 0

    def _meet(self, at_seconds: float) -> Iterator[Stretch]:
        """Go to that time, which may lie behind what is here. A clock that runs backwards is not followed."""
        gap = at_seconds - self._at_seconds - self._count / SAMPLES_A_SECOND
        if self._count and _GAP_SECONDS < gap <= _LONG_GAP_SECONDS:
            self._append(_silence(gap))
        elif gap > _LONG_GAP_SECONDS:
            yield from self.rest()
        if not self._count:
            self._at_seconds = at_seconds

    def _append(self, samples: NDArray[np.float32]) -> None:
        self._pieces.append(samples)
        self._count += len(samples)

    def _cut(self) -> Stretch:
        samples = self._joined()
        end = _quietest(samples[: self._most])
        found = Stretch(self._at_seconds, samples[:end])
        self._pieces, self._count = [samples[end:]], len(samples) - end
        self._at_seconds += found.seconds
        return found

    def _joined(self) -> NDArray[np.float32]:
        import numpy as np

        return np.concatenate(self._pieces)


def _samples(media: Media, track: int) -> Iterator[tuple[float | None, NDArray[np.float32]]]:
    start = media.info.start_seconds
    resampler, shape = _resampler(), None
    for packet in streams.packets(media, track):
        for frame in _decoded(packet):
            if shape not in (None, _shape(frame)):
                resampler = _resampler()  # a broadcast that goes from stereo to 5.1 and back
            shape = _shape(frame)
            found = _resampled(resampler, frame)
            if found is not None:
                yield (None if frame.time is None else frame.time - start), found


def _resampled(resampler: AudioResampler, frame: av.AudioFrame) -> NDArray[np.float32] | None:
    import numpy as np

    frame.pts, time = None, frame.pts  # its times jump where the file's do; ours are counted
    try:
        made = [part.to_ndarray().reshape(-1) for part in resampler.resample(frame)]
    except streams.Undecodable as error:
        if isinstance(error, MemoryError):
            raise
        return None
    finally:
        frame.pts = time
    return np.concatenate(made) if made else None


def _decoded(packet: Any) -> list[av.AudioFrame]:
    try:
        return list(packet.decode())
    except streams.Undecodable as error:
        if isinstance(error, MemoryError):
            raise
        return []


def _resampler() -> AudioResampler:
    return AudioResampler(format="flt", layout="mono", rate=SAMPLES_A_SECOND)


def _shape(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _silence(seconds: float) -> NDArray[np.float32]:
    import numpy as np

    return np.zeros(round(seconds * SAMPLES_A_SECOND), np.float32)


def _quietest(samples: NDArray[np.float32]) -> int:
    """Where to cut: in the middle of the quietest fifth of a second near the end."""
    import numpy as np

    width = int(_QUIET_SECONDS * SAMPLES_A_SECOND)
    from_ = max(len(samples) - int(_CUT_WITHIN_SECONDS * SAMPLES_A_SECOND), len(samples) // 2)
    count = (len(samples) - from_) // width
    if count < 2:
        return len(samples)
    loudness = np.square(samples[from_ : from_ + count * width].reshape(count, width)).mean(axis=1)
    return from_ + int(loudness.argmin()) * width + width // 2


def _rank(stream: Any, language: str) -> tuple[bool, bool, bool, int, int, int]:
    title = stream.metadata.get("title", "").lower()
    aside = bool(stream.disposition & _ASIDE) or any(word in title for word in _ASIDE_WORDS)
    matches = bool(language) and base(code(stream.language or "")) == base(language)
    default = bool(stream.disposition & Disposition.default)
    return not aside, matches, default, stream.channels, min(stream.rate, SAMPLES_A_SECOND), -stream.index
