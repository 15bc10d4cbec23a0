"""test_meaning: routes of moments that are like others."""

import struct

import pytest

from vidwatchd.index.vectors import Space
from vidwatchd.model import Artifact, ArtifactState

SPACE = Space("frames", "clip-base:1", 2)


@pytest.fixture
def ids(fresh):
    """Two videos show the same, a third something else; their ids."""
    found = fresh.ids()
    shown = {"a.mp4": (1, 0), "sub/b.mp4": (1, 0), "sub/c.mp4": (-1, 0)}
    for name, row in shown.items():
        fresh.ctx.index.artifacts.put(Artifact(found[name], "meaning", ArtifactState.DONE), files={})
        fresh.ctx.index.vectors.put(found[name], "meaning", 1.0, SPACE, ([0.5], [9.0]), struct.pack("<2e", *row))
    return found


def test_the_same_picture_elsewhere(fresh, ids):
    found = fresh.ask(f"/api/videos/{ids['a.mp4']}/similar?at=3")
    assert found["at_seconds"] == 0.5
    (moment,) = found["moments"]
    assert (moment["video_id"], moment["video"]["path"]) == (ids["sub/b.mp4"], "sub/b.mp4")
    assert (moment["start"], moment["end"], moment["source"], moment["score"]) == (0.5, 9.0, "picture", 1.0)


@pytest.mark.parametrize("query", ["at=-1", "at=x", "limit=0", "limit=501"])
def test_wrong_questions_are_refused(fresh, ids, query):
    fresh.refused(f"/api/videos/{ids['a.mp4']}/similar?{query}", status=422)


def test_what_was_not_looked_at(fresh):
    assert fresh.refused(f"/api/videos/{fresh.ids()['a.mp4']}/similar", status=503) == "unavailable"
    fresh.refused("/api/videos/99/similar", status=404)
