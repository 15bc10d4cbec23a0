"""test_subtitles: what is said in a video, as files and as facts, whoever said it."""

import json
import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.kinds import make
from tests.speech import DOOR, NIGHT, Said, spoken, trained
from vidwatchd.artifacts import settings_for
from vidwatchd.artifacts.subtitles import Subtitles
from vidwatchd.config import parse
from vidwatchd.cues import NO_EDITS, Edits, Line, tracks_from_plain
from vidwatchd.making import make_visit
from vidwatchd.model import ArtifactState, VisitTask

SRT = "1\n00:00:00,500 --> 00:00:01,500\n{}\n"


def document(outcome):
    return json.loads(Path(outcome.files[".subtitles.json"]).read_text(encoding="utf-8"))


def text(outcome, suffix):
    return Path(outcome.files[suffix]).read_text(encoding="utf-8")


@pytest.fixture
def film(clips, tmp_path):
    """A film with sound, and a folder of its own."""
    (tmp_path / "lib").mkdir()
    return Path(shutil.copy(clips.normal(), tmp_path / "lib" / "film.mp4"))


def test_a_film_that_people_sent_needs_no_model(media_folder, tmp_path):
    made = make("subtitles", str(media_folder / "speech/nasa_13013.mp4"), tmp_path)
    assert made.backend == "embedded"
    assert made.facts == {
        "speech": True, "backend": "embedded", "model": "", "language": "en", "languages": ["en"], "tracks": 2, "words": 76,
        "beside": {},
    }  # fmt: skip
    assert [track["id"] for track in document(made)["tracks"]] == ["en", "en-2"]
    assert "00:00:04.260 --> 00:00:08.350\nspace telescope in one of" in text(made, ".vtt")
    assert set(made.files) == {".subtitles.json", ".vtt"}


def test_sidecars_of_every_language(film, tmp_path):
    (film.parent / "film.de.srt").write_text(SRT.format("Hallo"), encoding="utf-8")
    (film.parent / "film.en.sdh.srt").write_text(SRT.format("Hello [door]"), encoding="utf-8")
    before = {path: path.read_bytes() for path in film.parent.iterdir()}
    made = make("subtitles", str(film), tmp_path / "out", format="srt")
    assert (made.backend, made.facts["languages"], made.facts["words"]) == ("sidecar", ["de", "en"], 3)
    assert text(made, ".srt") == "1\n00:00:00,500 --> 00:00:01,500\nHallo\n"
    assert "Hello" in text(make("subtitles", str(film), tmp_path / "out", language="English"), ".vtt")
    assert set(make("subtitles", str(film), tmp_path / "out", format="json").files) == {".subtitles.json"}
    assert {path: path.read_bytes() for path in film.parent.iterdir()} == before


def test_a_model_hears_the_rest(tmp_path):
    path = spoken(tmp_path / "film.mkv", Said(DOOR, starts_seconds=2), Said(NIGHT, starts_seconds=1, language="deu"))
    made = make("subtitles", path, tmp_path / "out", model=trained(), backend="whisperx", device="cpu")
    said = document(made)
    assert (said["speech"], said["backend"], said["model"], said["language"]) == (
        True, "faster-whisper", "whisper-espeak-1m", "en",
    )  # fmt: skip
    (segment,) = said["tracks"][0]["segments"]
    assert segment["text"] == "open the red door"
    assert segment["start"] == pytest.approx(2, abs=0.5)
    assert [word[2] for word in segment["words"]] == ["open", "the", "red", "door"]
    assert "/" not in json.dumps(said), "no path of this machine"
    other = make("subtitles", path, tmp_path / "out", model=trained(), language="de", device="cpu")
    assert document(other)["tracks"][0]["segments"][0]["text"] == "good night everyone"


def test_no_words_are_a_result(clips, tmp_path):
    made = make("subtitles", clips.still(), tmp_path)
    assert (made.facts["speech"], made.facts["backend"], set(made.files)) == (False, "none", {".subtitles.json"})
    assert document(made)["tracks"] == []
    assert Subtitles.line(made.facts) == "no speech"


def test_without_a_model_it_is_unavailable_with_the_one_command(film, tmp_path):
    (outcome,) = make_visit(VisitTask(str(film), str(tmp_path), (("subtitles", {"model": "tiny"}),)))
    assert (outcome.state, outcome.error) == (
        ArtifactState.UNAVAILABLE, "the model tiny is not here (vidwatchd models pull tiny)",
    )  # fmt: skip
    assert Subtitles().ready("") is None
    assert Subtitles().lacks("").hint == "vidwatchd models pull small"


def test_words_for_the_search_as_people_want_them(film, tmp_path):
    (film.parent / "film.en.srt").write_text(SRT.format("Helo"), encoding="utf-8")
    (film.parent / "film.en.forced.srt").write_text(SRT.format("Sign"), encoding="utf-8")
    said = document(make("subtitles", str(film), tmp_path / "out"))
    assert len(tracks_from_plain(said)) == 2
    (passage,) = Subtitles.passages(said, NO_EDITS)
    assert (passage.source, passage.track, passage.cues[0].text) == ("speech", "en", "Helo")
    (passage,) = Subtitles.passages(said, Edits({"en": (Line(0.4, 1.6, "Hello"),)}))
    assert [cue.text for cue in passage.cues] == ["Hello"]
    assert Subtitles.passages({"of": "somebody else"}, NO_EDITS) == ()


def test_settings():
    assert Subtitles(language="German").language == "de"
    assert Subtitles(language="auto").language == ""
    with pytest.raises(ValidationError, match="must be a language"):
        Subtitles(language="Klingonese")
    assert settings_for(parse({"device": "cpu"}), "subtitles").device == "cpu"
    assert Subtitles.line({"speech": True, "languages": ["en", "de"], "words": 1204, "backend": "sidecar"}) == (
        "en, de: 1,204 words (sidecar)"
    )
