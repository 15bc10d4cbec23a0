"""steps: what several browser tests do first."""

from __future__ import annotations

import time

from playwright.sync_api import Page

from tests.browser.scenarios import counts, library
from tests.browser.stand_in import Served, Store


def fill(store: Store, count: int = 6) -> Store:
    store.roots = [library(1, "Films", "/srv/films", videos=count, bytes=10**9)]
    store.summary["kinds"] = {"metadata": counts(count), "thumbs": counts(count), "sprites": counts(count)}
    for number in range(1, count + 1):
        store.add(
            f"clip {number}.mp4", "test", tags=["odd"] if number % 2 else ["even"], added_at=1_700_000_000 - number
        )
    return store


def open_library(page: Page, served: Served, path: str = "/") -> None:
    page.goto(served.url + path)
    until(page, "document.querySelector('[data-words]')?.dataset.ready !== undefined")


def until(page: Page, truth: str) -> None:
    """Poll from outside: Playwright's own wait_for_function evaluates text, which the content policy forbids."""
    deadline = time.monotonic() + 10
    while not page.evaluate(truth):
        assert time.monotonic() < deadline, truth
        page.wait_for_timeout(40)


def names(page: Page) -> list[str]:
    return page.locator("#grid .open").all_inner_texts()


def wait_for_stream(page: Page, store: Store) -> None:
    for _ in range(100):
        if store.streams:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page never asked for events")


def ready(page: Page, served: Served, number: int = 1) -> None:
    page.goto(f"{served.url}/watch/{number}")
    until(page, "document.getElementById('video')?.readyState >= 1")
