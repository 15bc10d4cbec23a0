"""test_stored_moved: stored forms that were moved, cut off or tampered with give a film or a clear sentence."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.cli.conftest import Program
from tests.forms import stored_form
from vidwatchd.media.probe import probe


@pytest.fixture
def vw(tmp_path):
    return Program(tmp_path / "home")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "film_stored"
    stored_form(folder)
    return folder


@pytest.fixture
def form(whole, tmp_path):
    """Moved to where nothing else is, under a name that a shell would trip over."""
    return shutil.copytree(whole, os.path.join(tmp_path, "elsewhere", "-a 'film' %d"))


def test_a_form_moved_elsewhere_becomes_a_film_without_index_or_library(vw, form):
    done = vw.alone("reconstitute", "--input", form)
    assert (done.code, done.err) == (0, "")
    film = probe(os.path.join(form, "reconstituted.mp4"))
    assert (film.video_codec, film.audio_codec, round(film.duration_seconds)) == ("h264", "aac", 4)
    assert not vw.data.exists()


@pytest.mark.parametrize("member", ["resultant", "audio"])
@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "../film.mp4"])
def test_a_manifest_that_names_files_elsewhere(vw, form, member, name):
    path = os.path.join(form, "manifest.json")
    with open(path) as file:
        said = json.load(file)
    said[member]["file"] = name
    with open(path, "w") as file:
        json.dump(said, file)
    done = vw("reconstitute", form)
    assert done.code == 1
    assert "leads out of its folder" in done.err
    assert len(done.err.splitlines()) == 1
    assert not os.path.exists(os.path.join(form, "reconstituted.mp4"))


def test_a_picture_that_is_missing(vw, form):
    os.unlink(os.path.join(form, "resultant.mp4"))
    done = vw("reconstitute", form)
    assert done.code == 1
    assert "holds no picture: there is no resultant.mp4" in done.err


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("name", ["resultant.mp4", "audio.aac"])
def test_half_a_file(vw, form, name, noted):
    path = os.path.join(form, name)
    os.truncate(path, os.path.getsize(path) // 2)
    if not noted:
        os.unlink(os.path.join(form, "manifest.json"))
    done = vw("reconstitute", form)
    if name == "audio.aac" and not noted:  # raw AAC does not know how long it was
        assert done.code == 0
        assert round(probe(os.path.join(form, "reconstituted.mp4")).duration_seconds) == 2
        return
    assert done.code == 1
    assert name in done.err
    assert len(done.err.splitlines()) == 1
    assert "reconstituted.mp4" not in os.listdir(form)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the size of files")
def test_a_disk_that_is_full_leaves_nothing_half(form, tmp_path):
    """A limit on the size of each file stands for a full disk."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
        "from vidwatchd.media.mux import join; join(*sys.argv[1:])"
    )
    parts = [os.path.join(form, name) for name in ("resultant.mp4", "audio.aac", "out.mp4")]
    done = subprocess.run([sys.executable, "-c", code, *parts], capture_output=True, text=True)
    assert done.returncode == 1
    assert "vidwatchd.errors." in done.stderr.splitlines()[-1]
