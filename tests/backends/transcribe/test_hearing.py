"""test_hearing: the language settles with the first sure words, and progress goes by time."""

import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe.hearing import Hearing, as_whisper_has_it
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.cues import Cue
from vidwatchd.errors import Cancelled


def hearing(told=None, **asked):
    ctx = BackendContext("", progress=(told if told is not None else []).append)
    return Hearing(Request("film.mp4", lambda: None, **asked), 10.0, ctx)


def test_the_language_is_what_most_was_said_in():
    heard = hearing()
    heard.heard([Cue(0, 1, "hm")], "ja", 0.3)
    assert heard.language == "", "not sure enough to hold on to"
    heard.heard([Cue(2, 3, "good evening to all of you")], "en", 0.9)
    assert heard.language == "en"
    (track,) = heard.tracks("a model")
    assert (track.language, track.source, track.origin) == ("en", "model", "a model")
    assert [cue.text for cue in track.cues] == ["hm", "good evening to all of you"]


def test_what_is_asked_for_is_not_found_out():
    assert hearing(language="pt-BR").language == "pt"
    assert (hearing().task, hearing(translate=True).task) == ("transcribe", "translate")
    heard = hearing(translate=True)
    heard.heard([Cue(0, 1, "hello")], "de")
    assert heard.tracks("m")[0].language == "en"
    assert (as_whisper_has_it("nb"), as_whisper_has_it("de"), as_whisper_has_it("")) == ("no", "de", None)


def test_no_words_are_no_track():
    assert hearing().tracks("m") == ()


def test_progress_goes_by_time_and_a_stop_is_noticed():
    told = []
    heard = hearing(told)
    for at in (-1, 2.5, 99):
        heard.went_on(at)
    assert told == [0.0, 0.25, 1.0]
    heard.ctx = BackendContext("", cancelled=lambda: True)
    with pytest.raises(Cancelled):
        heard.went_on(3)
