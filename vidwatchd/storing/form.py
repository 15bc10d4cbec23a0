"""form: stores one film: its sound, its words, what stands in for its picture, how alike that is, and what is what."""

from __future__ import annotations

import io
import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from vidwatchd.backends import caption, surrogate
from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.caption.request import Caption
from vidwatchd.errors import Cancelled, StorageError, VidwatchdError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.model import MediaInfo, Wants
from vidwatchd.storing import likeness, manifest, script, sound, words
from vidwatchd.storing.manifest import Manifest, Picture, Script, Source
from vidwatchd.storing.script import Seen
from vidwatchd.storing.words import Words

if TYPE_CHECKING:
    from PIL.Image import Image

    from vidwatchd.media.probe import Media

NOTHING = "none"
# What describes pictures looks at no more pixels.
_WIDTH = 384
_QUALITY = 90
# How far the whole is when each part is done.
_SOUND, _SCRIPT, _PICTURE, _LIKENESS = 0.2, 0.4, 0.9, 0.99
_WORDS_OF_A_PROMPT = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a form is to be: the settings of its parts. ``model`` makes the picture, ``picture_device`` is where it runs."""

    sound: sound.Wanted = field(default_factory=sound.Wanted)
    visual_backend: str = NOTHING
    visual_interval_seconds: float = 1.0
    visual_max_frames: int = 60
    backend: str = AUTO
    model: str = ""
    picture_device: str = ""
    max_mb: float = 5.0
    stub_seconds: float = 6.0
    steps: int = 50
    seed: int = 0

    @property
    def ffmpeg_path(self) -> str:
        """The ffmpeg to use."""
        return self.sound.ffmpeg_path


@dataclass(frozen=True, slots=True)
class Film:
    """What is stored: the opened file, its name (portable), who tells its words when asked, and where its scenes begin."""

    media: Media
    name: str
    words: Callable[[BackendContext], Words]
    scenes: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """The form and its files: name → native path."""

    manifest: Manifest
    files: Mapping[str, str]


def store(film: Film, wanted: Wanted, out: str, ctx: BackendContext) -> Stored:
    """Write the form of a film into the (native) folder ``out``, which is there and empty.

    Raises MediaError for a file that is no film, Unavailable without what its settings need, StorageError for a full
    disk, Cancelled.
    """
    from vidwatchd.media.probe import refuse_what_is_no_film

    refuse_what_is_no_film(film.media)
    began = time.perf_counter()
    kept = sound.keep(film.media, wanted.sound, out, _part(ctx, 0, _SOUND))
    said = film.words(_part(ctx, _SOUND, (_SOUND + _SCRIPT) / 2))
    seen = _described(film.media, wanted, _part(ctx, (_SOUND + _SCRIPT) / 2, _SCRIPT))
    picture, notes = None, kept.notes
    if film.media.info.has_video:
        length = kept.sound.seconds if kept.sound else 0.0
        picture, more = _replaced(film, wanted, out, length, _prompt(said, seen), _part(ctx, _SCRIPT, _PICTURE))
        picture = replace(picture, ssim=_likeness(film.media, os.path.join(out, picture.file), ctx))
        notes = (*notes, *more)
    text = script.text(
        film.name, film.media.info.duration_seconds, said, seen, silent=not film.media.info.audio_codec, notes=notes
    )
    form = Manifest(
        "", _source(film), _script(text, said, seen, notes, out), kept.sound, picture, round(time.time(), 3)
    )
    form = replace(form, id=manifest.form_id(form.source.fingerprint), seconds=round(time.perf_counter() - began, 3))
    return _written(form, out)


def _described(media: Media, wanted: Wanted, ctx: BackendContext) -> Seen:
    """What is seen. Whatever goes wrong with that is told and costs nothing else: a script of words alone will do."""
    if wanted.visual_backend == NOTHING or not media.info.has_video:
        return Seen()
    options = caption.Options(wanted.visual_backend, "", ctx.device)
    try:
        said = caption.describe(_Frames(media, wanted, _part(ctx, 0, 0.5)), options, _part(ctx, 0.5, 1))
    except (Cancelled, StorageError):
        raise
    except VidwatchdError as error:
        return Seen(missing=words.reason(error))
    return Seen(said.captions, said.backend, said.model, failed=said.fallback_from)


class _Frames:
    """The tap of a visit whose pictures are read when it is over; until then each is a few kilobytes of JPEG."""

    def __init__(self, media: Media, wanted: Wanted, ctx: BackendContext) -> None:
        self._media, self._wanted, self._ctx = media, wanted, ctx
        self._kept: list[tuple[float, bytes]] = []

    def __iter__(self) -> Iterator[tuple[float, Image]]:
        """Look, then hand each picture on with its time."""
        from PIL import Image as images

        from vidwatchd.media.visit import visit

        visit(self._media, [self], progress=self._ctx.progress, cancelled=self._ctx.cancelled)
        for at_seconds, jpeg in self._kept:
            with images.open(io.BytesIO(jpeg)) as image:
                yield at_seconds, image.convert("RGB")

    def wants(self, info: MediaInfo) -> Wants:
        """So many, evenly; a keyframe nearby serves."""
        return Wants(moments(info, self._wanted.visual_interval_seconds, self._wanted.visual_max_frames), _WIDTH)

    def take(self, at_seconds: float, image: Image) -> None:
        """Keep one; one that serves twice is kept once."""
        if self._kept and at_seconds <= self._kept[-1][0]:
            return
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=_QUALITY)
        self._kept.append((at_seconds, buffer.getvalue()))


def moments(info: MediaInfo, interval_seconds: float, most: int) -> tuple[float, ...]:
    """When a film is looked at: every so many seconds from its start, or evenly where that would be too often."""
    seconds = info.duration_seconds
    count = max(int(seconds / interval_seconds), 1)
    apart = interval_seconds if count <= most else seconds / most
    return tuple(round(number * apart, 3) for number in range(min(count, most)))


def _replaced(
    film: Film, wanted: Wanted, out: str, sound_seconds: float, prompt: str, ctx: BackendContext
) -> tuple[Picture, tuple[str, ...]]:
    request = surrogate.Request(
        source=film.media.path,
        open=lambda: film.media,
        out=out,
        sound_seconds=sound_seconds,
        scenes=tuple(film.scenes),
        words=prompt,
        max_bytes=round(wanted.max_mb * 1e6),
        stub_seconds=wanted.stub_seconds,
        steps=wanted.steps,
        seed=wanted.seed,
        ffmpeg_path=wanted.ffmpeg_path,
    )
    ctx = replace(ctx, device=wanted.picture_device or ctx.device)
    options = surrogate.Options(wanted.backend, wanted.model, ctx.device)
    if surrogate.loads(options, ctx.models):
        caption.unload()  # two large models at once may be more than a card holds
    ran = surrogate.replace(request, options, ctx)
    made: surrogate.Surrogate = ran.result
    return _picture(made, ran.backend, dict(ran.fallback_from)), made.notes


def _picture(made: surrogate.Surrogate, backend: str, fallback_from: Mapping[str, str]) -> Picture:
    """What the file really is."""
    from vidwatchd.media.probe import probe

    info = probe(made.path)
    return Picture(
        file=os.path.basename(made.path),
        codec=info.video_codec,
        width=info.width,
        height=info.height,
        frames_per_second=round(info.frames_per_second, 3),
        bytes=os.path.getsize(made.path),
        seconds=round(info.duration_seconds, 3),
        backend=backend,
        origin=made.origin,
        model=made.model,
        fallback_from=fallback_from,
    )


def _likeness(media: Media, path: str, ctx: BackendContext) -> float | None:
    part = _part(ctx, _PICTURE, _LIKENESS)
    return likeness.likeness(media, path, progress=part.progress, cancelled=part.cancelled)


def _prompt(said: Words, seen: Seen) -> str:
    """What the film is about, in a few words: what is seen says it better than what is said."""
    parts: Iterator[Caption] | Iterator[str] = (
        (each.text for each in seen.captions) if seen.captions else (cue.text for cue in said.cues)
    )
    spoken = itertools.chain.from_iterable(str(part).split() for part in parts)
    return " ".join(itertools.islice(spoken, _WORDS_OF_A_PROMPT))


def _source(film: Film) -> Source:
    info, path = film.media.info, film.media.path
    return Source(
        name=film.name,
        size_bytes=os.path.getsize(path),
        fingerprint=fingerprint(path),
        duration_seconds=round(info.duration_seconds, 3),
        width=info.width,
        height=info.height,
        frames_per_second=round(info.frames_per_second, 3),
        video_codec=info.video_codec,
        audio_codec=info.audio_codec,
        container=info.container,
    )


def _script(text: str, said: Words, seen: Seen, notes: Sequence[str], out: str) -> Script:
    content = text.encode("utf-8", "replace")
    with open(os.path.join(out, manifest.SCRIPT), "wb") as file:
        file.write(content)
    lacks = (("no transcript", said.missing), ("no description", seen.missing), *seen.failed)
    return Script(
        file=manifest.SCRIPT,
        bytes=len(content),
        words=said.count,
        language=said.language,
        backend=said.backend,
        visual=seen.backend,
        captions=len(seen.captions),
        track=said.track,
        edited=said.edited,
        notes=(*(f"{what}: {why}" for what, why in lacks if why), *notes),
    )


def _written(form: Manifest, out: str) -> Stored:
    """The manifest on disk, and every file that it names seen to be there as it says."""
    with open(os.path.join(out, manifest.FILE), "wb") as file:
        file.write(manifest.text(form))
    if manifest.read(out) != form:
        raise StorageError(f"{manifest.FILE} was written but does not read back")
    if name := manifest.damaged(form, out):
        raise StorageError(f"{name} was written but is not whole")
    return Stored(form, {name: os.path.join(out, name) for name in (*form.sizes, manifest.FILE)})


def facts(made: Manifest) -> dict[str, Any]:
    """What the index keeps of a form."""
    audio, picture = made.audio, made.resultant
    return {
        "id": made.id,
        "bytes": made.stored_bytes,
        "source_bytes": made.source.size_bytes,
        "ratio": made.ratio,
        "ssim": picture.ssim if picture else None,
        "seconds": made.seconds,
        "backend": picture.backend if picture else NOTHING,
        "model": picture.model if picture else "",
        "origin": picture.origin if picture else "",
        "audio_kbps": audio.kbps if audio else 0,
        "target_exceeded": bool(audio and audio.target_exceeded),
        "fallback_from": dict(picture.fallback_from) if picture else {},
    }


def _part(ctx: BackendContext, begins: float, ends: float) -> BackendContext:
    """A context whose progress is a part of the whole's."""
    return replace(ctx, progress=lambda done: ctx.progress(begins + (ends - begins) * done))
