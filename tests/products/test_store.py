"""test_store: one film stored in any folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from vidwatchd.making import make_product
from vidwatchd.model import ArtifactState, ProductTask
from vidwatchd.products.store import Store
from vidwatchd.storing import manifest

QUICK = {"backend": "stub", "stub_seconds": 0.5}


def test_the_folder_holds_all_and_the_facts_are_its_manifest(clips, tmp_path):
    source, out = tmp_path / "film.mp4", tmp_path / "out"
    shutil.copy(clips.normal(), source)
    (tmp_path / "film.en.srt").write_text("1\n00:00:00,500 --> 00:00:01,500\nHello there.\n")
    out.mkdir()
    (outcome,) = make_product(ProductTask("store", {**QUICK, "audio_format": "opus"}, (str(source),), str(out)))
    assert outcome.state is ArtifactState.DONE, outcome.error
    assert set(outcome.files) == {"audio.opus", "script.txt", "resultant.mp4", "manifest.json"}
    assert outcome.facts == manifest.to_plain(manifest.read(str(out)))
    assert "[00:00:00] Hello there." in Path(outcome.files["script.txt"]).read_text()


def test_what_is_no_film_is_told(clips, tmp_path):
    (outcome,) = make_product(ProductTask("store", QUICK, (clips.junk(),), str(tmp_path)))
    assert (outcome.state, outcome.permanent) == (ArtifactState.FAILED, True)


def test_it_says_beforehand_what_it_lacks(tmp_path):
    assert Store().ready() is None
    assert "is no executable" in str(Store(ffmpeg_path=os.path.join(tmp_path, "nowhere")).ready())
