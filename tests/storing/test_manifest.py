"""test_manifest: what a stored form consists of survives a round through its file, and a foreign file is refused."""

import json

import pytest

from tests.forms import stored_form
from vidwatchd.errors import MediaError
from vidwatchd.storing import manifest


def test_a_manifest_comes_back_as_it_was(tmp_path):
    form = stored_form(tmp_path)
    assert manifest.read(str(tmp_path)) == form
    assert form.stored_bytes == form.audio.bytes + form.resultant.bytes + form.script.bytes
    assert form.ratio == pytest.approx(10_000_000 / form.stored_bytes, abs=0.01)


def test_a_form_without_sound_or_picture_is_one_too(tmp_path):
    form = stored_form(tmp_path, sound_seconds=0, picture_seconds=0)
    found = manifest.read(str(tmp_path))
    assert found == form
    assert (found.audio, found.resultant) == (None, None)


def test_the_same_film_has_the_same_id_anywhere():
    assert manifest.form_id("2710-00c0ffee00c0ffee") == manifest.form_id("2710-00c0ffee00c0ffee")
    assert manifest.form_id("2710-00c0ffee00c0ffee") != manifest.form_id("2711-00c0ffee00c0ffee")


def test_there_need_be_no_manifest(tmp_path):
    assert manifest.read(str(tmp_path)) is None


def test_members_of_a_newer_version_are_passed_over(tmp_path):
    form = stored_form(tmp_path)
    plain = manifest.to_plain(form)
    plain["audio"]["loudness"] = -23
    assert manifest.from_plain(plain | {"mood": "calm"}) == form


@pytest.mark.parametrize("name", ["../film.mp4", "/etc/passwd", "..", "", "a/b.mp4", 3])
def test_a_manifest_that_names_files_elsewhere_is_refused(tmp_path, name):
    plain = manifest.to_plain(stored_form(tmp_path))
    plain["resultant"]["file"] = name
    with pytest.raises(ValueError, match="no file of its folder"):
        manifest.from_plain(plain)


@pytest.mark.parametrize(
    ("part", "member", "value"),
    [
        ("source", "size_bytes", "many"),
        ("source", "size_bytes", 2**63),
        ("source", "size_bytes", True),
        ("source", "name", "a\0b"),
        ("source", "name", "a\ud800b"),
        ("source", "fingerprint", ["x"]),
        ("source", "duration_seconds", float("nan")),
        ("source", "width", -1),
        ("audio", "bytes", "3"),
        ("audio", "target_exceeded", "no"),
        ("resultant", "ssim", "high"),
        ("resultant", "fallback_from", ["proxy"]),
        ("resultant", "origin", ["real"]),
        ("script", "notes", "one"),
    ],
)
def test_a_manifest_from_anywhere_holds_what_it_must(tmp_path, part, member, value):
    plain = manifest.to_plain(stored_form(tmp_path))
    plain[part][member] = value
    with pytest.raises(ValueError, match=member):
        manifest.from_plain(plain)
    (tmp_path / manifest.FILE).write_text(json.dumps(plain))
    with pytest.raises(MediaError, match="cannot be read"):
        manifest.read(str(tmp_path))


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b"nonsense", b"\xff\xfe", b'{"id": "x", "source": 3, "script": {}}', b"[" * 200_000],
)
def test_a_broken_manifest_is_told(tmp_path, content):
    (tmp_path / manifest.FILE).write_bytes(content)
    with pytest.raises(MediaError, match=r"manifest\.json cannot be read"):
        manifest.read(str(tmp_path))


def test_what_a_person_reads_is_in_it(tmp_path):
    stored_form(tmp_path)
    plain = json.loads((tmp_path / manifest.FILE).read_text())
    assert plain["video"] == "film.mp4"
    assert plain["audio"]["file"] == "audio.aac"
    assert plain["bytes"] > 0
