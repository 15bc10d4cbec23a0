"""test_searches: saved searches lie in the library, and what is foreign in their file stays."""

import json

import pytest

from tests.desk import Desk
from vidwatchd.errors import Conflict
from vidwatchd.library.searches import Saved, key, save, searches, stamp


@pytest.fixture
def store(tmp_path):
    desk = Desk(tmp_path)
    yield desk.store
    desk.close()


def file(store):
    from pathlib import Path

    return Path(store.base) / ".artifacts" / ".searches.json"


def test_the_newest_of_a_name_is_kept_and_what_is_foreign_stays(store):
    assert searches(store) == []
    assert stamp(store) == ()
    save(store, Saved("Trips", "beach", 1.0))
    before = stamp(store)
    file(store).write_text(json.dumps({**json.loads(file(store).read_text()), "mine": 1}))
    save(store, Saved("trips ", "sea", 2.0))
    save(store, Saved("Other", "x", 3.0))
    assert searches(store) == [Saved("trips ", "sea", 2.0), Saved("Other", "x", 3.0)]
    assert stamp(store) not in (before, ())
    assert json.loads(file(store).read_text())["mine"] == 1


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"searches": 1}', '{"searches": [{"name": "a"}]}', '{"searches": [{"name": " ", "query": "x"}]}'],
)
def test_a_broken_file_is_left_alone(store, text):
    file(store).write_text(text)
    for ask in (lambda: searches(store), lambda: save(store, Saved("a", "b", 1.0))):
        with pytest.raises(Conflict, match="not a valid file of searches"):
            ask()
    assert file(store).read_text() == text


def test_a_hand_written_one_needs_no_time(store):
    file(store).write_text('{"searches": [{"name": "a", "query": "b"}]}')
    assert searches(store) == [Saved("a", "b", 0.0)]


def test_spellings_of_a_name():
    assert key(" My  Trips ") == key("my trips")
