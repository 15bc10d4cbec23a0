"""test_hints: what one event says about where to look."""

from __future__ import annotations

import pytest

from vidwatchd.ignore import Rules
from vidwatchd.watch.hints import Hints, Relevance


def flat(*folders: str, sidecars=()) -> Hints:
    return Hints(1, folders=frozenset(folders), sidecars=frozenset(sidecars))


def tree(folder: str) -> Hints:
    return Hints(1, trees=frozenset({folder}))


@pytest.mark.parametrize(
    ("path", "is_folder", "arrived", "hint"),
    [
        ("a.mp4", False, True, flat("")),
        ("one/two/a.MKV", False, False, flat("one/two")),
        ("one/a.txt", False, True, None),
        ("one/a.en.SRT", False, True, flat("one")),
        ("one/.a.srt", False, True, None),
        ("one/.artifacts/a.mp4.srt", False, True, None),
        ("one/.a.mp4", False, True, None),
        ("one/a.mp4.part", False, True, None),
        ("@eaDir/a.mp4", False, True, None),
        ("one/new", True, True, tree("one/new")),
        ("one/old", True, False, flat("one")),
        ("one/.trash", True, True, None),
        ("one/.ignore", False, True, tree("one")),
        (".nomedia", False, False, tree("")),
        ("one/.artifacts", True, True, None),
        ("one/.artifacts/a.mp4.thumbs.jpg", False, True, None),
        ("one/.artifacts/.a.mp4.made.json", False, True, None),
        ("one/.artifacts/a.mp4.tags.json", False, True, flat("one", sidecars=["one/.artifacts/a.mp4.tags.json"])),
        (".artifacts/.verdicts.json", False, True, flat("", sidecars=[".artifacts/.verdicts.json"])),
        ("one/.artifacts/tmp/a.mp4.tags.json", False, True, None),
        (".trash/.artifacts/a.mp4.tags.json", False, True, None),
        ("caf\udce9/a.mp4", False, True, flat("caf\U0010ffe9")),
    ],
)
def test_an_event(path, is_folder, arrived, hint):
    assert Relevance(Rules(companions=frozenset({"srt"}))).of(1, path, is_folder=is_folder, arrived=arrived) == hint
