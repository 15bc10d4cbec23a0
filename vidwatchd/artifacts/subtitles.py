"""subtitles: what is said in a video, as timed lines in every language that there is, for reading and for searching."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import field_validator

from vidwatchd import languages, subtitle_formats
from vidwatchd.artifacts.base import Kind, Made, MakeContext, Out, setting
from vidwatchd.backends import transcribe
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.cues import Edits, Passage, Track, spoken, tracks_from_plain, tracks_to_plain
from vidwatchd.errors import Unavailable

_JSON = ".subtitles.json"
_TEXTS = {"vtt": (".vtt", subtitle_formats.vtt), "srt": (".srt", subtitle_formats.srt)}
# Word times are what whisperx adds to Whisper; faster-whisper gives them too.
_SAME = {"whisperx": "faster-whisper"}


class Subtitles(Kind):
    """Speech as text: subtitle files beside the video, then its own text tracks, then what a speech model hears.
    Files that people made are read and never written. A video in which nobody speaks is done, with nothing to show."""

    name: ClassVar[str] = "subtitles"
    title: ClassVar[str] = "Subtitles"
    summary: ClassVar[str] = "Find or hear what is said, with times, in every language there is."
    tier: ClassVar[Literal["quick", "heavy", "model"]] = "model"
    suffixes: ClassVar[tuple[str, ...]] = (_JSON, ".vtt", ".srt")
    reads: ClassVar[tuple[str, ...]] = subtitle_formats.ENDINGS
    spoken: ClassVar[str] = _JSON
    programs: ClassVar[tuple[str, ...]] = ("whisper_cpp_bin",)
    urls: ClassVar[Mapping[str, Mapping[str, str]]] = {"subtitles_url": {"": _JSON}}
    defaults: ClassVar[Mapping[str, str]] = {"device": "device"}

    model: str = setting("small", "speech model, by name or the path of its folder", "--model", min_length=1)
    backend: Literal["auto", "sidecar", "embedded", "faster-whisper", "whisper", "whisper.cpp", "whisperx"] = setting(
        "auto", "where the words come from; auto: the first of these that has any", "--backend"
    )
    language: str = setting("", "what is spoken (en, deu, French); empty: found out", "--language")
    translate: bool = setting(False, "have a model translate into English", "--translate")
    format: Literal["vtt", "srt", "json"] = setting("vtt", "file written beside the JSON; json: none", "--format")
    whisper_cpp_bin: str = setting("", "program of whisper.cpp; empty: whisper-cli on the PATH", "--whisper-cpp-bin")
    whisper_cpp_model: str = setting(
        "", "model file of whisper.cpp; empty: ggml-MODEL in the models folder", "--whisper-cpp-model"
    )
    device: Literal["auto", "cuda", "cpu"] = setting("auto", "where the model runs", "--device")
    compute_type: Literal["auto", "int8", "int8_float16", "int8_float32", "float16", "float32"] = setting(
        "auto", "how exactly faster-whisper counts; auto: the fastest here that is good", "--compute-type"
    )

    @field_validator("language")
    @classmethod
    def _known(cls, value: str) -> str:
        found = languages.code(value)
        if value.strip().lower() not in ("", "auto") and not found:
            raise ValueError("must be a language such as en, deu or French")
        return found

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """``en, de: 1,204 words (sidecar)``."""
        if not facts["speech"]:
            return "no speech"
        return f"{', '.join(facts['languages'])}: {facts['words']:,} words ({facts['backend']})"

    @classmethod
    def passages(cls, values: Any, edits: Edits) -> tuple[Passage, ...]:
        """The lines of all tracks but forced ones, as people want them."""
        try:
            return spoken(tracks_from_plain(values), edits)
        except ValueError:
            return ()

    def lacks(self, models: str) -> Unavailable | None:
        """Whether a model is ready: videos that bring no words need one."""
        return transcribe.lacking(self._options, models)

    def make(self, source: str, out: Out, ctx: MakeContext) -> Made:
        """Write the tracks as JSON, and the main one in the format that is wanted."""
        media = ctx.open()
        request = Request(source, lambda: media, self.language, self.translate)
        backend_ctx = BackendContext(ctx.models, ctx.workdir, self.device, ctx.progress, ctx.cancelled)
        heard = transcribe.transcribe(request, self._options, backend_ctx)
        main = self._main(heard.tracks)
        about = {
            "speech": any(track.cues for track in heard.tracks),
            "backend": heard.backend,
            "model": heard.model,
            "language": main.language if main else "",
            **({"fallback_from": dict(heard.fallback_from)} if heard.fallback_from else {}),
        }
        head = {"video": out.name, "duration_seconds": round(media.info.duration_seconds, 3), **about}
        # A word a line would make a film's file ten times as long.
        document = json.dumps({**head, "tracks": tracks_to_plain(heard.tracks)}, ensure_ascii=False) + "\n"
        files = {_JSON: out.write(_JSON, document.encode())}
        if main and self.format in _TEXTS:
            suffix, written = _TEXTS[self.format]
            files[suffix] = out.write(suffix, written(main.cues).encode())
        return Made(files, {**about, **_counted(heard.tracks)}, backend=heard.backend)

    @property
    def _options(self) -> transcribe.Options:
        return transcribe.Options(
            _SAME.get(self.backend, self.backend),
            self.model,
            self.compute_type,
            self.whisper_cpp_bin,
            self.whisper_cpp_model,
        )

    def _main(self, tracks: tuple[Track, ...]) -> Track | None:
        """The track that is shown to whoever does not choose: the language asked for, full lines, plain ones."""
        wanted = languages.base("en" if self.translate else self.language)
        return min(
            (track for track in tracks if track.cues),
            key=lambda track: (
                track.forced,
                bool(wanted) and languages.base(track.language) != wanted,
                not track.default,
                track.hearing_impaired,
            ),
            default=None,
        )


def _counted(tracks: tuple[Track, ...]) -> dict[str, Any]:
    full = [track for track in tracks if not track.forced]
    return {
        "languages": list(dict.fromkeys(track.language for track in full or tracks)),
        "tracks": len(tracks),
        "words": sum(len(cue.text.split()) for track in full for cue in track.cues),
    }
