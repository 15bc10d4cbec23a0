"""test_f08_moves: renames and moves keep what a video is known by, and make nothing again."""

import json
import os

import pytest

from tests.live import KINDS, Daemon, is_done, put


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("moves")


@pytest.fixture(scope="module")
def live(home):
    (home / "one").mkdir()
    (home / "two").mkdir()
    with Daemon(home / "daemon", home / "one", home / "two") as daemon:
        yield daemon


def rename_inside(one, two):
    os.rename(one / "from/a.mp4", one / "from/b.mp4")
    return "from/b.mp4"


def change_case(one, two):
    os.rename(one / "from/a.mp4", one / "from/A.mp4")
    return "from/A.mp4"


def move_to_a_new_folder(one, two):
    (one / "to/deep").mkdir(parents=True)
    os.rename(one / "from/a.mp4", one / "to/deep/a.mp4")
    return "to/deep/a.mp4"


def rename_the_folder(one, two):
    os.rename(one / "from", one / "renamed")
    return "renamed/a.mp4"


def move_to_another_library(one, two):
    (two / "from").mkdir(exist_ok=True)
    os.rename(one / "from/a.mp4", two / "from/a.mp4")
    return "from/a.mp4"


@pytest.mark.parametrize(
    "move", [rename_inside, change_case, move_to_a_new_folder, rename_the_folder, move_to_another_library]
)
def test_f08_a_move_keeps_id_tags_and_artifacts(live, home, move):
    one, two = home / "one", home / "two"
    number = move.__name__
    put(one, "from/a.mp4", number)
    before = live.wait_done("from/a.mp4")["from/a.mp4"]
    live.api(f"/api/videos/{before['id']}/tags", {"add": [number], "performers_add": ["Ann"]})
    live.wait_idle()
    made, jobs = live.api(f"/api/videos/{before['id']}")["details"], {job["id"] for job in live.jobs()}
    new = move(one, two)
    root = two if move is move_to_another_library else one

    def moved():
        after = live.api(f"/api/videos/{before['id']}")
        return (after["library_root"], after["path"], after["presence"]) == (str(root), new, "present") and after

    after = live.wait_for(moved)
    live.wait_idle()
    assert (after["tags"], after["performers"]) == ([number], ["Ann"])
    assert is_done(after)
    assert {kind: after["details"][kind]["made_at"] for kind in KINDS} == {k: made[k]["made_at"] for k in KINDS}
    assert {job["id"] for job in live.jobs()} <= jobs, "something was made again"
    assert live.ask(after["thumb_url"])[0] == 200
    assert live.ask(after["sprite"]["sheet_url"])[0] == 200
    folder, name = os.path.split(new)
    assert json.loads((root / folder / ".artifacts" / f"{name}.tags.json").read_text())["tags"] == [number]
    os.unlink(root / new)
    live.wait_for(lambda: before["id"] not in {item["id"] for item in live.videos().values()})


def test_f08_the_root_itself_has_a_new_path(daemons, tmp_path):
    put(tmp_path / "old", "a.mp4")
    daemon = daemons(tmp_path / "old")
    before = daemon.wait_done("a.mp4")["a.mp4"]
    daemon.api(f"/api/videos/{before['id']}/tags", {"add": ["kept"]})
    daemon.wait_idle()
    daemon.stop()
    os.rename(tmp_path / "old", tmp_path / "new")
    daemon.config.write_text(daemon.config.read_text().replace(str(tmp_path / "old"), str(tmp_path / "new")))
    daemon.start()
    daemon.wait_for(lambda: daemon.library("old")["root"] == str(tmp_path / "new"))
    after = daemon.wait_done("a.mp4")["a.mp4"]
    daemon.wait_idle()
    assert (after["id"], after["tags"], after["thumb_url"]) == (before["id"], ["kept"], before["thumb_url"])
    assert len(daemon.jobs()) == len(KINDS)
    assert len(daemon.api("/api/libraries")["libraries"]) == 1
