"""sound: the sound of a stored form: how many bits a second it may take, and its best track kept in so many."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vidwatchd.backends.base import BackendContext
from vidwatchd.errors import MediaError, Unavailable
from vidwatchd.storing.manifest import SOUNDS, Sound

if TYPE_CHECKING:
    from vidwatchd.media.probe import Media
    from vidwatchd.media.sound import Shape
    from vidwatchd.media.taken import Weight

# Codec → ffmpeg's encoder, its container, and the least that it sounds like anything at, for one channel and for two.
_CODECS: Mapping[str, tuple[str, str, tuple[int, int]]] = {
    "aac": ("aac", "adts", (24, 32)),
    "mp3": ("libmp3lame", "mp3", (24, 32)),
    "opus": ("libopus", "ogg", (12, 20)),
}
# At half the samples a second and less, no more would be used.
_MOST, _MOST_OF_ONE, _MOST_OF_FEW = 320, 256, 128
# The only ones that MP3 knows.
_MP3 = (24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_HERTZ = (24_000, 32_000, 44_100, 48_000)
# Kilobits a second of one channel from which so many samples a second are worth it.
_WORTH = ((40, 48_000), (24, 32_000), (0, 24_000))
_ADTS_BITS, _ADTS_SAMPLES = 56, 1024
# Pages of a second, with a byte for each of fifty packets.
_OGG_KBPS = 0.7
# Encoders keep to what they are told by and large.
_MARGIN = 0.98
# How many bits of AAC say as much as one of the film's own codec; of speech codecs and unknown ones more.
_WORTHS: Mapping[str, float] = {
    "aac": 1.0, "mp3": 0.8, "opus": 1.5, "he-aac": 1.6, "vorbis": 1.2, "ac3": 0.7, "eac3": 0.9, "mp2": 0.7, "dts": 0.5,
    "wmav2": 0.8, "wmav1": 0.7,
}  # fmt: skip
_WORTH_OF_OTHERS = 2.0
SIZE, MOST, LEAST, SOURCE, COPY = "size", "most", "least", "source", "copy"
_LIMIT_SECONDS, _LIMIT_FACTOR = 600.0, 10.0
_SAME_SECONDS, _SAME_PART = 0.5, 0.01


@dataclass(frozen=True, slots=True)
class Rate:
    """Kilobits a second for so many channels; ``target_exceeded``: the least that can be heard takes more than is wanted."""

    kbps: int
    channels: int
    target_exceeded: bool = False

    def within(self, most: float, codec: str) -> Rate:
        """The same, of no more kilobits than ``most``, but never less than what can be heard."""
        kbps = max(min(self.kbps, math.ceil(most)), _least(codec, self))
        if codec == "mp3":
            kbps = min(step for step in _MP3 if step >= kbps)
        return replace(self, kbps=kbps)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the sound is to be kept."""

    codec: str = "aac"
    max_mb: float = 5.0
    mono: bool = False
    ffmpeg_path: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """The sound that was kept, None where there is none; ``notes`` are what a person should know of it."""

    sound: Sound | None = None
    notes: tuple[str, ...] = ()


def rate(max_mb: float, seconds: float, codec: str = "aac", mono: bool = False) -> Rate:
    """The rate that fills ``max_mb`` megabytes in so long a film, container included, within what sounds like anything.

    A film of no known length gets the best.
    """
    channels = 1 if mono else 2
    least, most = _CODECS[codec][2][channels - 1], _MOST_OF_ONE if mono else _MOST
    whole = max_mb * 8000 / seconds if seconds > 0 else float(most + _MOST)
    kbps = min(max(int(whole * _MARGIN - _overhead(codec, _HERTZ[-1])), least), most)
    if codec == "mp3":
        kbps = max(step for step in _MP3 if step <= kbps)
    return Rate(kbps, channels, least + _overhead(codec, _hertz(codec, least, channels)) > whole)


