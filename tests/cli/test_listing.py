"""test_listing: the people of a folder from the command line, found with a tiny model, and what is said without one."""

import json
import os

import pytest

from tests import faces
from tests.cli.conftest import Program

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def cast(tmp_path_factory, face_models):
    """(program, folder): two films with one person in both and another in one, and the tiny model."""
    home = tmp_path_factory.mktemp("cast")
    faces.film(home / "videos" / "a.mp4", 3, lambda at: [(60, 80, 104, 1), (360, 80, 104, 2)])
    faces.film(home / "videos" / "b.mp4", 3, lambda at: [(200, 80, 104, 1)])
    faces.save(home / "gallery" / "Ann" / "one.png", [(100, 100, 96, 1)])
    program = Program(home / "home")
    (home / "videorc.json").write_text(json.dumps({"models": {"folder": face_models.sface()}}))
    program.env["VIDEORC"] = str(home / "videorc.json")
    return program, home / "videos"


def test_without_a_model_it_says_what_to_do_as_faces_does(vw, folder):
    done, same = vw("listing", folder), vw("embed", folder)
    assert done.code == same.code == 1
    assert "faces: " in done.err
    assert done.err == same.err
    assert done.out == "0 people\n"


def test_the_people_of_a_folder(cast):
    vw, videos = cast
    done = vw("listing", videos, "--sample-rate", "2")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[-1] == "2 people"
    assert "no name: 2 faces in 2 videos" in lines[0]
    assert [line.split()[0] for line in lines[1:3]] == ["a.mp4", "b.mp4"]
    assert os.path.exists(videos / ".artifacts" / ".faces.index.json")
    found = vw("listing", videos, "--gallery", videos.parent / "gallery", "--output-format", "json").json
    assert [person["name"] for person in found["people"]] == ["Ann", ""]
    assert found["people"][0]["occurrences_in"][0]["video"] == "a.mp4"
    limited = vw("listing", videos, "--limit", "1").out
    assert "Ann: 2 faces in 2 videos" in limited
    assert "no name" not in limited


@pytest.mark.parametrize(
    "words", [["--cluster-eps", "2"], ["--cluster-min-samples", "0"], ["--gallery", "/nowhere"], ["--sample-rate", "0"]]
)
def test_what_means_nothing(cast, words):
    vw, videos = cast
    done = vw("listing", videos, *words)
    assert done.code == 2
    assert done.err
