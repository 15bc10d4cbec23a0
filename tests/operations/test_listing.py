"""test_listing: who is seen in a folder, made first where it lacks; and everybody, kept until somebody decides."""

import threading
import time

import pytest

from tests import faces, seen
from tests.desk import FakeRunner
from tests.waiting import PATIENCE_SECONDS
from vidwatchd.backends.faces import distances
from vidwatchd.errors import Cancelled, UsageError
from vidwatchd.index.groupings import Grouping
from vidwatchd.library.people import read_people
from vidwatchd.making import make_product
from vidwatchd.operations import deciding, jobs, listing, tasks
from vidwatchd.operations.jobs import Order
from vidwatchd.operations.listing import Asked


@pytest.fixture(autouse=True)
def _with_faces(few_kinds, monkeypatch):
    seen.known(monkeypatch)


@pytest.fixture
def filled(desk):
    for path, people in {"a.mp4": [1, 2], "sub/b.mp4": [1], "c.mp4": [1]}.items():
        seen.publish(desk, path, people)
    desk.index.jobs.drop(list(desk.ids().values()))  # what was published is owed no more
    return desk


def listed(desk, *given, **options):
    return listing.listing(desk.ctx, str(desk.root), *given, recursive=True, **options)


def test_people_with_their_videos(filled):
    ann = seen.name(filled, "a.mp4", "Ann")
    found = listed(filled)
    first, second = found["people"]
    assert (first["id"], first["name"], first["hidden"]) == (ann.uuid, "Ann", False)
    assert (first["faces"], first["videos"], first["occurrences"], first["seconds"]) == (3, 3, 15, 12.0)
    assert [each["video"] for each in first["occurrences_in"]] == ["a.mp4", "c.mp4", "sub/b.mp4"]
    assert (second["name"], second["faces"]) == ("", 1)
    assert (found["total"], found["cached"], found["failed"], found["unavailable"]) == (2, False, [], [])
    assert len(read_people(filled.store).entries) == 2, "it is written at once"


def test_only_the_folder_that_was_named(filled):
    found = listing.listing(filled.ctx, str(filled.root / "sub"))
    assert [[each["video"] for each in person["occurrences_in"]] for person in found["people"]] == [["sub/b.mp4"]]
    assert len(listing.listing(filled.ctx, str(filled.root))["people"][0]["occurrences_in"]) == 2


def test_flags_group_anew_and_no_flag_as_the_settings_say(filled):
    assert listed(filled, Asked(cluster_eps=0.01))["total"] == 4
    assert filled.index.groupings.all()[seen.SPACE] == Grouping(0.01, 1, asked=True)
    assert listed(filled)["total"] == 2
    own = distances(seen.SPACE).people
    assert filled.index.groupings.all()[seen.SPACE] == Grouping(own, 1)
    assert listed(filled, Asked(cluster_min_samples=2))["total"] == 1
    assert filled.index.crowd.unsorted() == 1


@pytest.mark.parametrize("asked", [Asked(cluster_eps=2), Asked(cluster_min_samples=0), Asked(label_threshold=-1)])
def test_numbers_that_mean_nothing(filled, asked):
    with pytest.raises(UsageError):
        listed(filled, asked)


def test_what_lacks_is_made_and_another_rate_makes_nothing_again(filled):
    filled.put("new.mp4")
    assert listed(filled, Asked(sample_rate=2.0))["total"] == 2
    (task,) = [each.task for each in filled.runner.tickets]
    assert task.source.endswith("new.mp4")
    assert task.kinds[0][1]["sample_rate"] == 2.0
    assert filled.states("a.mp4")[seen.KIND] == "done"


