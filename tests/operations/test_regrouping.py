"""test_regrouping: from scratch the same people come out, what people said stays, and a stop changes nothing."""

import pytest

from tests import seen
from vidwatchd.errors import Cancelled
from vidwatchd.index.groupings import Grouping
from vidwatchd.operations import regrouping


@pytest.fixture(autouse=True)
def _with_faces(few_kinds, monkeypatch):
    seen.known(monkeypatch)


@pytest.fixture
def filled(desk):
    for path, people in {"a.mp4": [1, 2], "b.mp4": [2, 3], "c.mp4": [1]}.items():
        seen.publish(desk, path, people)
    return desk


def by(desk):
    return regrouping.current(desk.ctx, seen.SPACE)


def test_the_settings_go_before_the_models_own(desk):
    own = regrouping.wanted(desk.ctx, seen.SPACE)
    section = desk.config.people.model_copy(update={"cluster_eps": 0.2, "cluster_min_samples": 3})
    desk.ctx.config = desk.config.model_copy(update={"people": section})
    assert regrouping.wanted(desk.ctx, seen.SPACE) == Grouping(0.2, 3) != own


def test_grouped_again_nobody_moves(filled):
    before = {path: seen.person_of(filled, path) for path in filled.ids()}
    assert regrouping.regroup(filled.ctx, seen.SPACE, by(filled)) == set()
    assert {path: seen.person_of(filled, path) for path in filled.ids()} == before


def test_a_smaller_distance_parts_and_the_old_one_joins_again(filled):
    ann, before = seen.name(filled, "a.mp4", "Ann"), seen.people(filled)
    moved = regrouping.regroup(filled.ctx, seen.SPACE, Grouping(0.01, 1, asked=True))
    assert len(moved) == 1, "of two unnamed faces one is somebody new; what Ann had stays hers"
    assert len(seen.people(filled)) == len(before) + 1
    assert seen.person_of(filled, "c.mp4") == ann
    assert filled.index.groupings.all()[seen.SPACE] == Grouping(0.01, 1, asked=True)
    assert regrouping.regroup(filled.ctx, seen.SPACE, regrouping.wanted(filled.ctx, seen.SPACE)) == moved
    assert seen.people(filled) == before


def test_who_is_alone_is_unsorted_where_more_are_asked_for(filled):
    regrouping.regroup(filled.ctx, seen.SPACE, Grouping(by(filled).eps, 2))
    assert seen.person_of(filled, "b.mp4", 1) is None
    assert seen.person_of(filled, "a.mp4") == seen.person_of(filled, "c.mp4") is not None
    assert filled.index.crowd.unsorted() == 1


def test_a_stop_changes_nothing(filled):
    before = seen.people(filled), filled.index.groupings.all()

    def stop(done):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        regrouping.regroup(filled.ctx, seen.SPACE, Grouping(0.01, 1), stop)
    assert (seen.people(filled), filled.index.groupings.all()) == before


def test_a_former_id_leads_to_whoever_has_the_faces(filled):
    regrouping.regroup(filled.ctx, seen.SPACE, Grouping(0.01, 1))
    ids = {seen.person_of(filled, path).uuid for path in ("a.mp4", "c.mp4")}
    assert len(ids) == 2
    regrouping.regroup(filled.ctx, seen.SPACE, Grouping(0.4, 1))
    assert {filled.index.people.get(uuid).id for uuid in ids} == {seen.person_of(filled, "a.mp4").id}


def test_a_space_without_faces(desk):
    assert regrouping.regroup(desk.ctx, "sface:other:8", Grouping(0.3, 1)) == set()
    assert desk.index.groupings.all() == {"sface:other:8": Grouping(0.3, 1)}


def test_mending_looks_only_at_who_lost_a_face(filled):
    assert regrouping.mend(filled.ctx, seen.SPACE) == set()
    filled.index.artifacts.lose([filled.id("c.mp4")])
    assert filled.index.groupings.doubtful() == [seen.SPACE]
    assert regrouping.mend(filled.ctx, seen.SPACE) == set()
    assert filled.index.groupings.doubtful() == []
