"""test_people_words: the search finds people by their names, soon or later, and owes it also after a crash."""

from tests import seen
from vidwatchd.operations import deciding, learning, people_words


def words(desk):
    return [str(row[0]) for row in desk.index.rows("SELECT people FROM words ORDER BY rowid")]


def test_what_the_time_does_not_reach_for_is_done_later(desk, monkeypatch):
    seen.known(monkeypatch)
    for name in ("a.mp4", "b.mp4"):
        seen.publish(desk, name, [1])
    person = desk.index.people.by_id(desk.index.faces.of(desk.id("a.mp4"))[0].person_id)
    monkeypatch.setattr(people_words, "learn", lambda ctx: None)
    deciding.change(desk.ctx, person.uuid, name="Ann")
    monkeypatch.undo()
    seen.known(monkeypatch)
    assert words(desk) == ["", ""]
    assert not people_words.learn(desk.ctx, most_seconds=0)
    learning.catch_up(desk.ctx)
    assert words(desk) == ["Ann", "Ann"]
    assert people_words.learn(desk.ctx, most_seconds=0)
    seen.publish(desk, "c.mp4", [1])
    assert words(desk) == ["Ann"] * 3
