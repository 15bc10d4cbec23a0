"""test_companions: what shares a video's name comes along; what may be another's, or a person's own, does not."""

import os

import pytest

from vidwatchd.library import Store
from vidwatchd.library.companions import Neighbours, folders
from vidwatchd.model import Library

ENDINGS = ("mp4", "mkv", "webm")


@pytest.fixture
def box(tmp_path):
    (tmp_path / ".artifacts").mkdir()
    (tmp_path / "clip.mp4").touch()
    return tmp_path


@pytest.fixture
def store(box, tmp_path):
    return Store(Library(1, "u", str(box), "box"), str(tmp_path / "data"))


def moved(box, store, new="new.mp4", path="clip.mp4"):
    """The names that are different after the video's rename."""
    before = names(box)
    beside = Neighbours(store, path, ENDINGS)
    found = beside.of(path)
    os.rename(store.video(path), store.video(new))
    beside.carry(found, path, new, folders(store, new))
    return names(box) - before - {new}


def names(box):
    return {str(path.relative_to(box)) for path in box.rglob("*")}


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("clip.srt", "new.srt"), ("clip.en.vtt", "new.en.vtt"), ("clip.mp4.jpg", "new.mp4.jpg"),
        (".artifacts/clip.sprites.json", ".artifacts/new.sprites.json"),
        (".artifacts/clip.mp4.faces.json", ".artifacts/new.mp4.faces.json"),
        (".artifacts/clip.mp4.preview.webm", ".artifacts/new.mp4.preview.webm"),
        (".artifacts/.clip.mp4.previews/seg.webm", ".artifacts/.new.mp4.previews/seg.webm"),
        (".clip.previews/seg.webm", ".new.previews/seg.webm"),
    ],
)  # fmt: skip
def test_what_shares_its_name(box, store, name, new):
    (box / name).parent.mkdir(exist_ok=True)
    (box / name).touch()
    assert new in moved(box, store)
    assert not (box / name).exists()


@pytest.mark.parametrize(
    "name",
    ["clipper.srt", "clip", "clip2.mp4.jpg", "my clip.srt", "clip.mkv.srt", "clip.2.mp4", ".clip.mp4.Xy12", "clip.d/x.txt",
     ".artifacts/clip.mkv.jpg", ".artifacts/clip.2.mp4.jpg", ".artifacts/.library.json"],
)  # fmt: skip
def test_what_only_looks_like_it(box, store, name):
    (box / name).parent.mkdir(exist_ok=True)
    (box / name).touch()
    assert moved(box, store) == set()
    assert (box / name).exists()


@pytest.mark.parametrize("other", ["clip.mkv", "clip.en.mp4"])
def test_what_may_be_another_videos_stays(box, store, other):
    (box / other).touch()
    (box / "clip.en.srt").touch()
    (box / "clip.mp4.jpg").touch()
    assert moved(box, store) == {"new.mp4.jpg"}


def test_nothing_is_replaced_and_nothing_is_raised(box, store):
    for name in ("clip.srt", "new.srt", "clip.nfo"):
        (box / name).write_text(name)
    beside = Neighbours(store, "clip.mp4", ENDINGS)
    found = beside.of("clip.mp4")
    (box / "clip.nfo").unlink()
    beside.carry(found, "clip.mp4", "new.mp4", folders(store, "new.mp4"))
    assert (box / "new.srt").read_text() == "new.srt"
    assert (box / "clip.srt").read_text() == "clip.srt"
    assert Neighbours(store, "nowhere/clip.mp4", ENDINGS).of("clip.mp4") == []


def test_what_two_share_goes_with_the_last_of_them_and_on_from_there(box, store):
    (box / "clip.mkv").touch()
    (box / "clip.srt").touch()
    beside, here = Neighbours(store, "clip.mp4", ENDINGS), folders(store, "new.mp4")
    for old, new in (("clip.mp4", "new.mp4"), ("clip.mkv", "other.mkv"), ("other.mkv", "last.mkv")):
        found = beside.of(old)
        os.rename(box / old, box / new)
        beside.carry(found, old, new, here)
    assert names(box) == {".artifacts", "new.mp4", "last.mkv", "last.srt"}


def test_into_another_folder_and_apart_from_the_videos(box, tmp_path):
    central = Store(Library(1, "u", str(box), "box", layout="central"), str(tmp_path / "data"))
    (box / "d").mkdir()
    (box / "clip.srt").touch()
    for path in ("clip.mp4", "d/x.mp4"):
        os.makedirs(central.folder(path))
    (tmp_path / central.file("clip.mp4", ".legacy.json")).touch()
    beside = Neighbours(central, "clip.mp4", ENDINGS)
    beside.carry(beside.of("clip.mp4"), "clip.mp4", "x.mp4", folders(central, "d/x.mp4"))
    assert (box / "d/x.srt").exists()
    assert os.listdir(central.folder("d/x.mp4")) == ["x.mp4.legacy.json"]
    assert beside.of("x.mp4") == []
