"""test_fusion: rankings become one."""

from tests import wording
from vidwatchd.operations.fusion import fuse, meant


def test_what_both_know_comes_first():
    assert [video_id for video_id, _ in fuse([[1, 2, 3], [3, 4]])] == [3, 1, 2, 4]


def test_scores_are_reciprocal_ranks():
    assert fuse([[7], [7, 8]], k=60) == [(7, 2 / 61), (8, 1 / 62)]
    assert fuse([]) == []


def test_without_a_model_nothing_is_meant_and_it_says_why(desk, monkeypatch):
    wording.known(monkeypatch)
    found, state = meant(desk.ctx, "a sunset", 5, 0.0)
    assert found == []
    assert not state["available"] and state["reason"]
