"""test_faces: one table of cases over the backends of faces, with tiny models; and which of them is chosen."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import faces
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.faces import Look, chosen, deepface, distances, finders, insightface, sface
from vidwatchd.errors import BackendFailed, Cancelled, Unavailable, UsageError
from vidwatchd.signatures import Box

CTX = BackendContext("")
FOLDERS = {"insightface": "buffalo_s", "sface": "sface"}
DRAWN = [(60, 80, 88, 1), (300, 60, 120, 2), (480, 200, 68, 1)]


@pytest.fixture(params=FOLDERS)
def backend(request):
    if request.param == "insightface":
        pytest.importorskip("insightface")
    return request.param


@pytest.fixture
def models(backend, face_models):
    return getattr(face_models, backend)()


@pytest.fixture
def finder(backend, models):
    return chosen(models, backend)


@pytest.fixture
def own(backend, models, tmp_path):
    """A models folder to damage."""
    shutil.copytree(models, tmp_path / "models")
    return tmp_path / "models"


def look(drawn, size=(640, 360), **options):
    return Look(faces.picture(drawn, size), **options)


def apart(one, other):
    return 1 - float(one.vector @ other.vector)


def test_where_they_are_the_largest_first(finder):
    found = finder.run(look(DRAWN), CTX)
    for seen, (left, top, side, _) in zip(found, (DRAWN[1], DRAWN[0], DRAWN[2]), strict=True):
        assert seen.box.overlap(Box(left / 640, top / 360, side / 640, side / 360)) > 0.9
        assert 0.75 < seen.score <= 1
        assert seen.sharpness > 100


def test_who_they_are(finder, backend):
    two, one, again = finder.run(look(DRAWN), CTX)
    assert {seen.vector.dtype for seen in (one, two)} == {np.dtype(np.float32)}
    assert [float(np.linalg.norm(seen.vector)) for seen in (one, two)] == pytest.approx([1, 1])
    assert apart(one, again) < 0.1
    assert apart(one, two) > finder.distances.match
    assert finder.distances == distances(f"{backend}:{finder.model}:{one.vector.size}")


def test_many_different_people(finder):
    drawn = [(20 + 120 * (n % 5), 10 + 115 * (n // 5), 80, n) for n in range(15)]
    found = finder.run(look(drawn), CTX)
    gram = np.array([seen.vector for seen in found]) @ np.array([seen.vector for seen in found]).T
    assert (gram.shape, (1 - gram[~np.eye(15, dtype=bool)]).min() > finder.distances.people) == ((15, 15), True)


def test_the_aligned_face_is_in_the_colours_of_the_picture(finder):
    crop = finder.run(look(DRAWN[:1]), CTX)[0].crop
    assert (crop.shape, crop.dtype) == ((112, 112, 3), np.dtype(np.uint8))
    assert crop[60, 60, 0] > 220, "drawn faces are red"
    assert abs(crop[5, 5].astype(int) - faces.GROUND).max() < 20


def test_small_ones_and_too_many_are_left_out(finder):
    assert len(finder.run(look(DRAWN, least_area=80 * 80), CTX)) == 2
    assert [round(seen.box.width * 640 / 10) for seen in finder.run(look(DRAWN, most=1), CTX)] == [12]


def test_a_blurred_face_is_less_sharp(finder):
    import cv2

    image = faces.picture(DRAWN[1:2])
    sharp, soft = (finder.run(Look(each), CTX)[0] for each in (image, cv2.GaussianBlur(image, (0, 0), 3)))
    assert sharp.sharpness > 4 * soft.sharpness


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (3, 5), (1, 400), (400, 1), (640, 360), (1999, 1001)])
def test_a_picture_without_a_face(finder, size):
    assert finder.run(look([], size), CTX) == []


def test_a_face_that_is_cut_by_the_edge(finder):
    image = faces.picture([(300, 100, 120, 2)])[:, :380]
    for seen in finder.run(Look(np.ascontiguousarray(image)), CTX):
        assert seen.vector.size == chosen_dimensions(finder)


def chosen_dimensions(finder):
    return {"insightface": 512, "sface": 128}[finder.name]


def test_a_view_that_is_not_contiguous(finder):
    mirrored = faces.picture(DRAWN)[:, ::-1]
    assert len(finder.run(Look(mirrored), CTX)) == 3


def test_it_stops_when_told(finder):
    with pytest.raises(Cancelled):
        finder.run(look(DRAWN), BackendContext("", cancelled=lambda: True))


def test_unloading_lets_go_and_loads_again(finder):
    before = finder.run(look(DRAWN), CTX)
    finder.unload()
    assert [seen.box for seen in finder.run(look(DRAWN), CTX)] == [seen.box for seen in before]


def test_other_weights_are_another_space(own, backend, models):
    recogniser = next(path for path in own.rglob("*.onnx") if "sface" in path.name or "w600k" in path.name)
    getattr(faces, backend)(own / FOLDERS[backend], dimensions=64)
    changed = chosen(str(own), backend)
    assert recogniser.exists()
    assert changed.model != chosen(models, backend).model
    assert changed.run(look(DRAWN[:1]), CTX)[0].vector.shape == (64,)


@pytest.mark.parametrize("part", ["detector", "recogniser"])
def test_a_damaged_model_is_one_sentence(own, backend, part):
    """Of the right form, so that it is taken for whole until it is loaded."""
    names = {"detector": ("yunet", "det_"), "recogniser": ("recognition_sface", "w600k")}[part]
    path = next(path for path in own.rglob("*.onnx") if any(name in path.name for name in names))
    path.write_bytes(path.read_bytes().replace(b"AveragePool", b"AveragePoop"))
    found = chosen(str(own), backend)
    with pytest.raises((Unavailable, BackendFailed)) as raised:
        found.run(look(DRAWN), CTX)
    assert "\n" not in str(raised.value)
    assert "Traceback" not in str(raised.value)


def test_a_folder_that_goes_away_is_one_sentence(own, backend):
    found = chosen(str(own), backend)
    found.unload()
    shutil.rmtree(own)
    with pytest.raises((Unavailable, BackendFailed)) as raised:
        found.run(look(DRAWN), CTX)
    assert "\n" not in str(raised.value)


def test_names_that_are_not_utf8_nor_ascii(backend, models, tmp_path):
    for name in ("Gesichter ä 顔", os.fsdecode(b"caf\xe9")):
        try:
            shutil.copytree(models, tmp_path / name)
        except OSError:
            pytest.skip("this disk has no such names")
        found = chosen(str(tmp_path / name), backend)
        if backend == "insightface" and not name.isprintable():
            with pytest.raises(Unavailable, match="cannot be loaded"):
                found.run(look(DRAWN), CTX)
        else:
            assert len(found.run(look(DRAWN), CTX)) == 3
        found.unload()


class TestChosen:
    """Which one is taken, and what is said when none can be."""

    def test_the_order(self, tmp_path):
        assert [finder.name for finder in finders(str(tmp_path))] == ["insightface", "sface", "deepface"]
        ranks = [finder.rank for finder in finders(str(tmp_path))]
        assert ranks == sorted(ranks, reverse=True)

    def test_the_best_that_is_ready(self, face_models, tmp_path):
        shutil.copytree(face_models.sface(), tmp_path, dirs_exist_ok=True)
        assert chosen(str(tmp_path)).name == "sface"
        pytest.importorskip("insightface")
        shutil.copytree(face_models.insightface(), tmp_path, dirs_exist_ok=True)
        assert chosen(str(tmp_path)).name == "insightface"
        assert chosen(str(tmp_path), "sface").name == "sface"
        assert chosen(str(tmp_path), model="sface").name == "sface"
        assert chosen(str(tmp_path), model="buffalo_s").name == "insightface"

    def test_nothing_here_says_the_model_that_everybody_may_use(self, tmp_path):
        with pytest.raises(Unavailable) as raised:
            chosen(str(tmp_path))
        assert raised.value.hint == "vidwatchd models pull sface"

    @pytest.mark.parametrize(("model", "hint"), [("sface", "sface"), ("buffalo_s", "buffalo_s")])
    def test_the_model_named_is_the_one_to_pull(self, tmp_path, model, hint):
        if model == "buffalo_s":
            pytest.importorskip("insightface")
        with pytest.raises(Unavailable) as raised:
            chosen(str(tmp_path), model=model)
        assert raised.value.hint == f"vidwatchd models pull {hint}"

    def test_the_backend_named_says_its_own_reason(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "deepface", None)
        with pytest.raises(Unavailable, match="deepface is not installed"):
            chosen(str(tmp_path), "deepface")

    def test_a_backend_that_there_is_not(self, tmp_path):
        with pytest.raises(UsageError, match="known: insightface, sface, deepface"):
            chosen(str(tmp_path), "eyes")

    def test_without_the_libraries_the_extra_is_named(self, face_models, monkeypatch):
        real = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "cv2" else real(name))
        reasons = {finder.name: finder.ready() for finder in finders(face_models.sface())}
        assert reasons["sface"].hint == "pip install 'vidwatchd[faces]'"
        assert reasons["insightface"].hint == "pip install 'vidwatchd[insightface]'"


def test_distances_of_a_space():
    assert distances("sface:sface:3f9a1c20:128") == sface.DISTANCES[128]
    assert distances("sface:mine:3f9a1c20:256") == sface.DISTANCES[256] != sface.DISTANCES[128]
    assert distances("insightface:buffalo_l:00000000:512") == insightface.DISTANCES
    assert distances("deepface:facenet512:00000000:512") == deepface.distances("facenet512")
    assert distances("deepface:arcface:00000000:512") == deepface.distances("arcface")
    assert distances("") == distances("nobody:knows:x") == sface.DISTANCES[128]


def test_no_library_is_loaded_by_asking(face_models):
    program = (
        "import sys; from vidwatchd.backends.faces import *;"
        f"print([f.ready() is None for f in finders({face_models.sface()!r})][1], distances('sface:a:b:128').people,"
        "[name for name in ('numpy', 'cv2', 'onnxruntime', 'insightface', 'torch', 'skimage') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True 0.45 []\n"
    assert Path(face_models.sface()).exists()
