"""test_duplicates_page: groups side by side, what tells them apart, verdicts with a way back, and the states without groups."""

from __future__ import annotations

import itertools
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.scenarios import group, library, no_duplicates
from tests.browser.stand_in import Served, Store
from tests.browser.steps import called, fill, fits, go, ready, still, until, wait_for_stream


def two_groups(store: Store) -> Store:
    """Clips 1 and 2 are near-duplicates, 3 to 5 too, of which 3 is larger."""
    fill(store)
    store.items[2].update(width=640, height=360, size_bytes=9_000_000, video_codec="vp9")
    near = group(store, "near", [2, 1], 1, "the larger picture", 0.9844)
    store.alike = no_duplicates(compared=6, groups=[near, group(store, "near", [3, 4, 5], 3, "the oldest", 0.95)])
    return store


def verdicts(store: Store) -> list[tuple[int, int, str]]:
    return [(body["a"], body["b"], body["verdict"]) for _, path, body in store.calls if path.endswith("/verdict")]


def test_a_group_stands_side_by_side_with_its_keeper_first_and_differences_marked(page: Page, served: Served) -> None:
    two_groups(served.store)
    page.goto(served.url + "/duplicates")
    first = page.get_by_role("region", name="2 near-duplicates")
    expect(first.locator(".chip")).to_have_text("98 % alike")
    expect(first.locator(".open")).to_have_text(["clip 1.mp4", "clip 2.mp4"])
    expect(first.locator(".keeper")).to_have_text(re.compile(r"Keep this one: the larger picture"))
    marked = first.locator(".twin").nth(1).locator(".differs dt")
    expect(marked).to_have_text(["Picture", "Codec", "Bit rate", "Size", "Tags"])
    boxes = first.locator(".twin-facts").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    expect(page.get_by_role("button", name=re.compile("[Dd]elete|[Tt]rash"))).to_have_count(0)
    first.get_by_role("link", name="clip 2.mp4").click()
    page.wait_for_url("**/watch/2")


def test_pictures_are_looked_through_and_play(page: Page, served: Served) -> None:
    two_groups(served.store)
    page.goto(served.url + "/duplicates")
    box = page.locator(".twin .picture").first.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    expect(page.locator(".scrub .badge")).to_have_text(re.compile("0:(09|10)"))
    until(page, "document.querySelector('.clip')?.currentTime > 0")


def test_two_are_played_side_by_side_as_one(page: Page, served: Served) -> None:
    two_groups(served.store)
    page.goto(served.url + "/duplicates")
    page.get_by_role("button", name="Play side by side with the one to keep: clip 2.mp4").click()
    dialog = page.get_by_role("dialog", name="Side by side")
    expect(dialog.locator("figcaption")).to_have_text(["clip 1.mp4", "clip 2.mp4"])
    until(page, "[...document.querySelectorAll('#compare video')].every((video) => video.readyState >= 1)")
    dialog.get_by_label("Position").fill("3")
    times = "[...document.querySelectorAll('#compare video')].map((video) => video.currentTime)"
    until(page, f"{times}.every((time) => Math.abs(time - 3) < 0.1)")
    expect(dialog.get_by_role("button", name="Play both")).to_be_enabled()
    dialog.get_by_role("button", name="Play both").click()
    until(page, f"{times}.every((time) => time > 3.5)")
    until(page, f"((times) => Math.abs(times[0] - times[1]) < 0.5)({times})")
    expect(dialog.get_by_role("button", name="Pause both")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    until(page, "[...document.querySelectorAll('#compare video')].every((video) => video.paused && !video.src)")


def test_one_that_cannot_be_played_says_so_beside_the_other(page: Page, served: Served) -> None:
    two_groups(served.store)
    page.route("**/api/videos/2/file", lambda route: route.fulfill(body="no video", content_type="video/mp4"))
    page.goto(served.url + "/duplicates")
    page.get_by_role("button", name="Play side by side with the one to keep: clip 2.mp4").click()
    expect(page.get_by_text("This browser cannot play it.")).to_have_count(2)
    expect(page.locator("#compare .error").nth(1)).to_be_visible()
    expect(page.locator("#compare .error").nth(0)).to_be_hidden()
    page.get_by_role("button", name="Play both").click()
    until(page, "document.querySelector('#compare video').currentTime > 0.2")


def test_not_a_duplicate_is_said_of_every_pair_and_can_be_taken_back(page: Page, served: Served) -> None:
    store = two_groups(served.store)
    page.goto(served.url + "/duplicates")
    with page.expect_response("**/fragments/duplicates*") as anew:
        page.get_by_role("button", name="Not a duplicate: clip 4.mp4").click()
    expect(page.get_by_text("clip 4.mp4 is kept apart from now on.")).to_be_visible()
    expect(page.locator(".twin .open")).to_have_text(["clip 1.mp4", "clip 2.mp4", "clip 3.mp4", "clip 5.mp4"])
    assert verdicts(store) == [(4, 3, "different"), (4, 5, "different")]
    # The daemon still answers from before: what was said here holds all the same.
    anew.value.finished()
    page.wait_for_timeout(100)
    expect(page.get_by_role("link", name="clip 4.mp4")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="clip 4.mp4")).to_be_visible()
    expect(page.locator(".said-apart")).to_have_count(0)
    assert verdicts(store)[2:] == [(4, 3, "unsure"), (4, 5, "unsure")]


