"""test_doctor: every finding, by real damage where that is possible."""

import os
import shutil
import sqlite3
import tomllib
from pathlib import Path

import pytest

from tests.sources import ROOT
from vidwatchd import config, operations
from vidwatchd.media.capabilities import Capabilities
from vidwatchd.operations import doctor, libraries


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return config.parse({"data_dir": str(tmp_path / "data")})


def named(checks):
    return {check.name: check for check in checks}


def test_the_extras_are_pyprojects():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name: names for name, names in declared["optional-dependencies"].items() if name not in ("all", "dev")}
    generate = [*extras["describe"], *(name for name in extras["generate"] if "vidwatchd" not in name)]
    wanted = {name: tuple(map(_bare, names)) for name, names in {**extras, "generate": generate}.items()}
    assert wanted == doctor.EXTRAS
    assert tuple(map(_bare, declared["dependencies"])) == doctor.CORE


def _bare(requirement):
    return requirement.partition(">")[0].partition("[")[0]


def test_a_missing_extra_says_the_command(settings):
    lacking = [check for check in doctor._extras(settings) if check.state == "missing"]
    assert all(check.fix.startswith("pip install 'vidwatchd[") for check in lacking)


def test_a_whole_index_and_its_libraries(settings, tmp_path):
    (tmp_path / "videos").mkdir()
    (tmp_path / "away").mkdir()
    with operations.open(settings) as ctx:
        libraries.add(ctx, str(tmp_path / "videos"))
        libraries.add(ctx, str(tmp_path / "away"))
        settings = ctx.config
    (tmp_path / "away").rename(tmp_path / "gone")
    found = named(doctor._index(settings))
    assert (found["index"].state, found["library videos"].state) == ("ok", "ok")
    assert found["library away"].state == "warn"


def test_nothing_is_made_by_looking(settings, tmp_path):
    found = named([*doctor._index(settings), *doctor._data_folder(settings)])
    assert (found["index"].state, found["libraries"].state, found["data folder"].state) == ("ok", "missing", "ok")
    assert not (tmp_path / "data").exists()


def test_a_damaged_page_is_found(settings, tmp_path):
    with operations.open(settings):
        pass
    file = tmp_path / "data" / "index.db"
    with sqlite3.connect(file) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()
    with open(file, "r+b") as raw:
        raw.seek((pages - 1) * 4096)
        raw.write(b"\xff" * 4096)
    assert named(doctor._index(settings))["index"].state == "fail"


def test_an_index_from_the_future_is_said(settings, tmp_path):
    with operations.open(settings):
        pass
    with sqlite3.connect(tmp_path / "data" / "index.db") as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    found = named(doctor._index(settings))["index"]
    assert found.state == "fail"
    assert "newer version" in found.detail


def test_a_data_folder_under_a_file_fails(tmp_path):
    (tmp_path / "file").write_text("x")
    found = named(doctor._data_folder(config.parse({"data_dir": str(tmp_path / "file" / "data")})))
    assert found["data folder"].state == "fail"


def test_a_wrong_ffmpeg_fails_with_the_setting(tmp_path):
    found = named(doctor._media(config.parse({"media": {"ffmpeg_path": str(tmp_path / "ffmpeg")}})))
    assert found["ffmpeg"].state == "fail"
    assert "ffmpeg_path" in found["ffmpeg"].detail


def test_hardware_that_works_is_named():
    tools = Capabilities("/f", "9", "", ("libx264",), (), ("scale",), (), ("vaapi",), "18", "8", ("h264",), ())
    found = named(doctor._ffmpeg(tools))
    assert "vaapi" in found["hardware"].detail
    assert "filters" not in found


def test_too_many_workers_for_the_memory_warn():
    found = named(doctor._machine(config.parse({"workers": {"total": 100_000}})))["machine"]
    assert found.state == "warn"
    assert '"workers": {"total": ' in found.fix


@pytest.mark.skipif(not os.path.exists(doctor.INOTIFY), reason="inotify is Linux's")
def test_more_folders_than_watches_warn():
    assert named(doctor._inotify(1))["inotify"].state == "ok"
    found = named(doctor._inotify(10**9))["inotify"]
    assert found.state == "warn"
    assert "sysctl" in found.fix


def test_what_cannot_be_looked_at_is_a_finding(settings):
    def broken(config):
        yield doctor.Check("one", "ok", "fine")
        raise PermissionError(13, "Permission denied")

    assert [check.state for check in doctor._guarded(broken, settings)] == ["ok", "fail"]


def test_models_that_are_here_are_named(settings, tmp_path):
    (lacking,) = doctor._models(settings)
    assert (lacking.state, lacking.fix) == ("missing", "vidwatchd models list")
    folder = Path(settings.models_folder) / "tiny"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"")
    (here,) = doctor._models(settings)
    assert (here.state, here.detail) == ("ok", f"tiny in {settings.models_folder}")


def test_ways_to_find_faces(settings, face_models):
    lacking = named(doctor._faces(settings))
    assert list(lacking) == ["faces insightface", "faces sface", "faces deepface"]
    assert {check.state for check in lacking.values()} == {"missing"}
    assert lacking["faces sface"].fix == "vidwatchd models pull sface"
    shutil.copytree(face_models.sface(), settings.models_folder)
    here = named(doctor._faces(settings))["faces sface"]
    assert (here.state, here.detail[:6]) == ("ok", "sface:")


def _add_wheel(folder, monkeypatch, name="opencv_python", version="4.9"):
    place = folder / "site" / f"{name}-{version}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    monkeypatch.syspath_prepend(str(folder / "site"))


def test_rival_builds_of_opencv_warn(settings, tmp_path, monkeypatch):
    (one,) = doctor._opencv(settings)
    assert (one.state, one.fix) == ("ok", "")
    _add_wheel(tmp_path, monkeypatch)
    (rivals,) = doctor._opencv(settings)
    assert rivals.state == "warn"
    assert "opencv-python 4.9" in rivals.detail
    assert rivals.fix.startswith("pip uninstall -y opencv-python; ")


def test_an_opencv_that_does_not_load_fails(settings, tmp_path, monkeypatch):
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    (broken,) = doctor._opencv(settings)
    assert (broken.state, "libGL.so.1" in broken.detail, "libgl1" in broken.fix) == ("fail", True, True)


def test_one_build_of_opencv_does_for_another():
    assert doctor._lost(("opencv-python", "opencv-python-headless", "no-such-thing")) == ["no-such-thing"]


def test_a_recent_look_is_good_for_a_while(settings, monkeypatch):
    looks = []
    monkeypatch.setattr(doctor, "doctor", lambda config: looks.append(1) or [doctor.Check("a", "ok", "b")])
    with operations.nowhere(settings) as ctx:
        assert doctor.recent(ctx) == doctor.recent(ctx)
        assert len(looks) == 1
        doctor.recent(ctx, again=True)
    assert len(looks) == 2


def test_what_stored_forms_can_be_made_with(settings):
    found = named(doctor._stored(settings))
    assert {name for name, check in found.items() if check.state == "ok"} >= {"caption facts", "surrogate stub"}
    for name, words in (("caption blip", "models pull blip-base"), ("surrogate cogvideox", "models pull cogvideox-2b")):
        assert found[name].state == "missing"
        assert words in found[name].fix or "pip install" in found[name].fix
