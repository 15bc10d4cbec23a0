"""test_people_page: naming, merging, hiding and splitting people in a real browser, over a real index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.crowd import Crowd, gathering
from tests.browser.shelf import Shelf
from tests.browser.steps import fits, still, until


@pytest.fixture
def crowd(tmp_path: Path, shelf: Shelf) -> Iterator[Crowd]:
    with gathering(tmp_path, shelf) as made:
        yield made


def call(page: Page, at: int, name: str) -> None:
    """Type a name under a face."""
    field = page.locator(".person .naming input").nth(at)
    field.fill(name)
    field.press("Enter")


def undo(page: Page) -> None:
    page.locator(".toast").last.get_by_role("button", name="Undo").click()


def test_naming_merging_by_a_name_and_taking_both_back(page: Page, crowd: Crowd) -> None:
    page.goto(crowd.url + "/people")
    expect(page.locator(".person")).to_have_count(4)
    call(page, 0, "Ann")
    expect(page.locator(".toast")).to_contain_text("Named Ann")
    page.locator(".person .naming input").nth(1).focus()
    expect(page.locator(".completions li:visible")).to_have_count(1)
    call(page, 1, "ann")
    question = page.get_by_role("group", name="Merge with Ann?")
    expect(question.locator("img")).to_have_count(2)
    question.get_by_role("button", name="Yes, merge").click()
    expect(page.locator(".person")).to_have_count(3)
    undo(page)
    expect(page.locator(".person")).to_have_count(4)
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("Undone: Named Ann")
    until(page, "[...document.querySelectorAll('.person .naming input')].every((input) => !input.value)")


def test_several_are_merged_and_hidden_with_the_keyboard_alone(page: Page, crowd: Crowd) -> None:
    page.goto(crowd.url + "/people")
    for key in ("j", "x", "j", "x", "m"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog", name="Merge 2 people?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".person")).to_have_count(3)
    undo(page)
    expect(page.locator(".person")).to_have_count(4)
    page.locator(".person .open").first.focus()
    page.keyboard.press("h")
    expect(page.locator(".person")).to_have_count(3)
    undo(page)
    expect(page.locator(".person")).to_have_count(4)
    page.locator(".person .open").first.focus()
    page.keyboard.press("h")
    expect(page.locator(".person")).to_have_count(3)
    page.get_by_role("link", name="Hidden").click()
    expect(page.locator(".person.is-hidden")).to_have_count(1)
    page.locator(".person .open").first.focus()
    page.keyboard.press("h")
    expect(page.get_by_role("heading", name="Nobody is hidden")).to_be_visible()
    page.get_by_role("link", name="Show everybody").click()
    page.get_by_label("Find by name").fill("nobody")
    expect(page.get_by_role("heading", name="Nobody is called so")).to_be_visible()


def test_wrong_faces_are_taken_out_and_given_to_others(page: Page, crowd: Crowd) -> None:
    page.goto(f"{crowd.url}/people/{crowd.person('party.mp4')}")
    field = page.get_by_label("Who is this?")
    field.fill("Ann")
    field.press("Enter")
    expect(page.get_by_role("link", name="Find more of Ann")).to_have_attribute(
        "href", re.compile("person%3A%22Ann%22")
    )
    faces = page.locator(".moment-of")
    expect(faces).to_have_count(4)
    faces.first.hover()
    faces.first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Not Ann").click()
    expect(faces).to_have_count(3)
    undo(page)
    expect(faces).to_have_count(4)
    faces.nth(1).hover()
    faces.nth(1).get_by_role("checkbox").check()
    page.get_by_role("button", name="It is…").click()
    page.keyboard.type("Bob")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Moved 1 face from Ann to Bob")
    expect(faces).to_have_count(3)
    undo(page)
    expect(faces).to_have_count(4)
    link = faces.first.get_by_role("link")
    time = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{time}")


def test_lanes_lead_into_the_video_and_name_in_place(page: Page, crowd: Crowd) -> None:
    page.goto(f"{crowd.url}/watch/{crowd.id('party.mp4')}")
    until(page, "document.getElementById('video')?.readyState >= 1")
    lanes = page.get_by_role("region", name="Who is in it, and when")
    expect(lanes.locator(".lane")).to_have_count(3)
    spans = lanes.locator(".lane-track button")
    spans.nth(1).press("Enter")
    until(page, "Math.abs(document.getElementById('video').currentTime - 6) < 0.1")
    expect(lanes.locator(".lane").nth(1)).to_have_class(re.compile("is-now"))
    track = lanes.locator(".lane-track").first
    track.click(position={"x": still(track)["width"] / 2, "y": 4})
    until(page, "Math.abs(document.getElementById('video').currentTime - 12) < 0.4")
    field = lanes.get_by_label("Who is this?").first
    field.fill("Ann")
    field.press("Enter")
    expect(lanes.get_by_role("link", name="Ann", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Add Ann")).to_be_visible()
    until(page, "document.getElementById('lanes').childElementCount === 4")
    assert Axe().run(page, {"include": [["#who"]]}).response["violations"] == []


def test_axe_finds_nothing_and_no_width_overflows(page: Page, crowd: Crowd) -> None:
    paths = ("/people", f"/people/{crowd.person('party.mp4')}", "/people?show=hidden", "/people/nobody")
    for path, scheme in zip(paths, ("light", "dark", "light", "dark"), strict=True):
        page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
        page.goto(crowd.url + path)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path
        fits(page, 1280, 390)
