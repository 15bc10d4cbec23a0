"""test_sface: what only OpenCV's models do; test_faces has the rest."""

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from tests import faces
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.faces import Look
from vidwatchd.backends.faces.sface import DISTANCES, SFace, distances

CTX = BackendContext("")


def test_five_hundred_faces_in_a_picture(face_models):
    crowd = [(12 + 46 * (n % 25), 12 + 46 * (n // 25), 34, n) for n in range(500)]
    finder, image = SFace(face_models.sface()), faces.picture(crowd, (1180, 960))
    assert len(finder.run(Look(image, most=1000), CTX)) == 500
    assert len(finder.run(Look(image), CTX)) == 100


def test_a_large_picture_is_looked_at_in_parts_of_its_size(face_models):
    image = faces.picture([(300, 300, 400, 1), (2000, 900, 700, 2)], (3840, 2160))
    found = SFace(face_models.sface()).run(Look(image), CTX)
    assert [round(seen.box.width * 3840, -1) for seen in found] == [700, 400], "once each, though two sizes are tried"


@pytest.mark.parametrize(("dimensions", "wanted"), [(128, 128), (256, 256), (64, 128)])
def test_each_recogniser_has_its_own_distances(tmp_path, dimensions, wanted):
    faces.sface(tmp_path / "mine", dimensions)
    finder = SFace(str(tmp_path), "mine")
    assert finder.distances == distances(dimensions) == DISTANCES[wanted]
    assert finder.run(Look(faces.picture([(60, 80, 88, 1)])), CTX)[0].vector.shape == (dimensions,)


def test_a_recogniser_that_does_not_say_how_long_its_vectors_are(tmp_path):
    import onnx

    faces.sface(tmp_path / "mine", 256)
    path = next(Path(tmp_path).rglob("*recognition*.onnx"))
    model = onnx.load(path)
    model.graph.output[0].type.tensor_type.shape.dim[1].Clear()
    onnx.save(model, path)
    assert SFace(str(tmp_path), "mine").distances == DISTANCES[256]


def test_without_models_the_distances_are_those_of_the_one_to_pull(tmp_path):
    assert SFace(str(tmp_path)).distances == DISTANCES[128]


@pytest.fixture(scope="module")
def people(media_folder):
    """Who is in each film: the vectors of a face in some of its frames, by models that people trained."""
    finder = SFace("", str(media_folder / "models"))
    return finder, {
        name: _vectors(finder, media_folder / "faces" / f"{name}.mkv") for name in ("again", "brother", "book")
    }


def _vectors(finder, path, most=8):
    found = []
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == 10 * most:
                break
            if number % 10 == 0:
                seen = finder.run(Look(frame.to_ndarray(format="rgb24")), CTX)
                found += [face.vector for face in seen[:1]]
    return np.array(found)


def test_people_in_films(people):
    finder, found = people
    assert all(len(vectors) >= 4 for vectors in found.values())
    assert finder.distances == DISTANCES[256]
    middle = {name: vectors.mean(axis=0) / np.linalg.norm(vectors.mean(axis=0)) for name, vectors in found.items()}
    assert 1 - middle["again"] @ middle["brother"] < finder.distances.people, "one man"
    assert 1 - middle["again"] @ middle["book"] > finder.distances.match, "a man and a woman"


def test_a_film_without_people(media_folder):
    finder = SFace("", str(media_folder / "models"))
    assert len(_vectors(finder, media_folder / "ordinary" / "bottle-detection.mp4", most=2)) == 0


def test_models_copied_by_hand_into_one_folder(media_folder, tmp_path):
    for path in (media_folder / "models").glob("*.onnx"):
        shutil.copy(path, tmp_path)
    finder = SFace("", str(tmp_path))
    assert finder.ready() is None
    assert finder.model.startswith(f"{tmp_path.name}:")
