"""conftest: the system's Chromium, and a dashboard over data in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pictures import Look, make_looks
from tests.browser.stand_in import Served, Store
from tests.browser.talk import Talk, talking

CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="session")
def base_url() -> str:
    """Stands in for pytest-base-url's own, which is declared in a way that pytest 9 warns of."""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    return {"executable_path": CHROMIUM, "args": ARGS} if Path(CHROMIUM).exists() else {"args": ARGS}


@pytest.fixture(scope="session")
def looks(tmp_path_factory: pytest.TempPathFactory) -> list[Look]:
    return make_looks(tmp_path_factory.mktemp("looks"))


@pytest.fixture
def served(looks: list[Look]) -> Iterator[Served]:
    with Served(Store(looks)) as running:
        yield running


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when a script of ours throws or the content policy stops something."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    page.set_default_timeout(8000)
    yield page
    assert problems == []


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """A real dashboard over a film of 24 s without words; see ``Talk.fill``."""
    with talking(tmp_path) as made:
        yield made
