"""test_shapes: what an ONNX file takes and gives, and files that are none."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidwatchd.backends.faces.shapes import shapes


@pytest.fixture(scope="module")
def detector(face_models):
    return next(Path(face_models.sface()).rglob("*yunet*.onnx"))


def test_sizes_by_name(face_models, detector):
    found = shapes(str(next(Path(face_models.sface()).rglob("*sface*.onnx"))))
    assert (found.inputs, found.outputs) == ({"data": (1, 3, 112, 112)}, {"fc1": (1, 128)})
    assert shapes(str(detector)).inputs == {"input": (1, 3, 0, 0)}, "any size"
    assert shapes(str(detector)).outputs["bbox_16"] == (1, 0, 4)
    recogniser = shapes(str(next(Path(face_models.insightface()).rglob("w600k_mbf.onnx"))))
    assert (recogniser.inputs, recogniser.outputs) == ({"input.1": (0, 3, 112, 112)}, {"fc1": (0, 512)})


def test_it_is_read_anew_when_it_changes(tmp_path, detector):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"")
    assert shapes(str(path)) is None
    path.write_bytes(detector.read_bytes())
    assert len(shapes(str(path)).outputs) == 12


@pytest.mark.parametrize("name", ["missing.onnx", "folder.onnx", "closed.onnx"])
def test_what_cannot_be_read_is_none(tmp_path, name):
    (tmp_path / "folder.onnx").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "closed.onnx").symlink_to(tmp_path / "closed.onnx")
    assert shapes(str(tmp_path / name)) is None


def test_one_that_was_cut_off_is_none(tmp_path, detector):
    whole = detector.read_bytes()
    for number, length in enumerate(range(1, len(whole) - 16, len(whole) // 40)):
        path = tmp_path / f"{number}.onnx"
        path.write_bytes(whole[:length])
        assert shapes(str(path)) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_model_or_none(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.onnx"
    path.write_bytes(content)
    found = shapes(str(path))
    assert found is None or isinstance(found.outputs, dict)
