"""test_room: what is made last waits for the rest, and for room on its disk."""

import pytest

from tests.desk import KINDS, FakeRunner
from tests.keeping import Kept, add_kind, make, settle
from vidwatchd import jobs
from vidwatchd.config import parse
from vidwatchd.jobs import room
from vidwatchd.operations.make import Wanted, owe

GB = 10**9


@pytest.fixture
def films(desk, monkeypatch):
    """Two films of which everything but the last kind is made."""
    add_kind(monkeypatch)
    for name in ("a.mp4", "b.mp4"):
        desk.put(name)
    desk.scan()
    desk.runner.work = make
    return desk


def steps(dispatcher, count=6):
    for _ in range(count):
        dispatcher.room._looked_at = float("-inf")
        dispatcher.step()
    dispatcher.stop()
    return dispatcher.runner.kinds


def test_the_last_kind_comes_after_all_else_of_every_film(films):
    settle(films)
    assert films.runner.kinds == [KINDS, KINDS, (Kept.name,), (Kept.name,)]
    assert films.states("a.mp4") == {**dict.fromkeys(KINDS, "done"), Kept.name: "done"}


def test_while_anything_waits_it_does_not_begin_though_its_worker_is_free(films):
    settle(films)
    films.put("c.mp4")
    films.index.artifacts.lose([films.id("a.mp4")], [Kept.name])
    films.scan()
    models = FakeRunner(make, workers=1)
    films.runner.hold, films.runner.workers = True, 1
    films.put("d.mp4")
    films.scan()
    dispatcher = films.dispatcher(models=models)
    dispatcher.step()
    assert models.tickets == [], "one film's pictures still wait"
    films.runner.let_go()
    dispatcher.step()
    dispatcher.step()
    assert models.kinds[:1] == [(Kept.name,)]
    dispatcher.stop()


def test_a_paused_kind_and_one_of_a_library_that_is_away_hold_nothing_up(films):
    films.index.jobs.pause("thumbs")
    settle_partly = films.dispatcher()
    steps(settle_partly)
    assert films.runner.kinds[-1] == (Kept.name,)


def test_too_little_room_holds_it_and_more_lets_it_go(films):
    before = films.dispatcher()
    before.room.free = lambda folder: 3.14 * GB
    assert steps(before) == [KINDS, KINDS]
    (reason,) = before.room.short.values()
    assert reason == (f"only 3.1 GB are free on {films.root}; stored forms wait until there are 5 (store.min_free_gb)")
    rows = films.index.rows("SELECT state, attempts FROM jobs WHERE kind = ?", Kept.name)
    assert rows == [("queued", 0), ("queued", 0)]
    after = films.dispatcher()
    after.room.free = lambda folder: 6 * GB
    assert steps(after)[2:] == [(Kept.name,)] * 2
    assert after.room.short == {}


def test_other_libraries_go_on_and_what_a_person_asks_for_is_made(films, tmp_path):
    dispatcher = films.dispatcher()
    dispatcher.room.free = lambda folder: 0
    steps(dispatcher)
    owe(films.ctx, Wanted((Kept.name,)), [films.id("a.mp4")])
    again = films.dispatcher()
    again.room.free = lambda folder: 0
    assert steps(again)[2:] == [(Kept.name,)]
    assert films.states("a.mp4")[Kept.name] == "done"
    assert Kept.name not in films.states("b.mp4")


def test_no_floor_and_a_disk_that_cannot_be_asked_hold_nothing(films):
    dispatcher = films.dispatcher()
    dispatcher.room.free = lambda folder: 10 * GB
    steps(dispatcher, 1)
    none = parse({**films.config.model_dump(exclude={"source", "home"}), "store": {"min_free_gb": 0}})
    store = films.ctx.store
    assert room.shortage(films.index, none, store, lambda folder: 0) == {}

    def broken(folder):
        raise OSError(5, "Input/output error")

    assert room.shortage(films.index, films.ctx.config, store, broken) == {}


def test_what_is_free_is_asked_of_the_nearest_folder_there_is(tmp_path):
    assert room.free_bytes(str(tmp_path / "not" / "yet")) == pytest.approx(room.free_bytes(str(tmp_path)), rel=0.1)
    assert room.free_bytes(str(tmp_path)) > 0


def test_only_what_nobody_asked_for_is_last(films):
    config = films.ctx.config
    settle(films)
    films.index.artifacts.lose([films.id("a.mp4")], [Kept.name])
    jobs.owe(films.index, config, [Kept.name], video_ids=[films.id("a.mp4")])
    (row,) = films.index.rows("SELECT priority FROM jobs WHERE state = 'queued'")
    assert row == (90,)
    films.index.later.lift(Kept.name, 60, films.library_id)
    assert films.index.rows("SELECT priority FROM jobs WHERE state = 'queued'") == [(60,)]
    assert films.index.later.libraries([Kept.name]) == []
