"""test_shell: what every page has, the Activity and Libraries pages, accessibility and widths."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.scenarios import counts, rich
from tests.browser.stand_in import Served
from tests.browser.steps import called, eventually, fill, fits, go, open_library, until, wait_for_stream


def test_activity_follows_events_and_asks_before_all_again(page: Page, served: Served) -> None:
    store = rich(served.store)
    page.goto(served.url + "/activity")
    wait_for_stream(page, store)
    store.tell("progress", {"job_id": 7, "video_id": 3, "kind": "sprites", "progress": 0.9})
    until(page, "document.querySelector('[data-job=\"7\"]').value === 0.9")
    store.summary["kinds"]["sprites"] = counts(88)
    store.tell("jobs", {"kinds": store.summary["kinds"]})
    card = page.get_by_role("region", name="Sprite sheets")
    expect(card.locator("dd").first).to_have_text("88")
    card.get_by_role("button", name="All again").click()
    page.get_by_role("button", name="Cancel").click()
    assert not [call for call in store.calls if call[1] == "/api/jobs/run"]
    card.get_by_role("button", name="All again").click()
    page.get_by_role("button", name="Make all again").click()
    expect(page.locator("dialog.ask[open]")).to_have_count(0)
    page.get_by_role("button", name="Pause all").click()
    expect(page.get_by_role("button", name="Resume all")).to_be_visible()
    called(page, store, "POST", "/api/jobs/run", {"kind": "sprites", "which": "all"})


def test_an_answer_from_before_is_not_laid_over_a_newer_one(page: Page, served: Served) -> None:
    store = rich(served.store)
    page.goto(served.url + "/activity")
    held: list[Route] = []
    page.route("**/fragments/activity", lambda route: held.append(route), times=1)
    store.summary["kinds"]["sprites"] = counts(70)
    store.tell("jobs", {"kinds": store.summary["kinds"]})
    eventually(page, lambda: held)
    old = held[0].fetch()
    store.summary["kinds"]["sprites"] = counts(88)
    store.tell("jobs", {"kinds": store.summary["kinds"]})
    page.wait_for_timeout(500)
    held[0].fulfill(response=old)
    card = page.get_by_role("region", name="Sprite sheets")
    expect(card.locator("dd").first).to_have_text("88")
    page.wait_for_timeout(100)
    expect(card.locator("dd").first).to_have_text("88")


@pytest.mark.parametrize("path", ["/activity", "/coverage"])
def test_what_waits_for_room_says_where_and_how_to_change_it(page: Page, served: Served, path: str) -> None:
    store = rich(served.store)
    page.goto(served.url + path)
    wait_for_stream(page, store)
    note = page.locator('[data-key="room-1"]')
    expect(note).to_have_count(0)
    reason = "only 3.1 GB are free on /srv/films; stored forms wait until there are 5 (store.min_free_gb)"
    store.summary["waits"] = [{"library_id": 1, "reason": reason, "jobs": 12}]
    store.tell("jobs", {"kinds": store.summary["kinds"]})
    expect(note).to_have_text(f"12 wait for room on the disk: {reason}. Change it")
    assert Axe().run(page).response["violations"] == []
    note.get_by_role("link", name="Change it").click()
    expect(page.locator("#set-store-min_free_gb")).to_be_visible()


def test_removing_a_library_explains_and_asks(page: Page, served: Served) -> None:
    rich(served.store)
    page.goto(served.url + "/libraries")
    films = page.get_by_role("region", name="Films")
    films.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_contain_text("No file is touched")
    page.get_by_role("button", name="Remove from vidwatchd").click()
    expect(films).to_have_count(0)


def test_losing_the_daemon_is_said_and_its_return_too(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.route("**/api/events*", lambda route: route.abort())
    page.evaluate("dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'))")
    expect(page.locator("#lost")).to_be_visible()
    page.unroute("**/api/events*")
    expect(page.locator("#lost")).to_be_hidden()


def test_help_opens_by_key_and_lists_the_shortcuts(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    go(page, "ga")
    assert page.url == served.url + "/activity"


def test_every_page_has_its_own_keys_and_they_lead_there(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    listed = page.locator("#help dt").evaluate_all(
        "(all) => all.map((one) => [[...one.children].map((key) => key.textContent), one.nextElementSibling.textContent])"
    )
    places = [(keys[1], words.removeprefix("go to ")) for keys, words in listed if words.startswith("go to ")]
    names = page.locator("[data-nav]").evaluate_all(
        "(all) => all.map((one) => one.ariaLabel || one.textContent.trim())"
    )
    assert sorted(name for _, name in places) == sorted(names)
    assert len({key for key, _ in places}) == len(places)
    for key, name in places:
        page.keyboard.press("Escape")
        go(page, f"g{key}")
        expect(page.locator("[data-nav][aria-current]")).to_have_accessible_name(name)
        page.locator("body").evaluate("(body) => document.activeElement.blur()")


@pytest.mark.parametrize("section", ["Everywhere", "Library", "Search", "Watching"])
def test_help_names_no_keys_twice(page: Page, served: Served, section: str) -> None:
    fill(served.store)
    open_library(page, served)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    part = page.locator("#help section").filter(has=page.get_by_role("heading", name=section, exact=True))
    keys = part.locator("dt").all_inner_texts()
    assert keys and len(set(keys)) == len(keys)


@pytest.mark.parametrize("path", ["/", "/?q=zebra", "/watch/1", "/watch/2", "/activity", "/libraries", "/nowhere"])
def test_axe_finds_nothing(page: Page, served: Served, path: str) -> None:
    rich(served.store)
    page.emulate_media(reduced_motion="reduce", color_scheme="light")
    page.goto(served.url + path)
    assert violations(page, {}) == []
    page.emulate_media(reduced_motion="reduce", color_scheme="dark")
    page.goto(served.url + path)
    assert violations(page, {"runOnly": ["color-contrast"]}) == []


def violations(page: Page, options: dict) -> list:
    # Only these are told of in full: to gather all that is well takes several times as long.
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [(each["id"], [(node["target"], node["failureSummary"]) for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("path", ["/", "/watch/2", "/activity", "/libraries"])
def test_no_page_is_wider_than_the_window(page: Page, served: Served, path: str) -> None:
    rich(served.store)
    page.goto(served.url + path)
    fits(page, 2560, 1440, 768, 360)


def test_a_library_stops_and_starts_keeping_stored_forms(page: Page, served: Served) -> None:
    rich(served.store)
    served.store.roots[0]["skip"] = []
    page.goto(served.url + "/libraries")
    switch = page.get_by_role("region", name="Films").get_by_role("switch", name="Keep stored forms")
    expect(switch).to_be_checked()
    switch.press("Space")
    expect(page.locator(".toast")).to_contain_text("What is made stays.")
    expect(switch).not_to_be_checked()
    assert served.store.calls[-1] == ("PATCH", "/api/libraries/1", {"stored": False})
