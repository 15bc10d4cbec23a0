"""test_patterns: new names by a pattern: right, or refused, and in an order that lets nothing be in the way."""

import itertools

import pytest

from vidwatchd.errors import UsageError
from vidwatchd.ignore import Rules
from vidwatchd.operations import patterns
from vidwatchd.operations.patterns import Substitution, ordered, problem


@pytest.mark.parametrize(
    ("source", "target", "regex", "name", "new"),
    [
        ("IMG_", "", False, "IMG_1.mp4", "1.mp4"),
        ("a.b", "x", False, "a.b aXb.mp4", "x aXb.mp4"),
        (".", r"\1", False, "a.mp4", r"a\1mp4"),
        ("zz", "x", False, "a.mp4", "a.mp4"),
        (r"^(\d+)-(.*)\.mp4$", r"\2 \1.mp4", True, "07-beach.mp4", "beach 07.mp4"),
        (r"(?P<year>\d{4})", r"[\g<year>]", True, "film 1999.mp4", "film [1999].mp4"),
        (r"(b)?a", r"<\1>", True, "a ba.mp4", "<> <b>.mp4"),
        (r"(?i)MP4", "mp4", True, "a.MP4", "a.mp4"),
    ],
)
def test_texts_and_expressions(source, target, regex, name, new):
    assert Substitution(source, target, regex).apply([name]) == [new]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("(", ""),
        ("a", r"\9"),
        ("a", r"\g<x>"),
        ("a", "\\"),
        ("", "x"),
        ("x" * 1001, ""),
        ("x", "y" * 1001),
        ("[z-a]", ""),
        ("(?:(?:a{1000}){1000}){1000}", ""),
    ],
)
@pytest.mark.parametrize("names", [[], ["zzz.mp4"]])
def test_what_is_no_expression_is_refused_before_it_meets_a_name(source, target, names):
    with pytest.raises(UsageError):
        Substitution(source, target, regex=True).apply(names)


def test_f23_an_expression_that_would_take_for_ever_is_stopped(monkeypatch):
    monkeypatch.setattr(patterns, "PATTERN_SECONDS", 0.3)
    with pytest.raises(UsageError, match="takes too long"):
        Substitution(r"(\w|\w\w|.)+[^\w.]{2}$", "x", regex=True).apply(["a" * 60 + ".mp4"] * 50)


RULES = Rules.of(("mp4", "mkv"), ("secret*",))


@pytest.mark.parametrize(
    "name", ["a.mp4", "a.MKV", "a b.mp4", "ü" * 125 + ".mp4", "-x.mp4", "new\nline.mp4", "a.txt.mp4"]
)
def test_good_names(name):
    assert problem(name, RULES) == ""


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b.mp4", "a\0.mp4", "a" * 252 + ".mp4", "ü" * 126 + ".mp4", ".a.mp4", "~a.mp4", "a.txt", "mp4", ".mp4",
     "a.mp4.part", "secret.mp4", "a\ud800.mp4", "a.mp4 "],
)  # fmt: skip
def test_names_that_cannot_be_or_would_be_lost(name):
    assert problem(name, RULES)


def follow(ways):
    """Do the steps on a table of names, as a disk would that refuses a name that is taken."""
    disk = {old: old for old in ways}
    for step in ordered(ways):
        assert step.target not in disk, "in the way"
        disk[step.target] = disk.pop(step.source)
        assert step.target.endswith(".mp4")
    return disk


def test_every_small_chain_and_ring():
    names = ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]
    for targets in itertools.permutations([*names, "e.mp4"], 4):
        ways = {old: new for old, new in zip(names, targets, strict=True) if old != new}
        assert follow(ways) == {new: old for old, new in ways.items()}


def test_a_long_chain_takes_one_step_each():
    ways = {f"{n}.mp4": f"{n + 1}.mp4" for n in range(20_000)}
    assert len(list(ordered(ways))) == 20_000
    assert follow(ways) == {new: old for old, new in ways.items()}


def test_only_a_ring_needs_another_name_and_it_is_a_videos(tmp_path):
    long = "d/" + "ü" * 125 + ".mp4"
    (aside, plain, last) = ordered({long: "d/b.mp4", "d/b.mp4": long})
    assert (aside.origin, aside.last, plain.last, last.last) == (long, False, True, True)
    assert problem(aside.target.removeprefix("d/"), RULES) == ""
    assert last.source == aside.target
