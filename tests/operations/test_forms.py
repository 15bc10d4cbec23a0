"""test_forms: the kind of stored forms, and where a video's form lies."""

from vidwatchd import artifacts
from vidwatchd.artifacts.base import Kind
from vidwatchd.operations import forms


class Keeps(Kind):
    """A kind whose artifacts outlast their videos."""

    name, version, title, summary = "keeps", 1, "Keeps", "Keep."
    suffixes, folder, kept = ("keeps/manifest.json",), "keeps", "keeps/manifest.json"


def test_the_kind_is_the_one_that_keeps(desk, monkeypatch):
    assert forms.kind() is None
    video = desk.made()
    assert forms.folder(desk.ctx, video) == ""
    monkeypatch.setitem(artifacts.KINDS, "keeps", Keeps)
    assert forms.kind() is Keeps
    assert forms.folder(desk.ctx, video) == ""


def test_the_folder_is_where_its_manifest_lies(desk, monkeypatch):
    from tests.operations.test_stored import put_form

    monkeypatch.setitem(artifacts.KINDS, "keeps", Keeps)
    video = desk.made("sub/clip.mp4")
    put_form(desk.ctx, video)
    assert forms.folder(desk.ctx, video) == str(desk.root / "sub/.artifacts/clip.mp4.keeps")
