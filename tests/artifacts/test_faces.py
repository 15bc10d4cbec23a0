from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests import faces as drawn
from tests.kinds import picture
from vidwatchd import artifacts, signatures
from vidwatchd.artifacts.faces import Faces
from vidwatchd.backends.faces import chosen
from vidwatchd.config import parse
from vidwatchd.making import make_visit
from vidwatchd.model import ArtifactState, MediaInfo, VisitTask

pytestmark = pytest.mark.system

ANN, BEN = 1, 2
JSON = ".faces.signatures.json"


def visit(source, out, models, **settings):
    Path(out).mkdir(exist_ok=True)
    (outcome,) = make_visit(VisitTask(source, str(out), (("faces", settings),), models=models))
    return outcome


def made(source, out, models, **settings):
    """(outcome, document, what others read of it)."""
    outcome = visit(source, out, models, **settings)
    assert outcome.state is ArtifactState.DONE, outcome.error
    document = json.loads((out / "faces" / f"made{JSON}").read_text())
    return outcome, document, signatures.from_plain(document)


def vectors(found):
    return np.array([np.frombuffer(face.vector, "<f2") for face in found.faces], np.float32)


def info(seconds, rate=25.0):
    return MediaInfo("mp4", seconds, 0.0, (), 640, 360, frames_per_second=rate)


def party(at):
    """Ann and Ben cross, Ann leaves and comes back where nobody was, and in the end Ben is alone after a cut."""
    if at < 5:
        return [(round(40 + 90 * at), 40, 100, ANN), (round(500 - 90 * at), 210, 110, BEN)]
    if at < 9:
        return [(50, 210, 110, BEN)]
    return [(400, 60, 120, ANN)] if at < 13 else [(300, 150, 130, BEN)]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return drawn.film(tmp_path_factory.mktemp("films") / "party.mp4", 16, party)


