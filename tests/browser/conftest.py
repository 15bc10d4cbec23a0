"""conftest: the system's Chromium, and a dashboard over data in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import Look, make_looks
from tests.browser.shelf import Shelf
from tests.browser.stand_in import Served, Store
from tests.browser.talk import Talk, talking
from tests.waiting import PATIENCE_SECONDS

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

# What a page says at its lower edge goes after seconds, in which a busy machine may not come to look at it.
LASTING = """(() => {
  const own = window.setTimeout;
  window.setTimeout = (fn, wait, ...given) => ([4500, 9000].includes(wait) ? 0 : own(fn, wait, ...given));
})()"""
# What the browser says by itself where the next page comes before the fade to this one has begun; no script could catch it.
OVERTAKEN = "Transition was "
# Several waits, each as long as a busy machine may need.
TEST_SECONDS = 600

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))


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


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def served(looks: list[Look]) -> Iterator[Served]:
    with Served(Store(looks)) as running:
        yield running


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when a script of ours throws or the content policy stops something."""
    problems: list[str] = []
    page.on("pageerror", lambda error: None if OVERTAKEN in str(error) else problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    page.add_init_script(LASTING)
    yield page
    assert problems == []


@pytest.fixture
def talk(tmp_path: Path, shelf: Shelf) -> Iterator[Talk]:
    """A real dashboard over a film of 24 s without words; see ``Talk.fill``."""
    with talking(tmp_path, shelf) as made:
        yield made
