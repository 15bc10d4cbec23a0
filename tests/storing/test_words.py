"""test_words: whose words a script has, and why it has none."""

from __future__ import annotations

import json
import shutil

import pytest

from vidwatchd.backends.base import BackendContext
from vidwatchd.cues import Cue, Track, tracks_to_plain
from vidwatchd.media.probe import open_media
from vidwatchd.storing import words
from vidwatchd.storing.words import Words

HELLO, HALLO = (Cue(0.5, 1.5, "Hello there."),), (Cue(0.5, 1.5, "Hallo."),)
CTX = BackendContext("")


def found(clips, tmp_path, *tracks, backend="auto", clip="normal"):
    path = tmp_path / "made.subtitles.json"
    path.write_text(json.dumps({"tracks": tracks_to_plain(tracks)}))
    with open_media(getattr(clips, clip)()) as media:
        return words.found({".vtt": "", ".subtitles.json": str(path)}, backend, media, "small", CTX)


def test_the_track_that_is_shown_is_told(clips, tmp_path):
    tracks = [
        Track("de.forced", "de", "sidecar", HALLO, forced=True),
        Track("en.sdh", "en", "sidecar", HELLO, hearing_impaired=True),
        Track("de", "de", "sidecar", HALLO, origin="film.de.srt"),
    ]
    assert found(clips, tmp_path, *tracks) == Words(HALLO, "de", "sidecar", "film.de.srt", track="de")


def test_whisper_means_what_a_model_heard(clips, tmp_path):
    written, heard = Track("en", "en", "sidecar", HELLO), Track("de", "de", "model", HALLO, origin="small")
    assert found(clips, tmp_path, written, heard, backend="whisper").cues == HALLO
    asked = found(clips, tmp_path, written, backend="whisper")
    assert (asked.cues, "vidwatchd models pull" in asked.missing) == ((), True)


def test_nobody_speaks(clips, tmp_path):
    assert found(clips, tmp_path) == Words(backend="none")


def test_no_transcript_may_be_asked_for(clips, tmp_path):
    assert "script.backend" in found(clips, tmp_path, Track("en", "en", "sidecar", HELLO), backend="stub").missing
    with open_media(clips.normal()) as media:
        assert "script.backend" in words.ask(media, "stub", "small", CTX).missing


def test_without_subtitles_the_reason_is_told(clips, tmp_path):
    (tmp_path / "broken.json").write_text("{")
    for path in ("", str(tmp_path / "broken.json"), str(tmp_path / "nowhere.json")):
        with open_media(clips.normal()) as media:
            said = words.found({".json": path}, "auto", media, "small", CTX)
        assert "vidwatchd models pull" in said.missing
        assert "\n" not in said.missing
    with open_media(clips.still()) as media:
        assert words.found({}, "auto", media, "small", CTX) == Words(backend="none")


@pytest.mark.parametrize("backend", ["auto", "whisper"])
def test_those_who_hear_are_asked(clips, tmp_path, backend):
    shutil.copy(clips.normal(), tmp_path / "film.mp4")
    (tmp_path / "film.en.srt").write_text("1\n00:00:00,500 --> 00:00:01,500\nHello there.\n")
    with open_media(str(tmp_path / "film.mp4")) as media:
        said = words.ask(media, backend, "small", CTX)
    with open_media(clips.still()) as media:
        assert words.ask(media, backend, "small", CTX) == Words(backend="none")
    if backend == "auto":
        assert (said.cues[0].text, said.language, said.backend) == ("Hello there.", "en", "sidecar")
    else:
        assert "models pull" in said.missing
