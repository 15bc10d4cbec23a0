"""test_parts: what is joined of a stored form's folder, whoever wrote its manifest."""

import json
import os

import pytest

from vidwatchd.errors import InvalidDirectory, MediaError, NotFound
from vidwatchd.storing.parts import parts


@pytest.fixture
def folder(tmp_path):
    """A folder with the usual files, which nobody decodes here."""
    made = tmp_path / "film_stored"
    made.mkdir()
    (made / "resultant.mp4").write_bytes(b"picture")
    (made / "audio.aac").write_bytes(b"sound")
    return made


def noted(folder, **values):
    (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    return parts(str(folder))


def names(found):
    return os.path.basename(found.picture), os.path.basename(found.sound)


def test_the_usual_names_without_a_manifest(folder):
    assert names(parts(str(folder))) == ("resultant.mp4", "audio.aac")
    (folder / "audio.mp3").write_bytes(b"sound")
    assert names(parts(str(folder)))[1] == "audio.aac"
    (folder / "audio.aac").unlink()
    assert names(parts(str(folder)))[1] == "audio.mp3"
    (folder / "audio.mp3").rename(folder / "audio.opus")
    assert names(parts(str(folder)))[1] == "audio.opus"
    (folder / "audio.opus").unlink()
    assert names(parts(str(folder))) == ("resultant.mp4", "")


@pytest.mark.parametrize(
    "values",
    [
        {"audio": {"file": "s.aac"}, "resultant": {"file": "p.mp4"}, "video": "film.mp4"},
        {"audio": "s.aac", "video": "p.mp4"},
        {"audio_path": "s.aac", "video_path": "p.mp4"},
        {"audio_path": "./s.aac", "resultant_path": "./p.mp4"},
        {"audio": {"path": "s.aac"}, "resultant_video": {"path": "p.mp4"}},
        {"audio_path": "/where/it/was/made/s.aac", "resultant_path": "C:\\old\\p.mp4"},
    ],
)
def test_the_manifests_names_whoever_wrote_it(folder, values):
    for name in ("s.aac", "p.mp4"):
        (folder / name).write_bytes(b"x")
    assert names(noted(folder, **values)) == ("p.mp4", "s.aac")


def test_names_in_folders_of_the_folder_and_absolute_ones_that_lead_into_it(folder):
    (folder / "parts").mkdir()
    (folder / "parts" / "p.mp4").write_bytes(b"x")
    assert noted(folder, video="parts/p.mp4").picture == str(folder / "parts" / "p.mp4")
    assert noted(folder, video=str(folder / "parts" / "p.mp4")).picture == str(folder / "parts" / "p.mp4")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\x.mp4", "a/../../x", "x\0.mp4", "link.mp4", ".."]
)
def test_names_that_lead_outside_are_refused(folder, name):
    (folder.parent / "x.mp4").write_bytes(b"x")
    (folder / "link.mp4").symlink_to("/etc/passwd")
    for member in ("video", "resultant", "audio_path"):
        with pytest.raises(MediaError, match="leads out of its folder"):
            noted(folder, **{member: name})


def test_a_link_with_the_usual_name_is_not_followed_outside(folder):
    (folder / "audio.aac").unlink()
    (folder / "audio.aac").symlink_to("/etc/passwd")
    assert parts(str(folder)).sound == ""


def test_a_silent_film_has_no_sound_whatever_lies_beside(folder):
    assert names(noted(folder, audio=None, resultant={"file": "resultant.mp4"})) == ("resultant.mp4", "")


def test_what_is_missing_is_named(folder):
    with pytest.raises(NotFound, match=r"holds no sound: there is no s\.aac or audio\.aac or audio\.mp3"):
        (folder / "audio.aac").unlink()
        noted(folder, audio="s.aac")
    (folder / "resultant.mp4").unlink()
    with pytest.raises(NotFound, match=r"film_stored holds no picture: there is no p\.mp4 or resultant\.mp4"):
        noted(folder, video="p.mp4")


@pytest.mark.parametrize("text", ["", "no json", "[1]", "[" * 100_000, '{"audio": '])
def test_a_broken_manifest_is_told_and_not_heeded(folder, text):
    (folder / "manifest.json").write_text(text)
    found = parts(str(folder))
    assert names(found) == ("resultant.mp4", "audio.aac")
    assert "not heeded" in found.notes[0]


@pytest.mark.parametrize("value", [1, [], {"file": 1}, True, ""])
def test_members_that_mean_nothing(folder, value):
    assert names(noted(folder, video=value)) == ("resultant.mp4", "audio.aac")


def test_half_a_file_is_told(folder):
    with pytest.raises(MediaError, match=r"audio\.aac is cut off: it has 5 bytes, and had 10 "):
        noted(folder, audio={"file": "audio.aac", "bytes": 10})
    assert noted(folder, audio={"file": "audio.aac", "bytes": 4}).sound


def test_what_is_no_folder(folder):
    for path in ("", "nowhere", str(folder / "audio.aac")):
        with pytest.raises(InvalidDirectory):
            parts(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_not_called_empty(folder):
    folder.chmod(0)
    with pytest.raises(InvalidDirectory, match="check its name and its permissions"):
        parts(str(folder))
