"""test_machine: routes of models, settings and what the machine can do."""

import json

import pytest

from tests.hub import Hub
from vidwatchd.operations import doctor, tasks


@pytest.fixture
def hub(monkeypatch):
    with Hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def model(fresh, name):
    return next(each for each in fresh.ask("/api/models")["models"] if each["name"] == name)


def test_a_model_is_pulled_by_the_daemon_and_removed(fresh, hub):
    hub.add("tiny")
    ordered = fresh.ask("/api/models/tiny/pull", method="POST", status=202)
    assert fresh.ask(f"/api/jobs/{ordered['id']}")["state"] == "queued"
    assert model(fresh, "tiny")["pull"]["id"] == ordered["id"]
    assert tasks.run_next(fresh.ctx, "me,1,x")
    assert fresh.ask(f"/api/jobs/{ordered['id']}")["result"]["pulled"] == "tiny"
    assert model(fresh, "tiny")["here"] is True
    assert fresh.ask("/api/models/tiny", method="DELETE")["removed"] == "tiny"
    assert model(fresh, "tiny")["here"] is False


def test_nonsense_is_refused(fresh):
    assert fresh.refused("/api/models/smal/pull", method="POST", status=404) == "not_found"
    assert fresh.refused("/api/models/tiny", method="DELETE", status=404) == "not_found"
    fresh.refused("/api/models/..%2F..%2Fetc", method="DELETE", status=404)


def test_the_same_pull_through_the_general_door(fresh, hub):
    hub.add("tiny")
    fresh.ask("/api/jobs", {"task": "models", "params": {"pull": "tiny"}}, status=202)
    assert tasks.run_next(fresh.ctx, "me,1,x")
    assert model(fresh, "tiny")["here"] is True


def test_settings_and_checks(fresh, monkeypatch):
    found = fresh.ask("/api/settings")
    keys = {row["key"]: row for group in found["groups"] for row in group["settings"]}
    assert keys["workers.total"]["changed"] is True
    assert keys["serve.port"] == {
        "key": "serve.port", "value": "8420", "default": "8420", "help": "port to listen on; 0: any free one",
        "changed": False, "type": "number", "choices": [], "minimum": 0, "maximum": 65535, "above": False, "whole": True,
        "editable": False, "note": "it decides who can reach this program: edit the file",
    }  # fmt: skip
    monkeypatch.setattr(doctor, "doctor", lambda config: [doctor.Check("ffmpeg", "ok", "9.0")])
    assert fresh.ask("/api/doctor")["checks"] == [{"name": "ffmpeg", "state": "ok", "detail": "9.0", "fix": ""}]


def test_settings_are_changed(fresh):
    found = fresh.ask("/api/settings", {"thresholds.scene": 0.3, "artifacts.thumbs.width": 100}, method="PATCH")
    assert [(row["key"], row["value"], row["changed"]) for row in found["settings"]] == [
        ("thresholds.scene", "0.3", True),
        ("artifacts.thumbs.width", "100", True),
    ]
    assert json.loads((fresh.home / "videorc.json").read_text())["thresholds"] == {"scene": 0.3}
    assert ("settings", {"keys": ["thresholds.scene", "artifacts.thumbs.width"]}) in fresh.told
    found = fresh.ask("/api/settings", {"thresholds.scene": None}, method="PATCH")
    assert found["settings"][0]["changed"] is False


@pytest.mark.parametrize(
    "body", [{"serve.port": 1}, {"nonsense": 1}, {"thresholds.scene": -1}, {}, {"audio.ffmpeg_path": "/bin/sh"}]
)
def test_settings_that_are_refused(fresh, body):
    fresh.refused("/api/settings", body, method="PATCH", status=400)
    assert fresh.client.patch("/api/settings", json=[1]).status_code in (400, 422)
