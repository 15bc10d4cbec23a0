"""test_duplicates: routes of duplicates and of what people say of them."""

import threading

import pytest

from tests import prints
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.operations import comparison


@pytest.fixture
def pair(fresh, monkeypatch):
    """Two of three videos are alike; their ids."""
    monkeypatch.setattr(comparison.Comparison.latest, "__defaults__", (30.0,))
    ids = fresh.ids()
    film = prints.film(1)
    prints.put(
        fresh.ctx.index,
        {ids["a.mp4"]: film, ids["sub/b.mp4"]: prints.differing(film, 1), ids["sub/c.mp4"]: prints.film(2)},
    )
    return ids["a.mp4"], ids["sub/b.mp4"]


def groups(fresh, query=""):
    return [{video["id"] for video in group["videos"]} for group in fresh.ask(f"/api/duplicates{query}")["groups"]]


def test_groups(fresh, pair):
    found = fresh.ask("/api/duplicates")
    assert (found["compared"], found["without_hash"], found["computing"]) == (3, 0, False)
    assert groups(fresh) == [set(pair)]
    assert groups(fresh, "?threshold=0.99") == []
    assert groups(fresh, "?library=lib&limit=5") == [set(pair)]


def test_of_one_video(fresh, pair):
    (other,) = fresh.ask(f"/api/videos/{pair[0]}/duplicates")["duplicates"]
    assert (other["id"], other["kind"], other["similarity"]) == (pair[1], "near", 0.9844)
    fresh.refused("/api/videos/99/duplicates", status=404)


def test_verdicts(fresh, pair):
    body = {"a": pair[0], "b": pair[1], "verdict": "different"}
    assert fresh.ask("/api/duplicates/verdict", body) == body
    assert groups(fresh) == []
    assert fresh.ask(f"/api/videos/{pair[0]}/duplicates")["duplicates"] == []
    assert (fresh.lib / ".artifacts" / ".verdicts.json").exists()
    fresh.ask("/api/duplicates/verdict", {**body, "verdict": "unsure"})
    assert groups(fresh) == [set(pair)]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"verdict": "perhaps"}, 422), ({"a": 99}, 404), ({"a": 0}, 422), ({"more": 1}, 422), ({"b": None}, 422)],
)
def test_nonsense_is_refused(fresh, pair, change, status):
    fresh.refused("/api/duplicates/verdict", {"a": pair[0], "b": pair[1], "verdict": "unsure", **change}, status=status)


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=-1", 422), ("limit=x", 422), ("threshold=2", 422), ("threshold=0.1", 400), ("library=none", 404)],
)
def test_wrong_questions_are_refused(fresh, query, status):
    fresh.refused(f"/api/duplicates?{query}", status=status)


def test_a_broken_file_of_verdicts_is_said(fresh, pair):
    (fresh.lib / ".artifacts" / ".verdicts.json").write_text("{")
    assert fresh.refused("/api/duplicates", status=409) == "conflict"


def test_a_request_does_not_wait_for_a_long_comparison(fresh, pair, monkeypatch):
    monkeypatch.setattr(comparison.Comparison.latest, "__defaults__", (0.05,))
    real = comparison.compare
    go = threading.Event()
    monkeypatch.setattr(comparison, "compare", lambda *given: go.wait(PATIENCE_SECONDS) and real(*given))
    found = fresh.ask("/api/duplicates")
    assert (found["groups"], found["computing"]) == ([], True)
    go.set()
    until(lambda: not fresh.ask("/api/duplicates")["computing"])
    assert groups(fresh) == [set(pair)]
