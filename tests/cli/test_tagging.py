"""test_tagging: what people say of videos, from the command line."""

import json

import pytest

from tests import seen
from tests.desk import Desk


def sidecar(folder, name="beach.mp4"):
    return json.loads((folder / ".artifacts" / f"{name}.tags.json").read_text())


def test_of_one_file(vw, folder):
    done = vw("tags", folder / "beach.mp4", "--set", "sea, Sun,sea", "--add-performers", "Ann", "--rating", "4",
              "--notes", "the first", "--output-format", "json")  # fmt: skip
    said = {"video": "beach.mp4", "tags": ["sea", "Sun"], "performers": ["Ann"], "rating": 4, "notes": "the first"}
    assert (done.code, done.json) == (0, {**said, "inferred": []})
    assert sidecar(folder) == said
    assert vw("tags", folder / "beach.mp4", "--output-format", "json").json == {**said, "inferred": []}


def test_set_and_remove_in_one_call(vw, folder):
    vw("tags", folder / "beach.mp4", "--set", "a,b")
    vw("tags", folder / "beach.mp4", "--set", "c", "--remove", "A")
    assert sidecar(folder)["tags"] == ["b", "c"]


def test_replace_takes_the_place_of_all_tags(vw, folder):
    vw("tags", folder / "beach.mp4", "--set", "a,b", "--add-performers", "Ann")
    vw("tags", folder / "beach.mp4", "--set", "c", "--mode", "replace")
    assert (sidecar(folder)["tags"], sidecar(folder)["performers"]) == (["c"], ["Ann"])
    vw("tags", folder / "beach.mp4", "--set", "", "--mode", "replace")
    assert sidecar(folder)["tags"] == []


def test_replace_without_tags_is_wrong_use(vw, folder):
    vw("tags", folder / "beach.mp4", "--set", "a")
    assert vw("tags", folder / "beach.mp4", "--mode", "replace").code == 2
    assert sidecar(folder)["tags"] == ["a"]


def test_performers_are_removed_and_cleared(vw, folder):
    file = folder / "beach.mp4"
    vw("tags", file, "--add-performers", "Ann,Bob,Cid")
    vw("tags", file, "--remove-performers", "bob")
    assert sidecar(folder)["performers"] == ["Ann", "Cid"]
    vw("tags", file, "--clear-performers")
    assert sidecar(folder)["performers"] == []


@pytest.mark.parametrize("flag", ["--performers", "--refresh-performers"])
def test_inferring_says_why_it_cannot(vw, folder, flag):
    done = vw("tags", folder / "beach.mp4", flag, "--min-occurrences", "3")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "no faces were looked for" in done.err
    assert "vidwatchd embed" in done.err
    assert not list(folder.glob("**/*.tags.json"))


def test_performers_are_inferred_refreshed_removed_and_cleared(vw):
    vw.home.mkdir()
    desk = Desk(vw.home)
    seen.publish(desk, "a.mp4", [seen.face(1, frames=2), seen.face(2, number=1, left=0.1, frames=1)])
    seen.publish(desk, "b.mp4", [seen.face(2, 1, frames=9)])
    seen.name(desk, "a.mp4", "Ann")
    seen.name(desk, "b.mp4", "Bob")
    desk.close()
    file = desk.root / "a.mp4"
    as_json = ("--output-format", "json")
    done = vw("tags", file, "--performers", "--set", "sea", *as_json)
    assert (done.code, done.json["performers"], done.json["inferred"], done.json["tags"]) == (
        0,
        ["Ann"],
        ["Ann"],
        ["sea"],
    )
    assert vw("tags", file).out == "a.mp4\n  tags: sea\n  performers: Ann (by face)\n"
    found = vw("tags", desk.root, "--performers", "--min-occurrences", "1", *as_json).json["videos"]
    assert {video["video"]: video["inferred"] for video in found} == {"a.mp4": ["Ann", "Bob"], "b.mp4": ["Bob"]}
    vw("tags", file, "--add-performers", "Cid")
    done = vw("tags", file, "--refresh-performers", *as_json)
    assert (done.json["performers"], done.json["inferred"]) == (["Cid", "Ann"], ["Ann"])
    assert vw("tags", file, "--remove-performers", "ann", *as_json).json["performers"] == ["Cid"]
    assert vw("tags", file, "--clear-performers", *as_json).json["performers"] == []


def test_of_a_folder(vw, folder):
    assert vw("tags", folder, "-r", "--set", "all").code == 0
    found = vw("tags", folder, "-r", "--output-format", "json").json
    assert [video["tags"] for video in found["videos"]] == [["all"]] * 3


def test_a_broken_sidecar_does_not_stop_the_others(vw, folder):
    (folder / ".artifacts").mkdir()
    broken = folder / ".artifacts" / "beach.mp4.tags.json"
    broken.write_text("{")
    done = vw("tags", folder, "--set", "x")
    assert done.code == 1
    assert done.err.startswith("beach.mp4: tags: ")
    assert broken.read_text() == "{"
    assert sidecar(folder, "broken.mp4")["tags"] == ["x"]


def test_text_lets_no_control_character_out(vw, folder):
    vw("tags", folder / "beach.mp4", "--notes", "red \x1b[31m")
    assert vw("tags", folder / "beach.mp4").out == "beach.mp4\n  notes: red \\x1b[31m\n"


@pytest.mark.parametrize("target", ["/nowhere.mp4", ""])
def test_a_target_that_is_not_there(vw, target):
    done = vw("tags", target)
    assert (done.code, done.err.count("\n")) == (2, 1)


def test_a_file_that_is_no_video(vw, folder):
    (folder / "notes.txt").write_text("x")
    assert vw("tags", folder / "notes.txt").code == 1


def test_the_settings_beside_a_file_are_found(vw, folder):
    (folder / "videorc.json").write_text('{"artifacts": {"thumbs": {"qualty": 1}}}')
    assert vw("tags", folder / "beach.mp4").code == 2
