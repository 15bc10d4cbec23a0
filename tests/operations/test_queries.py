"""test_queries: what people type is taken apart, and nothing that they type is wrong."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vidwatchd.index import memory_index
from vidwatchd.index.search import Wanted
from vidwatchd.operations.queries import Term, fold, parse, written

NOW = time.mktime((2026, 11, 27, 12, 0, 0, 0, 0, -1))


def terms(typed, **options):
    return [term.text for term in parse(typed, **options).terms]


def chips(typed):
    return {chip.key: chip.meaning for chip in parse(typed, now=NOW).chips}


def test_words_phrases_beginnings_and_what_must_not_be_there():
    query = parse('webb "space telescope" gal* -moon -"deep field"')
    assert query.terms == (
        Term("webb"),
        Term("space telescope"),
        Term("gal", beginning=True),
        Term("moon", unwanted=True),
        Term("deep field", unwanted=True),
    )
    assert query.match == '("webb") AND ("space telescope") AND ("gal" *)'
    assert query.unwanted == '"moon" OR "deep field"'


def test_either_of_two():
    assert parse("red OR blue car").match == '("red" OR "blue") AND ("car")'
    assert parse("OR red OR").match == '("red")'
    assert parse("a or b").match == '("a") AND ("or") AND ("b")'


def test_the_last_word_is_a_beginning_while_typing_only():
    assert parse("space tel", typing=True).match == '("space") AND ("tel" *)'
    assert parse("space tel ", typing=True).match == '("space") AND ("tel")'
    assert parse("space tel").match == '("space") AND ("tel")'
    assert parse('"space tel"', typing=True).match == '("space tel")'
    assert not parse("space -tel", typing=True).terms[1].beginning


def test_a_short_beginning_counts_in_names_only():
    assert parse("te", typing=True).match == '(({name folder tags people} : "te" * OR "te"))'


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("10m", 600), ("1h30m", 5400), ("90s", 90), ("90", 5400), ("1:30", 90), ("1:00:00", 3600), ("1.5h", 5400)],
)
def test_lengths(typed, seconds):
    assert chips(f"longer:{typed}") == {"longer": seconds}


@pytest.mark.parametrize(
    ("typed", "days_from", "days_to"),
    [
        ("2026-11-05", "2026-11-05", "2026-11-06"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2025", "2025-01-01", "2026-01-01"),
    ],
)
def test_days(typed, days_from, days_to):
    span = chips(f"added:{typed}")["added"]
    assert [time.strftime("%Y-%m-%d", time.localtime(at)) for at in span] == [days_from, days_to]


def test_lately():
    assert chips("added:7d")["added"][0] == NOW - 7 * 86400
    assert chips("added:2w")["added"][0] == NOW - 14 * 86400


def test_chips_may_be_quoted_other_words_for_them_and_without():
    query = parse('tag:"summer holiday" performer:Anna -in:Trash codec:H265 language:de')
    assert [(chip.key, chip.meaning, chip.unwanted) for chip in query.chips] == [
        ("tag", "summer holiday", False),
        ("person", "Anna", False),
        ("in", "Trash", True),
        ("codec", "hevc", False),
        ("lang", "de", False),
    ]
    assert query.terms == ()


@pytest.mark.parametrize(
    "typed", ["longer:foo", "added:yesterdayish", "added:2026-13", "added:2026-02-99", "http://x", "colour:red"]
)
def test_what_is_no_condition_is_words(typed):
    query = parse(typed)
    assert query.chips == ()
    assert query.terms


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("beach longer:abc", ["longer:abc was looked for as words: longer takes a length, as 90s, 10m, 1h30m or 1:30:00"]),
        ("-added:soon", ["-added:soon was looked for as words: added takes a time or a day, as 7d, 2w, 6m, 1y, 2026, "
                         "2026-11 or 2026-11-05"]),
        ("persn:Anna", ["persn:Anna was looked for as words: the condition is called person"]),
        ('langauge:"de"', ['langauge:"de" was looked for as words: the condition is called language']),
        ("http://x colour:red tag: longer:10m Note:this", []),
    ],
)  # fmt: skip
def test_a_condition_that_was_taken_for_words_is_told(typed, said):
    assert list(parse(typed).notices) == said


def test_nothing_is_told_of_a_word_that_is_still_typed():
    assert parse("longer:a", typing=True).notices == ()
    assert len(parse("longer:a beach", typing=True).notices) == 1


def test_punctuation_alone_is_nothing():
    assert parse('... - "" * -"" tag: !').match == '("tag:")'
    assert parse("... !!").terms == ()


def test_a_folder_and_a_name_are_two_words():
    assert terms("2024/beach.mp4") == ["2024", "beach.mp4"]


def test_a_query_can_be_written_down_again():
    for typed in ('webb "space telescope" -moon', "red OR blue car", "beach longer:10m tag:sun"):
        assert written(parse(typed)) == typed


def test_folding():
    assert fold("Épée") == "epee"


INDEX = memory_index()


@given(st.text(max_size=80) | st.text(alphabet='ab "*-():^+ORANDNOT{}/\\tag:longer\0', max_size=60), st.booleans())
@example('"', True)
@example("NEAR(a b)", False)
@example("name : x", False)
@example("-x", False)
def test_nothing_that_is_typed_is_an_error(typed, typing):
    query = parse(typed.encode("utf-8", "replace").decode(), typing=typing)
    INDEX.search.ranked(Wanted(query.match, query.unwanted))
    INDEX.search.ranked(Wanted("", query.unwanted))
