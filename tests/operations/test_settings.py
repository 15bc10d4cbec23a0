"""test_settings: every setting with its value, default and help, and what the program keeps on disk."""

import json

from tests import generated
from vidwatchd import artifacts
from vidwatchd.config import parse
from vidwatchd.operations import settings


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
