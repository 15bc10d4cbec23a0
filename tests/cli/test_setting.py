"""test_setting: settings listed, shown and changed from the command line."""

import json

import pytest


def test_show_and_change(vw):
    assert "  thresholds.scene 0.4\n" in vw("settings").out
    one = vw("settings", "audio.format").out
    assert "choice aac mp3 opus; default" in one
    done = vw("settings", "thresholds.scene", "0.3")
    assert (done.code, done.out.splitlines()[0]) == (0, "thresholds.scene 0.3")
    found = vw("settings", "thresholds.scene", "--output-format", "json").json
    assert (found["value"], found["changed"], found["minimum"], found["maximum"]) == ("0.3", True, 0, 255)
    assert json.loads((vw.data / "videorc.json").read_text()) == {"thresholds": {"scene": 0.3}}
    assert "* thresholds.scene 0.3\n" in vw("settings").out
    done = vw("settings", "--unset", "thresholds.scene", "--output-format", "json")
    assert (done.code, done.json["settings"][0]["value"]) == (0, "0.4")


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("scan.ignore", "a*, b*", '["a*", "b*"]'),
        ("scan.ignore", '["a,b"]', '["a,b"]'),
        ("jobs.retry_seconds", "[1, 2]", "[1.0, 2.0]"),
        ("audio.mono", "true", "true"),
        ("audio.format", "mp3", '"mp3"'),
        ("script.model", "5", '"5"'),
    ],
)
def test_what_is_typed(vw, key, typed, value):
    assert vw("settings", key, typed).out.splitlines()[0] == f"{key} {value}"


@pytest.mark.parametrize(
    "words",
    [
        ("serve.port", "1"),
        ("nonsense", "1"),
        ("nonsense",),
        ("audio.mono", "perhaps"),
        ("--unset",),
        ("--unset", "device", "cpu"),
    ],
)
def test_what_is_refused(vw, words):
    done = vw("settings", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err
