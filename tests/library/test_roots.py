"""test_roots: whether a root is there, and which library it is."""

import os

import pytest

from vidwatchd.errors import InvalidDirectory
from vidwatchd.library.roots import new_uuid, offline_reason, read_marker, readable_folder, write_marker
from vidwatchd.model import Library, native, portable


def library(root, **values):
    return Library(**{"id": 1, "uuid": "u1", "root": str(root), "name": "box", **values})


def marker(root):
    return root / ".artifacts" / ".library.json"


@pytest.mark.parametrize("name", ["plain", "new\nline", "100%", "-x", "🎬", os.fsdecode(b"b\xff")])
def test_a_readable_folder_is_absolute_real_and_portable(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / name)
    expected = portable(os.path.realpath(tmp_path / name))
    for spelled in (tmp_path / name, tmp_path / "link", f"{tmp_path}/./{name}/"):
        assert readable_folder(portable(str(spelled))) == expected
    assert os.path.isdir(native(expected))
    expected.encode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "does not exist"),
        ("file", "not a folder"),
        ("file/x", "not a folder"),
        ("x\0y", "cannot be opened"),
        ("l" * 300, "cannot be opened"),
    ],
)
def test_what_is_no_readable_folder_is_said_in_one_sentence(tmp_path, name, said):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidDirectory, match=said):
        readable_folder(f"{tmp_path}/{name}")


def test_no_name_is_not_the_working_folder():
    with pytest.raises(InvalidDirectory, match="no folder"):
        readable_folder("")


def test_a_marker_is_written_and_read(tmp_path):
    assert read_marker(str(tmp_path)) == ""
    assert write_marker(str(tmp_path), "u1")
    assert read_marker(str(tmp_path)) == "u1"
    marker(tmp_path).write_text("broken")
    assert read_marker(str(tmp_path)) == ""


def test_a_root_that_cannot_be_marked_says_so(tmp_path):
    (tmp_path / ".artifacts").write_text("in the way")
    assert not write_marker(str(tmp_path), "u1")


def test_a_uuid_is_random_where_a_marker_holds_it_else_the_paths_own():
    assert new_uuid("/a", marked=True) != new_uuid("/a", marked=True)
    assert new_uuid("/a", marked=False) == new_uuid("/a", marked=False) != new_uuid("/b", marked=False)


def test_a_marked_root_is_there(tmp_path):
    write_marker(str(tmp_path), "u1")
    assert offline_reason(library(tmp_path), ["lost.mp4"]) == ""


def test_an_empty_folder_in_the_place_of_a_disk_is_not_the_library(tmp_path):
    assert "is the disk mounted" in offline_reason(library(tmp_path), ["a.mp4"])
    assert list(tmp_path.iterdir()) == []


def test_a_missing_root_is_away(tmp_path):
    assert "cannot be read" in offline_reason(library(tmp_path / "none"), [])
    assert not (tmp_path / "none").exists()


def test_another_librarys_disk_is_not_this_one(tmp_path):
    write_marker(str(tmp_path), "u2")
    (tmp_path / "a.mp4").write_text("x")
    assert "another library" in offline_reason(library(tmp_path), ["a.mp4"])
    assert read_marker(str(tmp_path)) == "u2"


@pytest.mark.parametrize("mark", [True, False])
def test_files_vouch_for_a_root_that_lost_its_marker(tmp_path, mark):
    (tmp_path / "odd \n🎬").mkdir()
    (tmp_path / "odd \n🎬" / "a.mp4").write_text("x")
    assert offline_reason(library(tmp_path), ["lost.mp4", "odd \n🎬/a.mp4"], mark=mark) == ""
    assert read_marker(str(tmp_path)) == ("u1" if mark else "")


def test_a_central_library_has_no_marker_and_goes_by_its_files(tmp_path):
    central = library(tmp_path, layout="central")
    write_marker(str(tmp_path), "of another time")
    assert "mounted" in offline_reason(central, ["a.mp4"])
    (tmp_path / "a.mp4").write_text("x")
    assert offline_reason(central, ["a.mp4"]) == ""
    assert read_marker(str(tmp_path)) == "of another time"
