"""test_libraries: library add, list, remove and scan."""

import json

import pytest

from tests.cli.conftest import files_under


def settings(vw):
    return json.loads((vw.data / "videorc.json").read_text())


def test_add_list_remove(vw, folder):
    added = vw("library", "add", folder, "--name", "Family", "--output-format", "json")
    assert (added.code, added.json["name"], added.json["root"]) == (0, "Family", str(folder))
    assert settings(vw)["libraries"] == [{"path": str(folder), "name": "Family"}]
    before = files_under(folder)
    assert vw("library", "list", "--output-format", "json").json["libraries"][0]["watched"] is True
    removed = vw("library", "remove", "Family", "--yes")
    assert (removed.code, removed.out) == (0, f"{folder} is no longer a library; no file was touched\n")
    assert vw("library", "list", "--output-format", "json").json == {"libraries": [], "total": 0}
    assert settings(vw)["libraries"] == []
    assert files_under(folder) == before


def test_a_library_of_the_settings_is_known_before_any_daemon(vw, folder, tmp_path):
    file = tmp_path / "my.json"
    file.write_text(json.dumps({"libraries": [{"path": str(folder)}]}))
    listed = vw("library", "list", "--config", file)
    assert str(folder) in listed.out
    assert not vw.data.exists()
    assert vw("library", "scan", folder, "--config", file).out.startswith("3 videos: 3 added")


def test_list_as_a_table(vw, folder):
    vw("library", "add", folder)
    vw("library", "scan", "videos")
    header, row = vw("library", "list").out.splitlines()
    assert header.split() == ["id", "name", "videos", "size", "state", "folder"]
    assert row.split()[:3] == ["1", "videos", "3"]
    assert row.endswith(f"watched  {folder}")


def test_remove_asks(vw, folder):
    vw("library", "add", folder)
    refused = vw("library", "remove", "1", typed="n\n")
    assert refused.code == 1
    assert "No file is touched" in refused.err
    assert vw("library", "remove", "1", typed="").code == 1
    assert vw("library", "list", "--output-format", "json").json["total"] == 1
    assert vw("library", "remove", "1", typed="y\n").code == 0


def test_a_library_inside_another_is_refused(vw, folder):
    vw("library", "add", folder)
    done = vw("library", "add", folder / "sub")
    assert done.code == 1
    assert "watched already" in done.err


@pytest.mark.parametrize(
    ("words", "code"), [(["add", "/nowhere"], 2), (["remove", "9", "--yes"], 1), (["scan", "nothing"], 1)]
)
def test_wrong_names_are_one_sentence(vw, words, code):
    done = vw("library", *words)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)


def test_set_what_is_not_made_by_itself(vw, folder):
    vw("library", "add", folder)
    found = vw("library", "set", folder, "--skip", "thumbs, sprites", "--output-format", "json")
    assert (found.code, found.json["skip"]) == (0, ["thumbs", "sprites"])
    assert settings(vw)["libraries"] == [{"path": str(folder), "skip": ["thumbs", "sprites"]}]
    assert vw("library", "set", folder, "--skip", "", "--output-format", "json").json["skip"] == []
    wrong = vw("library", "set", folder, "--skip", "thumb")
    assert (wrong.code, "did you mean thumbs?" in wrong.err) == (1, True)
