"""test_stored_list: the page of stored films over data in memory: uploads in a row, the list as it changes, and its dialogs."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.kept import item
from tests.browser.stand_in import Served
from tests.browser.steps import called, fill, fits, until, wait_for_stream


def film(name: str, size: int = 5000) -> dict:
    return {"name": name, "mimeType": "video/mp4", "buffer": b"x" * size}


def opened(page: Page, served: Served, *forms: dict) -> None:
    fill(served.store, 8)
    served.store.forms = list(forms)
    page.goto(served.url + "/stored")
    wait_for_stream(page, served.store)


def line(page: Page, number: int):
    return page.locator(f'.stored-item[data-video="{number}"]')


def test_films_go_up_one_after_the_other_and_each_says_what_became_of_it(page: Page, served: Served) -> None:
    opened(page, served, item(1, name="there.mp4"))
    page.get_by_label("Keep the original").uncheck()
    expect(page.locator("#upload")).to_contain_text("it goes once its stored form is proven")
    names = ("new.mp4", "there.mp4", "notes.txt")
    page.set_input_files("#upload-files", [*map(film, names), film("empty.mp4", 0)])
    uploads = page.get_by_role("list", name="Uploads").get_by_role("listitem")
    expect(uploads).to_have_count(3)
    expect(uploads.nth(0)).to_contain_text("Already stored: open it")
    expect(uploads.nth(0).get_by_role("link")).to_have_attribute("href", "/watch/1")
    expect(uploads.nth(1).get_by_role("alert")).to_have_text("Notes.txt holds no video. send a video file")
    expect(uploads.nth(2).get_by_role("alert")).to_have_text("The file is empty.")
    assert served.store.taken == [(name, "false") for name in names]
    expect(page.locator(".stored-item")).to_have_count(2)
    expect(page.locator(".stored-item").first).to_contain_text("waits for its turn")
    uploads.nth(2).get_by_role("button", name="Take empty.mp4 off this list").click()
    expect(uploads).to_have_count(2)


def test_an_upload_shows_how_far_it_is_and_can_be_stopped(page: Page, served: Served) -> None:
    opened(page, served)
    held = []
    page.route("**/api/store", lambda route: held.append(route), times=1)
    page.set_input_files("#upload-files", [film("long.mp4"), film("next.mp4")])
    uploads = page.get_by_role("list", name="Uploads").get_by_role("listitem")
    expect(uploads.nth(1)).to_contain_text("waits for its turn")
    uploads.nth(0).get_by_role("button", name="Stop uploading long.mp4").click()
    page.get_by_role("button", name="Stop it").click()
    expect(page.locator(".stored-item")).to_have_count(1)
    assert [name for name, _ in served.store.taken] == ["next.mp4"]
    held[0].abort()


def test_an_upload_for_which_there_is_no_place_waits_and_goes_up_later(page: Page, served: Served) -> None:
    opened(page, served)
    refused = {"error": "4 films are being uploaded already", "code": "busy", "hint": "send it again in a moment"}
    page.route(
        "**/api/store", lambda route: route.fulfill(status=503, json=refused, headers={"Retry-After": "1"}), times=1
    )
    page.set_input_files("#upload-files", [film("late.mp4")])
    uploads = page.get_by_role("list", name="Uploads").get_by_role("listitem")
    expect(uploads).to_have_text(re.compile("5.0 KB, waits: others are uploading"))
    expect(page.locator(".stored-item")).to_have_count(1)
    expect(uploads).to_have_count(0)
    assert [name for name, _ in served.store.taken] == ["late.mp4"]


def test_an_upload_that_is_cut_off_or_too_large_says_so(page: Page, served: Served) -> None:
    opened(page, served)
    page.route("**/api/store", lambda route: route.abort("connectionreset"))
    page.set_input_files("#upload-files", [film("cut.mp4")])
    expect(page.get_by_role("alert")).to_contain_text("The upload was cut off. Nothing of it is kept.")
    page.evaluate("document.getElementById('upload').dataset.most = '100'")
    page.set_input_files("#upload-files", [film("large.mp4")])
    expect(page.get_by_role("alert").last).to_contain_text("It has 5.0 KB, and 100 GB are the most.")


def test_files_are_dropped_anywhere_on_the_page(page: Page, served: Served) -> None:
    opened(page, served)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["film"], "dropped.mp4", { type: "video/mp4" }));
          const told = { dataTransfer: data, bubbles: true, cancelable: true };
          document.body.dispatchEvent(new DragEvent("dragenter", told));
          window.shown = !document.getElementById("drop-here").hidden;
          document.body.dispatchEvent(new DragEvent("drop", told));
        }"""
    )
    expect(line(page, 1)).to_contain_text("dropped.mp4")
    assert page.evaluate("window.shown") is True
    expect(page.locator("#drop-here")).to_be_hidden()


