from __future__ import annotations

import subprocess
import sys

import pytest

from vidwatchd import artifacts, config
from vidwatchd.errors import ConfigError, NotFound


def test_kinds_stand_in_the_order_made():
    assert list(artifacts.KINDS) == [
        "metadata", "thumbs", "sprites", "phash", "heatmaps", "previews", "scenes", "faces",
        "subtitles", "chapters", "meaning", "stored",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", artifacts.KINDS.values())
def test_each_kind_says_what_it_is(kind):
    assert artifacts.kind(kind.name) is kind
    assert kind.title
    assert kind.summary
    assert kind.__doc__
    assert kind.suffixes
    assert kind.tier in ("quick", "heavy", "model")
    assert kind.tier != "quick" or kind().ready("") is None
    for field in kind.model_fields.values():
        assert field.description
        assert field.json_schema_extra["flag"].startswith("--")


def test_no_two_kinds_write_the_same_file():
    suffixes = [suffix for kind in artifacts.KINDS.values() for suffix in kind.suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_an_alias_is_the_kind():
    assert artifacts.kind("meta") is artifacts.KINDS["metadata"]


def test_an_unknown_kind_names_the_nearest():
    with pytest.raises(NotFound, match="did you mean sprites"):
        artifacts.kind("sprite")


def test_flags_win_over_the_file_over_defaults():
    settings = config.parse({"artifacts": {"sprites": {"cols": 5, "width": 200}}})
    made = artifacts.settings_for(settings, "sprites", {"width": 100})
    assert (made.cols, made.width, made.rows) == (5, 100, 10)


def test_a_wrong_flag_is_not_blamed_on_the_file(tmp_path):
    settings = config.parse({"artifacts": {"sprites": {"cols": 5}}}, tmp_path / "videorc.json")
    with pytest.raises(ConfigError, match=r"^asked for: unknown setting artifacts\.sprites\.interval "):
        artifacts.settings_for(settings, "sprites", {"interval": 5})
    with pytest.raises(ConfigError, match=r"videorc\.json: artifacts\.sprites\.cols"):
        artifacts.settings_for(
            config.parse({"artifacts": {"sprites": {"cols": 0}}}, tmp_path / "videorc.json"), "sprites"
        )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sprites": {"intervall_seconds": 5}}, r"artifacts\.sprites\.interval_seconds"),
        ({"sprites": {"cols": 0}}, r"artifacts\.sprites\.cols"),
        ({"thumbs": {"time": "noon"}}, r"artifacts\.thumbs\.time"),
        ({"sprite": {"cols": 5}}, r"did you mean artifacts\.sprites"),
        ({"thumbs": 7}, "group of settings"),
    ],
)
def test_a_wrong_setting_is_named_with_the_right_one(values, words):
    with pytest.raises(ConfigError, match=words):
        artifacts.check(config.parse({"artifacts": values}))


def test_right_settings_pass():
    artifacts.check(config.parse({"artifacts": {"layout": "central", "thumbs": {"time": "25%"}}}))


@pytest.mark.parametrize("module", ["artifacts", "making", "runners.local"])
def test_knowing_the_kinds_loads_no_media_library(module):
    script = (
        f"import sys, vidwatchd.{module}; loaded = {{name.partition('.')[0] for name in sys.modules}}; "
        "print(sorted({'av', 'numpy', 'PIL', 'torch', 'cv2', 'ffmpeg'} & loaded))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
