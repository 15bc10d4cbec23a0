"""test_performers: who is seen in a video becomes a performer of it, and nobody whom a person typed is touched."""

import json

import pytest

from tests import seen
from vidwatchd.errors import NotFound, Unavailable
from vidwatchd.operations import performers, tags
from vidwatchd.operations.performers import Inferring
from vidwatchd.operations.tags import Edit


@pytest.fixture
def crowd(desk, monkeypatch):
    """a.mp4 shows Ann in five frames, Bob in one and somebody without a name; b.mp4 Bob in three."""
    seen.known(monkeypatch)
    found = [seen.face(1), seen.face(2, number=1, left=0.1, frames=1), seen.face(3, number=2, left=0.7)]
    seen.publish(desk, "a.mp4", found)
    seen.publish(desk, "b.mp4", [seen.face(2, 1, frames=3)])
    seen.name(desk, "a.mp4", "Ann")
    seen.name(desk, "b.mp4", "Bob")
    return desk


def inferred(desk, path="a.mp4", *, refresh=False, least=None):
    said = performers.infer(desk.ctx, desk.id(path), Inferring(refresh, least))
    return said["performers"], said["inferred"]


def test_those_seen_often_enough(crowd):
    assert inferred(crowd) == (["Ann"], ["Ann"])
    assert inferred(crowd, least=6) == (["Ann"], ["Ann"]), "who was inferred stays until a refresh"
    assert inferred(crowd, least=1) == (["Ann", "Bob"], ["Ann", "Bob"])
    assert inferred(crowd, refresh=True) == (["Ann"], ["Ann"])
    assert crowd.said("a.mp4")["inferred"] == ["Ann"]


def test_the_settings_say_how_often(crowd):
    crowd.ctx.config = crowd.ctx.config.model_copy(
        update={"people": crowd.ctx.config.people.model_copy(update={"min_occurrences": 1})}
    )
    assert inferred(crowd)[1] == ["Ann", "Bob"]


def test_nobody_hidden(crowd):
    crowd.index.people.change(seen.person_of(crowd, "b.mp4").id, hidden=True)
    assert inferred(crowd, least=1)[0] == ["Ann"]


def test_who_was_typed_stays_typed(crowd):
    tags.edit(crowd.ctx, crowd.id("a.mp4"), Edit(performers_add=("ANN", "Cid")))
    assert inferred(crowd) == (["ANN", "Cid"], [])
    assert inferred(crowd, refresh=True) == (["ANN", "Cid"], [])
    assert "inferred" not in crowd.said("a.mp4")


def test_typed_again_is_typed(crowd):
    inferred(crowd, least=1)
    said = tags.edit(crowd.ctx, crowd.id("a.mp4"), Edit(performers_add=("Bob",)))
    assert (said["performers"], said["inferred"]) == (["Ann", "Bob"], ["Ann"])
    assert inferred(crowd, refresh=True, least=6) == (["Bob"], [])


def test_removed_is_gone_from_both(crowd):
    inferred(crowd, least=1)
    said = performers.remove(crowd.ctx, crowd.id("a.mp4"), ["ann"])
    assert (said["performers"], said["inferred"]) == (["Bob"], ["Bob"])
    said = performers.clear(crowd.ctx, crowd.id("a.mp4"))
    assert (said["performers"], said["inferred"]) == ([], [])


def test_it_outlasts_scans_the_index_and_edits_by_hand(crowd):
    inferred(crowd, least=1)
    crowd.scan()
    crowd.rebuild()
    crowd.scan()
    assert tags.of(crowd.ctx, crowd.id("a.mp4"))["inferred"] == ["Ann", "Bob"]
    file = crowd.beside("a.mp4", ".tags.json")
    file.write_text(json.dumps({**crowd.said("a.mp4"), "performers": ["Bob", "Dot"], "mine": 1}))
    crowd.scan()
    said = tags.of(crowd.ctx, crowd.id("a.mp4"))
    assert (said["performers"], said["inferred"]) == (["Bob", "Dot"], ["Bob"])
    tags.edit(crowd.ctx, crowd.id("a.mp4"), Edit(rating=3))
    assert (crowd.said("a.mp4")["inferred"], crowd.said("a.mp4")["mine"]) == (["Bob"], 1)


def test_an_export_has_the_form_it_had(crowd):
    inferred(crowd)
    (entry,) = tags.export(crowd.ctx, [crowd.index.videos.get(crowd.id("a.mp4"))])["videos"]
    assert set(entry) == {"video", "tags", "performers", "rating", "notes"}


def test_a_folder_with_another_change(crowd):
    found = performers.apply(crowd.ctx, str(crowd.root), Edit(add=("sea",)), Inferring())
    assert found["failed"] == []
    assert {video["video"]: (video["tags"], video["inferred"]) for video in found["videos"]} == {
        "a.mp4": (["sea"], ["Ann"]),
        "b.mp4": (["sea"], ["Bob"]),
    }


@pytest.mark.parametrize("refresh", [False, True])
def test_why_it_cannot(crowd, refresh):
    crowd.put("new.mp4")
    crowd.scan()
    with pytest.raises(Unavailable, match="no faces were looked for") as told:
        inferred(crowd, "new.mp4", refresh=refresh)
    assert "vidwatchd embed" in told.value.hint
    for path in ("a.mp4", "b.mp4"):
        crowd.index.people.change(seen.person_of(crowd, path).id, name="")
    with pytest.raises(Unavailable, match="nobody who is seen there has a name") as told:
        performers.apply(crowd.ctx, str(crowd.root), Edit(), Inferring(refresh))
    assert "vidwatchd people name" in told.value.hint
    with pytest.raises(NotFound):
        performers.infer(crowd.ctx, 999, Inferring())


def test_a_refresh_forgets_who_lost_the_name(crowd):
    inferred(crowd)
    crowd.index.people.change(seen.person_of(crowd, "a.mp4").id, name="")
    crowd.index.people.change(seen.person_of(crowd, "b.mp4").id, name="")
    assert inferred(crowd, refresh=True) == ([], [])
