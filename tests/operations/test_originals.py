"""test_originals: only the very file that was uploaded goes, and only once its stored form is proven."""

import dataclasses
import os
from typing import ClassVar

import pytest

from tests.forms import stored_form
from tests.live import clip
from vidwatchd import artifacts
from vidwatchd.artifacts.thumbs import Thumbs
from vidwatchd.config import parse
from vidwatchd.library import PARTING_SUFFIX
from vidwatchd.model import Presence
from vidwatchd.operations import libraries, originals, tasks, uploads
from vidwatchd.operations.arrivals import Arrival
from vidwatchd.operations.jobs import Order
from vidwatchd.operations.partings import TASK
from vidwatchd.operations.scan import Look, scan
from vidwatchd.storing import manifest

pytestmark = pytest.mark.system


class Kept(Thumbs):
    """A kind that outlasts its video."""

    kept: ClassVar[str] = "stored/manifest.json"


def fallen(made):
    """The form with a stub in place of the picture."""
    stub = dataclasses.replace(made.resultant, origin="placeholder", backend="stub")
    return dataclasses.replace(made, resultant=stub)


class Shelf:
    """One upload that is to go, with a stored form beside it."""

    def __init__(self, folder, ctx):
        self.ctx, self.file = ctx, folder / "data" / "uploads" / "film.mp4"
        arrival = Arrival(ctx)
        arrival.fields["keep_original"] = "false"
        arrival.begin("film.mp4")
        arrival.write(clip())
        self.id = uploads.take(ctx, arrival)["video_id"]
        self.form = os.path.dirname(ctx.store(self.video.library_id).file("film.mp4", Kept.kept))
        made = stored_form(self.form, sound_seconds=1.5, picture_seconds=1.5)
        self.note(made, self.video.fingerprint)

    @property
    def video(self):
        return self.ctx.index.videos.get(self.id)

    def note(self, made, mark):
        source = made.source.__class__("film.mp4", 1, mark, 1.5, audio_codec="aac")
        whole = manifest.Manifest(manifest.form_id(mark), source, made.script, made.audio, made.resultant)
        with open(os.path.join(self.form, manifest.FILE), "wb") as file:
            file.write(manifest.text(whole))

    def part(self):
        return originals.run_task(self.ctx, Order(TASK, video_ids=(self.id,)), lambda *said: None)


@pytest.fixture
def shelf(tmp_path, bench, monkeypatch):
    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, "thumbs": Kept})
    values = {"data_dir": str(tmp_path / "data"), "store": {"min_free_gb": 0}}
    with bench.open(parse(values, tmp_path / "videorc.json")) as ctx:
        yield Shelf(tmp_path, ctx)


def test_a_proven_form_lets_the_file_go(shelf):
    assert TASK in tasks.TASKS
    assert shelf.part() == {"removed": ["film.mp4"], "kept": []}
    assert not shelf.file.exists()
    assert (shelf.video.presence, shelf.ctx.index.forms.partings()) == (Presence.GONE, [])
    assert manifest.read(shelf.form) is not None
    assert shelf.part() == {"removed": [], "kept": []}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda shelf: os.unlink(os.path.join(shelf.form, manifest.FILE)), "no stored form"),
        (lambda shelf: os.truncate(os.path.join(shelf.form, manifest.RESULTANT), 500), "not whole"),
        (lambda shelf: os.unlink(os.path.join(shelf.form, manifest.SCRIPT)), "not whole"),
        (lambda shelf: shelf.note(stored_form(shelf.form), "0-other"), "no stored form"),
        (lambda shelf: shelf.note(stored_form(shelf.form, picture_seconds=0), shelf.video.fingerprint), "no picture"),
        (lambda shelf: shelf.note(stored_form(shelf.form, sound_seconds=0), shelf.video.fingerprint), "no sound"),
        (lambda shelf: shelf.note(fallen(stored_form(shelf.form)), shelf.video.fingerprint), "placeholder"),
        (lambda shelf: shelf.file.write_bytes(clip() + b"\0\0\0\x08free"), "changed"),
        (lambda shelf: shelf.ctx.index.forms.part(shelf.id, "other.mp4", shelf.video.fingerprint), "not the file"),
    ],
)
def test_what_is_not_proven_stays(shelf, harm, said):
    harm(shelf)
    (kept,) = shelf.part()["kept"]
    assert said in kept["reason"]
    assert shelf.file.exists()
    assert shelf.ctx.index.forms.partings() == [], "and for good"


def test_a_new_index_carries_the_wish_on(shelf, bench, tmp_path):
    uploads_folder = shelf.file.parent
    (uploads_folder / "mine.mp4").write_bytes(shelf.file.read_bytes())
    values = {"data_dir": str(tmp_path / "new"), "store": {"uploads_folder": str(uploads_folder)}}
    with bench.open(parse(values, tmp_path / "new.json")) as ctx:
        libraries.add(ctx, str(uploads_folder))
        (library,) = ctx.index.libraries.all()
        scan(ctx, library, Look(settle_seconds=0))
        video, mine = (ctx.index.videos.at(library.id, name) for name in ("film.mp4", "mine.mp4"))
        assert ctx.index.forms.partings() == [video.id], "and not the copy that a person put there"
        assert ctx.index.forms.videos(manifest.form_id(shelf.video.fingerprint)) == [video.id]
        assert ctx.index.jobs.pending(["thumbs"], [video.id])
        order = Order(TASK, video_ids=(video.id, mine.id))
        assert originals.run_task(ctx, order, lambda *said: None) == {"removed": ["film.mp4"], "kept": []}
    assert (shelf.file.exists(), (uploads_folder / "mine.mp4").exists()) == (False, True)
    assert not [name for name in os.listdir(uploads_folder / ".artifacts") if "parting" in name]


def test_without_the_note_beside_it_the_file_stays(shelf):
    os.unlink(shelf.ctx.store(shelf.video.library_id).file("film.mp4", PARTING_SUFFIX))
    assert "changed" in shelf.part()["kept"][0]["reason"]
    assert shelf.file.exists()


def test_a_picture_that_does_not_decode(shelf):
    path = os.path.join(shelf.form, manifest.RESULTANT)
    size = os.path.getsize(path)
    with open(path, "wb") as file:
        file.write(b"x" * size)
    assert shelf.part()["removed"] == []
    assert shelf.file.exists()


def test_nothing_goes_that_lies_elsewhere(shelf, tmp_path):
    store = shelf.ctx.config.store.model_copy(update={"uploads_folder": str(tmp_path / "other")})
    shelf.ctx.config = shelf.ctx.config.model_copy(update={"store": store})
    assert "not lie among the uploads" in shelf.part()["kept"][0]["reason"]
    assert shelf.file.exists()


def test_a_library_that_is_away_is_another_time(shelf, tmp_path):
    shelf.file.parent.rename(tmp_path / "away")
    assert shelf.part()["removed"] == []
    assert shelf.ctx.index.forms.partings() == [shelf.id]
