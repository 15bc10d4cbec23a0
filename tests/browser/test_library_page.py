"""test_library_page: scrubbing, choosing, filters, place-keeping and live changes of the grid."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.stand_in import Served
from tests.browser.steps import called, eventually, fill, names, open_library, still, until, wait_for_stream


def test_the_pointer_looks_through_a_card_and_shows_the_time_under_it(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    picture = page.locator("#v1 .picture")
    box = picture.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 50)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    expect(page.locator("#v1 .scrub .badge")).to_have_text(re.compile("0:(09|10)"))
    page.mouse.move(5, 5)
    expect(page.locator("#v1 .scrub")).to_have_count(0)


def test_arrow_keys_look_through_the_focused_card(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.keyboard.press("j")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#v1 .scrub .badge")).to_have_text("0:04")


def test_j_k_move_and_enter_opens(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    for key in "jjjk":
        page.keyboard.press(key)
    expect(page.locator("#v2 .open")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/watch/2")


def test_x_selects_shift_selects_a_range_and_escape_lets_go(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#picked-count")).to_have_text("1")
    page.locator("#v4 .pick input").click(modifiers=["Shift"])
    expect(page.locator("#picked-count")).to_have_text("4")
    page.locator("#v6 .open").click()
    expect(page.locator("#picked-count")).to_have_text("5")
    page.keyboard.press("Escape")
    expect(page.locator("#picked")).to_be_hidden()


def test_bulk_tags_say_how_many_have_them_and_save_only_what_changed(page: Page, served: Served) -> None:
    store = fill(served.store)
    open_library(page, served)
    for number in (1, 2):
        page.locator(f"#v{number} .pick input").check(force=True)
    page.keyboard.press("t")
    expect(page.locator("#bulk .chip")).to_have_text(["odd1 of 2", "even1 of 2"])
    page.get_by_label("Take odd away").click()
    page.keyboard.type("new,")
    page.keyboard.press("Tab")
    page.locator("#bulk .primary").click()
    expect(page.locator("#v1 .words")).to_have_text("new")
    called(page, store, "POST", "/api/videos/bulk", {"ids": [1, 2], "add": ["new"], "remove": ["odd"]})


def test_search_narrows_as_one_types_and_back_undoes_it(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.keyboard.press("/")
    page.keyboard.type("clip 3")
    expect(page.locator("#grid .card")).to_have_count(1)
    expect(page).to_have_url(served.url + "/?q=clip+3")
    expect(page.locator("#search")).to_have_value("clip 3")
    page.go_back()
    expect(page.locator("#grid .card")).to_have_count(6)
    expect(page.locator("#search")).to_have_value("")


def test_filters_combine_stand_in_the_address_and_clear_one_by_one(page: Page, served: Served) -> None:
    store = fill(served.store)
    store.items[1]["height"] = store.items[2]["height"] = 1080
    open_library(page, served)
    page.get_by_role("button", name="Resolution").click()
    page.get_by_label("1080p and up").check()
    expect(page.locator("#grid .card")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tags").click()
    page.get_by_role("option", name="odd").click()
    expect(page.locator("#grid .card")).to_have_count(1)
    assert "min_height=1000" in page.url and "tags=odd" in page.url
    page.keyboard.press("Escape")
    page.get_by_label("Clear resolution").click()
    expect(page.locator("#grid .card")).to_have_count(3)
    page.reload()
    expect(page.locator(".pill.is-on")).to_have_text("odd")


def test_nothing_found_says_so_and_offers_everything(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served, "/?q=zebra")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("#grid .card")).to_have_count(6)
    expect(page.locator("#search")).to_have_value("")


def test_more_cards_come_while_scrolling_and_back_finds_the_place(page: Page, served: Served) -> None:
    fill(served.store, 150)
    open_library(page, served)
    expect(page.locator("#grid .card")).to_have_count(60)
    for wanted in (120, 150):
        page.locator("#grid .card").last.scroll_into_view_if_needed()
        expect(page.locator("#grid .card")).to_have_count(wanted)
    page.locator("#v130 .open").scroll_into_view_if_needed()
    before = still(page.locator("#v130"))["y"]
    page.locator("#v130 .open").click()
    page.wait_for_url("**/watch/130")
    page.go_back()
    expect(page.locator("#v130")).to_be_in_viewport()
    until(page, f"Math.abs(document.getElementById('v130').getBoundingClientRect().top - {before}) < 40")


def test_next_and_previous_follow_the_list_it_was_opened_from(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served, "/?tags=odd")
    page.locator("#v3 .open").click()
    page.wait_for_url("**/watch/3")
    expect(page.locator("#go-next")).to_have_attribute("href", "/watch/5")
    page.keyboard.press("n")
    page.wait_for_url("**/watch/5")
    expect(page.locator("#go-next")).to_be_hidden()
    expect(page.locator("#go-previous")).to_have_attribute("href", "/watch/3")
    page.keyboard.press("p")
    page.wait_for_url("**/watch/3")


def test_a_new_video_appears_on_top_and_focus_stays(page: Page, served: Served) -> None:
    store = fill(served.store)
    open_library(page, served)
    wait_for_stream(page, store)
    page.keyboard.press("j")
    page.locator("#v2 .pick input").check(force=True)
    page.locator("#v1 .open").focus()
    new = store.add("just copied.mp4", "mandel", added_at=1_800_000_000, thumb_url=None, sprite=None)
    store.tell("video", {"ids": [new["id"]], "why": "added"})
    expect(page.locator("#grid .card").first).to_contain_text("just copied.mp4")
    expect(page.locator(f"#v{new['id']}")).to_contain_text("Picture on its way")
    new["thumb_url"] = "/files/mandel/thumb?v=1"
    store.tell("video", {"ids": [new["id"]], "why": "artifact"})
    expect(page.locator(f"#v{new['id']} .thumb")).to_be_visible()
    expect(page.locator("#v1 .open")).to_be_focused()
    expect(page.locator("#v2 .pick input")).to_be_checked()


def test_a_new_video_does_not_push_into_a_filtered_list(page: Page, served: Served) -> None:
    store = fill(served.store)
    open_library(page, served, "/?tags=odd")
    wait_for_stream(page, store)
    new = store.add("other.mp4", "test")
    store.items[1]["name"] = "renamed.mp4"
    store.tell("video", {"ids": [new["id"], 1], "why": "added"})
    expect(page.locator("#v1 .open")).to_have_text("renamed.mp4")
    assert len(names(page)) == 3


def test_a_gone_video_is_dimmed_and_a_removed_one_leaves(page: Page, served: Served) -> None:
    store = fill(served.store)
    open_library(page, served)
    wait_for_stream(page, store)
    store.items[1]["presence"] = "gone"
    del store.items[2]
    store.tell("video", {"ids": [1, 2], "why": "gone"})
    expect(page.locator("#v1")).to_have_class(re.compile("is-gone"))
    expect(page.locator("#v2")).to_have_count(0)


def test_what_happens_before_the_pages_scripts_are_there_is_not_missed(page: Page, served: Served) -> None:
    store = fill(served.store)
    held: list[Route] = []
    page.route("**/library.js", lambda route: held.append(route))
    page.goto(served.url + "/", wait_until="commit")
    eventually(page, lambda: held)
    store.items[1]["name"] = "renamed.mp4"
    store.tell("video", {"ids": [1], "why": "moved"})
    page.wait_for_timeout(300)
    held[0].continue_()
    expect(page.locator("#v1 .open")).to_have_text("renamed.mp4")


def test_the_first_folder_is_added_from_the_empty_page(page: Page, served: Served) -> None:
    page.goto(served.url + "/")
    page.get_by_label("Folder", exact=True).fill("/nowhere")
    page.get_by_role("button", name="Add a folder").click()
    expect(page.locator("#add-error")).to_contain_text("/nowhere is not a folder")
    page.locator("#picker-at").wait_for(state="attached")
    page.locator("#add-path").fill("/home/you")
    page.locator("#add-path").blur()
    page.get_by_role("button", name="Videos", exact=True).click()
    expect(page.locator("#add-path")).to_have_value("/home/you/Videos")
    page.get_by_role("button", name="Watch this folder").click()
    expect(page.get_by_role("heading", name="Watching an empty folder")).to_be_visible()


def test_grid_or_list_and_light_or_dark_are_remembered(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.locator("#view").click()
    page.locator("#theme").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-view", "list")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
