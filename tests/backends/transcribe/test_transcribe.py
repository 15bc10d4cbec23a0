"""test_transcribe: who is asked first, and what is kept when the next one is asked."""

import shutil

import pytest

from tests.speech import DOOR, Said, spoken, trained
from vidwatchd.backends import transcribe
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.transcribe import Options
from vidwatchd.backends.transcribe.request import Request
from vidwatchd.errors import Unavailable
from vidwatchd.media.probe import open_media

LINE = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"


@pytest.fixture
def film(tmp_path):
    """A film in which an English sentence is said."""
    return spoken(tmp_path / "film.mp4", Said(DOOR, at_seconds=1))


def write(tmp_path, *names):
    for name in names:
        (tmp_path / name).write_text(LINE.format(name), encoding="utf-8")


def hear(path, language="", translate=False, **options):
    with open_media(path) as media:
        request = Request(path, lambda: media, language, translate)
        return transcribe.transcribe(request, Options(**options), BackendContext("", device="cpu"))


def ids(heard):
    return [(track.id, track.source) for track in heard.tracks]


def test_files_and_tracks_together_give_every_language(tmp_path, clips):
    shutil.copy(clips.many_tracks(), tmp_path / "film.mkv")
    path = str(tmp_path / "film.mkv")
    assert (ids(hear(path)), hear(path).backend) == ([("de", "embedded")], "embedded")
    write(tmp_path, "film.en.srt")
    assert ids(hear(path)) == [("en", "sidecar"), ("de", "embedded")]
    write(tmp_path, "film.de.srt", "film.de.sdh.srt")
    assert ids(hear(path)) == [("de", "sidecar"), ("en", "sidecar"), ("de.sdh", "sidecar")]
    assert hear(path).backend == "sidecar"
    assert ids(hear(path, backend="embedded")) == [("de", "embedded")]
    assert ids(hear(path, backend="sidecar"))[0] == ("de", "sidecar")


def test_without_words_and_without_a_model_the_fix_is_named(film):
    with pytest.raises(Unavailable) as error:
        hear(film)
    assert error.value.hint == "vidwatchd models pull small"
    for named in ("sidecar", "embedded"):
        with pytest.raises(Unavailable, match=f"no subtitles of the kind {named}"):
            hear(film, backend=named)
    with pytest.raises(Unavailable, match="whisper-cli"):
        hear(film, backend="whisper.cpp", whisper_cpp_bin="")


def test_forced_lines_are_no_coverage(tmp_path, film):
    write(tmp_path, "film.en.forced.srt")
    with pytest.raises(Unavailable):
        hear(film)
    assert ids(hear(film, model=trained())) == [("en.forced", "sidecar"), ("en", "model")]


def test_another_language_than_what_is_there_goes_on_to_a_model(tmp_path, film):
    write(tmp_path, "film.de.srt")
    model = trained()
    assert ids(hear(film, model=model)) == [("de", "sidecar")]
    found = hear(film, "en", model=model)
    assert (ids(found), found.backend) == ([("de", "sidecar"), ("en", "model")], "faster-whisper")
    assert ids(hear(film, "en")) == [("de", "sidecar")], "better than nothing"
    assert ids(hear(film, "", True, model=model))[-1] == ("en", "model")
    assert ids(hear(film, "de", model=model)) == [("de", "sidecar")]


def test_a_named_backend_is_the_only_one(tmp_path, film):
    write(tmp_path, "film.de.srt")
    assert ids(hear(film, backend="faster-whisper", model=trained())) == [("en", "model")]


def test_what_failed_on_the_way_is_told(tmp_path, film):
    (tmp_path / "film.en.srt").write_bytes(b"\0" * 99)
    found = hear(film, model=trained())
    assert found.backend == "faster-whisper"
    ((name, reason),) = found.fallback_from
    assert (name, "film.en.srt" in reason) == ("sidecar", True)


def test_a_broken_model_is_no_reason_to_lose_what_is_there(tmp_path, film):
    model = tmp_path / "model"
    model.mkdir()
    for name in ("model.bin", "tokenizer.json"):
        (model / name).write_bytes(b"{}")
    write(tmp_path, "film.de.srt")
    found = hear(film, "en", model=str(model))
    assert (ids(found), found.backend) == ([("de", "sidecar")], "sidecar")
    assert "faster-whisper failed" in found.fallback_from[0][1]


def test_no_sound_needs_no_model(clips):
    found = hear(clips.still())
    assert (found.tracks, found.backend) == ((), "none")


def test_lacking_says_what_would_help():
    assert transcribe.lacking(Options(), "/nowhere").hint == "vidwatchd models pull small"
    assert transcribe.lacking(Options(backend="sidecar"), "/nowhere").hint == "use --backend auto"
    assert transcribe.lacking(Options(model=trained()), "/nowhere") is None
