from __future__ import annotations

import subprocess
import sys

import pytest

from vidwatchd.artifacts import Sprites, Thumbs
from vidwatchd.artifacts.base import Made, MakeContext, Out
from vidwatchd.errors import Cancelled


def test_the_settings_hash_is_stable_and_tells_settings_apart():
    assert Thumbs().settings_hash == Thumbs(quality=2).settings_hash != Thumbs(quality=3).settings_hash
    script = "from vidwatchd.artifacts import Thumbs; print(Thumbs().settings_hash)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == Thumbs().settings_hash


def test_a_setting_names_its_flag_default_and_help():
    field = Sprites.model_fields["interval_seconds"]
    assert field.json_schema_extra == {"flag": "--interval"}
    assert field.default == 10
    assert field.description


def test_what_is_written_has_a_short_name_and_knows_its_later_one(tmp_path):
    out = Out(str(tmp_path), "x" * 250 + ".mp4")
    assert out.path(".jpg") == str(tmp_path / "made.jpg")
    assert len(out.published(".jpg")) == 255


def test_a_context_stops_when_told():
    context = MakeContext(open=lambda: None, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        context.check()
    assert Made({}).facts == {}
