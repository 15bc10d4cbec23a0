"""whisper_cpp: the words of the sound by whisper.cpp's command, which is handed a WAV file and answers in JSON."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.models import missing
from vidwatchd.backends.transcribe import places
from vidwatchd.backends.transcribe.hearing import Hearing, as_whisper_has_it
from vidwatchd.backends.transcribe.lines import lines
from vidwatchd.backends.transcribe.request import Request, Transcript
from vidwatchd.cues import Cue, Word
from vidwatchd.errors import BackendFailed, StorageError, Unavailable

if TYPE_CHECKING:
    from vidwatchd.media.audio import Stretch
    from vidwatchd.media.probe import Media

_PROGRAMS = ("whisper-cli", "whisper-cpp", "whisper.cpp")
_SILENT = 1e-3
_POLL_SECONDS = 0.2
_PROGRESS = re.compile(rb"progress\s*=\s*(\d+)%")
# What it writes where nobody speaks: [BLANK_AUDIO], (music), ♪.
_NO_WORDS = re.compile(r"^\s*(?:\[[^\]]*\]|\([^)]*\)|[♪♫\s]+)\s*$")
_A_MINUTE = 60 * 16000 * 2
_TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class WhisperCpp:
    """``binary`` and ``file`` are a person's program and model file; "": looked for by name."""

    models: str
    model: str
    binary: str = ""
    file: str = ""

    task = "transcribe"
    name = "whisper.cpp"
    rank = 10

    def ready(self) -> Unavailable | None:
        """Whether the program and a model file are here."""
        if not self._program:
            return Unavailable(
                f"whisper.cpp's {self.binary or _PROGRAMS[0]} is not here", hint="give --whisper-cpp-bin its path"
            )
        if not self._file:
            return (
                Unavailable(f"{self.file} does not exist", hint="correct --whisper-cpp-model")
                if self.file
                else missing(self._ggml)
            )
        return None

    def run(self, request: Request, ctx: BackendContext) -> Transcript | None:
        """What is said. Raises BackendFailed with its last words when the program fails."""
        from vidwatchd.media import audio

        media = request.open()
        track = audio.best_track(media, request.language)
        if track is None:
            return None
        hearing = Hearing(request, media.info.duration_seconds, ctx)
        with tempfile.TemporaryDirectory(dir=ctx.workdir or None, prefix="whisper-") as folder:
            if _write(media, track, os.path.join(folder, "sound.wav"), ctx):
                self._hear(folder, hearing)
        named = os.path.basename(self._file)
        return Transcript(hearing.tracks(f"{self.name} {named}, stream {track}"), named)

    def unload(self) -> None:
        """The program has left with its work."""

    def _hear(self, folder: str, hearing: Hearing) -> None:
        answer = os.path.join(folder, "said")
        command = [
            self._program, "-m", self._file, "-f", os.path.join(folder, "sound.wav"), "-l",
            as_whisper_has_it(hearing.language) or "auto", "-ojf", "-of", answer, "-mc", "0", "-pp", "-np",
            *(["-tr"] if hearing.request.translate else []),
        ]  # fmt: skip
        _run(command, os.path.join(folder, "stderr"), hearing)
        said = _answer(f"{answer}.json")
        try:
            for segment in said["transcription"]:
                hearing.heard(_lines(segment), said["result"]["language"])
        except (KeyError, TypeError, ValueError) as error:
            raise BackendFailed(f"whisper.cpp's answer cannot be read: {error!r}") from error

    @property
    def _program(self) -> str:
        wanted = (self.binary,) if self.binary else _PROGRAMS
        return next((found for name in wanted if (found := shutil.which(name))), "")

    @property
    def _ggml(self) -> str:
        return f"ggml-{places.known_as(self.model)}"

    @property
    def _file(self) -> str:
        if self.file:
            return self.file if os.path.isfile(self.file) else ""
        return places.file_of((self.models, os.path.join(self.models, self._ggml)), (f"{self._ggml}.bin",))


