"""test_heat_and_scenes: the strip of heat over the bar, the ticks and the strip of scenes, and the keys between them."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.pictures import scenes
from tests.browser.stand_in import Served
from tests.browser.steps import SHIFTS, called, fill, hold, ready, still, until, wait_for_stream

# How high the curve stands at two places, and how bright the stripe is there.
READ_HEAT = """(canvas) => {
  const context = canvas.getContext('2d');
  const column = (part) => {
    const x = Math.floor(canvas.width * part);
    const pixels = context.getImageData(x, 0, 1, canvas.height).data;
    let painted = 0;
    for (let at = 3; at < pixels.length; at += 4) if (pixels[at] > 60) painted += 1;
    return { painted, bright: pixels[pixels.length - 4] };
  };
  return [column(0.1), column(0.75)];
}"""
COUNT_TICKS = """(canvas) => {
  const row = canvas.getContext('2d').getImageData(0, Math.floor(canvas.height / 2), canvas.width, 1).data;
  let [ticks, on] = [0, false];
  for (let at = 3; at < row.length; at += 4) { const now = row[at] > 100; if (now && !on) ticks += 1; on = now; }
  return ticks;
}"""


def near(page: Page, seconds: float) -> None:
    until(page, f"Math.abs(document.getElementById('video').currentTime - {seconds}) < 0.2")


def drawn(page: Page) -> None:
    until(page, "!document.getElementById('heat').hidden && document.querySelectorAll('.scene').length > 0")


def test_the_curve_says_where_it_moves_and_the_stripe_how_bright_it_is(page: Page, served: Served) -> None:
    fill(served.store)
    ready(page, served)
    drawn(page)
    quiet, lively = page.locator("#heat").evaluate(READ_HEAT)
    assert lively["painted"] > quiet["painted"] * 1.8
    assert quiet["bright"] < 60 < 160 < lively["bright"]


def test_a_click_on_the_heat_seeks_there(page: Page, served: Served) -> None:
    fill(served.store)
    ready(page, served)
    drawn(page)
    box = still(page.locator("#heat"))
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 4)
    near(page, 15)


def test_ticks_stand_where_it_cuts_and_keys_go_from_scene_to_scene(page: Page, served: Served) -> None:
    fill(served.store)
    ready(page, served)
    drawn(page)
    assert page.locator("#ticks").evaluate(COUNT_TICKS) == 5
    for wanted in (2, 5, 6):
        page.keyboard.press(">")
        near(page, wanted)
    expect(page.locator("#flash")).to_have_text("Scene 4 of 6")
    expect(page.locator(".scene").nth(3)).to_have_attribute("aria-current", "true")
    page.keyboard.press("<")
    near(page, 5)
    page.keyboard.press("9")
    near(page, 18)
    page.keyboard.press("<")  # into the middle of a scene: to its own beginning first
    near(page, 16)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("a scene back, on")


def test_the_strip_of_scenes_shows_pictures_seeks_and_can_be_spread(page: Page, served: Served) -> None:
    fill(served.store)
    ready(page, served)
    drawn(page)
    expect(page.locator("#scenes-count")).to_have_text("6 scenes")
    until(page, "document.querySelector('.scene-picture i').style.backgroundImage.includes('sheet')")
    page.get_by_role("button", name="Scene 5, at 0:10").click()
    near(page, 10)
    expect(page.get_by_role("button", name="Scene 5, at 0:10")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("button", name="Show as a strip")).to_have_attribute("aria-expanded", "true")


def test_a_thousand_scenes_scroll_and_ticks_keep_their_distance(page: Page, served: Served) -> None:
    fill(served.store)
    many = json.dumps(scenes(20, [at / 50 for at in range(1, 1000)]))
    page.route("**/files/test/scenes*", lambda route: route.fulfill(body=many, content_type="application/json"))
    ready(page, served)
    drawn(page)
    expect(page.locator("#scenes-count")).to_have_text("1,000 scenes")
    ticks = page.locator("#ticks")
    assert 20 < ticks.evaluate(COUNT_TICKS) <= ticks.bounding_box()["width"] / 3.9
    page.locator("#scenes-strip").scroll_into_view_if_needed()
    page.keyboard.press("5")
    expect(page.locator(".scene[aria-current]")).to_be_in_viewport()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("button", name="Show as a strip")).to_be_visible()
    assert still(page.locator("#scenes-strip"))["height"] < 600
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_moves_when_they_arrive(page: Page, served: Served) -> None:
    store = fill(served.store)
    store.alike["groups"] = []
    hold(page, "/files/test/", 250)
    ready(page, served)
    drawn(page)
    assert page.evaluate(SHIFTS) < 0.01


@pytest.mark.parametrize("body", ["{}", "no json", '{"samples": [{"time": 1}], "scenes": []}'])
def test_files_that_say_nothing_leave_the_page_whole(page: Page, served: Served, body: str) -> None:
    fill(served.store)
    for part in ("heat", "scenes"):
        page.route(f"**/files/test/{part}*", lambda route: route.fulfill(body=body, content_type="application/json"))
    ready(page, served)
    expect(page.locator("#scenes-count")).to_have_text(re.compile("one scene|could not be read"))
    expect(page.locator("#heat")).to_be_hidden()
    page.keyboard.press(">")
    page.keyboard.press("5")
    near(page, 10)


def test_one_that_only_knows_brightness_draws_the_stripe_alone(page: Page, served: Served) -> None:
    fill(served.store)
    samples = [{"time": at, "brightness": 200} for at in range(20)]
    body = json.dumps({"samples": samples, "duration_seconds": 20})
    page.route("**/files/test/heat*", lambda route: route.fulfill(body=body, content_type="application/json"))
    ready(page, served)
    drawn(page)
    quiet, other = page.locator("#heat").evaluate(READ_HEAT)
    assert quiet["painted"] == other["painted"] <= 6
    assert quiet["bright"] == 200


def test_they_appear_when_they_are_made_while_one_watches(page: Page, served: Served) -> None:
    store = fill(served.store)
    urls = {key: store.items[1][key] for key in ("heat_url", "scenes_url")}
    store.items[1].update(dict.fromkeys(urls))
    ready(page, served)
    wait_for_stream(page, store)
    expect(page.locator("#scenes")).to_be_hidden()
    expect(page.locator("#heat")).to_be_hidden()
    store.items[1].update(urls)
    store.tell("video", {"ids": [1], "why": "artifact"})
    expect(page.locator("#heat")).to_be_visible()
    expect(page.locator(".scene")).to_have_count(6)


def test_what_cannot_be_played_is_looked_through_by_scene(page: Page, served: Served) -> None:
    store = fill(served.store)
    store.items[1].update(playable=False, why_not="Its picture is HEVC.")
    page.goto(served.url + "/watch/1")
    page.get_by_role("button", name="Scene 5, at 0:10").click()
    expect(page.locator("#look")).to_be_visible()
    expect(page.locator("#peek strong")).to_have_text("0:10")
    page.keyboard.press(">")
    expect(page.locator("#peek strong")).to_have_text("0:16")


def test_what_was_made_is_told_with_titles_cost_and_plan_and_many_files_fold(page: Page, served: Served) -> None:
    fill(served.store)
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, served)
    previews = page.locator('[data-key="made-previews"]')
    expect(previews.get_by_role("heading")).to_have_text("Hover previews")
    expect(previews).to_contain_text("by pyav, version 1")
    expect(previews).to_contain_text("Read by seeking: 9 keyframes wanted of 48 or more · 9 pictures decoded")
    expect(previews.get_by_role("link", name="seg_03.webm")).to_be_hidden()
    previews.get_by_text("12 files in .clip.mp4.previews").click()
    expect(previews.get_by_role("link", name="seg_03.webm")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    previews.get_by_role("button", name="Make again: Hover previews").click()
    until(page, "document.querySelectorAll('.made > li').length === 10")
    called(page, served.store, "POST", "/api/videos/1/make", {"kinds": ["previews"], "force": True})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, served: Served, scheme: str) -> None:
    fill(served.store)
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    ready(page, served)
    drawn(page)
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
