"""test_chapters: marks on the bar, the list with pictures, keys between chapters, and changing them."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.steps import still, until
from tests.browser.talk import PARTS, Talk
from tests.browser.test_transcript import near
from tests.spoken import divide
from vidwatchd.operations import transcripts


@pytest.fixture
def full(talk: Talk) -> Talk:
    """With words in two languages and three chapters."""
    return talk.fill()


def open_list(page: Page, talk: Talk, query: str = "") -> None:
    talk.watch(page, query)
    page.get_by_role("tab", name="Chapters").click()


def chapters(talk: Talk) -> list[tuple[float, str]]:
    found = transcripts.transcript(talk.ctx, talk.id)["chapters"]["chapters"]
    return [(chapter["start"], chapter["title"]) for chapter in found]


def test_marks_stand_on_the_bar_and_titles_under_the_pointer_and_beside_the_time(page: Page, full: Talk) -> None:
    full.watch(page)
    marks = page.locator("#chapter-marks i")
    expect(marks).to_have_count(2)
    box = still(page.locator("#seek"))
    first = marks.first.bounding_box()
    assert abs(first["x"] + first["width"] / 2 - box["x"] - box["width"] / 4) < 2
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    expect(page.locator(".peek-title")).to_have_text("Folding & flying")
    expect(page.locator("#chapter-now")).to_have_text("Welcome")
    page.keyboard.press("4")
    expect(page.locator("#chapter-now")).to_have_text("The mirrors")
    page.locator("#chapter-now").click()
    expect(page.get_by_role("tab", name="Chapters")).to_have_attribute("aria-selected", "true")


def test_keys_go_from_chapter_to_chapter_and_are_in_the_help(page: Page, full: Talk) -> None:
    full.watch(page)
    expect(page.locator("#chapter-now")).to_have_text("Welcome")
    page.keyboard.press("N")
    near(page, 6)
    expect(page.locator("#flash")).to_have_text("The mirrors")
    page.keyboard.press("N")
    near(page, 12)
    page.keyboard.press("8")
    near(page, 19.2)
    page.keyboard.press("P")  # into the middle of a chapter: to its own beginning first
    near(page, 12)
    page.keyboard.press("P")
    near(page, 6)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("a chapter back, on")


def test_the_list_shows_pictures_and_seeks(page: Page, full: Talk) -> None:
    open_list(page, full)
    expect(page.locator("#chapter-source")).to_have_text("3 chapters. Guessed from what is said")
    until(page, "document.querySelectorAll('.chapter-picture i')[2].style.backgroundImage.includes('sprites')")
    page.get_by_role("link", name="The mirrors").click()
    near(page, 6)
    expect(page.get_by_role("link", name="The mirrors")).to_have_attribute("aria-current", "true")


def test_one_is_renamed_moved_to_now_and_put_back(page: Page, full: Talk) -> None:
    open_list(page, full)
    page.keyboard.press("3")
    near(page, 7.2)
    page.get_by_role("button", name="Change the chapter The mirrors").click()
    page.get_by_role("textbox", name="Title").fill("All mirrors")
    page.get_by_role("button", name="Now", exact=True).click()
    page.get_by_role("textbox", name="Title").press("Enter")
    expect(page.get_by_role("link", name="All mirrors")).to_be_visible()
    expect(page.locator("#chapter-source")).to_have_text("3 chapters, changed by hand")
    assert chapters(full) == [(0.0, "Welcome"), (7.2, "All mirrors"), (12.0, "Folding & flying")]
    page.get_by_role("button", name="As they were made").click()
    expect(page.get_by_role("link", name="The mirrors")).to_be_visible()
    assert chapters(full) == [(start, title) for start, _, title in PARTS]


def test_one_is_added_here_and_another_removed_and_undone(page: Page, full: Talk) -> None:
    open_list(page, full)
    page.keyboard.press("7")
    near(page, 16.8)
    page.get_by_role("button", name="Add a chapter here").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Chapter 4")
    page.get_by_role("textbox", name="Title").fill("The launch")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="The launch")).to_be_visible()
    page.get_by_role("button", name="Change the chapter Welcome").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".chapter")).to_have_count(3)
    page.locator(".toast", has_text="Chapter removed").get_by_role("button", name="Undo").click()
    expect(page.locator(".chapter")).to_have_count(4)
    assert chapters(full)[-1] == (16.8, "The launch")


def test_what_is_wrong_is_said_and_nothing_is_lost(page: Page, full: Talk) -> None:
    open_list(page, full)
    page.get_by_role("button", name="Change the chapter Welcome").click()
    page.get_by_label("Begins at").fill("0:50.00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("does not begin within the video")
    page.get_by_role("textbox", name="Title").press("Escape")
    expect(page.get_by_role("link", name="Welcome")).to_be_visible()
    assert chapters(full) == [(start, title) for start, _, title in PARTS]


def test_a_video_without_words_opens_its_chapters_and_one_without_any_takes_some(page: Page, talk: Talk) -> None:
    talk.watch(page)
    page.get_by_role("tab", name="Chapters").click()
    expect(page.locator("#chapter-source")).to_have_text("There are no chapters.")
    expect(page.locator("#chapter-now")).to_be_hidden()
    page.get_by_role("button", name="Add a chapter here").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Chapter 1")
    page.keyboard.press("Escape")
    divide(talk.ctx, talk.id, *PARTS, source="scenes")
    talk.watch(page)
    expect(page.get_by_role("tab", name="Chapters")).to_have_attribute("aria-selected", "true")


def test_tabs_are_walked_by_arrows(page: Page, full: Talk) -> None:
    full.watch(page)
    page.get_by_role("tab", name="Transcript").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Chapters")).to_be_focused()
    expect(page.locator("#panel-chapters")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#panel-lines")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, full: Talk, scheme: str) -> None:
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    open_list(page, full)
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Change the chapter Welcome").click()
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
