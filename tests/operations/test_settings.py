"""test_settings: every setting with its value, default and help, and what the program keeps on disk."""

import json
import os
import threading

import pytest

from tests import generated
from vidwatchd import artifacts
from vidwatchd.config import parse
from vidwatchd.errors import UsageError
from vidwatchd.media.ffmpeg import executable
from vidwatchd.operations import libraries, settings


def rows(ctx):
    return {row["key"]: row for group in settings.listed(ctx)["groups"] for row in group["settings"]}


def test_every_setting_is_listed_and_explained(desk):
    found = rows(desk.ctx)
    wanted = {key.partition("[")[0] for key, *_ in generated.settings()}
    other = {f"artifacts.{name}." for name in generated.kinds() if name not in artifacts.KINDS}
    assert {key for key in wanted if not key.startswith(tuple(other))} == set(found)
    assert [key for key, row in found.items() if not row["help"]] == []
    for row in found.values():
        json.loads(row["value"]), json.loads(row["default"])


def test_what_differs_from_the_default_is_marked(desk):
    values = {"serve": {"port": 9000}, "artifacts": {"thumbs": {"width": 100}}, "libraries": [{"path": "/films"}]}
    desk.ctx.config = parse(values, desk.folder / "videorc.json")
    found = rows(desk.ctx)
    changed = {key: (row["value"], row["default"]) for key, row in found.items() if row["changed"]}
    assert changed == {
        "serve.port": ("9000", "8420"),
        "artifacts.thumbs.width": ("100", "640"),
        "libraries": ('[{"path": "/films"}]', "[]"),
    }
    listed = settings.listed(desk.ctx)
    assert (listed["changed"], listed["file"], listed["exists"]) == (3, str(desk.folder / "videorc.json"), True)


def test_storage(desk):
    index, models, joined, free = settings.storage(desk.ctx)
    assert (index["what"], index["bytes"] > 10_000) == ("Index", True)
    assert (models["bytes"], joined["bytes"], free["bytes"] > 0) == (0, 0, True)


def written(desk):
    return json.loads((desk.folder / "videorc.json").read_text(encoding="utf-8"))


def test_a_change_is_written_and_holds(desk):
    file = desk.folder / "videorc.json"
    values = {**written(desk), "thresholds": {"phash_similarity": 0.9}, "device": "cpu"}
    file.write_text(json.dumps(values))
    desk.events.clear()
    found = settings.change(desk.ctx, {"thresholds.scene": 0.3, "artifacts.thumbs.width": 100, "scan.ignore": ["x*"]})
    assert [(row["key"], row["value"]) for row in found["settings"]] == [
        ("thresholds.scene", "0.3"),
        ("artifacts.thumbs.width", "100"),
        ("scan.ignore", '["x*"]'),
    ]
    assert list(written(desk))[: len(values)] == list(values), "what else stands there stays, and where it stood"
    assert written(desk)["thresholds"] == {"phash_similarity": 0.9, "scene": 0.3}
    assert (desk.ctx.config.thresholds.scene, desk.ctx.config.jobs.retry_seconds) == (0.3, (0.0,))
    assert artifacts.settings_for(desk.ctx.config, "thumbs").width == 100
    assert desk.events == [("settings", {"keys": ["thresholds.scene", "artifacts.thumbs.width", "scan.ignore"]})]
    settings.change(desk.ctx, {"thresholds.scene": None, "artifacts.thumbs.width": None})
    assert written(desk)["thresholds"] == {"phash_similarity": 0.9}
    assert desk.ctx.config.thresholds.scene == 0.4


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"thresholds.scene": 0}, r"thresholds\.scene: must be greater than 0"),
        ({"thresholds.sceen": 1}, r"did you mean thresholds\.scene"),
        ({"thresholds": {}}, "unknown setting thresholds"),
        ({"device": "gpu"}, "device"),
        ({"artifacts.thumbs.width": "wide"}, r"artifacts\.thumbs\.width"),
        ({"artifacts.none.width": 1}, "unknown setting"),
        ({"serve.port": 1}, "decides who can reach"),
        ({"libraries": []}, "page Libraries"),
        ({"store.uploads_folder": "/x"}, "what was uploaded"),
        ({"media.ffmpeg_path": "/bin/sh"}, "not called ffmpeg"),
        ({"media.ffmpeg_path": 7}, "must be text"),
        ({"jobs.nice": 5, "jobs.attempts": 0}, r"jobs\.attempts"),
        ({}, "no setting"),
    ],
)
def test_all_or_nothing(desk, values, said):
    before = written(desk)
    with pytest.raises(UsageError, match=said):
        settings.change(desk.ctx, values)
    assert written(desk) == before
    assert desk.ctx.config.jobs.nice == 10


def test_a_broken_file_is_not_made_worse(desk):
    (desk.folder / "videorc.json").write_text('{"thresholds": 5}')
    with pytest.raises(UsageError):
        settings.change(desk.ctx, {"thresholds.scene": 0.3})
    (desk.folder / "videorc.json").write_text("{")
    with pytest.raises(UsageError, match="valid JSON"):
        settings.change(desk.ctx, {"thresholds.scene": 0.3})


def test_yaml_is_left_to_people(desk):
    path = desk.folder / "videorc.yaml"
    path.write_text("device: cpu  # mine\n")
    desk.ctx.config = desk.ctx.config.model_copy(update={"source": path})
    with pytest.raises(UsageError, match="YAML"):
        settings.change(desk.ctx, {"device": "auto"})
    assert "# mine" in path.read_text()


def test_a_program_may_be_named_and_forgotten(desk):
    real = os.path.realpath(executable())
    settings.change(desk.ctx, {"audio.ffmpeg_path": real})
    assert desk.ctx.config.ffmpeg_path == real
    settings.change(desk.ctx, {"audio.ffmpeg_path": ""})
    assert settings.shown(desk.ctx, "audio.ffmpeg_path")["value"] == '""'


def test_settings_and_libraries_changed_at_once_lose_nothing_of_each_other(desk):
    def often(change):
        for number in range(20):
            change(number)

    doing = [
        lambda number: settings.change(desk.ctx, {"thresholds.scene": round(0.1 + number / 100, 2)}),
        lambda number: libraries.change(desk.ctx, desk.library_id, skip=["thumbs"] if number % 2 else []),
    ]
    threads = [threading.Thread(target=often, args=(each,)) for each in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (written(desk)["thresholds"], written(desk)["libraries"][0]["skip"]) == ({"scene": 0.29}, ["thumbs"])
    assert (desk.ctx.config.thresholds.scene, desk.ctx.config.libraries[0].skip) == (0.29, ("thumbs",))
