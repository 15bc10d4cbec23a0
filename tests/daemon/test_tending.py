"""test_tending: the thread looks after people in its turns, says what it cannot write once, and writes at the end."""

import logging

import pytest

from tests import faces, seen
from tests.desk import Desk
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.daemon import tending as module
from vidwatchd.daemon.tending import Tender
from vidwatchd.library.people import file_of, read_people
from vidwatchd.operations import people_files


@pytest.fixture
def desk(tmp_path, few_kinds, monkeypatch):
    seen.known(monkeypatch)
    made = Desk(tmp_path)
    seen.publish(made, "a.mp4", [1])
    yield made
    made.close()


@pytest.fixture
def tender(desk):
    made = Tender(desk.ctx)
    yield made
    made.stop(PATIENCE_SECONDS)
    assert not made._thread.is_alive()


def written(desk):
    return len(read_people(desk.store).entries)


def test_the_first_turn_waits_and_the_end_writes(desk, tender, monkeypatch):
    monkeypatch.setattr(module, "FIRST_SECONDS", 10 * PATIENCE_SECONDS)
    tender.start()
    assert written(desk) == 0
    tender.stop(PATIENCE_SECONDS)
    assert written(desk) == 1


def test_a_changed_setting_is_heeded_at_once(desk, tender, monkeypatch):
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.0)
    tender.start()
    until(lambda: written(desk) == 1)
    seen.publish(desk, "b.mp4", [2])
    tender.wake()
    until(lambda: written(desk) == 2)


def test_a_file_that_cannot_be_written_is_told_of_once(desk, tender, monkeypatch, caplog):
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.0)
    with open(file_of(desk.store), "w", encoding="utf-8") as file:
        file.write("{broken")
    turns = []
    whole = people_files.write_pending
    monkeypatch.setattr(people_files, "write_pending", lambda ctx: turns.append(1) or whole(ctx))
    with caplog.at_level(logging.WARNING):
        tender.start()
        until(lambda: turns)
        until(lambda: len(turns) > 2 or tender.wake())  # the second is over when the third has begun
    assert len([line for line in caplog.messages if "not written down" in line]) == 1


def test_an_error_is_not_the_last_turn(desk, tender, monkeypatch, caplog):
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(module, "EVERY_SECONDS", 0.02)
    failing = [ZeroDivisionError()]
    whole = module.tending.tend
    monkeypatch.setattr(
        module.tending, "tend", lambda *given: (_ for _ in ()).throw(failing.pop()) if failing else whole(*given)
    )
    tender.start()
    until(lambda: written(desk) == 1)
    assert "looking after people failed" in caplog.messages


@pytest.mark.system
def test_a_running_daemon_lists_as_a_task_and_has_written_when_it_is_gone(daemons, tmp_path, face_models):
    library = tmp_path / "films"
    faces.film(library / "a.mp4", 2, lambda at: [(60, 80, 104, 1)])
    daemon = daemons(library, models={"folder": face_models.sface()})
    daemon.wait_for(daemon.videos)
    number = daemon.api("/jobs", {"task": "listing", "directory": str(library)})["id"]
    daemon.wait_for(lambda: daemon.api(f"/jobs/{number}")["state"] in ("done", "failed"))
    found = daemon.api(f"/api/jobs/{number}")
    assert found["state"] == "done", found
    assert found["result"]["total"] == 1, found
    (person,) = daemon.api("/faces/listing")["people"]
    assert [each["video"] for each in person["occurrences_in"]] == ["a.mp4"]
    daemon.stop()
    assert (library / ".artifacts" / ".faces.index.json").exists()
