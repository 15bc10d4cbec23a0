"""test_uploads: what came is kept once, under a name that is nobody's, in a library that everybody sees; or refused."""

import os
import shutil
import zipfile

import pytest

from tests.live import clip, unlike
from vidwatchd import artifacts
from vidwatchd.config import parse
from vidwatchd.errors import Conflict, StorageError, UnsupportedMedia, UsageError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.library import read_parting
from vidwatchd.model import Presence
from vidwatchd.operations import libraries, uploads
from vidwatchd.operations.arrivals import Arrival
from vidwatchd.operations.scan import Look, scan
from vidwatchd.storing.manifest import form_id


class Shelf:
    def __init__(self, folder, ctx):
        self.folder, self.ctx = folder, ctx
        self.uploads = folder / "data" / "uploads"

    def send(self, data, name="film.mp4", **fields):
        arrival = Arrival(self.ctx, len(data))
        arrival.fields.update(fields)
        arrival.begin(name)
        arrival.write(data)
        return uploads.take(self.ctx, arrival)

    def files(self):
        return sorted(name for name in os.listdir(self.uploads) if not name.startswith("."))

    def video(self, found):
        return self.ctx.index.videos.get(found["video_id"])


@pytest.fixture
def shelf(tmp_path, bench):
    values = {"data_dir": str(tmp_path / "data"), "store": {"min_free_gb": 0}}
    with bench.open(parse(values, tmp_path / "videorc.json")) as ctx:
        yield Shelf(tmp_path, ctx)


def test_the_first_upload_makes_the_library(shelf):
    found = shelf.send(clip())
    video = shelf.video(found)
    mark = fingerprint(str(shelf.uploads / "film.mp4"))
    assert found == {
        "id": form_id(mark), "status": "processing", "video_id": video.id, "name": "film.mp4", "duplicate": False,
    }  # fmt: skip
    (library,) = libraries.listing(shelf.ctx)
    assert (library["name"], library["root"], library["watched"]) == ("Uploads", str(shelf.uploads), True)
    assert [entry.name for entry in shelf.ctx.config.libraries] == ["Uploads"], "and it stands in the settings"
    assert (video.fingerprint, video.presence) == (mark, Presence.PRESENT)
    assert shelf.ctx.index.forms.videos(found["id"]) == [video.id]
    assert shelf.ctx.index.jobs.pending(list(artifacts.KINDS), [video.id])
    assert shelf.files() == ["film.mp4"]
    again = shelf.send(clip(), "other.mp4")
    assert again == {**found, "duplicate": True}
    other = shelf.send(unlike(1), "film.mp4")
    assert (other["name"], other["duplicate"]) == ("film (2).mp4", False)
    assert shelf.files() == ["film (2).mp4", "film.mp4"]


def test_a_film_of_any_library_is_not_kept_twice(shelf):
    box = shelf.folder / "box"
    box.mkdir()
    (box / "mine.mp4").write_bytes(clip())
    libraries.add(shelf.ctx, str(box))
    scan(shelf.ctx, shelf.ctx.index.libraries.all()[0], Look(settle_seconds=0))
    found = shelf.send(clip(), keep_original="false")
    assert (found["name"], found["duplicate"], shelf.files()) == ("mine.mp4", True, [])
    assert shelf.ctx.index.forms.parting(found["video_id"]) is None, "a person's own file never goes"
    shutil.move(box, shelf.folder / "away")
    assert shelf.send(clip())["duplicate"] is False, "what is away is no reason to keep nothing"


def test_uploads_into_a_library_that_is_there(shelf):
    box = shelf.folder / "box"
    box.mkdir()
    libraries.add(shelf.ctx, str(box), "Mine")
    store = shelf.ctx.config.store.model_copy(update={"uploads_folder": str(box / "sent")})
    shelf.ctx.config = shelf.ctx.config.model_copy(update={"store": store})
    found = shelf.send(clip())
    assert shelf.video(found).path == "sent/film.mp4"
    assert [library.name for library in shelf.ctx.index.libraries.all()] == ["Mine"]


def test_uploads_around_a_library_are_refused(shelf):
    box = shelf.uploads / "box"
    box.mkdir(parents=True)
    libraries.add(shelf.ctx, str(box))
    with pytest.raises(Conflict, match="holds the library"):
        shelf.send(clip())
    assert shelf.files() == ["box"]


