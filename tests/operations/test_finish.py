"""test_finish: only what is missing, and never again what was set aside."""

from tests.desk import KINDS, Desk, make
from tests.keeping import Kept, add_kind
from tests.keeping import make as keep
from vidwatchd.config import parse
from vidwatchd.model import ArtifactState, Outcome
from vidwatchd.operations import jobs
from vidwatchd.operations.finish import finish


def failing(task):
    return [Outcome(o.kind, ArtifactState.FAILED, error="why") if o.kind == "thumbs" else o for o in make(task)]


def test_the_second_finish_owes_nothing(desk):
    desk.put("a.mp4")
    first = finish(desk.ctx, str(desk.root), recursive=True)
    assert (first.videos, first.made, first.skipped) == (1, len(KINDS), 0)
    visits = len(desk.runner.tickets)
    second = finish(desk.ctx, str(desk.root), recursive=True)
    assert (second.made, second.skipped) == (0, len(KINDS))
    assert len(desk.runner.tickets) == visits


def test_what_was_set_aside_stays_so_and_is_listed(desk):
    desk.put("a.mp4")
    desk.runner.work = failing
    assert len(finish(desk.ctx, str(desk.root)).failed) == 1
    desk.runner.work = make
    summary = finish(desk.ctx, str(desk.root))
    assert (summary.made, summary.failed[0]["reason"]) == (0, "why")


def test_as_many_workers_as_are_asked_for_else_as_the_settings_say(desk, monkeypatch):
    asked, real = [], type(desk.ctx).runner
    monkeypatch.setattr(type(desk.ctx), "runner", lambda ctx, workers=0, most=0: asked.append(workers) or real(ctx))
    desk.ctx.config = parse({"workers": {"finish": 3}, "data_dir": desk.config.data_dir})
    for name, workers in (("a.mp4", 0), ("b.mp4", 5)):
        desk.put(name)
        assert finish(desk.ctx, str(desk.root), workers=workers).kinds["thumbs"]["made"] == 1
    assert asked == [3, 5]


def test_it_ends_where_there_is_no_room_for_what_is_made_last_and_says_so(tmp_path, monkeypatch):
    add_kind(monkeypatch)
    desk = Desk(tmp_path, store={"min_free_gb": 10**6})
    desk.put("clip.mp4")
    desk.runner.work = keep
    done = finish(desk.ctx, str(desk.root))
    assert (done.made, len(done.waits)) == (3, 1)
    assert done.waits[0].endswith("stored forms wait until there are 1e+06 (store.min_free_gb)")
    (waits,) = jobs.summary(desk.ctx)["waits"]
    assert (waits["library_id"], waits["jobs"]) == (desk.library_id, 1)
    assert waits["reason"] == done.waits[0]
    jobs.run(desk.ctx, Kept.name, "missing")
    assert jobs.summary(desk.ctx)["waits"] == []
    desk.close()
