"""test_files: sidecars read strictly and written whole or not at all."""

import errno
import json
import os

import pytest

from vidwatchd.errors import StorageError, Unwritable
from vidwatchd.library.files import load, parse_tags, put, read_json, stored, tidy, write_json
from vidwatchd.model import Tags


def test_a_sidecar_may_leave_everything_out():
    assert parse_tags({}) == Tags()
    assert parse_tags({"tags": None, "performers": None, "rating": None, "notes": None}) == Tags()
    assert parse_tags({"rating": 0}) == Tags()


def test_names_are_tidied():
    assert tidy(["  Sea  side ", "sea SIDE", "", " \n", "ÉTÉ", "été", "a\tb"]) == ("Sea side", "ÉTÉ", "a b")
    assert parse_tags({"tags": ["a", "A "], "performers": [" Ann  Lee "]}) == Tags(("a",), ("Ann Lee",))


@pytest.mark.parametrize(
    "values",
    [
        [], "x", 1, None, {"tags": "sea"}, {"tags": {"a": 1}}, {"tags": [1]}, {"tags": ["a", None]},
        {"performers": "Ann"}, {"rating": 6}, {"rating": -1}, {"rating": "5"}, {"rating": 2.5}, {"rating": True},
        {"rating": float("inf")}, {"notes": 5}, {"notes": {"a": "b"}}, {"notes": ["x"]}, {"notes": "\ud800"},
        {"tags": ["\udfff"]}, {"tags": ["nul\0"]}, {"notes": "nul\0"},
    ],
)  # fmt: skip
def test_what_is_not_in_order_is_refused(values):
    with pytest.raises(ValueError, match="must"):
        parse_tags(values)


def test_json_is_written_for_people_and_replaces_the_one_before(tmp_path):
    path = tmp_path / "x.json"
    for values in ({"a": 1}, {"tags": ["Ü", "🎬"]}):
        write_json(str(path), values)
        assert json.loads(path.read_text(encoding="utf-8")) == values
    assert "Ü" in path.read_text(encoding="utf-8")
    assert os.listdir(tmp_path) == ["x.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "x.json"
    write_json(str(path), {"a": 1})
    with pytest.raises((TypeError, UnicodeEncodeError)):
        write_json(str(path), {"a": object()})
    with pytest.raises(UnicodeEncodeError):
        write_json(str(path), {"a": "\ud800"})
    assert load(str(path)) == {"a": 1}
    assert os.listdir(tmp_path) == ["x.json"]


def elsewhere(source, target):
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_a_file_is_put_in_place_also_from_another_file_system(tmp_path):
    for number, replace in enumerate((os.replace, elsewhere)):
        made, target = tmp_path / f"made{number}", tmp_path / "target"
        made.write_text(f"content {number}")
        put(str(made), str(target), replace)
        assert target.read_text() == f"content {number}"
        assert os.listdir(tmp_path) == ["target"]


def test_a_copy_that_fails_leaves_the_old_file_and_no_part(tmp_path):
    target = tmp_path / "target"
    target.write_text("old")
    with pytest.raises(FileNotFoundError):
        put(str(tmp_path / "vanished"), str(target), elsewhere)
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["target"]


def test_another_failure_is_passed_on(tmp_path):
    with pytest.raises(FileNotFoundError):
        put(str(tmp_path / "none"), str(tmp_path / "target"))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StorageError), (errno.EDQUOT, StorageError), (errno.EROFS, StorageError),
        (errno.EACCES, Unwritable), (errno.ENOENT, Unwritable), (errno.ENAMETOOLONG, Unwritable),
    ],
)  # fmt: skip
def test_a_failed_write_tells_a_full_disk_from_one_bad_place(number, kind):
    with pytest.raises(StorageError, match="/some/place") as caught, stored("/some/place"):
        raise OSError(number, os.strerror(number))
    assert type(caught.value) is kind
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'"x"', b"null", b"NaN"])
def test_a_broken_file_loads_as_nothing(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert load(str(path)) == {}


def test_nothing_and_what_is_no_file_load_as_nothing(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for name in ("none", "fifo", "", "none/deeper", "nul\0"):
        assert load(str(tmp_path / name)) == {}


def test_an_editors_byte_order_mark_is_no_harm(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b'\xef\xbb\xbf{"tags": ["a"]}')
    values, status = read_json(str(path))
    assert values == {"tags": ["a"]}
    assert status.st_size == path.stat().st_size
