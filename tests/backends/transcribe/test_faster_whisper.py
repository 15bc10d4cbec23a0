"""test_faster_whisper: the real thing, with a model that knows six sentences and one that knows nothing."""

import pytest

from tests.speech import DOOR, Said, sounding, spoken, trained, untrained
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe import faster_whisper
from vidwatchd.backends.transcribe.faster_whisper import FasterWhisper
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.errors import BackendFailed, Cancelled
from vidwatchd.media.probe import open_media


@pytest.fixture(scope="module")
def nonsense(tmp_path_factory):
    return untrained(tmp_path_factory.mktemp("untrained"))


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return spoken(tmp_path_factory.mktemp("film") / "film.mp4", Said(DOOR, at_seconds=2))


def hear(model, path, told=None, **asked):
    ctx = BackendContext("", device="cpu", progress=(told if told is not None else []).append)
    with open_media(path) as media:
        return FasterWhisper("", model).run(Request(path, lambda: media, **asked), ctx)


def test_words_with_their_times(film):
    told = []
    said = hear(trained(), film, told)
    (track,) = said.tracks
    assert (track.language, track.text, said.model) == ("en", "open the red door", "whisper-espeak-1m")
    (line,) = track.cues
    assert line.start_seconds == pytest.approx(2, abs=0.5)
    assert [word.text for word in line.words] == ["open", "the", "red", "door"]
    assert all(0 < word.probability <= 1 for word in line.words)
    assert told == sorted(told)
    assert told[-1] > 0.5, "the sound ends before the picture"


def test_a_model_that_hears_nonsense_is_loaded_run_and_stays_until_it_is_unloaded(film, nonsense):
    faster_whisper._loaded.cache_clear()
    for _ in range(2):
        said = hear(nonsense, film, language="en")
        assert said.model == "model"
    assert faster_whisper._loaded.cache_info()[:2] == (1, 1)
    assert all(cue.end_seconds <= 7 for track in said.tracks for cue in track.cues)
    FasterWhisper("", nonsense).unload()
    assert faster_whisper._loaded.cache_info().currsize == 0


def test_no_speech_is_an_answer_and_no_sound_is_none(tmp_path, clips, nonsense):
    assert hear(nonsense, sounding(tmp_path / "tone.mp4", "sine=d=6")).tracks == ()
    assert hear(nonsense, clips.still()) is None


def test_ready_looks_and_loads_nothing(tmp_path, nonsense):
    assert FasterWhisper("", nonsense).ready() is None
    lacking = FasterWhisper(str(tmp_path), "small").ready()
    assert lacking.hint == "vidwatchd models pull small"


def test_what_is_wrong_with_a_model_is_said(tmp_path, film):
    for name in ("model.bin", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(BackendFailed, match="faster-whisper failed on cpu"):
        hear(str(tmp_path), film)


def test_a_stop_is_noticed(film, nonsense):
    with open_media(film) as media, pytest.raises(Cancelled):
        request = Request(film, lambda: media)
        FasterWhisper("", nonsense).run(request, BackendContext("", device="cpu", cancelled=lambda: True))
