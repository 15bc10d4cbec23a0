"""test_forms: the kind of stored forms, and where a video's form lies."""

from tests.forms import put_form
from vidwatchd import artifacts
from vidwatchd.artifacts.stored import Stored
from vidwatchd.operations import forms


def test_the_kind_is_the_one_that_keeps(desk, monkeypatch):
    assert forms.kind() is None
    video = desk.made()
    assert forms.folder(desk.ctx, video) == ""
    monkeypatch.setitem(artifacts.KINDS, "stored", Stored)
    assert forms.kind() is Stored
    assert forms.folder(desk.ctx, video) == ""


def test_the_folder_is_where_its_manifest_lies(desk, monkeypatch):
    video = desk.made("sub/clip.mp4")
    monkeypatch.setitem(artifacts.KINDS, "stored", Stored)
    put_form(desk.ctx, video, picture_seconds=0, sound_seconds=0)
    assert forms.folder(desk.ctx, video) == str(desk.root / "sub/.artifacts/clip.mp4.stored")
