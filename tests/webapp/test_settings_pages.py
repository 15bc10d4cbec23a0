"""test_settings_pages: settings in groups that people look for, stored forms first."""

import json

import pytest

from vidwatchd import operations
from vidwatchd.config import Config
from vidwatchd.operations import settings
from vidwatchd.webapp.settings_pages import LABELS, STORED, arranged


def row(key, value="1", default="1"):
    return {"key": key, "value": value, "default": default, "help": "", "changed": value != default}


def keys(group):
    return {part["title"]: [each["key"] for each in part["settings"]] for part in group["parts"]}


def test_stored_forms_come_first_whatever_group_they_stand_in():
    groups = [
        {"title": "General", "settings": [row("data_dir"), row("device", '"cpu"', '"auto"')]},
        {"title": "Pictures", "settings": [row("t2v.steps")]},
        {"title": "Watching", "settings": [row("watch.poll_seconds")]},
    ]
    first, *rest = arranged(groups)
    assert first["title"] == STORED and (first["count"], first["changed"]) == (2, 1)
    assert keys(first) == {"Picture": ["device", "t2v.steps"]}
    assert [(group["title"], keys(group)) for group in rest] == [
        ("General", {"": ["data_dir"]}),
        ("Watching", {"": ["watch.poll_seconds"]}),
    ]


def test_without_such_settings_there_is_no_such_group():
    assert [group["title"] for group in arranged([{"title": "A", "settings": [row("serve.port")]}])] == ["A"]


def test_a_value_is_given_decoded_and_in_plain_letters():
    (group,) = arranged([{"title": "A", "settings": [row("x.y", '"é\udcff"', '""')]}])
    (shown,) = group["parts"][0]["settings"]
    assert (
        shown["plain"] == "é\udcff" and shown["value_code"].isascii() and json.loads(shown["value_code"]) == "é\udcff"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ('""', "empty"), ('"auto"', "auto"), ("true", "on"), ("false", "off"), ("1.5", "1.5"), ("null", "as it comes"),
        ("[]", "none"), ('["mp4", 2]', "mp4, 2"), ('[{"path": "é"}]', '[{"path": "é"}]'), ("{}", "{}"),
    ],
)  # fmt: skip
def test_values_are_told_in_words(value, words):
    (group,) = arranged([{"title": "A", "settings": [row("x.y", value, value)]}])
    (shown,) = group["parts"][0]["settings"]
    assert (shown["value_words"], shown["default_words"]) == (words, words)


def test_every_label_belongs_to_a_setting_and_nothing_is_lost():
    with operations.nowhere(Config()) as ctx:
        groups = settings.listed(ctx)["groups"]
    everything = {each["key"] for group in groups for each in group["settings"]}
    shown = [key for group in arranged(groups) for part in keys(group).values() for key in part]
    assert set(LABELS) <= everything
    assert sorted(shown) == sorted(everything)
    assert arranged(groups)[0]["title"] == STORED