def _write(media: Media, track: int, path: str, ctx: BackendContext) -> bool:
    """The whole sound as a WAV file whose time is the video's; whether there is anything to hear in it."""
    from vidwatchd.media import audio

    loud = False
    try:
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, audio.SAMPLES_A_SECOND, 0, "NONE", ""))
            for stretch in audio.stretches(media, track):
                ctx.check()
                loud = loud or float(abs(stretch.samples).max(initial=0)) >= _SILENT
                for block in _placed(stretch, file.tell()):
                    file.writeframesraw(block)
    except OSError as error:
        raise StorageError(f"the sound cannot be written: {error.strerror}") from error
    return loud


def _placed(stretch: Stretch, written: int) -> Iterator[bytes]:
    """Silence up to the stretch's place, then its samples as 16 bit; what lies before the video's start is left out."""
    import numpy as np

    from vidwatchd.media.audio import SAMPLES_A_SECOND

    at = round(stretch.at_seconds * SAMPLES_A_SECOND)
    missing = max(at - written, 0) * 2
    for _ in range(missing // _A_MINUTE):
        yield bytes(_A_MINUTE)
    yield bytes(missing % _A_MINUTE)
    samples = stretch.samples[-at:] if at < 0 and not written else stretch.samples
    yield (samples.clip(-1, 1) * 32767).astype(np.int16).tobytes()


def _run(command: list[str], log: str, hearing: Hearing) -> None:
    """Run the program to its end, telling how far it is; it never outlives us."""
    from vidwatchd.media.ffmpeg import tied

    with open(log, "w+b") as said:
        try:
            child = subprocess.Popen(tied(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        except OSError as error:
            raise BackendFailed(f"whisper.cpp cannot be started: {error.strerror}") from error
        try:
            _follow(child, log, hearing)
        finally:
            child.kill()
            child.wait()
        if child.returncode:
            raise BackendFailed(f"whisper.cpp failed (exit code {child.returncode}): {_last_words(log)}")


def _follow(child: subprocess.Popen[bytes], log: str, hearing: Hearing) -> None:
    while True:
        try:
            child.wait(_POLL_SECONDS)
            return
        except subprocess.TimeoutExpired:
            found = _PROGRESS.findall(_tail(log))
            hearing.went_on(hearing.duration_seconds * (int(found[-1]) / 100 if found else 0))


def _tail(log: str) -> bytes:
    with open(log, "rb") as file:
        file.seek(max(os.path.getsize(log) - _TAIL_BYTES, 0))
        return file.read()


def _last_words(log: str) -> str:
    said = [line.strip() for line in _tail(log).decode("utf-8", "replace").splitlines() if line.strip()]
    return "; ".join(said[-3:]) or "it said nothing"


def _answer(path: str) -> Any:
    """What it wrote: a token may end in the middle of a character."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            said = json.load(file)
        if not isinstance(said["result"]["language"], str) or not isinstance(said["transcription"], list):
            raise ValueError("it is not what whisper.cpp writes")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendFailed(f"whisper.cpp left no answer that can be read: {error}") from error
    return said


def _lines(segment: Any) -> list[Cue]:
    text = segment["text"]
    if _NO_WORDS.match(text):
        return []
    words = _words(segment.get("tokens", ()))
    probability = round(sum(word.probability for word in words) / len(words), 3) if words else 1.0
    return lines(text, _seconds(segment, "from"), _seconds(segment, "to"), words, probability)


def _words(tokens: Any) -> list[Word]:
    """Pieces of words put together: one that begins with a space begins a word. Its own marks stand in [_brackets_]."""
    words: list[Word] = []
    for token in tokens:
        text = token["text"]
        if text.startswith("[_"):
            continue
        piece = Word(_seconds(token, "from"), _seconds(token, "to"), text, round(float(token.get("p", 1.0)), 3))
        if words and not text.startswith(" "):
            last = words.pop()
            piece = Word(
                last.start_seconds, piece.end_seconds, last.text + text, min(last.probability, piece.probability)
            )
        words.append(piece)
    return words


def _seconds(part: Any, end: str) -> float:
    return round(float(part["offsets"][end]) / 1000, 3)