def test_the_list_follows_the_work_and_the_filters(page: Page, served: Served) -> None:
    opened(page, served, item(1, "processing", progress=None), item(2, "failed"), item(3))
    served.store.forms[0] = item(1, "processing", progress=0.2)
    served.store.tell("progress", {"job_id": 9, "video_id": 1, "kind": "stored", "progress": 0.2})
    expect(line(page, 1)).to_contain_text("being made")
    served.store.tell("progress", {"job_id": 9, "video_id": 1, "kind": "stored", "progress": 0.7})
    until(page, "document.querySelector('.stored-item progress').value === 0.7")
    served.store.forms[0] = item(1)
    served.store.tell("video", {"ids": [1], "why": "stored"})
    expect(line(page, 1)).to_contain_text("1/145 of the size")
    page.get_by_role("link", name="Failed").click()
    expect(page.locator(".stored-item")).to_have_count(1)
    line(page, 2).get_by_role("button", name="Try again").click()
    expect(page.locator(".toast")).to_contain_text("film 2.mp4 is tried again")
    called(page, served.store, "POST", "/api/videos/2/make", {"kinds": ["stored"], "force": True})
    page.get_by_role("link", name="All").click()
    page.get_by_label("Find by name").fill("film 3")
    expect(page.locator(".stored-item")).to_have_count(1)
    page.get_by_label("Find by name").fill("nothing")
    expect(page.get_by_role("heading", name="Nothing is called so")).to_be_visible()


def test_more_is_shown_as_one_scrolls(page: Page, served: Served) -> None:
    opened(page, served, *(item(number) for number in range(1, 131)))
    until(
        page,
        "scrollTo(0, 1e6), document.querySelectorAll('.stored-item').length === 130 && !document.getElementById('more')",
    )


def test_what_is_stored_plays_in_place_both_ways(page: Page, served: Served) -> None:
    opened(page, served, item(1), item(2, original_url=None))
    line(page, 1).get_by_role("link", name="Stream (resultant)").click()
    dialog = page.get_by_role("dialog", name="film 1.mp4")
    until(page, "document.getElementById('film-video').currentTime > 0.2")
    expect(dialog.get_by_role("button", name="Compact copy, 122 KB")).to_have_attribute("aria-pressed", "true")
    page.evaluate("document.getElementById('film-video').currentTime = 1.5")
    dialog.get_by_role("button", name="Original, 18 MB").click()
    until(page, "document.getElementById('film-video').currentSrc.endsWith('original=1')")
    until(page, "document.getElementById('film-video').currentTime > 1.4")
    dialog.get_by_role("button", name="Close").click()
    until(page, "!document.getElementById('film-video').currentSrc || document.getElementById('film-video').paused")
    expect(line(page, 2)).to_contain_text("The original is not there")
    expect(line(page, 2).get_by_role("link", name="Stream (original)")).to_have_count(0)
    served.store.forms[0]["original_url"] = None
    line(page, 1).get_by_role("link", name="Stream (original)").click()
    expect(dialog).to_contain_text("the original is gone")


def test_the_text_is_read_in_place(page: Page, served: Served) -> None:
    opened(page, served, item(1))
    line(page, 1).get_by_role("link", name="Script").click()
    dialog = page.get_by_role("dialog", name="film 1.mp4")
    expect(dialog.locator("pre")).to_have_text("[00:00:01] Hello.\n<b>[Visual description]</b>\n")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_watch_page_changes_to_the_compact_copy_and_back(page: Page, served: Served) -> None:
    fill(served.store, 2)
    served.store.forms = [item(1), item(2)]
    page.goto(f"{served.url}/watch/1")
    panel = page.get_by_role("region", name="Stored form")
    expect(panel).to_contain_text("18 MB → 122 KB")
    until(page, "document.getElementById('video').readyState >= 1")
    page.evaluate("document.getElementById('video').currentTime = 1.2")
    panel.get_by_role("button", name="Stream (resultant)").click()
    expect(page.get_by_text("This is the compact copy.")).to_be_visible()
    until(page, "document.getElementById('video').currentSrc.includes('/stream/')")
    until(page, "Math.abs(document.getElementById('video').currentTime - 1.2) < 0.3")
    page.get_by_role("button", name="Back to the original").click()
    expect(page.locator("#compact-note")).to_be_hidden()
    until(page, "document.getElementById('video').currentSrc.includes('/api/videos/1/file')")
    expect(panel.get_by_role("button", name="Stream (original)")).to_have_attribute("aria-pressed", "true")
    served.store.items[2].update(presence="gone", playable=False)
    page.goto(f"{served.url}/watch/2")
    expect(page.locator("#compact-note")).to_contain_text("The file is gone; this is its compact copy.")
    page.get_by_role("button", name="Play", exact=True).last.click()
    until(page, "document.getElementById('video').currentTime > 0.1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_width_overflows(page: Page, served: Served, scheme: str) -> None:
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    forms = [item(1), item(2, "processing"), item(3, "failed"), item(4, "unavailable"), item(5, original_url=None)]
    opened(page, served, *forms, item(6, name="a" * 200, model="m" * 90, origin="generated", ssim=None))
    page.set_input_files("#upload-files", [film("notes.txt")])
    expect(page.get_by_role("alert")).to_be_visible()
    assert [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]] == []
    for width in (1500, 1280, 768, 390, 360):
        fits(page, width)
        assert page.locator(".search").bounding_box()["width"] > 120
    page.goto(served.url + "/watch/1")
    expect(page.get_by_role("region", name="Stored form")).to_have_text(re.compile("Make again"))
    assert Axe().run(page, {"include": [["#stored-form"]]}).response["violations"] == []
    for width in (1280, 390, 360):
        fits(page, width)
        panel = page.locator("#stored-form").bounding_box()
        for deed in page.locator("#stored-form :is(button, a)").all():
            box = deed.bounding_box()
            assert panel["x"] < box["x"] and box["x"] + box["width"] < panel["x"] + panel["width"], deed.inner_text()
