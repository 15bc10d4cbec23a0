"""faster_whisper: the words of the sound by a Whisper model that CTranslate2 runs, with a time for each word.

Silence and music are cut away before the model hears them, and no window is told what the one before it said: both are
what makes Whisper invent and repeat words.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import TYPE_CHECKING, Any

from vidwatchd.backends import quiet
from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.models import missing
from vidwatchd.backends.transcribe import places
from vidwatchd.backends.transcribe.hearing import Hearing, as_whisper_has_it
from vidwatchd.backends.transcribe.lines import lines
from vidwatchd.backends.transcribe.request import Request, Transcript
from vidwatchd.cues import Cue, Word
from vidwatchd.errors import BackendFailed, Unavailable

if TYPE_CHECKING:
    from vidwatchd.media.audio import Stretch

_FILES = ("model.bin", "tokenizer.json")
# By device, the best first. What a model was stored as says nothing of what is fast here.
_COMPUTE = {"cuda": ("float16", "int8_float16", "float32"), "cpu": ("int8", "int8_float32", "float32")}
_FOREIGN = (RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class FasterWhisper:
    """``model`` is a name such as ``small`` or the absolute path of a model's folder; ``models`` the folder of all."""

    models: str
    model: str
    compute_type: str = AUTO

    task = "transcribe"
    name = "faster-whisper"
    rank = 30

    def ready(self) -> Unavailable | None:
        """Whether the extra is installed and the model is here."""
        if importlib.util.find_spec("faster_whisper") is None:
            return Unavailable("faster-whisper is not installed", hint="pip install 'vidwatchd[subtitles]'")
        return None if self._folder else missing(self.model)

    def run(self, request: Request, ctx: BackendContext) -> Transcript | None:
        """What is said. Raises BackendFailed when the model cannot be loaded or run."""
        devices = _devices(ctx.device)
        for device in devices[:-1]:
            try:
                return self._run_on(device, request, ctx)
            except BackendFailed:
                continue  # a graphics card that is there may lack libraries or memory, which only shows at work
        return self._run_on(devices[-1], request, ctx)

    def unload(self) -> None:
        """Give back the memory of the model."""
        _loaded.cache_clear()

    @property
    def _folder(self) -> str:
        return places.folder_of(self.models, self.model, _FILES)

    def _run_on(self, device: str, request: Request, ctx: BackendContext) -> Transcript | None:
        from vidwatchd.media import audio

        media = request.open()
        track = audio.best_track(media, request.language)
        if track is None:
            return None
        hearing = Hearing(request, media.info.duration_seconds, ctx)
        try:
            model = _loaded(self._folder, device, self.compute_type)
            for stretch in audio.stretches(media, track):
                _hear(model, stretch, hearing)
        except _FOREIGN as error:
            raise BackendFailed(f"faster-whisper failed on {device}: {error}") from error
        named = places.shown(self.model)
        return Transcript(hearing.tracks(f"{self.name} {named}, stream {track}"), named)


def _hear(model: Any, stretch: Stretch, hearing: Hearing) -> None:
    segments, info = model.transcribe(
        stretch.samples,
        language=as_whisper_has_it(hearing.language),
        task=hearing.task,
        vad_filter=True,
        # Pauses from half a second are cut away, all but 0.4 s at each side; the default waits for 2 s.
        vad_parameters={"min_silence_duration_ms": 500},
        condition_on_previous_text=False,
        word_timestamps=True,
        # faster-whisper leaves out a segment only where both say so.
        no_speech_threshold=0.6,
        log_prob_threshold=-1.0,
    )
    if not info.duration_after_vad:
        return hearing.went_on(stretch.at_seconds + stretch.seconds)
    for segment in segments:
        hearing.heard(_lines(segment, stretch), info.language, info.language_probability)
        hearing.went_on(stretch.at_seconds + segment.end)
    return hearing.went_on(stretch.at_seconds + stretch.seconds)


def _lines(segment: Any, stretch: Stretch) -> list[Cue]:
    words = [
        Word(_time(word.start, stretch), _time(word.end, stretch), word.word, round(float(word.probability), 3))
        for word in segment.words or ()
    ]
    probability = round(min(exp(segment.avg_logprob), 1.0), 3)
    return lines(segment.text, _time(segment.start, stretch), _time(segment.end, stretch), words, probability)


def _time(seconds: Any, stretch: Stretch) -> float:
    # Whisper hears windows of 30 s, filled up with silence, and may place a word behind the sound's end.
    return round(max(min(float(seconds), stretch.seconds) + stretch.at_seconds, 0.0), 3)


def _devices(wanted: str) -> tuple[str, ...]:
    if wanted != AUTO:
        return (wanted,)
    import ctranslate2

    return ("cuda", "cpu") if ctranslate2.get_cuda_device_count() else ("cpu",)


@lru_cache(maxsize=1)
def _loaded(folder: str, device: str, compute_type: str) -> Any:
    """The model; the last one stays for the next file. Never from the network: the folder is known to be whole."""
    import ctranslate2
    from faster_whisper import WhisperModel

    quiet.bars()
    known = ctranslate2.get_supported_compute_types(device)
    best = next((kind for kind in _COMPUTE[device] if kind in known), "default")
    return WhisperModel(
        folder, device=device, compute_type=best if compute_type == AUTO else compute_type, local_files_only=True
    )
