"""test_hover: a pointer that rests on a card, or the keyboard's focus, plays its clip; everything else looks through it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stand_in import Served
from tests.browser.steps import fill, open_library, still, until

PLAYING = "document.querySelector('.clip')?.currentTime > 0"
SAVE_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"


def rest_on(page: Page, number: int, part: float = 0.5) -> tuple[float, float]:
    """Move onto a card's picture and stay there."""
    box = page.locator(f"#v{number} .picture").bounding_box()
    x, y = box["x"] + box["width"] * part, box["y"] + box["height"] / 2
    page.mouse.move(x - 20, y)
    page.mouse.move(x, y)
    return x, y


# When the pointer moved last, and when the first of the two ways to look at a card showed.
TIMES = """() => {
  window.times = {};
  const note = (what) => { window.times[what] ??= performance.now(); };
  addEventListener('pointermove', () => { if (!window.times.clip) window.times.moved = performance.now(); }, true);
  new MutationObserver(() => {
    if (document.querySelector('.scrub')) note('scrub');
    if (document.querySelector('.clip')) note('clip');
  }).observe(document.body, { childList: true, subtree: true });
}"""
RESTS_MS = 800


def test_a_resting_pointer_plays_the_clip_silently_and_a_moving_one_looks_through(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.evaluate(TIMES)
    x, y = rest_on(page, 1)
    expect(page.locator("#v1 .scrub")).to_be_visible()
    until(page, PLAYING)
    times = page.evaluate("window.times")
    assert times["scrub"] < times["clip"] and times["clip"] - times["moved"] > RESTS_MS - 5
    clip = page.locator("#v1 .clip")
    assert clip.evaluate("(video) => [video.muted, video.loop, video.playsInline, video.paused]") == [
        True,
        True,
        True,
        False,
    ]
    page.mouse.move(x + 2, y)
    expect(clip).to_have_count(1)
    clip.evaluate("(video) => { video.id = 'first'; }")
    page.mouse.move(x + 30, y)
    expect(page.locator("#first")).to_have_count(0)
    expect(page.locator("#v1 .scrub")).to_be_visible()
    until(page, PLAYING)


def test_never_more_than_one_plays_and_leaving_ends_it(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    rest_on(page, 1)
    until(page, PLAYING)
    rest_on(page, 2)
    expect(page.locator("#v1 .clip")).to_have_count(0)
    until(page, PLAYING)
    expect(page.locator(".clip")).to_have_count(1)
    page.mouse.move(2, 2)
    expect(page.locator(".clip")).to_have_count(0)


def test_the_keyboards_focus_plays_it_and_arrows_look_through_instead(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.keyboard.press("j")
    until(page, PLAYING)
    expect(page.locator("#v1 .clip")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".clip")).to_have_count(0)
    expect(page.locator("#v1 .scrub")).to_be_visible()
    page.keyboard.press("j")
    until(page, PLAYING)
    expect(page.locator("#v2 .clip")).to_have_count(1)


def test_who_wants_less_motion_or_less_data_gets_no_clip(page: Page, served: Served) -> None:
    fill(served.store)
    page.emulate_media(reduced_motion="reduce")
    asked = clips_asked(page)
    open_library(page, served)
    rest_on(page, 1)
    page.wait_for_timeout(RESTS_MS + 200)
    expect(page.locator("#v1 .scrub")).to_be_visible()
    page.emulate_media(reduced_motion="no-preference")
    page.add_init_script(SAVE_DATA)
    open_library(page, served)
    rest_on(page, 1)
    page.wait_for_timeout(RESTS_MS + 200)
    assert (asked, page.locator(".clip").count()) == ([], 0)


@pytest.mark.parametrize("url", ["/files/test/gone?v=1", "/files/test/index?v=1", None])
def test_a_clip_that_is_missing_or_broken_changes_nothing(page: Page, served: Served, url: str | None) -> None:
    fill(served.store).items[1]["preview_url"] = url
    open_library(page, served)
    page.evaluate(TIMES)
    rest_on(page, 1)
    if url:
        until(page, "window.times.clip")
    else:
        page.wait_for_timeout(RESTS_MS + 200)
    expect(page.locator(".clip")).to_have_count(0)
    expect(page.locator("#v1 .scrub .badge")).to_be_visible()


def test_a_finger_only_looks_through(browser: Browser, served: Served) -> None:
    fill(served.store)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    asked = clips_asked(page)
    open_library(page, served)
    box = page.locator("#v1 .picture").bounding_box()
    touch = context.new_cdp_session(page)
    at = {"x": box["x"] + 70, "y": box["y"] + 70}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    for step in range(1, 6):
        point = {"x": at["x"] + 12 * step, "y": at["y"]}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    expect(page.locator("#v1 .scrub")).to_be_visible()
    page.wait_for_timeout(RESTS_MS + 200)
    assert (asked, page.locator(".clip").count()) == ([], 0)
    context.close()


def test_the_clip_moves_nothing_and_events_leave_it_playing(page: Page, served: Served) -> None:
    store = fill(served.store)
    open_library(page, served)
    before = still(page.locator("#v1"))
    rest_on(page, 1)
    until(page, PLAYING)
    store.items[1]["tags"] = ["odd"]
    store.items[1]["name"] = "clip 9.mp4"
    store.tell("video", {"ids": [1], "why": "moved"})
    expect(page.locator("#v1 .open")).to_have_text("clip 9.mp4")
    expect(page.locator("#v1 .clip")).to_have_count(1)
    assert still(page.locator("#v1")) == before


def clips_asked(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/preview?" in request.url else None)
    return asked
