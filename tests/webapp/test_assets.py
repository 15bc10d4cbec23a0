"""test_assets: the dashboard's own files, cached for ever under an address that follows their content."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from vidwatchd.resources import web_folder
from vidwatchd.webapp.assets import FOREVER, Assets

STATIC = web_folder() / "static"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.js").write_text("export {};")
    (tmp_path / "secret.py").write_text("no")
    return tmp_path


def client(assets: Assets):
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/static/<version>/<path:name>", "versioned", assets.serve)
    return partial(app.test_client().get, buffered=True)


def test_the_address_changes_with_the_content(folder: Path):
    before = Assets(folder).url("app.js")
    (folder / "app.js").write_text("export {}; // other")
    assert Assets(folder).url("app.js") != before


def test_only_the_current_address_is_cached_for_ever(folder: Path):
    assets = Assets(folder)
    current = client(assets)(assets.url("app.js"))
    assert current.headers["Cache-Control"] == FOREVER
    assert current.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert client(assets)("/static/older/app.js").headers["Cache-Control"] == "no-cache"
    assert client(assets)(assets.url("app.js"), headers={"If-None-Match": current.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["secret.py", "../secret.py", "%2e%2e/app.js", "missing.js", "a\0b.js"])
def test_nothing_else_is_served(folder: Path, name: str):
    assets = Assets(folder)
    assert client(assets)(assets.url(name)).status_code == 404


def test_every_file_is_ours_small_and_free_of_addresses():
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 400, path.name
        assert not re.search(r"https?://(?!www\.w3\.org/)", text), path.name


def test_every_imported_module_exists():
    for path in STATIC.glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', path.read_text(encoding="utf-8")):
            assert (STATIC / name).is_file(), f"{path.name} imports {name}"
