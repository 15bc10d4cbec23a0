"""test_coverage_page: how far each kind has come, why the rest is not there, and what a person can do about it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.scenarios import counts, covered, rich
from tests.browser.stand_in import Served
from tests.browser.steps import called, fill, fits, go, open_library, wait_for_stream


def card(page: Page, title: str):
    return page.locator(".cover-kind").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_each_kind_says_how_far_it_is_and_why_the_rest_is_not_there(page: Page, served: Served) -> None:
    rich(served.store)
    page.goto(served.url + "/coverage")
    thumbs = card(page, "Thumbnails")
    expect(thumbs.locator(".cover-percent")).to_have_text("96.6 %")
    expect(thumbs.locator("dd")).to_have_text(["87", "1", "2"])
    expect(thumbs.get_by_text("the worker ran out of memory")).to_be_hidden()
    thumbs.get_by_text("2 failed").click()
    expect(thumbs.get_by_text("the worker ran out of memory")).to_be_visible()
    expect(card(page, "Subtitles").locator(".note")).to_contain_text("pip install 'vidwatchd[subtitles]'")
    expect(card(page, "Subtitles").get_by_role("button", name="Queue missing")).to_be_disabled()
    shares = thumbs.locator("rect").evaluate_all("(parts) => parts.map((part) => Number(part.getAttribute('width')))")
    assert [round(share, 1) for share in shares] == [96.7, 2.2]


def test_missing_ones_are_queued_failed_ones_retried_and_links_filter_the_library(page: Page, served: Served) -> None:
    store = rich(served.store)
    page.goto(served.url + "/coverage")
    card(page, "Hover previews").get_by_role("button", name="Queue missing").click()
    expect(page.locator(".toast")).to_contain_text("Hover previews: queued")
    card(page, "Sprite sheets").get_by_role("button", name="Retry failed").click()
    expect(page.locator(".toast")).to_have_count(2)
    called(page, store, "POST", "/api/jobs/run", {"kind": "previews", "which": "missing"})
    called(page, store, "POST", "/api/jobs/retry", {"kind": "sprites"})
    thumbs = card(page, "Thumbnails")
    thumbs.get_by_text("2 failed").click()
    expect(thumbs.get_by_role("link", name="See all 2 in the library")).to_have_attribute("href", "/?failed=thumbs")
    thumbs.get_by_role("link", name="See the 3 without Thumbnails").click()
    page.wait_for_url("**/?missing=thumbs")
    expect(page.locator(".pill.is-on")).to_have_text("no thumbs")


def test_it_follows_the_work_and_keeps_what_was_opened(page: Page, served: Served) -> None:
    store = rich(served.store)
    page.goto(served.url + "/coverage")
    wait_for_stream(page, store)
    thumbs = card(page, "Thumbnails")
    thumbs.get_by_text("2 failed").click()
    store.cover["kinds"][1].update(done=88, missing=0, percent=97.7)
    store.summary["kinds"]["thumbs"] = counts(88)
    store.tell("jobs", {"kinds": store.summary["kinds"]})
    expect(thumbs.locator("dd").first).to_have_text("88")
    expect(thumbs.get_by_text("the worker ran out of memory")).to_be_visible()
    expect(thumbs.get_by_role("button", name="Queue missing")).to_have_count(0)


def test_without_videos_it_says_what_will_show_and_g_c_leads_here(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    go(page, "gc")
    assert page.url == served.url + "/coverage"
    expect(page.get_by_role("heading", name="No videos yet")).to_be_visible()


def test_half_a_million_videos_are_told_in_numbers(page: Page, served: Served) -> None:
    served.store.cover = {"total": 500_000, "kinds": [covered("Metadata", 499_999, 1, percent=99.9)]}
    page.goto(served.url + "/coverage")
    expect(page.locator(".cover-percent")).to_have_text("99.9 %")
    expect(page.locator(".cover-kind dd").first).to_have_text("499,999")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_width_overflows(page: Page, served: Served, scheme: str) -> None:
    rich(served.store)
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    page.goto(served.url + "/coverage")
    assert [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]] == []
    fits(page, 1440, 800, 360)


@pytest.mark.parametrize("width", [390, 360])
def test_ten_dots_fit_on_a_phones_card(page: Page, served: Served, width: int) -> None:
    fill(served.store)
    page.set_viewport_size({"width": width, "height": 844})
    open_library(page, served)
    inner, outer = page.locator("#v1 .dots").bounding_box(), page.locator("#v1").bounding_box()
    assert page.locator("#v1 .dot").count() == 10
    assert inner["x"] >= outer["x"] and inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    assert inner["height"] < 20
