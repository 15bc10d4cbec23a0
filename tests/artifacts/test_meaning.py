"""test_meaning: what is shown and said becomes vectors, of what there is and by the models that are here."""

import base64
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from vidwatchd import cues
from vidwatchd.artifacts.meaning import Meaning, parts
from vidwatchd.cues import Cue, Track
from vidwatchd.making import make_visit
from vidwatchd.model import ArtifactState, VisitTask

LINES = tuple(Cue(n * 2.0, n * 2.0 + 1.5, f"the dog {n} and the blue car in the street") for n in range(6))
LATER = Cue(60.0, 61.0, "a woman")


@pytest.fixture
def models(tiny):
    """A folder with a picture model and a sentence model."""
    tiny.clip()
    tiny.sentences()
    return str(tiny.folder)


@pytest.fixture
def speech(tmp_path):
    def write(*tracks):
        path = tmp_path / "made.subtitles.json"
        path.write_text(json.dumps({"video": "v", "speech": True, "tracks": cues.tracks_to_plain(tracks)}))
        return {"subtitles": {".vtt": str(tmp_path / "none.vtt"), ".subtitles.json": str(path)}}

    return write


def made(source, out, models, inputs=None, **settings):
    out.mkdir(exist_ok=True)
    (outcome,) = make_visit(VisitTask(source, str(out), (("meaning", settings),), inputs or {}, models=models))
    return outcome


def read(outcome):
    assert outcome.state is ArtifactState.DONE, outcome.error
    return {
        part.source: part
        for part in parts(json.loads(Path(outcome.files[".meaning.json"]).read_text(encoding="utf-8")))
    }


def vectors(part):
    return np.frombuffer(part.vectors, "<f2").reshape(-1, part.dimensions).astype(np.float32)


def test_frames_evenly_and_speech_in_passages(clips, tmp_path, models, speech):
    track = Track("en", "en", "sidecar", (*LINES, LATER))
    forced = Track("fr", "fr", "sidecar", (LATER,), forced=True)
    # By name: other tests of this process may have put a better one beside it.
    outcome = made(clips.long(), tmp_path / "out", models, speech(forced, track), model="clip-base")
    found = read(outcome)
    frames, said = found["frames"], found["speech"]
    assert len(frames.starts) == 8, "one every ten of 80 seconds"
    assert frames.starts == sorted(frames.starts)
    assert list(frames.ends) == pytest.approx([*frames.starts[1:], 80.0], abs=0.1)
    assert [(start, end) for start, end in zip(said.starts, said.ends, strict=True)] == [(0, 5.5), (6, 11.5), (60, 61)]
    for part in (frames, said):
        assert np.linalg.norm(vectors(part), axis=1) == pytest.approx(np.ones(len(part.starts)), abs=2e-3)
    assert outcome.backend == "clip+sentence"
    assert [(p["source"], p["count"], p["dimensions"]) for p in outcome.facts["parts"]] == [
        ("frames", 8, 32),
        ("speech", 3, 32),
    ]
    assert Meaning.line(outcome.facts).startswith("8 frames by clip-base:")


def test_the_settings_decide_how_often(clips, tmp_path, models):
    assert len(read(made(clips.long(), tmp_path / "a", models, every_seconds=20))["frames"].starts) == 4
    assert len(read(made(clips.long(), tmp_path / "b", models, every_seconds=2, most_frames=5))["frames"].starts) == 5
    assert len(read(made(clips.moment(), tmp_path / "c", models))["frames"].starts) == 1


def test_a_keyframe_that_serves_twice_is_looked_at_once(clips, tmp_path, models):
    starts = read(made(clips.long(), tmp_path / "out", models, every_seconds=0.5))["frames"].starts
    assert len(starts) == len(set(starts)) <= 160


def test_the_main_track_is_the_default_one(clips, tmp_path, models, speech):
    first, main = Track("fr", "fr", "embedded", LINES), Track("en", "en", "embedded", (LATER,), default=True)
    said = read(made(clips.normal(), tmp_path / "out", models, speech(first, main)))["speech"]
    assert list(said.starts) == [60.0]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tracks": 5}'])
