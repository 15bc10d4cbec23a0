"""bench_pages: the Library page over 100,000 rows in a real Chromium: first paint, layout shift, loading while scrolling.

Run ``python -m tests.bench.bench_pages`` from the root of a checkout. The rows stand for videos that are not there: one
picture serves them all, and their folder is not watched.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGS, CHROMIUM
from tests.browser.real import Real

ROWS = 100_000
ROUNDS = 7
SCROLLS = 15
WATCH_PAINT = """
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
PAINTED = """() => {
  const [load] = performance.getEntriesByType("navigation");
  const [first] = performance.getEntriesByName("first-contentful-paint");
  return { answer: load.responseStart, whole: load.responseEnd, paint: first.startTime, bytes: load.encodedBodySize };
}"""


def main() -> None:
    """Fill an index, look at it, print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Real(home):
            pass  # makes the index
        fill(home / "data" / "index.db", home / "Videos")
        with Real(home) as real, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(WATCH_PAINT)
            for path in ("/", "/?sort=name", "/?q=holiday", "/?tags=tag+7", "/watch/50000", "/activity", "/libraries"):
                print(f"{path:16}", paints(page, real.url + path))
            print(scrolls(page, real.url + "/"))
            browser.close()


def fill(index: Path, root: Path) -> None:
    """100,000 videos of one unwatched folder, all made, some tagged."""
    (root / ".artifacts").mkdir(parents=True)
    Image.effect_mandelbrot((320, 180), (-2, -1.2, 1, 1.2), 60).convert("RGB").save(root / ".artifacts" / "one.jpg")
    with sqlite3.connect(index) as db:
        db.execute(
            "INSERT INTO libraries (id, uuid, root, name, watched) VALUES (1, 'bench', ?, 'Videos', 0)", (str(root),)
        )
        db.executemany(
            """INSERT INTO videos (id, library_id, path, folder, name, size_bytes, mtime_ns, ctime_ns, inode, fingerprint,
               added_at, duration_seconds, width, height, video_codec, audio_codec, container)
               VALUES (?, 1, ?, '', ?, ?, 1, 1, ?, 'f', ?, ?, 1920, 1080, 'h264', 'aac', 'mp4')""",
            ((n, name(n), name(n), 10**6 + n * 977, n, 1.6e9 + n, n * 7919 % 7200 + 1) for n in range(1, ROWS + 1)),
        )
        db.executemany(
            "INSERT INTO artifacts (video_id, kind, state, files, made_at) VALUES (?, ?, 'done', ?, 1.7e9)",
            (
                (n, kind, '{".jpg": "one.jpg"}' if kind == "thumbs" else "{}")
                for n in range(1, ROWS + 1)
                for kind in ("metadata", "thumbs", "sprites")
            ),
        )
        db.executemany(
            "INSERT INTO tags (id, kind, name, folded) VALUES (?, 'tag', ?, ?)",
            ((n, f"tag {n}", f"tag {n}") for n in range(1, 101)),
        )
        db.executemany(
            "INSERT INTO video_tags (video_id, tag_id, position) VALUES (?, ?, 0)",
            ((n, n % 100 + 1) for n in range(1, ROWS + 1, 2)),
        )
        db.executemany(
            "INSERT INTO words (rowid, name, folder, tags) VALUES (?, ?, '', '')",
            ((n, name(n)) for n in range(1, ROWS + 1)),
        )


def name(number: int) -> str:
    return f"{('holiday', 'birthday', 'garden', 'concert')[number % 4]} {number:06}.mp4"


def paints(page: Page, url: str) -> str:
    """Median of some loads: when the answer began and was whole, when something was painted, what shifted."""
    found = []
    for _ in range(ROUNDS):
        page.goto(url, wait_until="load")
        page.wait_for_timeout(400)  # for late shifts
        found.append({**page.evaluate(PAINTED), "shift": page.evaluate("window.shifts")})
    middle = {key: statistics.median(each[key] for each in found) for key in ("answer", "whole", "paint", "bytes")}
    worst = max(each["paint"] for each in found)
    return (
        f"answer {middle['answer']:.0f} ms, whole {middle['whole']:.0f} ms, painted {middle['paint']:.0f} ms"
        f" (at worst {worst:.0f}), {middle['bytes'] / 1000:.0f} kB, layout shift {max(each['shift'] for each in found):.4f}"
    )


def scrolls(page: Page, url: str) -> str:
    """How long the next cards take to come, and what shifted."""
    page.goto(url)
    waits = []
    for _ in range(SCROLLS):
        before = page.locator("#grid .card").count()
        began = time.perf_counter()
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        while page.locator("#grid .card").count() <= before:
            page.wait_for_timeout(5)
        waits.append((time.perf_counter() - began) * 1000)
    page.wait_for_timeout(400)
    cards, shift = page.locator("#grid .card").count(), page.evaluate("window.shifts")
    middle, worst = statistics.median(waits), max(waits)
    return (
        f"scrolled {SCROLLS} times to {cards} cards: {middle:.0f} ms (at worst {worst:.0f}), layout shift {shift:.4f}"
    )


if __name__ == "__main__":
    main()