def enough(weight: Weight, codec: str, kept: int, of: int) -> float:
    """Kilobits a second by which a track sounds in another codec as it does: more than it has where its own says more
    with each; never fewer, for what one codec left out or added costs the next as much as the sound itself.

    ``kept`` of its ``of`` channels: they have much in common, so that half of them take more than half.
    """
    worth = _WORTHS.get(weight.codec, _WORTH_OF_OTHERS) / _WORTHS[codec]
    return weight.kbps * max(worth, 1.0) * math.sqrt(min(kept / of, 1.0))


def lacking(wanted: Wanted) -> Unavailable | None:
    """Why this codec cannot be encoded here, or None."""
    from vidwatchd.media import capabilities

    encoder = _CODECS[wanted.codec][0]
    try:
        if capabilities.encodes(encoder, wanted.ffmpeg_path):
            return None
    except Unavailable as error:
        return error
    hint = "use another audio.format, or an ffmpeg that has it: pip install imageio-ffmpeg"
    return Unavailable(f"this ffmpeg has no encoder {encoder} for {wanted.codec} sound", hint=hint)


def keep(media: Media, wanted: Wanted, out: str, ctx: BackendContext) -> Kept:
    """Write the best sound track under ``out`` (a native folder). No sound, or none that can be decoded: none is kept.

    Raises Unavailable without the encoder, MediaError, StorageError for a full disk, Cancelled.
    """
    from vidwatchd.media import audio, sound

    track = audio.best_track(media)
    if track is None:
        return Kept()
    lacks = lacking(wanted)
    if lacks is not None:
        raise lacks
    if not sound.decodes(media, track):
        return Kept(None, ("its sound is damaged: nothing of it can be decoded",))
    return _Keeping(media, track, wanted, os.path.join(out, SOUNDS[wanted.codec]), ctx).run()


class _Keeping:
    """One track on its way."""

    def __init__(self, media: Media, track: int, wanted: Wanted, path: str, ctx: BackendContext) -> None:
        from vidwatchd.media import sound

        self._media, self._track, self._wanted, self._path, self._ctx = media, track, wanted, path, ctx
        self._channels, self._hertz = sound.facts(media, track)
        self._seconds = media.info.duration_seconds
        self._weight = self._weighed()

    def run(self) -> Kept:
        """Copy or encode; once more where the track turns out longer than the film is said to be, or its pictures go on."""
        from vidwatchd.media import sound

        if taken := self._taken():
            return Kept(taken)
        found, chosen = self._kept(self._seconds)
        if found.bytes > self._wanted.max_mb * 1e6 and found.seconds > self._seconds + _slack(self._seconds):
            found, chosen = self._kept(found.seconds)
        if self._seconds - found.seconds <= _slack(self._seconds):
            return Kept(found)
        heard_until, shown_until = found.seconds, sound.picture_ends(self._media)
        if shown_until > heard_until + _slack(shown_until):
            found, _ = self._kept(self._seconds, replace(chosen, least_seconds=shown_until))
        note = f"its sound ends after {heard_until:.1f} s of {self._seconds:.1f} s"
        return Kept(found, (note,))

    def _weighed(self) -> Weight | None:
        """What the track has to say; None where that is no limit, or where counting would only cost: all of a long film is
        read for it, and the least is what comes of it anyway."""
        from vidwatchd.media import taken

        if not taken.lossy(self._media, self._track):
            return None
        asked = rate(self._wanted.max_mb, self._seconds, self._wanted.codec, self._wanted.mono)
        if asked.kbps <= _least(self._wanted.codec, asked):
            told = taken.claimed(self._media, self._track)
            if not 0 < told <= asked.kbps:
                return None
        return taken.weigh(self._media, self._track)

    def _taken(self) -> Sound | None:
        """The track itself, where it is what is wanted and no larger."""
        from vidwatchd.media import taken

        wanted, weight = self._wanted, self._weight
        if weight is None or weight.codec != wanted.codec:
            return None
        chosen = rate(wanted.max_mb, self._seconds, wanted.codec, wanted.mono)
        lasts = abs(weight.seconds - self._seconds) <= _slack(self._seconds)
        if not lasts or not 0 < weight.kbps <= chosen.kbps or self._channels > chosen.channels:
            return None
        container = _CODECS[wanted.codec][1]
        if not taken.take(self._media, self._track, self._path, container, self._ctx.cancelled):
            return None
        self._ctx.progress(1.0)
        return self._told(round(weight.kbps), COPY, exceeded=chosen.target_exceeded)

    def _chosen(self, seconds: float) -> tuple[Rate, str]:
        """The rate, and why."""
        wanted = self._wanted
        asked = rate(wanted.max_mb, seconds, wanted.codec, wanted.mono)
        if self._weight is not None and self._weight.kbps:
            kept = min(asked.channels, self._channels)
            chosen = asked.within(enough(self._weight, wanted.codec, kept, self._channels), wanted.codec)
            if chosen.kbps < asked.kbps:
                return chosen, SOURCE
        return asked, LEAST if asked.kbps <= _least(wanted.codec, asked) else SIZE

    def _kept(self, seconds: float, shape: Shape | None = None) -> tuple[Sound, Shape]:
        from vidwatchd.media import compact, sound
        from vidwatchd.media.ffmpeg import executable

        chosen, why = self._chosen(seconds)
        shape = shape or _shape(self._wanted.codec, chosen, self._channels, self._hertz)
        running = compact.Running(
            executable(self._wanted.ffmpeg_path),
            seconds,
            _LIMIT_SECONDS + _LIMIT_FACTOR * seconds,
            self._ctx.progress,
            self._ctx.cancelled,
        )
        sound.extract(self._media, self._track, self._path, shape, running)
        if why == SIZE and shape.kbps >= _most(shape.channels, shape.hertz):
            why = MOST
        return self._told(shape.kbps, why, channels=shape.channels, exceeded=chosen.target_exceeded), shape

    def _told(self, kbps: int, why: str, *, channels: int = 0, exceeded: bool) -> Sound:
        """What was written, as it is heard."""
        from vidwatchd.media import sound

        heard, size = sound.hear(self._path), os.path.getsize(self._path)
        if channels and heard.channels != channels:
            raise MediaError(f"the sound has {heard.channels} channels, not {channels}")
        exceeded = exceeded or size > self._wanted.max_mb * 1e6
        name, codec = os.path.basename(self._path), self._wanted.codec
        source_kbps = round(self._weight.kbps, 1) if self._weight else 0.0
        return Sound(name, codec, kbps, heard.channels, size, round(heard.seconds, 3), exceeded, why, source_kbps)


