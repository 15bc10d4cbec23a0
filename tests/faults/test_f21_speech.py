"""test_f21_speech: a speech model on silence, noise and music, several tracks and late sound: nothing is invented."""

import json
import time

import pytest

from tests.live import is_done
from tests.speech import DOOR, NIGHT, SEA, Said, encoded, sounding, spoken, trained
from vidwatchd.making import make_visit
from vidwatchd.model import VisitTask

MUSIC = "aevalsrc='0.2*sin(2*PI*t*(220+110*floor(mod(t*2,4))))+0.1*sin(2*PI*t*110)*(0.5+0.5*sin(4*PI*t))':d={seconds}"


def hear(path, out, **settings):
    """What is said in one file."""
    settings = {"model": trained(), "backend": "faster-whisper", "device": "cpu", **settings}
    out.mkdir(exist_ok=True)
    (outcome,) = make_visit(VisitTask(path, str(out), (("subtitles", settings),)))
    assert outcome.state == "done", outcome.error
    with open(outcome.files[".subtitles.json"], encoding="utf-8") as file:
        return json.load(file)


@pytest.mark.parametrize(
    "source",
    [
        "anullsrc",
        "sine=d=20",
        MUSIC.format(seconds=20),
        "anoisesrc=a=0.1:c=pink:d=20:seed=1",
        "anoisesrc=a=0.9:d=20:seed=1",
    ],
)
def test_f21_where_nobody_speaks_no_words_are_a_result(tmp_path, source):
    said = hear(sounding(tmp_path / "film.mp4", source, 20), tmp_path / "out")
    assert (said["speech"], said["tracks"]) == (False, [])


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_f21_times_are_right_when_the_sound_starts_late(tmp_path, ending):
    for starts, at in ((0, 1.0), (2.5, 0), (1.5, 1.5)):
        said = hear(spoken(tmp_path / f"film.{ending}", Said(SEA, at, starts), seconds=8), tmp_path / "out")
        (segment,) = said["tracks"][0]["segments"]
        assert segment["text"] == "a walk by the sea"
        assert segment["start"] == pytest.approx(starts + at, abs=0.6)
        assert segment["end"] <= 8


def test_f21_of_several_tracks_the_right_one(tmp_path):
    path = spoken(tmp_path / "film.mkv", Said(NIGHT, 1, 0, "deu"), Said(DOOR, 2, 0, "eng"))
    for language, words in (("", "good night everyone"), ("en", "open the red door"), ("de", "good night everyone")):
        assert hear(path, tmp_path / "out", language=language)["tracks"][0]["segments"][0]["text"] == words


def test_f21_one_sentence_between_long_silences_is_said_once(tmp_path):
    said = hear(spoken(tmp_path / "film.mkv", Said(DOOR, at_seconds=45), seconds=90), tmp_path / "out")
    (track,) = said["tracks"]
    assert [segment["text"] for segment in track["segments"]] == ["open the red door"]
    assert track["segments"][0]["start"] == pytest.approx(45, abs=0.6)


def test_f18_a_model_that_finds_nothing_is_done_and_not_asked_again(daemons, tmp_path):
    kinds = ("metadata", "subtitles")
    (tmp_path / "lib").mkdir()
    sounding(tmp_path / "lib/tone.mp4", "sine=d=3", 3)
    daemon = daemons(tmp_path / "lib", kinds=kinds, artifacts={"subtitles": {"model": trained(), "device": "cpu"}})
    daemon.wait_done("tone.mp4", kinds=kinds)
    daemon.wait_idle()
    body = {"task": "finish", "directory": str(tmp_path / "lib"), "recursive": True}
    assert daemon.api("/api/jobs", body, status=202)["progress_total"] == 0
    daemon.wait_idle()
    assert len([job for job in daemon.jobs() if job["kind"] == "subtitles"]) == 1
    daemon.stop()


def test_f12_killed_while_it_transcribes(daemons, tmp_path):
    kinds = ("metadata", "subtitles")
    (tmp_path / "lib").mkdir()
    one = spoken(tmp_path / "one.mkv", Said(DOOR, at_seconds=1), seconds=5)
    long = encoded(tmp_path / "lib/long.mkv", "-stream_loop", "240", "-i", one, "-c", "copy")
    daemon = daemons(tmp_path / "lib", kinds=kinds, artifacts={"subtitles": {"model": trained(), "device": "cpu"}})
    for _ in range(3):
        daemon.wait_for(lambda: any(j["kind"] == "subtitles" and j["state"] == "running" for j in daemon.jobs()))
        time.sleep(0.4)
        daemon.kill()
        for file in (tmp_path / "lib/.artifacts").glob("long.mkv.subtitles.json"):
            json.loads(file.read_text(encoding="utf-8"))  # it was done before it was killed; never half
        daemon.start()
    items = daemon.wait_done("long.mkv", kinds=kinds)
    assert is_done(items["long.mkv"], kinds)
    daemon.wait_idle()
    said = json.loads((tmp_path / "lib/.artifacts/long.mkv.subtitles.json").read_text(encoding="utf-8"))
    assert said["speech"], long
    assert said["tracks"][0]["segments"][-1]["end"] > 1000
    assert not list((tmp_path / "lib/.artifacts/.making").glob("*"))
    assert [job["state"] for job in daemon.jobs() if job["kind"] == "subtitles"] == ["done"]
    daemon.stop()