@pytest.fixture(scope="module")
def looked(film, face_models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("party")
    return *made(film, folder, face_models.sface()), folder


def test_two_who_cross_leave_and_come_back_are_two_faces(looked):
    outcome, document, found, _ = looked
    ann, ben = sorted(found.faces, key=lambda face: face.frames)
    assert [(round(s.start_seconds), round(s.end_seconds)) for s in ann.sightings] == [(0, 5), (9, 13)]
    assert ann.frames == 9
    assert ben.frames == 12
    assert ben.sightings[0].start_seconds == 0
    assert ben.sightings[-1].end_seconds == pytest.approx(16, abs=0.1)
    ones = vectors(found)
    assert np.linalg.norm(ones, axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert ones[0] @ ones[1] < 0.5
    assert (document["video"], document["sample_rate"], document["frames"]) == ("party.mp4", 1.0, 16)
    assert document["duration_seconds"] == pytest.approx(16, abs=0.1)
    facts = dict(outcome.facts)
    assert facts.pop("visit")["plan"] == "full"
    assert facts.pop("seconds") == pytest.approx(21, abs=0.3)
    assert facts == {"faces": 2, "frames": 16, "backend": "sface", "model": found.model}
    assert (outcome.backend, found.backend, found.dimensions) == ("sface", "sface", 128)


def test_boxes_are_where_the_faces_are(looked):
    *_, found, _ = looked
    ann = min(found.faces, key=lambda face: face.frames)
    best = ann.best
    ((left, top, side, _),) = (face for face in party(best.at_seconds) if face[3] == ANN)
    assert (best.box.left, best.box.top) == pytest.approx((left / 640, top / 360), abs=0.05)
    assert (best.box.width, best.box.height) == pytest.approx((side / 640, side / 360), abs=0.05)


def test_a_picture_of_each_face(looked):
    outcome, _, found, _ = looked
    assert [face.picture for face in found.faces] == [".faces/face_000.jpg", ".faces/face_001.jpg"]
    for face in found.faces:
        small = picture(outcome.files[face.picture])
        assert 100 <= max(small.size) <= 160
        middle = small.getpixel((small.width // 2, small.height // 2))
        assert middle[0] > 200  # drawn faces are red
    assert {suffix for suffix in outcome.files if not Faces.owns(suffix)} == set()


def test_pictures_may_be_left_out(film, face_models, tmp_path):
    outcome, _, found = made(film, tmp_path, face_models.sface(), thumbnails=False)
    assert list(outcome.files) == [JSON]
    assert [face.picture for face in found.faces] == ["", ""]


def test_insightface_finds_the_same_two(film, face_models, tmp_path):
    outcome, _, found = made(film, tmp_path, face_models.insightface())
    assert outcome.backend == "insightface"
    assert sorted(face.frames for face in found.faces) == [9, 12]
    assert found.space.startswith("insightface:buffalo_s:")


def test_nobody_is_a_result(clips, face_models, tmp_path):
    outcome, document, found = made(clips.normal(), tmp_path, face_models.sface())
    assert (document["faces"], found.faces) == ([], ())
    assert list(outcome.files) == [JSON]
    assert Faces.line(outcome.facts) == "no faces"


def test_a_short_video_is_looked_at_eight_times(face_models, tmp_path):
    film = drawn.film(tmp_path / "short.mp4", 1.0, lambda at: [(200, 100, 100, ANN)])
    outcome, document, _ = made(film, tmp_path, face_models.sface())
    assert (outcome.facts["faces"], document["frames"], document["sample_rate"]) == (1, 8, 8.0)


@pytest.mark.parametrize(
    ("seconds", "rate", "count"),
    [
        (2.0, 25.0, 8), (8.0, 25.0, 8), (20.0, 25.0, 20), (0.0, 25.0, 1), (0.2, 25.0, 5), (36000.0, 1 / 60, 600),
        (3600.0, 25.0, 3600),
    ],
)  # fmt: skip
def test_how_often_it_looks(seconds, rate, count):
    kind = Faces()
    wants = kind.wants(info(seconds, rate))
    assert len(wants.times) == count
    assert all(at <= max(seconds, 0) for at in wants.times)
    assert not wants.exact  # else the frames that scenes leave out would be decoded


def test_the_sample_rate_is_a_setting():
    assert len(Faces(sample_rate=4).wants(info(60.0)).times) == 240
    assert len(Faces(sample_rate=60).wants(info(60.0, rate=10.0)).times) == 600
    assert len(Faces(sample_rate=0.1).wants(info(60.0)).times) == 8
    assert Faces(sample_rate=0.1).wants(info(3600.0)).times[1] == pytest.approx(10)


def test_one_frame_is_enough_where_there_is_only_one(face_models, tmp_path):
    film = drawn.film(tmp_path / "moment.mp4", 0.1, lambda at: [(200, 100, 100, ANN)])
    assert made(film, tmp_path, face_models.sface())[0].facts["faces"] == 1


def glimpse(at):
    """Ann for two seconds."""
    return [(100, 40, 100, ANN)] if 4 <= at < 6 else []


def test_who_is_seen_for_two_frames_is_left_out_unless_asked_for(face_models, tmp_path):
    film = drawn.film(tmp_path / "glimpse.mp4", 10, glimpse, rate=4, size=(320, 180))
    models = face_models.sface()
    assert made(film, tmp_path / "1", models)[0].facts["faces"] == 0
    assert made(film, tmp_path / "2", models, min_track_frames=2)[0].facts["faces"] == 1
    assert made(film, tmp_path / "3", models, sample_rate=2)[0].facts["faces"] == 1


def test_small_and_blurred_faces_are_left_out(face_models, tmp_path):
    film = drawn.film(tmp_path / "small.mp4", 1, lambda at: [(100, 100, 60, ANN), (300, 100, 120, BEN)])
    models = face_models.sface()
    assert made(film, tmp_path / "1", models)[0].facts["faces"] == 2
    assert made(film, tmp_path / "2", models, min_face_area=80**2)[0].facts["faces"] == 1
    assert made(film, tmp_path / "3", models, blur_threshold=1e6)[0].facts["faces"] == 0


def test_a_face_is_measured_in_the_videos_own_pixels(face_models, tmp_path):
    film = drawn.film(tmp_path / "large.mp4", 0.2, lambda at: [(400, 300, 200, ANN)], size=(2560, 1440))
    models = face_models.sface()
    assert made(film, tmp_path / "1", models, min_face_area=150**2)[0].facts["faces"] == 1
    assert made(film, tmp_path / "2", models, min_face_area=250**2)[0].facts["faces"] == 0


def test_many_faces_in_a_frame(face_models, tmp_path):
    crowd = [(8 + 63 * (n % 20), 8 + 63 * (n // 20), 44, n) for n in range(220)]
    film = drawn.film(tmp_path / "crowd.mp4", 0.3, lambda at: crowd, size=(1280, 720))
    outcome, *_ = made(film, tmp_path, face_models.sface(), min_face_area=400)
    assert outcome.facts["faces"] == pytest.approx(100, abs=5)  # the largest hundred of each frame


def test_a_picture_that_is_shown_for_long_is_looked_at_once(face_models, tmp_path, monkeypatch):
    film = drawn.film(tmp_path / "still.mp4", 1, lambda at: [(200, 100, 100, ANN)])
    kind, looks = Faces(), []
    kind.wants(info(60.0))
    kind._finder = chosen(face_models.sface())
    monkeypatch.setattr(Faces, "_look", lambda self, image: looks.append(image) or [])
    for _ in range(5):
        kind.take(3.0, None)
    assert (len(looks), kind._follower.frames) == (1, 5)
    assert film


@pytest.mark.parametrize(
    "clip", ["still", "zero", "truncated", "rotated", "narrow_pixels", "variable_rate", "moment", "hdr"]
)
def test_files_without_faces_are_done(clips, face_models, tmp_path, clip):
    assert made(getattr(clips, clip)(), tmp_path, face_models.sface())[1]["faces"] == []


@pytest.mark.parametrize(
    "clip", ["audio_only", "with_cover", "silent_picture", "headless", "empty", "junk", "playlist"]
)
def test_what_is_no_video_fails_for_good(clips, face_models, tmp_path, clip):
    outcome = visit(getattr(clips, clip)(), tmp_path, face_models.sface())
    assert (outcome.state, outcome.permanent) == (ArtifactState.FAILED, True)
    assert "\n" not in outcome.error
    assert "Error" not in outcome.error


def test_scenes_and_faces_share_one_decode(film, face_models, tmp_path):
    task = VisitTask(film, str(tmp_path), (("scenes", {}), ("faces", {})), models=face_models.sface())
    scenes, found = make_visit(task)
    assert scenes.facts["visit"] == found.facts["visit"]
    assert found.facts["faces"] == 2


def test_without_a_model_it_is_unavailable_with_the_fix(clips, tmp_path):
    outcome = visit(clips.normal(), tmp_path, str(tmp_path))
    assert outcome.state is ArtifactState.UNAVAILABLE
    assert outcome.error.endswith("(vidwatchd models pull sface)")


def test_a_broken_model_is_one_sentence(film, face_models, tmp_path):
    folder = tmp_path / "models"
    drawn.sface(folder / "sface")
    for file in (folder / "sface").rglob("*.onnx"):
        content = bytearray(file.read_bytes())
        content[40:400] = bytes(360)  # the names of its layers
        file.write_bytes(content)
    outcome = visit(film, tmp_path / "out", str(folder))
    assert outcome.state is ArtifactState.UNAVAILABLE
    assert "\n" not in outcome.error
    for file in (folder / "sface").rglob("*.onnx"):
        file.write_bytes(b"garbage" * 1000)
    outcome = visit(film, tmp_path / "out2", str(folder))
    assert outcome.state is ArtifactState.UNAVAILABLE
    assert "\n" not in outcome.error


def test_where_it_runs_and_how_the_choice_is_called_change_nothing(face_models):
    models = face_models.sface()
    usual = Faces().resolved(models).settings_hash
    assert Faces(device="cpu").resolved(models).settings_hash == usual
    assert Faces(backend="sface").resolved(models).settings_hash == usual
    assert Faces(model="sface").resolved(models).settings_hash == usual
    assert Faces(sample_rate=2).resolved(models).settings_hash != usual
    assert Faces(device="cpu").settings_hash == Faces().settings_hash != usual


def test_another_choice_changes_the_settings(face_models, tmp_path):
    one, other = face_models.sface(), face_models.insightface()
    assert Faces().resolved(one).settings_hash != Faces().resolved(other).settings_hash
    drawn.sface(tmp_path / "sface", dimensions=64)
    assert Faces().resolved(one).settings_hash != Faces().resolved(str(tmp_path)).settings_hash
    assert Faces().resolved(str(tmp_path / "nothing")) == Faces()


def test_the_settings_device_is_the_default():
    assert artifacts.settings_for(parse({"device": "cpu"}), "faces").device == "cpu"


def test_the_line_a_person_reads():
    assert [Faces.line({"faces": count}) for count in (0, 1, 3)] == ["no faces", "1 face", "3 faces"]


def test_real_people(media_folder, tmp_path):
    """Two clips of one man, one of a woman, one of hands and bottles."""
    found = {}
    for name in ("faces/again.mkv", "faces/brother.mkv", "faces/book.mkv", "ordinary/bottle-detection.mp4"):
        out = tmp_path / name.replace("/", "-")
        found[name] = made(str(media_folder / name), out, "", model=str(media_folder / "models"))[2]
    assert [len(each.faces) for each in found.values()] == [1, 1, 1, 0]
    again, brother, book = (vectors(each)[0] for each in list(found.values())[:3])
    assert 1 - again @ brother < 0.4 < 1 - again @ book
    assert all(face.frames == 8 for each in found.values() for face in each.faces)


def test_a_face_that_walks_out_of_the_picture(face_models, tmp_path):
    film = drawn.film(tmp_path / "out.mp4", 6, lambda at: [(round(440 + 45 * at), 100, 120, ANN)] if at < 3 else [])
    _, _, found = made(film, tmp_path, face_models.sface())
    (face,) = found.faces
    assert face.best.box.left + face.best.box.width <= 1.01
    assert math.isclose(face.best.start_seconds, 0.0, abs_tol=0.05)
