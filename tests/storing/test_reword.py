"""test_reword: which files of a form change when its words do."""

from dataclasses import replace

import pytest

from tests.forms import stored_form
from vidwatchd.cues import NO_EDITS, Cue, Edits, Line, Track
from vidwatchd.errors import MediaError
from vidwatchd.storing import manifest, script
from vidwatchd.storing.reword import reworded
from vidwatchd.storing.script import Seen
from vidwatchd.storing.words import of

TRACK = Track("en", "en", "model", (Cue(0.5, 1.5, "Hello there."), Cue(2, 3, "Bye.")), origin="small")
EDITS = Edits({"en": (Line(2, 3, "Good bye, all."),)})


@pytest.fixture
def folder(tmp_path):
    form = stored_form(tmp_path, sound_seconds=0, picture_seconds=0)
    text = script.text("film.mp4", 4.0, of(TRACK, NO_EDITS), Seen()).encode()
    (tmp_path / manifest.SCRIPT).write_bytes(text)
    about = replace(form.script, bytes=len(text), words=3, backend="model", track="en")
    (tmp_path / manifest.FILE).write_bytes(manifest.text(replace(form, script=about)))
    return tmp_path


def test_the_text_and_what_the_manifest_says_of_it_change(folder):
    made = reworded(str(folder), [TRACK], EDITS)
    assert made[manifest.SCRIPT].endswith(b"[00:00:00] Hello there.\n[00:00:02] Good bye, all.\n")
    for name, content in made.items():
        (folder / name).write_bytes(content)
    told = manifest.read(str(folder)).script
    assert (told.bytes, told.words, told.edited) == (len(made[manifest.SCRIPT]), 5, 1)
    assert reworded(str(folder), [TRACK], EDITS) == {}
    assert reworded(str(folder), [TRACK], NO_EDITS)[manifest.SCRIPT].endswith(b"Hello there.\n[00:00:02] Bye.\n")


def test_words_from_elsewhere_are_left(folder):
    assert reworded(str(folder), [replace(TRACK, source="sidecar")], EDITS) == {}
    assert reworded(str(folder), [replace(TRACK, id="de")], EDITS) == {}
    assert reworded(str(folder), [], EDITS) == {}
    assert reworded(str(folder), [TRACK], NO_EDITS) == {}
    assert reworded(str(folder / "nowhere"), [TRACK], EDITS) == {}


def test_a_form_without_its_text_is_told(folder):
    (folder / manifest.SCRIPT).unlink()
    with pytest.raises(MediaError, match=r"script\.txt cannot be read"):
        reworded(str(folder), [TRACK], EDITS)