def test_a_broken_transcript_says_nothing(clips, tmp_path, models, speech, text):
    inputs = speech()
    (tmp_path / "made.subtitles.json").write_text(text)
    assert list(read(made(clips.normal(), tmp_path / "out", models, inputs))) == ["frames"]


def test_without_pictures_there_may_be_speech(clips, tmp_path, models, speech):
    found = read(made(clips.audio_only(), tmp_path / "out", models, speech(Track("en", "en", "sidecar", LINES))))
    assert list(found) == ["speech"]
    nothing = made(clips.audio_only(), tmp_path / "none", models)
    assert (read(nothing), Meaning.line(nothing.facts)) == ({}, "nothing to see or hear")


@pytest.mark.parametrize("clip", ["junk", "empty", "headless"])
def test_what_is_no_video_fails_with_a_reason(clips, tmp_path, models, clip):
    outcome = made(getattr(clips, clip)(), tmp_path / "out", models)
    assert (outcome.state, outcome.permanent) == (ArtifactState.FAILED, True)


class TestWithoutModels:
    def test_it_is_unavailable_with_the_command(self, clips, tmp_path):
        outcome = made(clips.normal(), tmp_path / "out", str(tmp_path))
        assert outcome.state is ArtifactState.UNAVAILABLE
        assert "vidwatchd models pull siglip2-base" in outcome.error

    def test_without_the_extra_too(self, clips, tmp_path, models, monkeypatch):
        monkeypatch.setitem(sys.modules, "torch", None)
        outcome = made(clips.normal(), tmp_path / "out", models)
        assert outcome.state is ArtifactState.UNAVAILABLE
        assert "pip install 'vidwatchd[describe]'" in outcome.error

    def test_a_sentence_model_alone_serves_videos_with_speech(self, clips, tmp_path, tiny, speech):
        shutil.copytree(tiny.sentences(), tmp_path / "models" / "minilm")
        models = str(tmp_path / "models")
        kind = Meaning()
        assert kind.ready(models) is None
        assert "siglip2-base" in str(kind.lacks(models))
        assert list(read(made(clips.normal(), tmp_path / "a", models, speech(Track("en", "en", "model", LINES))))) == [
            "speech"
        ]
        silent = made(clips.normal(), tmp_path / "b", models)
        assert (silent.state, "siglip2-base" in silent.error) == (ArtifactState.UNAVAILABLE, True)

    def test_neither_wanted(self, models):
        kind = Meaning(model="none", text_model="none")
        assert "neither" in str(kind.ready(models))


def test_a_model_that_sees_nothing_is_refused(clips, tmp_path, models, tiny):
    outcome = made(clips.normal(), tmp_path / "out", models, model=str(tiny.sentences()))
    assert (outcome.state, "sees no pictures" in outcome.error) == (ArtifactState.FAILED, True)


def test_another_model_makes_it_stale_another_processor_does_not():
    assert Meaning(model="clip-base").settings_hash != Meaning().settings_hash
    assert Meaning(device="cpu").settings_hash == Meaning().settings_hash == Meaning(device="cuda").settings_hash


CODED = base64.b64encode(b"abcd").decode()
GOOD = {"source": "frames", "model": "m:1", "dimensions": 2, "starts": [0], "ends": [1], "vectors": CODED}


def test_a_good_part_is_read():
    (part,) = parts({"parts": [GOOD]})
    assert (part.source, part.starts, part.vectors) == ("frames", [0.0], b"abcd")


@pytest.mark.parametrize(
    "change",
    [
        {"vectors": "%"}, {"vectors": 5}, {"vectors": ""}, {"dimensions": 3}, {"dimensions": 0}, {"dimensions": None},
        {"starts": []}, {"starts": ["x"]}, {"ends": [1, 2]}, {"starts": [], "ends": [], "vectors": ""},
    ],
)  # fmt: skip
def test_foreign_parts_are_left_out(change):
    assert parts({"parts": [{**GOOD, **change}]}) == ()


@pytest.mark.parametrize("values", [None, [], {}, {"parts": 5}, {"parts": [5]}, "text"])
def test_foreign_files_say_nothing(values):
    assert parts(values) == ()
