"""test_whisper_cpp: the command as it is called and as it answers, by a script that writes what the real one writes."""

import json
import sys
import textwrap
import time

import psutil
import pytest

from tests.speech import sounding
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.backends.transcribe.whisper_cpp import WhisperCpp
from vidwatchd.errors import BackendFailed, Cancelled
from vidwatchd.media.probe import open_media

SCRIPT = """#!{python}
import json, sys, time, wave
words = sys.argv[1:]
at = lambda flag: words[words.index(flag) + 1]
with wave.open(at("-f"), "rb") as sound:
    assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 16000)
    seconds = sound.getnframes() / 16000
model = open(at("-m")).read()
print("whisper_print_progress_callback: progress =  50%", file=sys.stderr, flush=True)
if model == "broken": sys.exit("error: failed to load the model")
if model == "slow": time.sleep(60)
token = lambda text, start, end, p: {{"text": text, "offsets": {{"from": start, "to": end}}, "p": p}}
tokens = [token("[_BEG_]", 0, 0, 1), token(" Gr", 500, 700, 0.9), token("uss", 700, 900, 0.5), token(" Gott", 900, 1200, 1)]
said = [
    {{"offsets": {{"from": 500, "to": 1200}}, "text": " Gruss Gott", "tokens": tokens}},
    {{"offsets": {{"from": 1300, "to": int(seconds * 1000)}}, "text": " [BLANK_AUDIO]", "tokens": []}},
]
language = "de" if at("-l") == "auto" else at("-l")
with open(at("-of") + ".json", "wb") as file:
    file.write(json.dumps({{"result": {{"language": language}}, "transcription": said}}).encode().replace(b"Gott", b"G\\xf6tt"))
with open(at("-m") + ".args", "w") as file:
    json.dump([words, seconds], file)
"""


@pytest.fixture
def cpp(tmp_path):
    program = tmp_path / "whisper-cli"
    program.write_text(textwrap.dedent(SCRIPT.format(python=sys.executable)))
    program.chmod(0o755)
    (tmp_path / "ggml-small.bin").write_text("weights")
    return WhisperCpp(str(tmp_path), "small", str(program))


def hear(backend, path, **ctx):
    with open_media(path) as media:
        return backend.run(Request(path, lambda: media), BackendContext("", **ctx))


@pytest.fixture
def film(tmp_path):
    return sounding(tmp_path / "film.mp4", "sine=d=3", 3)


def test_ready_wants_program_and_file(tmp_path, cpp):
    assert cpp.ready() is None
    assert WhisperCpp(str(tmp_path), "small", "/no/whisper").ready().hint == "give --whisper-cpp-bin its path"
    assert WhisperCpp(str(tmp_path), "tiny", cpp.binary).ready().hint == "vidwatchd models pull ggml-tiny"
    assert WhisperCpp("", "tiny", cpp.binary, str(tmp_path / "no.bin")).ready().hint == "correct --whisper-cpp-model"
    assert WhisperCpp("", "tiny", cpp.binary, str(tmp_path / "ggml-small.bin")).ready() is None


def test_what_it_writes_becomes_lines(tmp_path, cpp, film):
    said = hear(cpp, film, workdir=str(tmp_path))
    (track,) = said.tracks
    (line,) = track.cues
    assert (track.language, line.start_seconds, line.end_seconds, said.model) == ("de", 0.5, 1.2, "ggml-small.bin")
    assert [word.text for word in line.words] == ["Gruss", "G�tt"], "half a character is no reason to lose a film"
    assert line.words[0].probability == 0.5
    words, seconds = json.loads((tmp_path / "ggml-small.bin.args").read_text())
    assert words[words.index("-l") + 1] == "auto"
    assert seconds == pytest.approx(3, abs=0.1)
    assert not list(tmp_path.glob("whisper-*/")), "the sound is gone"


def test_what_goes_wrong_is_said_in_its_words(tmp_path, cpp, film):
    (tmp_path / "ggml-small.bin").write_text("broken")
    with pytest.raises(BackendFailed, match=r"exit code 1\): .*failed to load the model"):
        hear(cpp, film)


def test_a_stop_ends_the_program_at_once(tmp_path, cpp, film):
    (tmp_path / "ggml-small.bin").write_text("slow")
    began, told = time.monotonic(), []
    with pytest.raises(Cancelled):
        hear(cpp, film, cancelled=lambda: time.monotonic() - began > 1, progress=told.append)
    assert time.monotonic() - began < 5
    assert 0.5 in told
    assert not [p for p in psutil.Process().children(recursive=True) if "whisper-cli" in " ".join(p.cmdline())]


def test_silence_is_not_shown_to_it(tmp_path, cpp):
    assert hear(cpp, sounding(tmp_path / "quiet.mp4", "anullsrc", 2)).tracks == ()
    assert not (tmp_path / "ggml-small.bin.args").exists()