def test_the_last_groups_verdict_can_still_be_taken_back(page: Page, served: Served) -> None:
    store = two_groups(served.store)
    near = store.alike["groups"][0]
    store.alike["groups"] = [near]
    page.goto(served.url + "/duplicates")
    store.alike["groups"] = []
    page.get_by_role("button", name="Not a duplicate: clip 2.mp4").press("Enter")
    expect(page.get_by_role("heading", name="No two are alike")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    store.alike["groups"] = [near]
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="clip 2.mp4")).to_be_visible()


def test_a_refused_verdict_says_why_and_keeps_the_group(page: Page, served: Served) -> None:
    two_groups(served.store)
    refusal = '{"error": "the verdicts cannot be written", "hint": "the folder is read-only"}'
    page.route("**/verdict", lambda route: route.fulfill(status=507, body=refusal, content_type="application/json"))
    page.goto(served.url + "/duplicates")
    page.get_by_role("button", name="Not a duplicate: clip 2.mp4").click()
    expect(page.locator(".toast")).to_contain_text("the folder is read-only")
    expect(page.get_by_role("button", name="Not a duplicate: clip 2.mp4")).to_be_enabled()


def test_the_states_without_groups_each_say_what_helps(page: Page, served: Served) -> None:
    store = fill(served.store)
    page.goto(served.url + "/duplicates")
    expect(page.get_by_role("heading", name="Nothing to compare yet")).to_be_visible()
    store.alike = no_duplicates(without_hash=6)
    page.goto(served.url + "/duplicates")
    expect(page.get_by_role("heading", name="No hashes yet")).to_be_visible()
    page.get_by_role("button", name="Make the hashes").click()
    expect(page.locator(".toast")).to_contain_text("The hashes are queued")
    called(page, store, "POST", "/api/jobs/run", {"kind": "phash", "which": "missing"})
    store.alike = no_duplicates(compared=6)
    page.goto(served.url + "/duplicates?threshold=0.96")
    expect(page.get_by_role("heading", name="No two are alike")).to_be_visible()
    expect(page.get_by_label("How alike")).to_have_value("0.96")


def test_while_it_computes_it_says_so_and_the_groups_come_by_themselves(page: Page, served: Served) -> None:
    store = two_groups(served.store)
    groups = store.alike["groups"]
    store.alike.update(computing=True, groups=[])
    page.goto(served.url + "/duplicates")
    expect(page.get_by_role("heading", name="Comparing your videos")).to_be_visible()
    store.alike.update(computing=False, groups=groups)
    expect(page.locator(".group")).to_have_count(2)
    expect(page.locator(".computing")).to_have_count(0)


def test_folder_and_threshold_are_asked_for_and_more_groups_too(page: Page, served: Served) -> None:
    store = two_groups(served.store)
    store.roots.append(library(2, "NAS", "/mnt/nas"))
    store.alike["groups"] = [group(store, "exact", [1, 2], 1, "") for _ in range(30)]
    page.goto(served.url + "/duplicates")
    page.get_by_label("Folder").select_option("NAS")
    page.wait_for_url("**/duplicates?library=2")
    page.get_by_label("How alike").select_option("Only very alike")
    page.wait_for_url("**/duplicates?library=2&threshold=0.96")
    more = page.get_by_role("link", name="Show more")
    more.scroll_into_view_if_needed()
    still(more)  # groups take their real height once they are seen
    more.click()
    page.wait_for_url("**/duplicates?limit=50&library=2&threshold=0.96")
    # A page that lost its events for a moment asks once more.
    asked = [question for question, _ in itertools.groupby(store.asked)]
    assert asked == [(25, None, None), (25, None, 2), (25, 0.96, 2), (50, 0.96, 2)]


def test_new_hashes_show_without_a_reload_and_g_d_leads_here(page: Page, served: Served) -> None:
    store = two_groups(served.store)
    groups = store.alike["groups"]
    store.alike["groups"] = groups[:1]
    page.goto(served.url + "/coverage")
    go(page, "gd")
    assert page.url == served.url + "/duplicates"
    expect(page.get_by_role("link", name="Duplicates")).to_have_attribute("aria-current", "page")
    wait_for_stream(page, store)
    store.alike["groups"] = groups
    store.tell("video", {"ids": [3, 4, 5], "why": "artifact"})
    expect(page.locator(".group")).to_have_count(2)


def test_the_watch_page_shows_near_duplicates_and_takes_a_verdict(page: Page, served: Served) -> None:
    store = two_groups(served.store)
    ready(page, served, 3)
    panel = page.get_by_role("region", name="Near-duplicates")
    expect(panel.locator(".alike-name")).to_have_text(["clip 4.mp4", "clip 5.mp4"])
    expect(panel.locator(".likeness").first).to_have_text("95 % alike")
    panel.get_by_role("button", name="clip 4.mp4 is not a duplicate").click()
    expect(panel.get_by_text("Kept apart from now on.").first).to_be_visible()
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("button", name="clip 4.mp4 is not a duplicate")).to_be_focused()
    assert verdicts(store) == [(3, 4, "different"), (3, 4, "unsure")]
    with page.expect_response("**/api/videos/6/duplicates") as answer:
        ready(page, served, 6)
    answer.value.finished()
    page.wait_for_timeout(100)
    expect(page.locator("#alike")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["groups", "none", "hashes"])
def test_axe_finds_nothing_and_no_width_overflows(page: Page, served: Served, scheme: str, state: str) -> None:
    store = two_groups(served.store)
    if state != "groups":
        store.alike = no_duplicates(without_hash=6) if state == "hashes" else no_duplicates(compared=6, without_hash=1)
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    page.goto(served.url + "/duplicates")
    assert [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]] == []
    fits(page, 1440, 800, 360)
