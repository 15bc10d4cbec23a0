"""test_f01_unmounted: a library that is not there, or seems to be empty, loses nothing."""

import os
import shutil

import pytest

from tests.live import artifacts, put

NAMES = tuple(f"{number}.mp4" for number in range(3))


@pytest.fixture
def lib(tmp_path):
    for number, name in enumerate(NAMES):
        put(tmp_path / "lib", name, number)
    return tmp_path / "lib"


def everything(daemon):
    """What must survive: ids, words and artifacts, by path."""
    return {
        path: (item["id"], item["presence"], item["tags"], item["thumb_url"], item["artifacts"])
        for path, item in daemon.videos(presence="any").items()
    }


def test_f01_the_root_goes_an_empty_folder_stands_there_and_it_comes_back(daemons, tmp_path, lib):
    daemon = daemons(lib)
    first = daemon.wait_done(*NAMES)["0.mp4"]
    daemon.api(f"/api/videos/{first['id']}/tags", {"add": ["kept"]})
    daemon.wait_idle()
    before, files, jobs = everything(daemon), artifacts(lib), {job["id"] for job in daemon.jobs()}
    with daemon.listen() as told:
        os.rename(lib, tmp_path / "away")
        library = daemon.wait_for(lambda: not daemon.library("lib")["online"] and daemon.library("lib"))
        assert str(lib) in library["problem"]
        daemon.wait_for(lambda: {"id": library["id"]} in told.of("library"))  # it is told once it is written down
    for left in ("nothing", "an empty folder"):
        if left == "an empty folder":
            lib.mkdir()
            daemon.api(f"/api/libraries/{library['id']}/scan", {}, status=202)
            daemon.wait_for(lambda: "mounted" in daemon.library("lib")["problem"])
        # Nothing that a person or the queue asks for meanwhile may write into what is not the library.
        made = daemon.api(f"/api/videos/{first['id']}/make", {"kinds": ["thumbs"]}, status=202)
        refused = daemon.api(f"/api/videos/{first['id']}/tags", {"add": ["lost"]}, status=503)
        assert refused["code"] == "library_offline"
        assert daemon.ask(f"/api/videos/{first['id']}/file")[0] in (404, 503)
        daemon.api(f"/api/jobs/{made['id']}", method="DELETE")
        assert everything(daemon) == before
        assert not lib.exists() or not list(lib.iterdir())
    lib.rmdir()
    os.rename(tmp_path / "away", lib)
    daemon.wait_for(lambda: daemon.library("lib")["online"])
    daemon.wait_idle()
    assert everything(daemon) == before
    assert artifacts(lib) == files
    states = {job["id"]: job["state"] for job in daemon.jobs()}
    assert {states[job] for job in states.keys() - jobs} <= {"cancelled"}, "jobs ran again"
    daemon.stop()


def test_f01_most_files_vanish_at_once(daemons, tmp_path):
    """Also F3: what removes asks first when it would remove most."""
    lib = tmp_path / "lib"
    for number in range(14):
        put(lib, f"{number}.mp4" if number > 11 else f"many/{number}.mp4", number)
    daemon = daemons(lib, workers={"total": 1})
    daemon.wait_for(lambda: len(daemon.videos()) == 14)
    kept = {item["id"] for item in daemon.videos().values()}
    os.rename(lib / "many", tmp_path / "away")  # all at one moment: a look between two of them would see a few only
    held = daemon.wait_for(lambda: daemon.library("lib")["held"])
    assert "12 of 14" in held
    assert {item["id"] for item in daemon.videos().values()} == kept
    daemon.api(f"/api/libraries/{daemon.library('lib')['id']}/accept-loss", {}, status=202)
    daemon.wait_for(lambda: len(daemon.videos()) == 2)
    assert len(daemon.videos(presence="gone")) == 12
    assert daemon.library("lib")["held"] == ""
    daemon.stop()


def test_f01_many_files_move_to_another_library(daemons, tmp_path):
    """A mass move is no mass loss: nothing is held once the files are found again."""
    one, two = tmp_path / "one", tmp_path / "two"
    two.mkdir()
    for number in range(12):
        put(one, f"{number}.mp4", number)
    daemon = daemons(one, two)
    daemon.api("/api/jobs/pause", {})
    ids = daemon.wait_for(lambda: len(daemon.videos()) == 12 and {p: i["id"] for p, i in daemon.videos().items()})
    for number in range(12):
        shutil.move(one / f"{number}.mp4", two / f"{number}.mp4")
    two_id = daemon.library("two")["id"]
    moved = {path: (number, two_id) for path, number in ids.items()}
    daemon.wait_for(lambda: {p: (i["id"], i["library_id"]) for p, i in daemon.videos().items()} == moved)
    daemon.wait_for(lambda: not daemon.library("one")["held"])
    daemon.stop()


def test_f01_a_disk_that_was_not_there_at_the_start_is_taken_in_later(daemons, tmp_path):
    other = daemons(home="other")
    put(tmp_path / "disk", "a.mp4")
    other.api("/api/libraries", {"path": str(tmp_path / "disk")}, status=201)
    other.wait_done("a.mp4")
    other.stop()
    os.rename(tmp_path / "disk", tmp_path / "away")
    daemon = daemons(tmp_path / "disk")
    assert daemon.library("disk")["online"] is False
    assert daemon.library("disk")["problem"]
    os.rename(tmp_path / "away", tmp_path / "disk")
    daemon.api(f"/api/libraries/{daemon.library('disk')['id']}/scan", {}, status=202)
    daemon.wait_done("a.mp4")
    assert daemon.jobs() == []
    daemon.stop()
