from __future__ import annotations

import json

import av
import pytest

from tests.kinds import make, picture
from vidwatchd import artifacts
from vidwatchd.artifacts.scenes import Scenes
from vidwatchd.config import parse

CUTS = [10.0, 25.2, 31.0, 44.96, 60.0]


def document(tmp_path):
    return json.loads((tmp_path / "scenes/made.scenes.json").read_text())


@pytest.fixture(scope="module")
def cut(clips, tmp_path_factory):
    """What comes of the clip with cuts: the outcome and the document."""
    folder = tmp_path_factory.mktemp("cut")
    return make("scenes", clips.cuts(), folder), document(folder)


def test_every_cut_is_found_and_nothing_else(cut):
    made, found = cut
    assert [marker["time"] for marker in found["markers"]] == pytest.approx(CUTS, abs=0.13)
    assert all(marker["score"] > 27 for marker in found["markers"])
    assert [scene["start"] for scene in found["scenes"]] == [0.0, *(m["time"] for m in found["markers"])]
    assert found["scenes"][-1]["end"] == pytest.approx(70, abs=0.1)
    assert (made.facts["markers"], made.facts["scenes"]) == (5, 6)
    assert made.facts["visit"]["plan"] == "full"
    assert made.facts["visit"]["frames_decoded"] < 1400  # frames that no other needs are left out


def test_exact_gives_pyscenedetects_very_cuts(clips, tmp_path):
    from scenedetect import ContentDetector, detect

    make("scenes", clips.cuts(), tmp_path, exact=True)
    theirs = [start.seconds for start, _ in detect(clips.cuts(), ContentDetector(min_scene_len=0.6))][1:]
    assert [marker["time"] for marker in document(tmp_path)["markers"]] == pytest.approx(theirs, abs=0.001)
    assert theirs == pytest.approx(CUTS, abs=0.001)


def test_the_published_cuts_of_a_montage(media_folder, tmp_path):
    make("scenes", str(media_folder / "scenes/bikes.mp4"), tmp_path)
    assert [marker["time"] for marker in document(tmp_path)["markers"]] == [1.2, 3.04, 5.48, 7.48, 9.68]


@pytest.mark.parametrize(("threshold", "level"), [(0.4, 27.0), (0.35, 23.625), (1, 67.5), (27, 27.0)])
def test_a_threshold_up_to_one_is_a_fraction(threshold, level):
    assert Scenes(threshold=threshold)._level == pytest.approx(level)


def test_the_settings_threshold_is_the_default(clips):
    config = parse({"thresholds": {"scene": 0.35}})
    assert artifacts.settings_for(config, "scenes").threshold == 0.35
    assert artifacts.settings_for(config, "scenes", {"threshold": 0.5}).threshold == 0.5
    config = parse({"thresholds": {"scene": 0.35}, "artifacts": {"scenes": {"threshold": 30}}})
    assert artifacts.settings_for(config, "scenes").threshold == 30


def test_a_limit_keeps_the_strongest_in_their_order(cut, clips, tmp_path):
    make("scenes", clips.cuts(), tmp_path, limit=2)
    every = sorted(cut[1]["markers"], key=lambda marker: -marker["score"])
    assert document(tmp_path)["markers"] == sorted(every[:2], key=lambda marker: marker["time"])


def test_a_picture_and_a_clip_of_each_scene(clips, tmp_path):
    made = make("scenes", clips.cuts(), tmp_path, thumbs=True, clips=True, thumbs_width=160)
    found = document(tmp_path)["scenes"]
    assert [scene["thumb"] for scene in found] == [f".cuts.mp4.scenes/scene_{n:03d}.jpg" for n in range(1, 7)]
    assert picture(made.files[".scenes/scene_003.jpg"]).size == (160, 90)
    white = picture(made.files[".scenes/scene_005.jpg"]).convert("L")
    assert min(white.getextrema()) > 230  # the fifth place is white from its first frame on
    for n in range(1, 7):
        with av.open(made.files[f".scenes/scene_{n:03d}.webm"]) as clip:
            assert sum(1 for _ in clip.decode(video=0)) == pytest.approx(50, abs=3)


def test_pictures_alone(clips, tmp_path):
    made = make("scenes", clips.cuts(), tmp_path, thumbs=True)
    assert len(made.files) == 7
    assert all("clip" not in scene for scene in document(tmp_path)["scenes"])


def test_one_place_is_one_scene(clips, tmp_path):
    assert make("scenes", clips.still(), tmp_path).facts == {
        "threshold": 0.4, "markers": 0, "scenes": 1, "times": [],
        "visit": {"plan": "full", "why": "every frame is wanted", "frames_decoded": 50},
    }  # fmt: skip


def test_the_line_a_person_reads():
    assert Scenes.line({"markers": 2, "times": [1.2, 3.04]}) == "2 cuts: 1.200 3.040"
    assert Scenes.line({"markers": 0, "times": []}) == "no cuts"
