"""test_search: the whole question: hits with their moments, ranked, paged, corrected, narrowed."""

import pytest

from tests import wording as speech
from vidwatchd.model import Artifact, ArtifactState
from vidwatchd.operations import fusion, learning, tags
from vidwatchd.operations.search import search


@pytest.fixture
def shelf(desk, monkeypatch):
    """Three videos: one that speaks two languages, one that is called what the other says, one with a tag."""
    speech.known(monkeypatch)
    for path in ("talk.mp4", "space telescope.mp4", "trips/beach.mp4"):
        desk.put(path)
    desk.scan()
    english = [(1.5, 3, "The James Webb space"), (3, 5.25, "telescope looks far away."), (60, 62, "A telescope again.")]
    learned = speech.write(desk, "talk.mp4", en=english, de=[(1.5, 3, "Das Weltraumteleskop")])
    learning.learn(desk.ctx, learned)
    tags.edit(desk.ctx, desk.id("trips/beach.mp4"), tags.Edit(add=("Summer",), performers_add=("Anna",)))
    return desk


def paths(found):
    return [hit["video"]["path"] for hit in found["hits"]]


def test_a_phrase_across_lines_begins_at_the_first_words_line(shelf):
    found = search(shelf.ctx, '"space telescope"')
    assert paths(found) == ["space telescope.mp4", "talk.mp4"]
    named, said = found["hits"]
    assert (named["sources"], named["moments"][0]["start"]) == (["name"], 0.0)
    assert named["named"][0]["segments"] == [["space telescope", True], [".mp4", False]]
    (moment,) = said["moments"]
    assert (moment["start"], moment["end"], moment["track"]) == (1.5, 5.25, "en")
    assert ["space telescope", True] in moment["segments"]
    assert (found["total"], found["next_offset"], found["did_you_mean"]) == (2, None, "")


def test_the_best_moment_first_and_how_many_more(shelf):
    (said,) = (
        hit for hit in search(shelf.ctx, "webb OR telescope", per_video=1)["hits"] if hit["sources"] == ["speech"]
    )
    assert [moment["start"] for moment in said["moments"]] == [1.5]
    assert said["more"] == 1


def test_sources(shelf):
    assert search(shelf.ctx, "summer")["hits"][0]["sources"] == ["tag"]
    assert search(shelf.ctx, "anna")["hits"][0]["sources"] == ["person"]
    assert search(shelf.ctx, "trips")["hits"][0]["sources"] == ["folder"]
    assert search(shelf.ctx, "telescope james")["hits"][0]["sources"] == ["speech"]


def test_conditions(shelf):
    assert paths(search(shelf.ctx, "tag:summer person:anna")) == ["trips/beach.mp4"]
    assert paths(search(shelf.ctx, "telescope -in:trips lang:de")) == ["talk.mp4"]
    assert paths(search(shelf.ctx, "in:trips telescope")) == []
    found = search(shelf.ctx, "weltraumteleskop lang:de")
    assert [moment["language"] for moment in found["hits"][0]["moments"]] == ["de"]
    assert found["chips"] == [{"key": "lang", "value": "de", "unwanted": False, "typed": "lang:de"}]
    assert paths(search(shelf.ctx, "-telescope")) == ["trips/beach.mp4"]
    assert found["notices"] == []
    (notice,) = search(shelf.ctx, "beach longer:abc")["notices"]
    assert notice.startswith("longer:abc was looked for as words")


def test_nothing_asked_is_nothing_found(shelf):
    for typed in ("", "  ", "...", '"'):
        assert search(shelf.ctx, typed)["hits"] == []


def test_a_wrong_spelling_is_searched_right_and_said(shelf):
    found = search(shelf.ctx, "telecsope james")
    assert paths(found) == ["talk.mp4"]
    assert found["did_you_mean"] == "telescope james"
    assert search(shelf.ctx, "qqqqqqqq")["did_you_mean"] == ""
    assert search(shelf.ctx, "summer james")["did_you_mean"] == ""


def test_letters_so_far(shelf):
    assert paths(search(shelf.ctx, "jam tele", typing=True)) == []
    assert paths(search(shelf.ctx, "james tele", typing=True)) == ["talk.mp4"]
    assert paths(search(shelf.ctx, "be", typing=True)) == ["trips/beach.mp4"]


def test_pages(shelf):
    whole = paths(search(shelf.ctx, "mp4"))
    first = search(shelf.ctx, "mp4", limit=2)
    assert first["next_offset"] == 2
    assert paths(first) + paths(search(shelf.ctx, "mp4", limit=2, offset=2)) == whole
    assert search(shelf.ctx, "mp4", offset=99)["hits"] == []


def test_a_moments_picture_is_its_tile(shelf):
    facts = {"frames": 12, "cols": 5, "tile_width": 100, "tile_height": 50, "interval_seconds": 5.0}
    files = {suffix: f"talk.mp4{suffix}" for suffix in (".sprites.jpg", ".sprites.json", ".sprites.vtt")}
    row = Artifact(video_id=shelf.id("talk.mp4"), kind="sprites", state=ArtifactState.DONE, facts=facts, made_at=1.0)
    shelf.index.artifacts.put(row, files=files)
    first, second = search(shelf.ctx, "telescope -name")["hits"][1]["moments"]
    assert {k: first["picture"][k] for k in "xywh"} == {"x": 0, "y": 0, "w": 100, "h": 50}
    assert {k: second["picture"][k] for k in "xy"} == {"x": 100, "y": 100}
    assert "/artifacts/sprites/sprites.jpg?v=" in first["picture"]["url"]


def test_meaning_is_fused_in(shelf, monkeypatch):
    beach = shelf.id("trips/beach.mp4")
    moment = {"video_id": beach, "start": 7.0, "end": 9.0, "score": 0.4}
    monkeypatch.setattr(fusion, "meant", lambda ctx, words, limit, patience: ([moment], {"available": True}))
    found = search(shelf.ctx, "sea telescope")
    assert paths(found) == ["trips/beach.mp4"]
    (hit,) = found["hits"]
    assert (hit["sources"], hit["moments"][0]["start"]) == (["meaning"], 7.0)
    assert search(shelf.ctx, "sea -in:trips")["hits"] == []
    assert found["meaning"] == {"available": True}


def test_edits_and_removals_are_seen_at_once(shelf):
    (shelf.root / "talk.mp4").unlink()
    shelf.scan()
    assert paths(search(shelf.ctx, "james")) == []
