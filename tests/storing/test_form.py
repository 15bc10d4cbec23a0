"""test_form: one film stored, and every way in which that can go less well."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import lavfi
from tests.storing.test_sound import film as encoded
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.caption import blip
from vidwatchd.cues import Cue
from vidwatchd.errors import Cancelled, MediaError
from vidwatchd.fingerprint import fingerprint
from vidwatchd.media.probe import open_media, probe
from vidwatchd.model import MediaInfo
from vidwatchd.storing import form, manifest
from vidwatchd.storing.form import Film, Wanted, moments
from vidwatchd.storing.sound import Wanted as Sounds
from vidwatchd.storing.words import Words

pytestmark = pytest.mark.system

HELLO = Words((Cue(0.5, 1, "Hello there."),), "en", "sidecar")
STUB = Wanted(backend="stub", stub_seconds=1.0)


def store(source, out, wanted=STUB, words=HELLO, **ctx):
    with open_media(source) as media:
        made = form.store(
            Film(media, os.path.basename(source), lambda ctx: words), wanted, str(out), BackendContext("", **ctx)
        )
    assert manifest.read(str(out)) == made.manifest
    assert sorted(os.listdir(out)) == sorted(made.files)
    return made


def test_a_film_becomes_four_files(clips, tmp_path):
    told = []
    made = store(clips.normal(), tmp_path, Wanted(), progress=told.append)
    one = made.manifest
    assert sorted(made.files) == ["audio.aac", "manifest.json", "resultant.mp4", "script.txt"]
    assert one.id == manifest.form_id(fingerprint(clips.normal()))
    assert (one.source.name, one.source.video_codec, one.source.audio_codec) == ("normal.mp4", "h264", "aac")
    assert (one.source.width, one.source.height, one.source.size_bytes) == (320, 180, os.path.getsize(clips.normal()))
    assert one.audio.seconds == pytest.approx(3, abs=0.1)
    assert (one.resultant.backend, one.resultant.origin) == ("proxy", "real")
    assert one.resultant.seconds == pytest.approx(one.audio.seconds, abs=0.3)
    assert one.resultant.ssim > 0.8
    assert one.stored_bytes == sum(os.path.getsize(path) for name, path in made.files.items() if name != manifest.FILE)
    assert (one.script.words, one.script.language, one.script.backend) == (2, "en", "sidecar")
    assert "[00:00:00] Hello there." in (tmp_path / "script.txt").read_text()
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1
    assert form.facts(one)["backend"] == "proxy"


def test_a_placeholder_is_told_as_such(clips, tmp_path):
    one = store(clips.brief(), tmp_path).manifest
    assert (one.resultant.backend, one.resultant.origin) == ("stub", "placeholder")
    assert one.resultant.ssim < 0.7
    assert probe(str(tmp_path / "resultant.mp4")).duration_seconds == pytest.approx(1, abs=0.2)


def test_sound_alone_has_no_picture(clips, tmp_path):
    made = store(clips.audio_only(), tmp_path, Wanted(visual_backend="facts"))
    assert made.manifest.resultant is None
    assert sorted(made.files) == ["audio.aac", "manifest.json", "script.txt"]
    told = form.facts(made.manifest)
    assert (told["backend"], told["ssim"], told["origin"]) == ("none", None, "")


def test_pictures_alone_have_no_sound(clips, tmp_path):
    made = store(clips.still(), tmp_path, words=Words())
    assert made.manifest.audio is None
    assert "(no sound)" in (tmp_path / "script.txt").read_text()
    assert form.facts(made.manifest)["audio_kbps"] == 0


@pytest.mark.parametrize("clip", ["silent_picture", "undecodable"])
def test_what_is_no_film_is_refused(clips, tmp_path, clip):
    with pytest.raises(MediaError):
        store(getattr(clips, clip)() if clip != "undecodable" else _undecodable(clips, tmp_path), tmp_path)


def _undecodable(clips, tmp_path):
    path = tmp_path / "film.mp4"
    whole = bytearray(Path(clips.still()).read_bytes())
    at = whole.index(b"mdat") + 4
    whole[at : at + 3000] = bytes(3000)
    path.write_bytes(whole)
    return str(path)


def test_what_is_seen_is_described(clips, tmp_path):
    made = store(clips.cuts(), tmp_path, replace(STUB, visual_backend="facts", visual_interval_seconds=10))
    assert made.manifest.script.visual == "facts"
    assert 1 < made.manifest.script.captions <= 7
    text = (tmp_path / "script.txt").read_text()
    assert "[00:00:00]" in text.partition("[Visual description]")[2]


def test_a_model_that_is_missing_costs_only_the_description(clips, tmp_path):
    made = store(clips.brief(), tmp_path, replace(STUB, visual_backend="blip"))
    text = (tmp_path / "script.txt").read_text()
    assert "Hello there." in text
    assert "(no description: " in text
    assert made.manifest.script.captions == 0
    assert made.manifest.script.notes


def test_a_model_that_is_named_and_not_there_gives_way_and_is_told_of(clips, tmp_path):
    picture = store(clips.still(), tmp_path, Wanted(backend="cogvideox")).manifest.resultant
    assert picture.backend == "proxy"
    assert picture.fallback_from.keys() == {"cogvideox"}
    assert "is not" in picture.fallback_from["cogvideox"]


def test_what_describes_lets_go_before_a_model_makes_the_picture(clips, tmp_path, tiny):
    pytest.importorskip("diffusers")
    wanted = Wanted(
        visual_backend="blip", visual_max_frames=1, backend="cogvideox", model=str(tiny.cogvideox()),
        picture_device="cpu", steps=1,
    )  # fmt: skip
    tiny.blip()
    with open_media(clips.still()) as media:
        film = Film(media, "still.mp4", lambda ctx: HELLO)
        made = form.store(film, wanted, str(tmp_path), BackendContext(str(tiny.folder), device="cpu")).manifest
    assert (made.script.visual, made.resultant.backend) == ("blip", "cogvideox")
    assert blip._load.cache_info().currsize == 0


def test_it_can_be_stopped_anywhere(clips, tmp_path):
    done = []
    for after in (0.0, 0.3, 0.5, 0.91):
        out = tmp_path / f"{after}"
        out.mkdir()
        done.clear()
        with pytest.raises(Cancelled):
            store(
                clips.brief(), out, Wanted(visual_backend="facts"),
                progress=done.append, cancelled=lambda after=after: bool(done and done[-1] >= after),
            )  # fmt: skip
        assert not (out / "manifest.json").exists()


def test_the_film_is_not_touched_and_a_name_may_be_odd(clips, tmp_path):
    source = str(tmp_path / "a'b %03d.mp4")
    shutil.copy(clips.brief(), source)
    before, out = os.stat(source), tmp_path / "out"
    out.mkdir()
    store(source, out, replace(STUB, sound=Sounds("mp3")))
    after = os.stat(source)
    assert (before.st_size, before.st_mtime_ns, before.st_ino) == (after.st_size, after.st_mtime_ns, after.st_ino)
    assert (out / "audio.mp3").exists()


def test_notes_reach_the_reader(tmp_path):
    source = encoded(tmp_path, *lavfi("color=s=64x64:r=10:d=4"), *lavfi("sine=d=1"), "-c:a", "aac")
    out = tmp_path / "out"
    out.mkdir()
    one = store(source, out).manifest
    assert "its sound ends after 1.0 s of 4.0 s" in one.script.notes
    assert "Note: its sound ends after" in (out / "script.txt").read_text()


def test_when_a_film_is_looked_at():
    def at(seconds, interval, most):
        return moments(MediaInfo("mov", seconds, 0.0, ()), interval, most)

    assert at(3.5, 1, 60) == (0, 1, 2)
    assert at(0, 1, 60) == (0,)
    assert at(100, 1, 4) == (0, 25, 50, 75)
    assert at(0.4, 1, 60) == (0,)
