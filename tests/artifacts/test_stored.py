"""test_stored: the kind, with what other kinds made."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.kinds import make
from vidwatchd import artifacts, config
from vidwatchd.artifacts import stored
from vidwatchd.artifacts.stored import Stored
from vidwatchd.cues import Cue, Track, tracks_to_plain
from vidwatchd.making import make_visit
from vidwatchd.model import ArtifactState, VisitTask
from vidwatchd.storing import manifest, words

QUICK = {"backend": "stub", "stub_seconds": 0.5}
FACTS = {
    "bytes": 57_100, "source_bytes": 17_700_000, "ratio": 310.6, "ssim": 0.8411, "backend": "proxy",
}  # fmt: skip


def test_it_takes_what_others_made(clips, tmp_path):
    said, cuts = tmp_path / "a.subtitles.json", tmp_path / "a.scenes.json"
    said.write_text(json.dumps({"tracks": tracks_to_plain([Track("en", "en", "sidecar", (Cue(0, 1, "Hello."),))])}))
    cuts.write_text(json.dumps({"scenes": [{"start": 0.0, "end": 0.4}, {"start": 0.4, "end": 1.0}]}))
    inputs = {"subtitles": {".subtitles.json": str(said)}, "scenes": {".scenes.json": str(cuts)}}
    task = VisitTask(clips.brief(), str(tmp_path), (("stored", {"backend": "keyframes"}),), inputs, "film.mp4")
    (outcome,) = make_visit(task, progress=lambda done: None)
    assert outcome.state is ArtifactState.DONE, outcome.error
    assert (outcome.backend, outcome.facts["origin"]) == ("keyframes", "real")
    assert set(outcome.files) == {
        "stored/audio.aac", "stored/script.txt", "stored/resultant.mp4", "stored/manifest.json"
    }  # fmt: skip
    text = Path(outcome.files["stored/script.txt"]).read_text()
    assert text.startswith("film.mp4\n")
    assert "Hello." in text
    form = manifest.read(os.path.dirname(outcome.files["stored/manifest.json"]))
    assert form.source.name == "film.mp4"
    assert outcome.facts["bytes"] == form.stored_bytes
    assert outcome.facts["id"] == form.id


def test_it_is_made_of_nothing_but_the_film(clips, tmp_path):
    outcome = make("stored", clips.brief(), tmp_path, audio_format="mp3", **QUICK)
    assert "stored/audio.mp3" in outcome.files
    assert (outcome.backend, outcome.facts["origin"]) == ("stub", "placeholder")
    assert "vidwatchd models pull" in Path(outcome.files["stored/script.txt"]).read_text()


def test_files_of_others_that_are_broken_are_passed_over(clips, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    inputs = {"subtitles": {".json": str(broken)}, "scenes": {".json": str(broken)}}
    (outcome,) = make_visit(VisitTask(clips.zero(), str(tmp_path), (("stored", QUICK),), inputs))
    assert outcome.state is ArtifactState.DONE, outcome.error
    for text in ('{"scenes": 3}', '{"scenes": [{"start": "x"}]}', "[]", '{"tracks": 3}'):
        broken.write_text(text)
        assert stored._scenes({".json": str(broken)}) == ()
        assert words._read(str(broken)) is None


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({}, "57 KB of 18 MB (1/311), SSIM 0.84, proxy"),
        ({"ssim": None, "backend": "none", "ratio": 0.5}, "57 KB of 18 MB (2.0 times), none"),
        (
            {"source_bytes": 4_200_000_000, "bytes": 9_960_000, "ratio": 421.7},
            "10 MB of 4.2 GB (1/422), SSIM 0.84, proxy",
        ),
        ({"source_bytes": 999_700, "ratio": 0.0}, "57 KB of 1.0 MB (?), SSIM 0.84, proxy"),
    ],
)
def test_its_line(facts, line):
    assert Stored.line({**FACTS, **facts}) == line


def test_where_it_runs_is_no_part_of_what_it_is():
    usual = Stored()
    assert Stored(device="cpu", t2v_device="cuda", ffmpeg_path="/x").settings_hash == usual.settings_hash
    assert Stored(backend="stub").settings_hash != usual.settings_hash
    assert usual.resolved("") is usual


def test_its_settings_are_those_of_the_document():
    said = config.parse({"audio": {"max_mb": 2, "format": "opus"}, "t2v": {"backend": "stub", "device": "cpu"}})
    found = artifacts.settings_for(said, "stored")
    assert (found.audio_max_mb, found.audio_format, found.backend, found.t2v_device) == (2, "opus", "stub", "cpu")


def test_only_ffmpeg_is_needed(tmp_path):
    assert Stored().ready("") is None
    lacks = Stored(ffmpeg_path=str(tmp_path / "nowhere")).ready("")
    assert "is no executable" in str(lacks)
