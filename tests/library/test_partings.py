"""test_partings: what is to go is one file: not another of its name, not a copy of it, and nothing by a broken note."""

import json
import os
import shutil

import pytest

from vidwatchd.errors import StorageError
from vidwatchd.library import PARTING_SUFFIX, Store, drop_parting, note_parting, read_parting
from vidwatchd.model import Library


@pytest.fixture
def store(tmp_path):
    root = tmp_path / "box"
    root.mkdir()
    (root / "film.mp4").write_bytes(b"film")
    return Store(Library(1, "u", str(root), "box"), str(tmp_path / "data"))


def test_what_is_noted_comes_back_until_it_is_dropped(store):
    assert read_parting(store, "film.mp4") is None
    note_parting(store, "film.mp4", "4-abc")
    found = read_parting(store, "film.mp4")
    assert (found.video, found.fingerprint, found.size_bytes) == ("film.mp4", "4-abc", 4)
    drop_parting(store, "film.mp4")
    drop_parting(store, "film.mp4")
    assert read_parting(store, "film.mp4") is None


def test_a_copy_is_another_file(store):
    note_parting(store, "film.mp4", "4-abc")
    film = store.video("film.mp4")
    shutil.copy2(film, f"{film}.new")
    os.replace(f"{film}.new", film)
    assert read_parting(store, "film.mp4") is None, "its inode tells"


def test_a_touched_file_is_another(store):
    note_parting(store, "film.mp4", "4-abc")
    os.utime(store.video("film.mp4"), ns=(1, 1))
    assert read_parting(store, "film.mp4") is None
    os.unlink(store.video("film.mp4"))
    assert read_parting(store, "film.mp4") is None


@pytest.mark.parametrize("change", [{"video": "other.mp4"}, {"inode": True}, {"size_bytes": "4"}, {"more": 1}, None])
def test_a_note_that_says_something_else_means_nothing(store, change):
    note_parting(store, "film.mp4", "4-abc")
    path = store.file("film.mp4", PARTING_SUFFIX)
    with open(path, encoding="utf-8") as file:
        values = json.load(file)
    with open(path, "w", encoding="utf-8") as file:
        file.write("{" if change is None else json.dumps({**values, **change}))
    assert read_parting(store, "film.mp4") is None


def test_the_note_follows_its_video_and_goes_with_it(store):
    note_parting(store, "film.mp4", "4-abc")
    os.rename(store.video("film.mp4"), store.video("new.mp4"))
    store.follow(store, "film.mp4", "new.mp4", {})
    assert os.listdir(store.folder("new.mp4")) == [f"new.mp4{PARTING_SUFFIX}"]
    assert read_parting(store, "new.mp4") is None, "whoever renames it has taken it on"
    store.discard("new.mp4", {})
    assert os.listdir(store.folder("new.mp4")) == []


def test_a_place_that_cannot_be_written(store):
    os.mkdir(store.folder("film.mp4"))
    os.mkdir(store.file("film.mp4", PARTING_SUFFIX))
    with pytest.raises(StorageError):
        note_parting(store, "film.mp4", "4-abc")
    with pytest.raises(StorageError):
        drop_parting(store, "film.mp4")