def test_what_is_no_film(shelf, clips, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("x", "y" * 1000)
    texts = {
        "list.m3u8": b"#EXTM3U\n#EXTINF:1\n/etc/passwd\n", "a.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "a.html": b"<!doctype html><title>x</title>", "film.mp4": b"x" * 5000, "a.zip": (tmp_path / "a.zip").read_bytes(),
    }  # fmt: skip
    for name, data in texts.items():
        with pytest.raises(UnsupportedMedia):
            shelf.send(data, name)
        with pytest.raises(UnsupportedMedia):
            shelf.send(data, "film.mp4")
    for path, said in ((clips.audio_only(), "holds no video"), (clips.silent_picture(), "picture")):
        with open(path, "rb") as file, pytest.raises(UnsupportedMedia, match=said):
            shelf.send(file.read())
    assert shelf.files() == []
    assert shelf.ctx.index.libraries.all() == []


def test_a_form_without_a_file(shelf):
    for arrival in (Arrival(shelf.ctx), Arrival(shelf.ctx)):
        with pytest.raises(UsageError, match="no file"):
            uploads.take(shelf.ctx, arrival)
    with pytest.raises(UsageError, match=r"no file was sent: .* is empty"):
        shelf.send(b"")
    with pytest.raises(UsageError, match="keep_original"):
        shelf.send(clip(), keep_original="perhaps")
    assert shelf.files() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("film", "film.mp4"),
        ("film.bin", "film.bin.mp4"),
        ("a" * 400, "a" * 251 + ".mp4"),
        (".mp4", "mp4.mp4"),
        ("CON.MOV", "_CON.MOV"),
    ],
)
def test_names_and_endings(shelf, name, kept):
    assert shelf.send(clip(), name)["name"] == kept
    assert shelf.files() == [kept]


def test_an_ending_that_nothing_looks_at(shelf, clips):
    scanned = shelf.ctx.config.scan.model_copy(update={"extensions": ("mkv",)})
    shelf.ctx.config = shelf.ctx.config.model_copy(update={"scan": scanned})
    with pytest.raises(UnsupportedMedia, match=r"end in \.mp4 are not looked at"):
        shelf.send(clip())
    hidden = shelf.ctx.config.scan.model_copy(update={"extensions": ("mp4",), "ignore": ("film*",)})
    shelf.ctx.config = shelf.ctx.config.model_copy(update={"scan": hidden})
    with pytest.raises(UsageError, match="hides files"):
        shelf.send(clip())
    assert shelf.files() == []


def test_the_name_of_a_film_that_is_gone_is_not_taken(shelf):
    first = shelf.send(clip())
    (shelf.uploads / "film.mp4").unlink()
    library = shelf.ctx.index.libraries.all()[0]
    scan(shelf.ctx, library, Look(settle_seconds=0))
    assert shelf.video(first).presence is Presence.GONE
    assert shelf.send(unlike(2))["name"] == "film (2).mp4", "its stored form may be all that is left of it"
    back = shelf.send(clip())
    assert (back["video_id"], back["name"], back["duplicate"]) == (first["video_id"], "film.mp4", False)


def test_what_is_to_go_is_noted_until_somebody_wants_it_kept(shelf):
    found = shelf.send(clip(), keep_original="false")
    mark = shelf.video(found).fingerprint
    assert shelf.ctx.index.forms.parting(found["video_id"]) == ("film.mp4", mark)
    assert read_parting(shelf.ctx.store(shelf.video(found).library_id), "film.mp4").fingerprint == mark
    assert shelf.send(clip(), keep_original="0")["duplicate"]
    assert shelf.ctx.index.forms.parting(found["video_id"]) is not None
    shelf.send(clip(), keep_original="on")
    assert shelf.ctx.index.forms.parting(found["video_id"]) is None
    assert read_parting(shelf.ctx.store(shelf.video(found).library_id), "film.mp4") is None


def test_a_name_that_everybody_has(shelf, monkeypatch):
    monkeypatch.setattr(uploads, "_MOST_NAMES", 2)
    shelf.send(clip())
    with pytest.raises(StorageError, match="give it another name"):
        shelf.send(unlike(3))
