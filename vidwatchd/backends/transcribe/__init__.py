"""transcribe: what is said in a video: what people wrote first, then what it carries, then what a model hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vidwatchd.backends.base import AUTO, Backend, BackendContext, choose, run
from vidwatchd.backends.transcribe.embedded import Embedded
from vidwatchd.backends.transcribe.faster_whisper import FasterWhisper
from vidwatchd.backends.transcribe.request import Request, Transcript
from vidwatchd.backends.transcribe.sidecar import Sidecar
from vidwatchd.backends.transcribe.whisper import Whisper
from vidwatchd.backends.transcribe.whisper_cpp import WhisperCpp
from vidwatchd.cues import Track, identified
from vidwatchd.errors import Cancelled, Unavailable, VidwatchdError
from vidwatchd.languages import base

SILENT = "none"
"""The backend of a video without sound: nobody had to look."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which backend, and what the models are to be; empty paths are looked for."""

    backend: str = AUTO
    model: str = "small"
    compute_type: str = AUTO
    whisper_cpp_bin: str = ""
    whisper_cpp_model: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a video, the backend and model that gave them, and the better ones that failed: name → reason."""

    tracks: tuple[Track, ...]
    backend: str
    model: str = ""
    fallback_from: tuple[tuple[str, str], ...] = ()


def written() -> tuple[Backend, ...]:
    """The backends that need no model, the best first."""
    return Sidecar(), Embedded()


def models(options: Options, folder: str) -> tuple[Backend, ...]:
    """The backends that need a model, the best first."""
    return (
        FasterWhisper(folder, options.model, options.compute_type),
        Whisper(folder, options.model),
        WhisperCpp(folder, options.model, options.whisper_cpp_bin, options.whisper_cpp_model),
    )


def lacking(options: Options, folder: str) -> Unavailable | None:
    """Why videos that bring no words of their own must do without, or None when a model is ready."""
    if any(options.backend == backend.name for backend in written()):
        return Unavailable(f"no model is asked for, only {options.backend}", hint="use --backend auto")
    try:
        choose(models(options, folder), options.backend)
    except Unavailable as error:
        return error
    return None


def transcribe(request: Request, options: Options, ctx: BackendContext) -> Heard:
    """The words of one video. No tracks: nothing is said.

    Raises Unavailable when it brings none and no model is ready, MediaError, BackendFailed, Cancelled.
    """
    found = [heard for backend in written() if (heard := _found(backend, request, options, ctx))]
    tracks = _together(found)
    failed = tuple(pair for heard in found for pair in heard.fallback_from)
    first = next((heard.backend for heard in found if heard.tracks), "")
    if first and request.covered(tracks):
        return Heard(tracks, first, fallback_from=failed)
    try:
        heard = _heard(request, options, ctx, first)
    except Cancelled:
        raise
    except VidwatchdError as error:
        # Lines in another language than the one that was asked for are better than none.
        if not any(not track.forced for track in tracks):
            raise
        failed += () if isinstance(error, Unavailable) else ((options.backend, str(error)),)
        return Heard(tracks, first, fallback_from=failed)
    return Heard(_together([*found, heard]), heard.backend, heard.model, failed + heard.fallback_from)


def _found(backend: Backend, request: Request, options: Options, ctx: BackendContext) -> Heard | None:
    """What a backend without a model gives; one that fails is told of unless it was asked for by name."""
    if options.backend not in (AUTO, backend.name):
        return None
    try:
        ran = run([backend], request, ctx)
    except Cancelled:
        raise
    except VidwatchdError as error:
        if options.backend == backend.name or isinstance(backend, Embedded):
            raise
        return Heard((), backend.name, fallback_from=((backend.name, str(error)),))
    return Heard(ran.result.tracks, backend.name) if ran else None


def _heard(request: Request, options: Options, ctx: BackendContext, first: str) -> Heard:
    """What a model hears."""
    from vidwatchd.media import audio

    if lacks := _only_written(options):
        raise lacks
    if audio.best_track(request.open(), request.language) is None:
        return Heard((), first or SILENT)
    ran = run(choose(models(options, ctx.models), options.backend), request, ctx)
    if ran is None:
        return Heard((), first or SILENT)
    result: Transcript = ran.result
    return Heard(result.tracks, ran.backend, result.model, ran.fallback_from)


def _only_written(options: Options) -> Unavailable | None:
    if not any(options.backend == backend.name for backend in written()):
        return None
    return Unavailable(f"the video has no subtitles of the kind {options.backend}", hint="use --backend auto")


def _together(found: Sequence[Heard]) -> tuple[Track, ...]:
    """All tracks with ids of their own; what the video carries gives way to a person's file of the same sort."""
    tracks = [track for heard in found for track in heard.tracks]
    theirs = {_sort(track) for track in tracks if track.source == Sidecar.name}
    kept = [track for track in tracks if track.source != Embedded.name or _sort(track) not in theirs]
    return identified(kept)


def _sort(track: Track) -> tuple[str, bool, bool]:
    return base(track.language), track.forced, track.hearing_impaired
