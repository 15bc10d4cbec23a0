"""test_insightface: what only insightface does; test_faces has the rest."""

import shutil

import numpy as np
import pytest

from tests import faces
from tests.extras import needs
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.faces import Look
from vidwatchd.backends.faces.insightface import MODELS, InsightFace, providers
from vidwatchd.backends.models import MODELS as KNOWN
from vidwatchd.errors import BackendFailed, Unavailable, UsageError

pytestmark = needs("insightface")

CTX = BackendContext("")


def test_it_prints_nothing_and_writes_nothing(face_models, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("HOME", str(tmp_path))
    finder = InsightFace(face_models.insightface())
    finder.unload()
    assert len(finder.run(Look(faces.picture([(60, 80, 88, 1)])), CTX)) == 1
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("name", ["buffalo_l", "buffalo_s", "sc", "a/b", "../buffalo_l"])
def test_a_name_that_is_no_folder_is_never_taken_for_one_to_download(tmp_path, monkeypatch, name):
    monkeypatch.setenv("HOME", str(tmp_path))
    finder = InsightFace(str(tmp_path / "models"), name)
    assert isinstance(finder.ready(), Unavailable)
    with pytest.raises(Unavailable):
        finder.run(Look(np.zeros((64, 64, 3), np.uint8)), CTX)
    assert list(tmp_path.rglob("*")) == []


def test_a_folder_that_went_away_is_not_downloaded(face_models, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    shutil.copytree(face_models.insightface(), tmp_path / "models")
    finder = InsightFace(str(tmp_path / "models"))
    shutil.rmtree(tmp_path / "models")
    with pytest.raises(Unavailable, match="there is no folder"):
        finder.run(Look(np.zeros((64, 64, 3), np.uint8)), CTX)
    assert not (tmp_path / "home").exists()


def test_more_faces_than_are_told_apart_at_once(face_models):
    crowd = [(20 + 62 * (n % 10), 10 + 60 * (n // 10), 40, n % 50) for n in range(100)]
    found = InsightFace(face_models.insightface()).run(Look(faces.picture(crowd, (640, 640)), most=1000), CTX)
    assert len(found) == 100
    gram = np.array([seen.vector for seen in found]) @ np.array([seen.vector for seen in found]).T
    assert ((gram > 0.9).sum(axis=1) == 2).all(), "each of fifty people is there twice"


def test_a_recogniser_that_takes_one_face_at_a_time(tmp_path):
    import onnx

    faces.insightface(tmp_path)
    path = tmp_path / "buffalo_s" / "w600k_mbf.onnx"
    model = onnx.load(path)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(model, path)
    found = InsightFace(str(tmp_path)).run(Look(faces.picture([(60, 80, 88, 1), (300, 60, 120, 2)])), CTX)
    assert len(found) == 2


def test_a_card_is_asked_for_where_there_is_none(face_models):
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("onnxruntime was built for a card")
    with pytest.raises(UsageError, match="no graphics card"):
        InsightFace(face_models.insightface(), device="cuda").run(Look(faces.picture([])), CTX)
    assert providers("auto") == providers("cpu") == ["CPUExecutionProvider"]


def test_a_model_that_fails_at_work_is_one_sentence(tmp_path):
    """Its recogniser wants faces of a size that it cannot digest."""
    import onnx

    faces.insightface(tmp_path)
    path = tmp_path / "buffalo_s" / "w600k_mbf.onnx"
    model = onnx.load(path)
    weights = next(each for each in model.graph.initializer if list(each.dims) == [128, 512])
    weights.CopyFrom(onnx.numpy_helper.from_array(np.zeros((77, 512), np.float32), weights.name))
    del model.graph.value_info[:]
    onnx.save(model, path)
    with pytest.raises((BackendFailed, Unavailable)) as raised:
        InsightFace(str(tmp_path)).run(Look(faces.picture([(60, 80, 88, 1)])), CTX)
    assert "\n" not in str(raised.value)


def test_every_pack_offered_that_can_be_pulled_is_non_commercial():
    offered = [KNOWN[name] for name in MODELS if name in KNOWN]
    assert {model.name for model in offered} == {"buffalo_l", "antelopev2", "buffalo_s"}
    assert all(model.non_commercial and model.backend == "insightface" for model in offered)
    assert not KNOWN["sface"].non_commercial
