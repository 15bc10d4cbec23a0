import os

import pytest

LIBRARY = {"id", "name", "root", "watched", "online", "problem", "held", "layout", "videos", "gone", "unknown", "bytes"}


def test_listed_with_counts(fresh):
    library = fresh.ask("/api/libraries")["libraries"][0]
    assert set(library) >= LIBRARY
    assert (library["name"], library["videos"], library["online"], library["watched"]) == ("lib", 3, True, True)
    assert fresh.ask(f"/api/libraries/{library['id']}") == library
    fresh.refused("/api/libraries/999", status=404)


def test_added_and_removed(fresh, tmp_path):
    (tmp_path / "more").mkdir()
    added = fresh.ask("/api/libraries", {"path": str(tmp_path / "more"), "name": "More"}, status=201)
    assert (added["name"], added["root"]) == ("More", str(tmp_path / "more"))
    assert (tmp_path / "more/.artifacts/.library.json").exists()
    assert str(tmp_path / "more") in (tmp_path / "videorc.json").read_text()
    assert ("library", {"id": added["id"]}) in fresh.told
    again = fresh.ask("/api/libraries", {"path": str(tmp_path / "more")}, status=201)
    assert again["id"] == added["id"]
    assert fresh.ask(f"/api/libraries/{added['id']}", method="DELETE") == {"removed": added["id"]}
    assert (tmp_path / "more/.artifacts/.library.json").exists(), "no file is touched"
    assert str(tmp_path / "more") not in (tmp_path / "videorc.json").read_text()
    fresh.refused(f"/api/libraries/{added['id']}", method="DELETE", status=404)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/no/such/folder", 400),
        ("/etc/passwd", 400),
        ("", 422),
        ("\0", 422),
        ("/a\0b", 422),
        ("\ud800", 422),
        ("x" * 4097, 422),
        ("x" * 4000, 400),
    ],
)
def test_what_is_no_folder(steady, path, status):
    steady.refused("/api/libraries", {"path": path}, status=status)
    assert len(steady.ask("/api/libraries")["libraries"]) == 1


def test_libraries_do_not_overlap(fresh, tmp_path):
    assert fresh.refused("/api/libraries", {"path": str(fresh.lib / "sub")}, status=409) == "conflict"
    assert fresh.refused("/api/libraries", {"path": str(tmp_path)}, status=409) == "conflict"
    fresh.refused("/api/libraries", {"path": "/"}, status=400)
    os.symlink(fresh.lib / "sub", tmp_path / "link")
    assert fresh.refused("/api/libraries", {"path": str(tmp_path / "link")}, status=409) == "conflict"


def test_a_look_and_an_accepted_loss_are_asked_of_the_daemon(fresh):
    library = fresh.ask("/api/libraries")["libraries"][0]
    assert fresh.ask(f"/api/libraries/{library['id']}/scan", {}, status=202)["id"] == library["id"]
    assert fresh.ask(f"/api/libraries/{library['id']}/accept-loss", {}, status=202)["id"] == library["id"]
    assert fresh.told[-2:] == [("rescan", {"id": library["id"]}), ("accept", {"id": library["id"]})]
    fresh.refused("/api/libraries/999/scan", {}, status=404)


def test_folders_to_choose_from(fresh, tmp_path):
    (tmp_path / "lib/.hidden").mkdir()
    found = fresh.ask(f"/api/folders?path={tmp_path}/lib")
    assert found["path"] == f"{tmp_path}/lib"
    assert found["parent"] == str(tmp_path)
    assert found["folders"] == [{"name": "sub", "path": f"{tmp_path}/lib/sub"}]
    assert fresh.ask("/api/folders")["path"]
    assert fresh.ask("/api/folders?path=/")["parent"] is None
    for path in ("/no/such", "%00", "/etc/passwd", "/a%00b"):
        fresh.refused(f"/api/folders?path={path}", status=400)


def test_a_library_says_what_is_not_made_there(fresh):
    library = fresh.ask("/api/libraries")["libraries"][0]
    changed = fresh.ask(f"/api/libraries/{library['id']}", {"skip": ["thumbs"]}, method="PATCH")
    assert (changed["id"], changed["skip"]) == (library["id"], ["thumbs"])
    assert fresh.ask(f"/api/libraries/{library['id']}", {"skip": ["nonsense"]}, method="PATCH", status=404)["hint"]
    assert fresh.ask(f"/api/libraries/{library['id']}", {"colour": 1}, method="PATCH", status=422)
