"""test_tags: what people said, in any spelling, and the sidecars it came from."""

import pytest

from tests.desk import file
from vidwatchd.index.tags import fold
from vidwatchd.model import Tags

ODD = ("a'b\"c", "100%", "x_y", "back\\slash", "🎬 film", "家族", "a\tb", "-x", "ÜBER", "nul")


@pytest.fixture
def ids(index, library):
    return index.videos.add(library.id, [file("a.mp4"), file("b.mp4"), file("c.mp4")])


def test_what_is_said_comes_back_in_its_order(index, ids):
    said = Tags(ODD, ("Zoë", "Ann", "zoe"), 3, "line one\nline 'two'")
    index.tags.put(ids[0], said)
    assert index.tags.of(ids[0]) == said
    assert index.tags.of(ids[1]) == Tags()


def test_putting_again_replaces(index, ids):
    index.tags.put(ids[0], Tags(("a", "b"), ("P",), 5, "x"))
    index.tags.put(ids[0], Tags(("b",)))
    assert index.tags.of(ids[0]) == Tags(("b",))


def test_a_word_may_be_tag_and_performer(index, ids):
    index.tags.put(ids[0], Tags(("Paris",), ("Paris",)))
    assert index.tags.of(ids[0]) == Tags(("Paris",), ("Paris",))
    assert [row["name"] for row in index.tags.names("tag")] == ["Paris"]


def test_words_are_found_by_tag_until_it_goes(index, ids):
    index.tags.put(ids[0], Tags(("sea side",), ("Ann",)))
    search = "SELECT rowid FROM words WHERE words MATCH ?"
    assert index.rows(search, "side") == index.rows(search, "ann") == [(ids[0],)]
    index.tags.put(ids[0], Tags())
    assert index.rows(search, "side") == []


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", 2),
        ("se", 1),
        ("SE", 1),
        ("si", 1),
        ("ü", 1),
        ("Ü", 1),
        ("u\u0308b", 1),
        ("ide", 0),
        ("%", 0),
        ("_", 0),
        ("\\", 0),
        ("'", 0),
    ],
)
def test_completion_begins_at_any_word_in_any_spelling(index, ids, prefix, found):
    index.tags.put(ids[0], Tags(("Sea side", "über")))
    assert len(index.tags.names("tag", prefix)) == found


@pytest.mark.parametrize("odd", ODD)
def test_odd_names_complete_too(index, ids, odd):
    index.tags.put(ids[0], Tags((odd,)))
    assert [row["name"] for row in index.tags.names("tag", odd[:2])] == [odd]


def test_spellings_are_offered_once_the_commonest_first(index, ids):
    index.tags.put(ids[0], Tags(("beach", "sun")))
    index.tags.put(ids[1], Tags(("Beach",)))
    index.tags.put(ids[2], Tags(("Beach",)))
    assert index.tags.names("tag") == [{"name": "Beach", "count": 3}, {"name": "sun", "count": 1}]
    assert index.tags.names("tag", limit=1) == [{"name": "Beach", "count": 3}]
    assert index.tags.names("performer") == []


def test_folding():
    assert fold(" ÜBER  uns ") == fold("u\u0308ber uns") == "über uns"
    assert fold("STRASSE") == fold("straße")


def test_sidecars_are_remembered_by_folder(index, library):
    index.tags.remember_sidecar(library.id, file("a/.artifacts/x.tags.json", 3))
    index.tags.remember_sidecar(library.id, file("a/.artifacts/x.tags.json", 4), "broken")
    index.tags.remember_sidecar(library.id, file(".artifacts/y.tags.json", 5))
    assert index.tags.sidecars_in(library.id, "a/.artifacts") == {"x.tags.json": (4, 4)}
    assert index.tags.sidecar(library.id, ".artifacts/y.tags.json") == (5, 5)
    assert index.tags.sidecar(library.id, "none") is None
    assert index.tags.problems(library.id) == [{"path": "a/.artifacts/x.tags.json", "problem": "broken"}]
    index.tags.forget_sidecars(library.id, ["a/.artifacts/x.tags.json"])
    assert index.tags.sidecars_in(library.id, "a/.artifacts") == {}


def test_an_export_holds_all_that_was_said_in_a_fixed_number_of_questions(index, ids):
    index.tags.put(ids[1], Tags(("b", "a"), ("P",), 2, "n"))
    index.tags.put(ids[2], Tags(notes="only a note"))
    asked = []
    index.db.conn.set_trace_callback(asked.append)
    found = index.tags.export(ids)
    index.db.conn.set_trace_callback(None)
    assert found == [
        {"video": "b.mp4", "tags": ["b", "a"], "performers": ["P"], "rating": 2, "notes": "n"},
        {"video": "c.mp4", "tags": [], "performers": [], "rating": None, "notes": "only a note"},
    ]
    assert len(asked) == 2
