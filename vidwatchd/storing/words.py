"""words: what is said in a film, for the script of its stored form: found beside it, or asked of those who hear it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidwatchd import cues
from vidwatchd.backends import transcribe
from vidwatchd.backends.base import BackendContext, choose, run
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.cues import NO_EDITS, Cue, Edits, Track, edited
from vidwatchd.errors import BackendFailed, MediaError, Unavailable, VidwatchdError

if TYPE_CHECKING:
    from vidwatchd.media.probe import Media

AUTO, WHISPER, STUB = "auto", "whisper", "stub"
_HEARD = "model"
NOT_WANTED = 'none is asked for; set "script.backend" to auto'


@dataclass(frozen=True, slots=True)
class Words:
    """The lines of the main track, whose id is ``track``. ``missing`` says why nobody knows them, "" where they are known,
    also to be none; ``edited`` is how many people changed."""

    cues: tuple[Cue, ...] = ()
    language: str = ""
    backend: str = ""
    origin: str = ""
    missing: str = ""
    track: str = ""
    edited: int = 0

    @property
    def count(self) -> int:
        """How many words they are."""
        return sum(len(cue.text.split()) for cue in self.cues)


def found(files: Mapping[str, str], backend: str, media: Media, model: str, ctx: BackendContext) -> Words:
    """The words in the published files of the subtitles (suffix → native path), as they were made.

    ``whisper`` takes a speech model's only, and asks one where the words come from a file or a text track.
    """
    if backend == STUB:
        return Words(missing=NOT_WANTED)
    path = next((path for suffix, path in files.items() if suffix.endswith(".json")), "")
    tracks = _read(path)
    if tracks is None:
        return _without(media, model, ctx)
    if backend == WHISPER and any(track.source != _HEARD for track in tracks):
        heard = [track for track in tracks if track.source == _HEARD]
        return _main(heard) if heard else ask(media, WHISPER, model, ctx)
    return _main(tracks)


def ask(media: Media, backend: str, model: str, ctx: BackendContext, edits: Edits = NO_EDITS) -> Words:
    """The words that the backends find or hear, as people want them; why there are none where they cannot.

    Raises Cancelled, StorageError.
    """
    if backend == STUB:
        return Words(missing=NOT_WANTED)
    options = transcribe.Options(model=model)
    request = Request(media.path, lambda: media)
    try:
        if backend == WHISPER:
            return _heard(request, options, ctx, edits)
        said = transcribe.transcribe(request, options, ctx)
        return _main(said.tracks, said.backend, edits)
    except (Unavailable, BackendFailed, MediaError) as error:
        return Words(missing=reason(error))


def of(track: Track, edits: Edits, backend: str = "") -> Words:
    """The words of one track as people want them."""
    lines = edited(track, edits).cues
    # A line that was taken away is shown by none.
    changed = len(edits.lines.get(track.id, ()))
    return Words(lines, track.language, backend or track.source, track.origin, track=track.id, edited=changed)


def reason(error: VidwatchdError) -> str:
    """Why something is not there, on one line, with the remedy."""
    return " ".join(str(error).split())


def _heard(request: Request, options: transcribe.Options, ctx: BackendContext, edits: Edits = NO_EDITS) -> Words:
    from vidwatchd.media import audio

    if audio.best_track(request.open()) is None:
        return Words(backend=transcribe.SILENT)
    ran = run(choose(transcribe.models(options, ctx.models)), request, ctx)
    return _main(ran.result.tracks, ran.backend, edits) if ran else Words(backend=transcribe.SILENT)


def _without(media: Media, model: str, ctx: BackendContext) -> Words:
    """The subtitles have not been made: a film without sound needs none."""
    from vidwatchd.media import audio

    if audio.best_track(media) is None:
        return Words(backend=transcribe.SILENT)
    lacks = transcribe.lacking(transcribe.Options(model=model), ctx.models)
    return Words(missing=reason(lacks) if lacks else "its subtitles have not been made (vidwatchd subtitles)")


def _read(path: str) -> list[Track] | None:
    """The tracks of a file; None where there is none that can be read."""
    if not path or not os.path.isfile(path):
        return None
    try:
        with open(path, encoding="utf-8") as file:
            return list(cues.tracks_from_plain(json.load(file)))
    except (OSError, ValueError):
        return None


def _main(tracks: Sequence[Track], backend: str = "", edits: Edits = NO_EDITS) -> Words:
    """The track that is read: whole before forced, plain before those for the deaf, the one that its file prefers."""
    spoken = [track for track in tracks if track.cues]
    best = min(spoken, key=lambda track: (track.forced, not track.default, track.hearing_impaired), default=None)
    if best is None:
        return Words(backend=backend or transcribe.SILENT)
    return of(best, edits, backend)
