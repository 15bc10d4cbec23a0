"""test_whisper: OpenAI's package as it is called and as it answers, by a stand-in of its shape: it is no dependency."""

import sys
import textwrap

import pytest

from tests.speech import sounding
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe import whisper
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.backends.transcribe.whisper import Whisper
from vidwatchd.errors import BackendFailed
from vidwatchd.media.probe import open_media

PACKAGE = """
import pathlib
class Model:
    device = "cpu"
    def __init__(self, file): self.file = file
    def transcribe(self, audio, *, language, task, word_timestamps, condition_on_previous_text, verbose, fp16):
        assert audio.dtype == "float32" and audio.ndim == 1 and not condition_on_previous_text and not fp16
        words = [{"word": " hello", "start": 1.0, "end": 1.5, "probability": 0.75}]
        segment = {"start": 1.0, "end": 1.5, "text": " hello", "avg_logprob": -0.1, "words": words}
        return {"language": language or "en", "text": " hello", "segments": [segment]}
def load_model(name, device=None):
    if pathlib.Path(name).read_bytes() == b"broken": raise RuntimeError("not a checkpoint")
    return Model(name)
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    package = tmp_path / "site" / "whisper"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(textwrap.dedent(PACKAGE))
    (package / "transcribe.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    yield
    sys.modules.pop("whisper", None)
    whisper._loaded.cache_clear()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache" / "whisper").mkdir(parents=True)
    return tmp_path / "cache" / "whisper"


def hear(backend, path, **asked):
    with open_media(path) as media:
        return backend.run(Request(path, lambda: media, **asked), BackendContext("", device="cpu"))


def test_ready_wants_package_and_file(tmp_path, cache, monkeypatch):
    backend = Whisper(str(tmp_path), "turbo")
    assert backend.ready().hint == "pip install openai-whisper"
    package = tmp_path / "site" / "whisper"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    assert backend.ready().hint == "pip install openai-whisper", "another package of that name"
    (package / "transcribe.py").touch()
    assert backend.ready().hint == f"put {cache}/large-v3-turbo.pt there"
    (cache / "large-v3-turbo.pt").touch()
    assert backend.ready() is None


def test_what_it_says_becomes_lines(tmp_path, installed):
    (tmp_path / "small.pt").write_bytes(b"weights")
    said = hear(Whisper(str(tmp_path), "small"), sounding(tmp_path / "tone.mp4", "sine=d=2", 2), language="de")
    (track,) = said.tracks
    assert (track.language, track.text, track.cues[0].words[0].probability, said.model) == (
        "de",
        "hello",
        0.75,
        "small",
    )
    silent = sounding(tmp_path / "quiet.mp4", "anullsrc", 2)
    assert hear(Whisper(str(tmp_path), "small"), silent).tracks == (), "it would invent words"


def test_what_goes_wrong_is_said(tmp_path, installed):
    (tmp_path / "small.pt").write_bytes(b"broken")
    with pytest.raises(BackendFailed, match="whisper failed: not a checkpoint"):
        hear(Whisper("", str(tmp_path / "small.pt")), sounding(tmp_path / "tone.mp4", "sine=d=2", 2))
