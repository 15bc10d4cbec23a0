"""whisper: the words of the sound by OpenAI's own package, with a model file that it or a person has fetched before."""

from __future__ import annotations

import importlib
import importlib.util
import os
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import TYPE_CHECKING, Any

from vidwatchd.backends import quiet
from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.transcribe import places
from vidwatchd.backends.transcribe.hearing import Hearing, as_whisper_has_it
from vidwatchd.backends.transcribe.lines import lines
from vidwatchd.backends.transcribe.request import Request, Transcript
from vidwatchd.cues import Cue, Word
from vidwatchd.errors import BackendFailed, Unavailable

if TYPE_CHECKING:
    from vidwatchd.media.audio import Stretch

# It has no voice activity detection: of sheer silence it invents words, so that is not shown to it.
_SILENT = 1e-3
_FOREIGN = (RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Whisper:
    """``model`` is a name such as ``small`` or the absolute path of a ``.pt`` file; ``models`` the folder of all."""

    models: str
    model: str

    task = "transcribe"
    name = "whisper"
    rank = 20

    def ready(self) -> Unavailable | None:
        """Whether the package is installed and the model file is here."""
        if not _installed():
            return Unavailable("openai-whisper is not installed", hint="pip install openai-whisper")
        if not self._file:
            where = os.path.join(_cache(), f"{places.known_as(self.model)}.pt")
            return Unavailable(f"the model {self.model} is not here for whisper", hint=f"put {where} there")
        return None

    def run(self, request: Request, ctx: BackendContext) -> Transcript | None:
        """What is said. Raises BackendFailed when the model cannot be loaded or run."""
        from vidwatchd.media import audio

        media = request.open()
        track = audio.best_track(media, request.language)
        if track is None:
            return None
        hearing = Hearing(request, media.info.duration_seconds, ctx)
        try:
            model = _loaded(self._file, ctx.device)
            for stretch in audio.stretches(media, track):
                _hear(model, stretch, hearing)
        except _FOREIGN as error:
            raise BackendFailed(f"whisper failed: {error}") from error
        named = places.shown(self.model)
        return Transcript(hearing.tracks(f"{self.name} {named}, stream {track}"), named)

    def unload(self) -> None:
        """Give back the memory of the model."""
        _loaded.cache_clear()

    @property
    def _file(self) -> str:
        if os.path.isabs(self.model):
            return self.model if os.path.isfile(self.model) else ""
        name = places.known_as(self.model)
        return places.file_of((self.models, os.path.join(self.models, name), _cache()), (f"{name}.pt",))


def _hear(model: Any, stretch: Stretch, hearing: Hearing) -> None:
    if float(abs(stretch.samples).max(initial=0)) >= _SILENT:
        said = model.transcribe(
            stretch.samples,
            language=as_whisper_has_it(hearing.language),
            task=hearing.task,
            word_timestamps=True,
            condition_on_previous_text=False,
            # None: no bar and no lines on the terminal.
            verbose=None,
            fp16=str(model.device) != "cpu",
        )
        for segment in said["segments"]:
            hearing.heard(_lines(segment, stretch), said["language"])
    hearing.went_on(stretch.at_seconds + stretch.seconds)


def _lines(segment: Any, stretch: Stretch) -> list[Cue]:
    words = [
        Word(_time(word["start"], stretch), _time(word["end"], stretch), word["word"], float(word["probability"]))
        for word in segment.get("words", ())
    ]
    start, end = _time(segment["start"], stretch), _time(segment["end"], stretch)
    return lines(segment["text"], start, end, words, round(min(exp(segment["avg_logprob"]), 1.0), 3))


def _time(seconds: float, stretch: Stretch) -> float:
    # Whisper hears windows of 30 s, filled up with silence, and may place a word behind the sound's end.
    return round(max(min(float(seconds), stretch.seconds) + stretch.at_seconds, 0.0), 3)


def _installed() -> bool:
    """Whether that ``whisper`` is there: another package of the name keeps a database's files."""
    found = importlib.util.find_spec("whisper")
    places_ = (found.submodule_search_locations or ()) if found else ()
    return any(os.path.isfile(os.path.join(place, "transcribe.py")) for place in places_)


def _cache() -> str:
    """Where the package keeps what it fetches."""
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "whisper")


@lru_cache(maxsize=1)
def _loaded(file: str, device: str) -> Any:
    whisper = importlib.import_module("whisper")
    quiet.bars()
    return whisper.load_model(file, device=None if device == AUTO else device)
