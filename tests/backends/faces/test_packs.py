"""test_packs: which files of a folder belong together, and the name of their vectors."""

import os
import shutil
from pathlib import Path

import pytest

from vidwatchd.backends.faces.packs import Pack, chosen, for_insightface, for_opencv
from vidwatchd.errors import Unavailable

OFFERED = ("buffalo_l", "sface")


@pytest.fixture
def models(face_models, tmp_path):
    """A models folder to change."""
    shutil.copytree(Path(face_models.sface()) / "sface", tmp_path / "models" / "sface")
    return tmp_path / "models"


def opencv(models, wanted="auto"):
    return chosen(str(models), wanted, OFFERED, for_opencv)


def test_the_first_that_is_here(models):
    found = opencv(models)
    assert Path(found.detector).name == "face_detection_yunet_2023mar.onnx"
    assert Path(found.recogniser).name == "face_recognition_sface_2021dec.onnx"
    assert found.dimensions == 128
    assert found.model.startswith("sface:")
    assert len(found.model) == len("sface:") + 8


def test_by_a_path_and_by_a_name_of_ones_own(models):
    (models / "sface").rename(models / "mine")
    assert opencv(models, "mine").model.startswith("mine:")
    assert opencv(models, str(models / "mine")) == opencv(models, f"{models}/mine/") == opencv(models, "mine")


def test_the_name_changes_with_the_weights_only(models):
    before = opencv(models)
    shutil.copytree(models / "sface", models / "elsewhere" / "sface")
    os.utime(before.recogniser, (1, 1))
    assert opencv(models).model == opencv(models, str(models / "elsewhere" / "sface")).model == before.model
    weights = Path(before.recogniser)
    changed = bytearray(weights.read_bytes())
    changed[-200] ^= 1
    weights.write_bytes(changed)
    assert opencv(models).model != before.model


@pytest.mark.parametrize("content", ["nothing", "text", "cut", "broken", "detector only", "recogniser only"])
def test_a_folder_that_is_no_model(models, content):
    folder = models / "sface"
    detector, recogniser = sorted(folder.rglob("*.onnx"))
    if content == "nothing":
        shutil.rmtree(folder / "models")
    elif content == "text":
        recogniser.write_text("to be done\n")
    elif content == "cut":
        recogniser.write_bytes(recogniser.read_bytes()[:-10])
    elif content == "broken":
        detector.write_bytes(b"\xff" * 1000)
    else:
        (detector if content.startswith("recogniser") else recogniser).unlink()
    found = opencv(models, "sface")
    assert isinstance(found, Unavailable)
    assert f"in {folder}" in str(found)
    assert found.hint


def test_what_is_not_here_says_how_to_bring_it(tmp_path):
    assert opencv(tmp_path).hint == "vidwatchd models pull buffalo_l", "the first one offered"
    assert opencv(tmp_path, "sface").hint == "vidwatchd models pull sface"
    assert "there is no model 'unheard-of'" in str(opencv(tmp_path, "unheard-of"))
    assert f"there is no model at {tmp_path}/x" in str(opencv(tmp_path, f"{tmp_path}/x"))


def test_a_pack_for_one_backend_is_none_for_the_other(models, face_models):
    assert isinstance(chosen(str(models), "sface", OFFERED, for_insightface), Unavailable)
    other = face_models.insightface()
    assert isinstance(chosen(other, "buffalo_s", OFFERED, for_opencv), Unavailable)
    assert isinstance(chosen(other, "buffalo_s", OFFERED, for_insightface), Pack)


def test_a_quantised_twin_is_not_taken(models):
    recogniser = next((models / "sface").rglob("*sface*.onnx"))
    shutil.copy(recogniser, recogniser.with_name("a_sface_int8.onnx"))
    assert opencv(models).recogniser == str(recogniser)


def test_a_recogniser_beside_the_detector_is_nearer(models):
    detector, recogniser = sorted((models / "sface").rglob("*.onnx"))
    beside = detector.with_name("zz.onnx")
    shutil.copy(recogniser, beside)
    assert opencv(models).recogniser == str(beside)


def test_hidden_and_deep_folders_are_left_alone(models):
    (models / "sface").rename(models / ".part")
    (models / "sface").mkdir()
    (models / ".part").rename(models / "sface" / ".part")
    assert isinstance(opencv(models, "sface"), Unavailable)
    (models / "sface" / ".part").rename(models / "sface" / "too")
    assert isinstance(opencv(models, "sface"), Unavailable)
