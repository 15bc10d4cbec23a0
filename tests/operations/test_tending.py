"""test_tending: groups follow the settings and lost faces, files follow the groups, and nothing is done for nothing."""

import os

import pytest

from tests import seen
from vidwatchd.errors import Cancelled
from vidwatchd.index.groupings import Grouping
from vidwatchd.library.people import file_of, read_people
from vidwatchd.operations import regrouping, tending


@pytest.fixture
def filled(desk, monkeypatch):
    seen.known(monkeypatch)
    for path in ("a.mp4", "b.mp4"):
        seen.publish(desk, path, [1])
    tending.tend(desk.ctx)
    desk.events.clear()
    return desk


def settings(desk, **values):
    people = desk.ctx.config.people.model_copy(update=values)
    desk.ctx.config = desk.ctx.config.model_copy(update={"people": people})


def test_where_nothing_changed_nothing_is_done(filled):
    before = os.stat(file_of(filled.store)).st_mtime_ns
    assert tending.tend(filled.ctx, pytest.fail) == []
    assert os.stat(file_of(filled.store)).st_mtime_ns == before
    assert filled.events == []


def test_changed_settings_group_anew(filled):
    settings(filled, cluster_eps=0.01)
    tending.tend(filled.ctx)
    assert len(seen.people(filled)) == 2
    (event,) = [data for name, data in filled.events if name == "people"]
    assert event["ids"] == [seen.person_of(filled, "b.mp4").uuid]
    assert len(read_people(filled.store).entries) == 2
    assert filled.index.groupings.all()[seen.SPACE] == regrouping.wanted(filled.ctx, seen.SPACE)


def test_what_a_command_asked_for_stays(filled):
    asked = Grouping(0.01, 1, asked=True)
    regrouping.regroup(filled.ctx, seen.SPACE, asked)
    tending.tend(filled.ctx)
    assert filled.index.groupings.all()[seen.SPACE] == asked


def test_a_stop_ends_it(filled):
    settings(filled, cluster_eps=0.01)

    def stop(done):
        raise Cancelled("the program ends")

    with pytest.raises(Cancelled):
        tending.tend(filled.ctx, stop)
    assert len(seen.people(filled)) == 1


def test_a_lost_face_parts_those_whom_it_held_together(desk, monkeypatch):
    seen.known(monkeypatch)
    ends = [seen.look(1, 0), seen.look(2, 0)]
    for place, row in enumerate([*ends, seen.between(*ends)]):
        seen.publish(desk, f"{place}.mp4", [seen.face(0, vector=row)])
    desk.index.artifacts.lose([desk.id("2.mp4")])
    tending.tend(desk.ctx)
    assert len(seen.people(desk)) == 2
    assert len(read_people(desk.store).entries) == 2


def test_after_a_start_what_a_crash_left_is_written(filled):
    os.unlink(file_of(filled.store))
    filled.close()
    filled.open()
    tending.tend(filled.ctx)
    assert not os.path.exists(file_of(filled.store))
    tending.begin(filled.ctx)
    tending.tend(filled.ctx)
    assert len(read_people(filled.store).entries) == 1