def test_people_are_named_by_the_gallery(desk, face_models, tmp_path):
    models = face_models.sface()
    section = desk.config.models.model_copy(update={"folder": models})
    desk.ctx.config = desk.config.model_copy(update={"models": section})
    desk.ctx.held["models"] = FakeRunner(make_product, workers=1)
    faces.save(tmp_path / "gallery" / "Ann" / "one.png", [(100, 100, 96, 1)])
    from vidwatchd.backends.base import BackendContext
    from vidwatchd.backends.faces import Look, chosen

    finder = chosen(models)
    (face,) = finder.run(Look(faces.picture([(100, 100, 96, 1)])), BackendContext(""))
    seen.publish(desk, "a.mp4", [seen.face(0, vector=face.vector)], model=finder.model)
    found = listed(desk, Asked(gallery=str(tmp_path / "gallery")))
    assert [person["name"] for person in found["people"]] == ["Ann"]
    assert found["labelled"][0]["name"] == "Ann"


def test_everybody_is_kept_until_somebody_decides(filled, monkeypatch):
    first = listing.page(filled.ctx)
    assert (first["cached"], first["total"], len(first["people"])) == (False, 2, 2)
    seen.publish(filled, "d.mp4", [3])
    again = listing.page(filled.ctx)
    assert again == {**first, "cached": True}
    assert listing.page(filled.ctx, refresh=True)["total"] == 3
    deciding.change(filled.ctx, seen.person_of(filled, "d.mp4").uuid, name="Cat")
    fresh = listing.page(filled.ctx)
    assert not fresh["cached"]
    assert "Cat" in {person["name"] for person in fresh["people"]}
    monkeypatch.setattr(listing, "KEEP_SECONDS", -1.0)
    assert not listing.page(filled.ctx)["cached"]


def test_pages_of_everybody(filled):
    first, second = (listing.page(filled.ctx, offset=number, limit=1) for number in (0, 1))
    assert (first["total"], first["offset"], second["offset"], second["limit"]) == (2, 0, 1, 1)
    assert first["people"][0]["id"] != second["people"][0]["id"]
    assert listing.page(filled.ctx, offset=9)["people"] == []
    for number in range(40):
        listing.page(filled.ctx, offset=number)
    assert len(filled.ctx.held["people_listing"].pages) <= 17


def test_many_ask_at_once(filled):
    found = []
    threads = [threading.Thread(target=lambda: found.append(listing.page(filled.ctx))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert [each["cached"] for each in found].count(False) == 1
    assert len({each["generated_at"] for each in found}) == 1


def ran(desk, **order):
    number = jobs.submit(desk.ctx, Order("listing", **order))["id"]
    until = time.monotonic() + PATIENCE_SECONDS
    tasks.run_next(desk.ctx, "me,1,x", lambda: time.monotonic() > until)
    return jobs.get(desk.ctx, number), desk.index.tasks.result(number)


def test_as_a_task(filled):
    state, result = ran(filled, params={"eps": 0.01})
    assert (state["state"], result["total"]) == ("done", 4)
    state, result = ran(filled, library_id=filled.library_id)
    assert (state["state"], result["total"], result["failed"]) == ("done", 2, [])
    _, result = ran(filled, directory=str(filled.root / "sub"))
    assert result["people"][0]["videos"] == 1


@pytest.mark.parametrize(
    "params", [{"eps": "x"}, {"min_samples": 1.5}, {"gallery": "/etc"}, {"nonsense": 1}, {"eps": 3}]
)
def test_parameters_of_the_task_that_mean_nothing(filled, params):
    with pytest.raises(UsageError):
        jobs.submit(filled.ctx, Order("listing", params=params))
    assert filled.index.tasks.latest() == []


def test_the_task_ends_when_it_is_told_to(filled, monkeypatch):
    monkeypatch.setattr(listing, "POLL_SECONDS", 0.01)
    filled.put("new.mp4")
    filled.scan()
    told = []

    def stop(done, of, names):
        told.append((done, of))
        if len(told) > 2:
            raise Cancelled("a person stopped it")

    with pytest.raises(Cancelled):
        listing.run_task(filled.ctx, Order("listing", params={"cluster_eps": 0.01}), stop)
    assert len(seen.people(filled)) == 2, "it did not come to grouping"
