"""test_folders: folders to choose from."""

import os

import pytest

from vidwatchd.errors import InvalidDirectory
from vidwatchd.operations.folders import folders


def test_visible_folders_by_name(tmp_path):
    for name in ("b", "A", ".hidden", "new\nline", os.fsdecode(b"odd\xff")):
        (tmp_path / name).mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "A")
    (tmp_path / "broken").symlink_to(tmp_path / "none")
    found = folders(str(tmp_path))
    assert (found["path"], found["parent"]) == (str(tmp_path), str(tmp_path.parent))
    assert [row["name"] for row in found["folders"]] == ["A", "b", "link", "new\nline", "odd\U0010ffff"]
    for row in found["folders"]:
        assert folders(row["path"])["folders"] == []


def test_the_top_and_home():
    assert folders("/")["parent"] is None
    assert all(row["path"].startswith("/") and "//" not in row["path"] for row in folders("/")["folders"])
    assert folders()["path"] == os.path.realpath(os.path.expanduser("~"))


@pytest.mark.parametrize("wrong", ["/no/such", "nul\0", "/etc/passwd"])
def test_what_is_no_folder(wrong):
    with pytest.raises(InvalidDirectory):
        folders(wrong)
