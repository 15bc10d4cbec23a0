"""steps: what several browser tests do first, and how they wait: for what is to be seen, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Locator, Page

from tests.browser.scenarios import counts, library
from tests.browser.stand_in import Served, Store
from tests.waiting import PATIENCE_SECONDS

# Evaluated in the page, so that what holds only for a moment is not missed by a test that is kept waiting.
WAIT = """new Promise((resolve) => {
  const end = performance.now() + %d;
  const holds = () => { try { return %s; } catch { return false; } };
  const look = () => (holds() ? resolve(true) : performance.now() > end ? resolve(false) : setTimeout(look, 15));
  look();
})"""
STILL_FRAMES = 8
STILL = """(element) => new Promise((resolve) => {
  let [last, same] = ['', 0];
  const look = () => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const now = [x, y, width, height].join();
    [same, last] = [now === last ? same + 1 : 0, now];
    if (same < %d) requestAnimationFrame(look);
    else resolve({ x, y, width, height });
  };
  look();
})"""
HELD = """(() => {
  const own = window.fetch;
  window.fetch = async (...given) => {
    if (String(given[0]).includes(%r)) await new Promise((resolve) => setTimeout(resolve, %d));
    return own(...given);
  };
})()"""
SHIFTS = """() => new Promise((resolve) => {
  let moved = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) moved += entry.value; })
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(moved), 300);
})"""


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
    """Wait for what a script says of the page: Playwright's own wait_for_function evaluates text, which the content
    policy forbids."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _holds(page, truth, deadline - time.monotonic()):
        assert time.monotonic() < deadline, truth


def _holds(page: Page, truth: str, seconds: float) -> bool:
    try:
        return page.evaluate(WAIT % (max(seconds, 0) * 1000, f"({truth})"))
    except Error as error:
        # Another page came in its place: the same is asked of that one.
        if "context was destroyed" not in str(error):
            raise
        return False


def eventually(page: Page, truth: Callable[[], object]) -> None:
    """Wait for a truth that is not the page's own; the page goes on meanwhile."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not truth():
        assert time.monotonic() < deadline, "it did not happen in time"
        page.wait_for_timeout(30)


def called(page: Page, store: Store, *call: Any) -> None:
    """Wait until the stand-in was asked this: (method, path, body)."""
    eventually(page, lambda: call in store.calls)


def still(place: Locator) -> dict[str, float]:
    """Where it is on the screen, once it moves no more."""
    return place.evaluate(STILL % STILL_FRAMES)


def fits(page: Page, *widths: int, height: int = 800) -> None:
    """See that the page is no wider than a window of each of these widths."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": height})
        until(page, f"innerWidth === {width} && document.documentElement.scrollWidth <= {width}")


def hold(page: Page, part: str, milliseconds: int) -> None:
    """Pages opened from now on wait so long before they ask for an address with ``part`` in it."""
    page.add_init_script(HELD % (part, milliseconds))


def go(page: Page, keys: str) -> None:
    """Type keys that lead to another page, and wait until it is there."""
    with page.expect_navigation():
        page.keyboard.type(keys)


def names(page: Page) -> list[str]:
    return page.locator("#grid .open").all_inner_texts()


def wait_for_stream(page: Page, store: Store) -> None:
    eventually(page, lambda: store.streams)


def ready(page: Page, served: Served, number: int = 1) -> None:
    page.goto(f"{served.url}/watch/{number}")
    until(page, "document.getElementById('video')?.readyState >= 1")
