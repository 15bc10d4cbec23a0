"""test_disk: when an absence is proven."""

from __future__ import annotations

import errno
import os

import pytest

from vidwatchd.disk import OS, OperatingSystem, is_absent, reason


@pytest.mark.parametrize(
    ("path", "absent"),
    [
        ("a.mp4", False),
        ("one/b.mp4", False),
        ("one", False),
        ("c.mp4", True),
        ("one/c.mp4", True),
        ("two/three/c.mp4", True),
        ("a.mp4/c.mp4", True),
    ],
)
def test_absent_is_what_a_folder_that_lists_does_not_hold(tmp_path, path, absent):
    (tmp_path / "one").mkdir()
    (tmp_path / "a.mp4").touch()
    (tmp_path / "one/b.mp4").touch()
    assert is_absent(OS, str(tmp_path), f"{tmp_path}/{path}") is absent


def test_nothing_is_proven_absent_from_a_root_that_is_not_there(tmp_path):
    assert not is_absent(OS, f"{tmp_path}/gone", f"{tmp_path}/gone/a.mp4")


def test_nothing_is_proven_absent_where_a_folder_does_not_list(tmp_path):
    class Deaf(OperatingSystem):
        def scandir(self, path):
            raise OSError(errno.EIO, "Input/output error")

    assert not is_absent(Deaf(), str(tmp_path), f"{tmp_path}/a.mp4")


def test_listing_leaves_no_descriptor_open(tmp_path):
    before = len(os.listdir("/dev/fd"))
    with OS.scandir(str(tmp_path)) as entries:
        assert list(entries) == []
    with pytest.raises(NotADirectoryError), OS.scandir(__file__):
        pass
    assert len(os.listdir("/dev/fd")) == before


def test_a_link_that_leads_nowhere_does_not_resolve(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError):
        OS.resolve(f"{tmp_path}/loop")


def test_reasons_name_the_error():
    assert reason(OSError(errno.EIO, "Input/output error")) == "Input/output error (EIO)"
    assert reason(OSError("odd")) == "odd (no errno)"
