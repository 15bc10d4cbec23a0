"""test_scripts: what people said of the lines is in the script of the stored form, before it was made and after."""

import os
import shutil
from pathlib import Path

import pytest

from vidwatchd.config import parse
from vidwatchd.model import Presence
from vidwatchd.operations import edits, learning, make, scripts
from vidwatchd.operations import store as storing
from vidwatchd.operations.edits import Change
from vidwatchd.storing import manifest

pytestmark = pytest.mark.system

STUB = {"backend": "stub", "stub_seconds": 0.5}
MADE = "[00:00:00] Hello there.\n[00:00:01] And good bye.\n"


@pytest.fixture(autouse=True)
def _few():
    """Here every kind is met, as ever."""


class Shelf:
    """One real film with its subtitles, and its form."""

    def __init__(self, ctx, root):
        self.ctx, self.root = ctx, root

    def make(self, *kinds):
        for kind in kinds or ("subtitles", "stored"):
            wanted = make.Wanted((kind,), overrides={kind: STUB if kind == "stored" else {}})
            done = make.make(self.ctx, str(self.root), wanted)
            assert not done.failed, done.failed
        (self.library,) = self.ctx.index.libraries.all()
        self.video = self.ctx.index.videos.at(self.library.id, "film.mp4")

    def change(self, start, end, text):
        return edits.line(self.ctx, self.video.id, "en", Change(start, end, text))

    @property
    def folder(self):
        return self.root / ".artifacts" / "film.mp4.stored"

    @property
    def said(self):
        return (self.folder / "script.txt").read_text(encoding="utf-8").partition("[Transcript]\n")[2]

    def check(self):
        """The manifest and the files agree, and nothing is left over."""
        form = manifest.read(str(self.folder))
        parts = (form.script, form.audio, form.resultant)
        assert {part.file: part.bytes for part in parts} == {
            part.file: os.path.getsize(self.folder / part.file) for part in parts
        }
        assert sorted(os.listdir(self.folder)) == sorted([manifest.FILE, *(part.file for part in parts)])
        return form


@pytest.fixture
def shelf(tmp_path, bench, clips):
    root = tmp_path / "box"
    root.mkdir()
    shutil.copy(clips.normal(), root / "film.mp4")
    srt = "1\n00:00:00,500 --> 00:00:01,500\nHello there.\n\n2\n00:00:01,600 --> 00:00:02,500\nAnd good bye.\n"
    (root / "film.en.srt").write_text(srt)
    with bench.open(parse({"data_dir": str(tmp_path / "data")}, tmp_path / "videorc.json")) as ctx:
        yield Shelf(ctx, root)


def test_lines_are_in_it_as_people_want_them_at_any_time(shelf):
    shelf.make()
    assert shelf.said == MADE
    sound = (shelf.folder / "audio.aac").stat()
    before = shelf.check()
    shelf.change(0.5, 1.5, "Good\nmorning, all of you.")
    assert shelf.said == "[00:00:00] Good morning, all of you.\n[00:00:01] And good bye.\n"
    form = shelf.check()
    assert (form.script.words, form.script.edited, form.id) == (8, 1, before.id)
    # The film goes: what is said in it can still be put right.
    (shelf.root / "film.mp4").unlink()
    shelf.ctx.index.videos.set_presence(shelf.library.id, ["film.mp4"], Presence.GONE)
    shelf.change(1.6, 2.5, "")
    assert shelf.said == "[00:00:00] Good morning, all of you.\n"
    shelf.change(1.6, 2.5, "And good bye.")
    shelf.change(0.5, 1.5, "Hello there.")
    assert (shelf.said, shelf.check()) == (MADE, before)
    now = (shelf.folder / "audio.aac").stat()
    assert (now.st_ino, now.st_mtime_ns) == (sound.st_ino, sound.st_mtime_ns)


def test_what_is_as_it_should_be_is_left_and_what_is_not_is_put_right(shelf, caplog):
    shelf.make()
    assert not scripts.renew(shelf.ctx, shelf.video.id)
    assert not scripts.renew(shelf.ctx, 999)
    shelf.change(0.5, 1.5, "Other.")
    assert not scripts.renew(shelf.ctx, shelf.video.id)
    # Killed between the two files: with the next look, the manifest is right again.
    before, note = shelf.check(), shelf.folder / manifest.FILE
    content = note.read_text()
    note.write_text(content.replace('"edited": 1', '"edited": 7'))
    assert note.read_text() != content
    learning.learn(shelf.ctx, shelf.video.id)
    assert shelf.check() == before
    # A form that cannot be read costs no edit.
    note.write_text("{")
    assert shelf.change(0.5, 1.5, "Another.")["line"]["text"] == "Another."
    assert "was not brought up to date" in caplog.text
    assert shelf.said.startswith("[00:00:00] Other.")


def test_what_was_said_before_it_was_made_is_in_it(shelf, tmp_path):
    shelf.make("subtitles")
    shelf.change(0.5, 1.5, "Welcome.")
    shelf.make("stored")
    assert shelf.said == "[00:00:00] Welcome.\n[00:00:01] And good bye.\n"
    assert shelf.check().script.edited == 1
    out = str(tmp_path / "kept")
    wanted = storing.Wanted(out=out, settings=STUB)
    assert storing.store(shelf.ctx, [str(shelf.root / "film.mp4")], wanted)["counts"] == {"done": 1}
    assert "[00:00:00] Welcome.\n" in Path(out, "script.txt").read_text()
    assert manifest.read(out).script.edited == 1
