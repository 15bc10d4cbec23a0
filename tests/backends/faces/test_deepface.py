"""test_deepface: the way to DeepFace, with a library in its place that finds drawn faces by tiny models."""

import importlib.util
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import faces
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.faces import Look
from vidwatchd.backends.faces.deepface import DeepFace
from vidwatchd.errors import BackendFailed, Unavailable
from vidwatchd.signatures import Box

CTX = BackendContext("")
PICTURE = faces.picture([(60, 80, 88, 1), (300, 60, 120, 2), (480, 200, 68, 1)])
# The parts of DeepFace that are called, with its names; what it answers without a face is the whole picture.
REPRESENT = """
import os, sys, warnings
import cv2
import numpy as np
from deepface.commons import weight_utils

def represent(img_path, model_name, enforce_detection=True, detector_backend="opencv"):
    print("loading", model_name)
    print("loading", model_name, file=sys.stderr)
    warnings.warn("old Keras", stacklevel=1)
    if img_path[0, 0, 0] == 13:
        raise ValueError("an odd\\npicture")
    ending = {"onnx": ".onnx", "pytorch": ".pth", "tensorflow": ".h5"}[os.environ["DEEPFACE_BACKEND_ENGINE"]]
    name = {"Facenet512": "facenet512_weights", "ArcFace": "arcface_weights"}[model_name] + ending
    finds = weight_utils.download_weights_if_necessary(f"face_detection_{detector_backend}_2023mar.onnx", "https://")
    tells = weight_utils.download_weights_if_necessary(file_name=name, source_url="https://")
    high, wide = img_path.shape[:2]
    detector = cv2.FaceDetectorYN.create(finds, "", (wide, high), 0.9)
    recogniser = cv2.FaceRecognizerSF.create("onnx", np.fromfile(tells, np.uint8), np.empty(0, np.uint8))
    rows = detector.detect(img_path)[1]
    if rows is None:
        return [{"embedding": [1.0, 0.0], "facial_area": {"x": 0, "y": 0, "w": wide, "h": high}, "face_confidence": 0}]
    return [
        {
            "embedding": [5.0 * float(v) for v in recogniser.feature(recogniser.alignCrop(img_path, row))[0]],
            "facial_area": dict(zip("xywh", map(int, row[:4])), left_eye=(1, 1), right_eye=(2, 2)),
            "face_confidence": float(row[14]),
        }
        for row in rows
    ]
"""
DOWNLOAD = """
def download_weights_if_necessary(file_name, source_url, compress_type=None):
    raise SystemExit("it would download " + file_name)
"""


@pytest.fixture
def weights(tmp_path, monkeypatch, face_models):
    """DeepFace's folder with the weights of Facenet512, and the library where it can be imported."""
    package = tmp_path / "site" / "deepface"
    (package / "commons").mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "0.0.93"\n')
    (package / "DeepFace.py").write_text(REPRESENT)
    (package / "commons" / "__init__.py").write_text("")
    (package / "commons" / "weight_utils.py").write_text(DOWNLOAD)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path / "home"))
    for name in ("DEEPFACE_LOG_LEVEL", "TF_CPP_MIN_LOG_LEVEL"):
        monkeypatch.setenv(name, "2")
    # Set and taken away, so that what a run sets is gone after the test.
    monkeypatch.setenv("DEEPFACE_BACKEND_ENGINE", "")
    monkeypatch.delenv("DEEPFACE_BACKEND_ENGINE")
    folder = tmp_path / "home" / ".deepface" / "weights"
    folder.mkdir(parents=True)
    detector, recogniser = sorted(Path(face_models.sface()).rglob("*.onnx"))
    shutil.copy(detector, folder)
    shutil.copy(recogniser, folder / "facenet512_weights.onnx")
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "deepface"]:
        del sys.modules[name]


def test_faces_the_largest_first(weights, capfd):
    finder = DeepFace("")
    assert finder.ready() is None
    found = finder.run(Look(PICTURE), CTX)
    assert [round(seen.box.width * 640 / 10) for seen in found] == [12, 9, 7]
    assert [float(np.linalg.norm(seen.vector)) for seen in found] == pytest.approx([1, 1, 1])
    assert found[1].vector @ found[2].vector > 0.9 > 0.5 > found[0].vector @ found[1].vector
    assert {(seen.crop.shape, seen.vector.dtype) for seen in found} == {((112, 112, 3), np.dtype(np.float32))}
    assert found[0].crop[60, 60, 0] > 220, "drawn faces are red"
    assert found[0].sharpness > 100
    assert capfd.readouterr() == ("", "")
    finder.unload()


def test_small_ones_and_too_many_are_left_out(weights):
    assert len(DeepFace("").run(Look(PICTURE, least_area=80 * 80), CTX)) == 2
    assert len(DeepFace("").run(Look(PICTURE, most=1), CTX)) == 1


