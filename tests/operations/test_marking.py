"""test_marking: places in a text are those that the index of words would mark."""

import pytest

from vidwatchd.index import memory_index
from vidwatchd.index.search import Wanted
from vidwatchd.operations.marking import Marker
from vidwatchd.operations.queries import parse

CASES = [
    ("webb", "The Webb telescope; Webber, webb_x webb", ["Webb", "webb", "webb"]),
    (
        '"space telescope"',
        "space  telescope, space-telescope; space a telescope",
        ["space  telescope", "space-telescope"],
    ),
    ("tel*", "Telescope hotel tel", ["Telescope", "tel"]),
    ("it's", "It's its it s", ["It's", "it s"]),
    ("ete", "Été, ETE été", ["Été", "ETE", "été"]),
    ("été", "ete", ["ete"]),
    ("a -b", "a b", ["a"]),
    ("1-2", "take 1-2 or 12", ["1-2"]),
    ("straße", "Straße", ["Straße"]),
]


@pytest.mark.parametrize(("typed", "text", "wanted"), CASES)
def test_marks(typed, text, wanted):
    assert [text[start:end] for start, end in Marker(parse(typed)).marks(text)] == wanted


@pytest.mark.parametrize(("typed", "text", "wanted"), CASES)
def test_the_index_agrees(typed, text, wanted):
    query, index = parse(typed), memory_index()
    index.rows("INSERT INTO words (rowid, speech) VALUES (1, ?)", text)
    (row,) = index.rows(
        "SELECT highlight(words, 4, '<', '>') FROM words WHERE words MATCH ?", Wanted(query.match).whole
    )
    assert row[0].count("<") == len(wanted)
    index.close()


def test_a_short_beginning_is_marked_in_names_only():
    marker = Marker(parse("te", typing=True))
    assert marker.marks("telescope te") == [(10, 12)]
    assert marker.marks("telescope te", named=True) == [(0, 9), (10, 12)]


def test_no_phrase_leads_over_the_end_of_a_track():
    assert Marker(parse('"one two"')).marks("one \ue000 two") == []


def test_overlapping_marks_are_one():
    assert Marker(parse('"a b" "b c"')).marks("a b c") == [(0, 5)]