def _shape(codec: str, chosen: Rate, channels: int, hertz: int) -> Shape:
    """The rate as an encoder takes it: nothing is added that the track does not have."""
    from vidwatchd.media.sound import AAC_DELAY_SAMPLES, Shape

    channels = min(channels, chosen.channels)
    enough = next((step for step in _HERTZ if step >= hertz), _HERTZ[-1])
    hertz = _HERTZ[-1] if codec == "opus" else min(_hertz(codec, chosen.kbps, channels), enough)
    encoder, container, _ = _CODECS[codec]
    lead = AAC_DELAY_SAMPLES if codec == "aac" else 0
    return Shape(encoder, container, min(chosen.kbps, _most(channels, hertz)), channels, hertz, lead)


def _most(channels: int, hertz: int) -> int:
    return _MOST_OF_FEW if hertz < _HERTZ[1] else _MOST_OF_ONE if channels == 1 else _MOST


def _least(codec: str, chosen: Rate) -> int:
    return _CODECS[codec][2][chosen.channels - 1]


def _hertz(codec: str, kbps: int, channels: int) -> int:
    if codec == "mp3" and kbps < _MP3[1]:
        return _HERTZ[0]
    return next(hertz for least, hertz in _WORTH if kbps >= least * channels)


def _overhead(codec: str, hertz: int) -> float:
    """Kilobits a second of the container; MP3's headers are part of its rate."""
    return {"aac": hertz / _ADTS_SAMPLES * _ADTS_BITS / 1000, "opus": _OGG_KBPS}.get(codec, 0.0)


def _slack(seconds: float) -> float:
    return max(_SAME_SECONDS, _SAME_PART * seconds)
