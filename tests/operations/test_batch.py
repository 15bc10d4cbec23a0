"""test_batch: several kinds at once, each under its own cap."""

import pytest

from tests.desk import KINDS
from vidwatchd.config import parse
from vidwatchd.errors import UsageError
from vidwatchd.operations import batch as module
from vidwatchd.operations import jobs
from vidwatchd.operations.batch import batch, capped, kinds, ordered
from vidwatchd.operations.jobs import Order


def test_only_what_is_asked_for_and_missing_is_made(desk):
    for name in ("a.mp4", "d/b.mp4"):
        desk.put(name)
    done = batch(desk.ctx, str(desk.root), recursive=True)
    assert (done.videos, done.made, done.skipped) == (2, 4, 0)
    assert done.kinds["thumbs"] == {"made": 2, "skipped": 0, "failed": 0, "unavailable": 0}
    assert set(done.kinds) == set(kinds(module.TASKS))
    again = batch(desk.ctx, str(desk.root), recursive=True, tasks=KINDS)
    assert (again.made, again.skipped) == (2, 4)
    assert batch(desk.ctx, str(desk.root), tasks=("thumbs",), force=True).made == 1


def test_no_kind_exceeds_its_cap(desk):
    for number in range(5):
        desk.put(f"{number}.mp4")
    most = {}

    def watch(done, of, names):
        for kind, count in desk.index.rows("SELECT kind, count(*) FROM jobs WHERE state = 'running' GROUP BY kind"):
            most[kind] = max(most.get(kind, 0), count)

    desk.runner.workers = 4
    seen = desk.runner.work
    desk.runner.work = lambda task: (watch(0, 0, ()), seen(task))[1]
    done = batch(desk.ctx, str(desk.root), tasks=KINDS, most={"thumbs": 1, "meta": 3}, progress=watch)
    assert done.made == 5 * len(KINDS)
    assert most["thumbs"] == 1
    assert desk.index.requests.caps() == {}, "the caps end with the batch"


def test_caps_come_from_flags_then_settings_then_defaults():
    config = parse({"workers": {"thumbs": 7}})
    assert capped(config, ("metadata", "thumbs"), {}) == {"metadata": 3, "thumbs": 7}
    assert capped(config, ("metadata", "thumbs"), {"meta": 1, "thumbs": 2}, 5) == {"metadata": 1, "thumbs": 2}
    assert capped(config, ("metadata",), {}, 8) == {"metadata": 8}, "one kind may have all the workers"
    assert capped(config, ("metadata",), {"metadata": 2}, 8) == {"metadata": 2}


def test_names_and_aliases_in_the_order_made():
    assert kinds(["sprites", "meta", "metadata"]) == ("metadata", "sprites")
    for wrong in ([], ["nonsense"]):
        with pytest.raises(UsageError):
            kinds(wrong)


def test_posted_to_the_daemon_it_is_a_request_with_caps(desk):
    for name in ("a.mp4", "b.mp4"):
        desk.put(name)
    params = {"tasks": ["meta", "sprites"], "max": {"sprites": 1}}
    request = jobs.submit(desk.ctx, Order("batch", params=params))
    assert (request["task"], request["progress_total"]) == ("batch", 4)
    assert desk.index.requests.caps() == {"metadata": 3, "sprites": 1}
    desk.work()
    assert jobs.get(desk.ctx, request["id"])["state"] == "done"
    assert desk.index.requests.caps() == {}
    assert jobs.submit(desk.ctx, Order("queue", force=True))["progress_total"] == 2


@pytest.mark.parametrize(
    "params",
    [
        {"tasks": 7}, {"tasks": [7]}, {"tasks": []}, {"tasks": ["x"]}, {"max": 3}, {"max": {"thumbs": 0}},
        {"max": {"thumbs": True}}, {"max": {"thumbs": "2"}}, {"max": {"x": 2}}, {"workers": 2},
    ],
)  # fmt: skip
def test_a_wrong_batch_is_refused(params):
    with pytest.raises(UsageError):
        ordered(params, parse({}))


def test_tasks_may_be_one_text():
    assert ordered({"tasks": "meta, thumbs"}, parse({}))[0] == ("metadata", "thumbs")
