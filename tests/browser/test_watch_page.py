"""test_watch_page: the player, its bar and keys, and what people say of a video."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.stand_in import Served
from tests.browser.steps import eventually, fill, ready, still, until, wait_for_stream


def test_the_keyboard_plays_seeks_and_changes_speed(page: Page, served: Served) -> None:
    fill(served.store)
    ready(page, served)
    page.keyboard.press("m")
    page.keyboard.press(" ")
    until(page, "!document.getElementById('video').paused && document.getElementById('video').currentTime > 0.1")
    page.keyboard.press("k")
    page.keyboard.press("5")
    until(page, "Math.abs(document.getElementById('video').currentTime - 10) < 0.2")
    page.keyboard.press("ArrowRight")
    until(page, "Math.abs(document.getElementById('video').currentTime - 15) < 0.2")
    page.keyboard.press("]")
    until(page, "document.getElementById('video').playbackRate === 1.25")
    expect(page.locator("#speed")).to_have_value("1.25")


def test_the_bar_shows_the_picture_under_the_pointer_and_seeks(page: Page, served: Served) -> None:
    fill(served.store)
    ready(page, served)
    box = still(page.locator("#seek"))
    x, y = box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2
    page.mouse.move(x - 20, y)
    page.mouse.move(x, y)
    expect(page.locator("#peek strong")).to_have_text(re.compile("0:1[45]"))
    expect(page.locator("#peek .peek-picture")).to_be_visible()
    page.mouse.click(x, y)
    until(page, "Math.abs(document.getElementById('video').currentTime - 15) < 0.3")
    expect(page.locator("#seek")).to_have_attribute("aria-valuetext", re.compile("0:1[45] of 0:20"))


def test_it_goes_on_where_one_stopped_and_can_start_over(page: Page, served: Served) -> None:
    fill(served.store)
    ready(page, served)
    page.keyboard.press("6")
    until(page, "document.getElementById('video').currentTime > 11")
    ready(page, served)
    expect(page.locator("#resumed")).to_contain_text("Going on at 0:12")
    page.keyboard.press("m")
    page.get_by_role("button", name="Start over").click()
    until(page, "document.getElementById('video').currentTime < 5")


def test_what_cannot_be_played_says_so_at_once_and_can_be_looked_through(page: Page, served: Served) -> None:
    store = fill(served.store)
    store.items[1].update(playable=False, why_not="Its picture is HEVC.")
    page.goto(served.url + "/watch/1")
    expect(page.get_by_role("heading", name="This browser cannot play it")).to_be_visible()
    expect(page.locator("#why-not")).to_contain_text("Its picture is HEVC.")
    expect(page.locator("video")).to_have_count(0)
    box = still(page.locator("#seek"))
    page.mouse.move(box["x"] + 100, box["y"] + 5)
    page.mouse.move(box["x"] + 200, box["y"] + 5)
    expect(page.locator("#look")).to_be_visible()


def test_tags_complete_by_keyboard_and_are_taken_away_by_cross_or_backspace(page: Page, served: Served) -> None:
    store = fill(served.store)
    page.goto(served.url + "/watch/1")
    page.locator("#tags input").wait_for()
    page.keyboard.press("t")
    page.keyboard.type("ev")
    expect(page.get_by_role("option", name="even")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#tags .chip")).to_have_text(["even", "odd"])
    page.keyboard.type("<b>new</b>,")
    expect(page.locator("#tags .chip")).to_have_text(["<b>new</b>", "even", "odd"])
    page.get_by_label("Take even away").click()
    expect(page.locator("#tags .chip")).to_have_text(["<b>new</b>", "odd"])
    page.keyboard.press("Backspace")
    expect(page.locator("#tags .chip")).to_have_text(["<b>new</b>"])
    eventually(page, lambda: store.items[1]["tags"] == ["<b>new</b>"])


def test_a_hand_edit_of_tags_rating_and_notes_shows_without_a_reload(page: Page, served: Served) -> None:
    store = fill(served.store)
    page.goto(served.url + "/watch/1")
    wait_for_stream(page, store)
    store.items[1].update(tags=["by hand"], rating=3, notes="from the file")
    store.tell("video", {"ids": [1], "why": "tags"})
    expect(page.locator("#tags .chip")).to_have_text(["by hand"])
    expect(page.get_by_label("3 of 5")).to_be_checked()
    expect(page.locator("#notes")).to_have_value("from the file")


def test_notes_and_rating_are_saved(page: Page, served: Served) -> None:
    store = fill(served.store)
    page.goto(served.url + "/watch/1")
    page.locator("#tags input").wait_for()
    page.locator("#notes").fill("a word")
    page.locator("#notes").blur()
    expect(page.locator("#notes-saved")).to_have_text("Saved")
    page.get_by_label("4 of 5").check(force=True)
    expect(page.locator("#unrate")).to_be_visible()
    page.locator("#unrate").click()
    expect(page.locator("#unrate")).to_be_hidden()
    eventually(page, lambda: store.items[1]["notes"] == "a word" and store.items[1]["rating"] is None)


def test_on_a_phone_what_is_in_it_comes_before_what_is_known_of_it(page: Page, served: Served) -> None:
    fill(served.store)
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, served)
    panels = ("#stage", "#words", "#scenes", "#tags", "#rating", "#made")
    tops = [still(page.locator(panel))["y"] for panel in panels]
    assert tops == sorted(tops)