def test_no_face_is_not_the_whole_picture(weights):
    assert DeepFace("").run(Look(faces.picture([])), CTX) == []
    assert DeepFace("").run(Look(np.zeros((3, 5, 3), np.uint8)), CTX) == []


def test_the_identity_changes_with_the_weights(weights):
    before = DeepFace("").model
    assert before.startswith("facenet512:")
    (weights / "facenet512_weights.onnx").write_bytes(b"others!")
    assert DeepFace("").model != before


def test_what_it_lacks_is_said_and_never_downloaded(weights):
    (weights / "facenet512_weights.onnx").unlink()
    finder = DeepFace("")
    assert (finder.model, "facenet512_weights.onnx is not in" in str(finder.ready())) == ("", True)
    with pytest.raises(Unavailable, match="nothing is downloaded here"):
        finder.run(Look(PICTURE), CTX)


def test_a_further_file_that_the_library_wants_is_not_downloaded_either(weights):
    finder = DeepFace("")
    ready, finder.ready = finder.ready, lambda: None
    assert ready() is None
    (weights / "face_detection_yunet_2023mar.onnx").unlink()
    with pytest.raises(Unavailable, match="deepface wants face_detection_yunet"):
        finder.run(Look(PICTURE), CTX)


def test_the_model_that_is_here_is_taken_or_the_one_named(weights):
    (weights / "facenet512_weights.onnx").rename(weights / "arcface_weights.onnx")
    assert DeepFace("").model.startswith("arcface:")
    assert DeepFace("").distances == DeepFace("", "ArcFace").distances != DeepFace("", "facenet512").distances
    assert len(DeepFace("").run(Look(PICTURE), CTX)) == 3
    assert "known: facenet512, arcface" in str(DeepFace("", "sface").ready())
    assert DeepFace("", "sface").model == ""


def test_its_engine_is_the_one_whose_weights_are_here(weights, monkeypatch):
    pytest.importorskip("torch")
    shutil.copy(weights / "facenet512_weights.onnx", weights / "facenet512_weights.h5")
    if importlib.util.find_spec("tensorflow") is None:
        (weights / "facenet512_weights.onnx").rename(weights / "facenet512_weights.pth")
    assert len(DeepFace("").run(Look(PICTURE), CTX)) == 3
    monkeypatch.setenv("DEEPFACE_BACKEND_ENGINE", "ONNX")
    assert "facenet512_weights.onnx is not in" in str(DeepFace("").ready()), "DeepFace's own setting is kept"


def test_its_failures_are_one_sentence(weights):
    image = np.full((64, 64, 3), 13, np.uint8)
    with pytest.raises(BackendFailed, match="an odd picture") as raised:
        DeepFace("").run(Look(image), CTX)
    assert "\n" not in str(raised.value)


def test_one_that_lacks_what_it_needs_is_one_sentence(weights):
    library = next(Path(path) for path in sys.path if (Path(path) / "deepface" / "DeepFace.py").exists())
    (library / "deepface" / "DeepFace.py").write_text("import no_such_framework\n")
    with pytest.raises(Unavailable, match="deepface cannot be loaded: No module named 'no_such_framework'"):
        DeepFace("").run(Look(PICTURE), CTX)


def test_where_it_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "deepface", None)
    lacking = DeepFace("").ready()
    assert (lacking.message, "pip install deepface" in lacking.hint) == ("deepface is not installed", True)


def test_the_library_itself(tmp_path, monkeypatch, face_models):
    """Where somebody has installed it: found by its YuNet, told apart by a tiny model in the form of its Facenet512."""
    pytest.importorskip("deepface")
    for name, value in (("DEEPFACE_HOME", str(tmp_path)), ("HOME", str(tmp_path)), ("DEEPFACE_BACKEND_ENGINE", "onnx")):
        monkeypatch.setenv(name, value)
    folder = tmp_path / ".deepface" / "weights"
    folder.mkdir(parents=True)
    shutil.copy(next(Path(face_models.sface()).rglob("*yunet*.onnx")), folder)
    faces.facenet(folder / "facenet512_weights.onnx")
    before = sorted(tmp_path.rglob("*"))
    found = DeepFace("").run(Look(PICTURE), CTX)
    assert len(found) == 3
    assert found[0].box.overlap(Box(300 / 640, 60 / 360, 120 / 640, 120 / 360)) > 0.8
    assert found[1].vector @ found[2].vector > 0.8 > 0.3 > found[0].vector @ found[1].vector
    assert DeepFace("").run(Look(faces.picture([])), CTX) == []
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(BackendFailed, match="OpenCV"):
        DeepFace("").run(Look(np.zeros((1, 400, 3), np.uint8)), CTX)
