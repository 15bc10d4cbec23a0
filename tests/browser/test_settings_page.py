"""test_settings_page: models pulled and removed, what this machine can do, and every setting with its help."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.scenarios import models, pulling, rich
from tests.browser.stand_in import Served
from tests.browser.steps import called, fill, fits, go, open_library, until, wait_for_stream


def line(page: Page, name: str):
    return page.locator(f'[data-model-line="{name}"]')


def opened(page: Page, served: Served) -> None:
    page.goto(served.url + "/settings")
    expect(page.locator("#machine .checks")).to_be_visible()


def test_each_model_says_what_it_weighs_and_whether_it_is_here(page: Page, served: Served) -> None:
    opened(page, served)
    expect(line(page, "tiny")).to_contain_text("here")
    expect(line(page, "tiny")).to_contain_text("78 MB · MIT")
    expect(line(page, "small")).to_contain_text("wanted by subtitles")
    expect(line(page, "odd-one")).to_contain_text("not for commercial use")
    expect(line(page, "base").get_by_role("progressbar")).to_have_attribute("value", "0.412")
    expect(line(page, "base")).to_contain_text("61 MB of 148 MB")
    expect(line(page, "medium")).to_contain_text("Waits for its turn")
    expect(line(page, "large-v3").locator(".error")).to_contain_text("did not arrive whole")
    expect(line(page, "large-v3").get_by_role("button")).to_have_text("Try again")
    expect(line(page, "my-own <b>").get_by_role("button")).to_have_count(0)


def test_a_download_is_agreed_to_then_followed_to_its_end(page: Page, served: Served) -> None:
    opened(page, served)
    wait_for_stream(page, served.store)
    line(page, "small").get_by_role("button", name="Download small").click()
    expect(page.locator("dialog.ask")).to_contain_text(
        "486 MB are downloaded from huggingface.co/Systran/faster-whisper-small"
    )
    expect(page.locator("dialog.ask")).to_contain_text("Its licence is MIT")
    page.get_by_role("button", name="Cancel").click()
    assert served.store.calls == []
    line(page, "small").get_by_role("button", name="Download small").click()
    page.get_by_role("button", name="Download 486 MB").click()
    expect(line(page, "small")).to_contain_text("Waits for its turn")
    called(page, served.store, "POST", "/api/models/small/pull", None)
    served.store.model("small")["pull"] = pulling("running", 243_000_000, 486_000_000)
    served.store.tell("jobs", {"kinds": {}})
    expect(line(page, "small")).to_contain_text("243 MB of 486 MB")
    served.store.model("small").update(here=True, pulled=True, disk_bytes=486_212_372, pull=pulling("done"))
    served.store.tell("jobs", {"kinds": {}})
    expect(line(page, "small").locator(".chip").first).to_have_text("here")


def test_a_licence_that_forbids_business_is_said_before(page: Page, served: Served) -> None:
    opened(page, served)
    line(page, "odd-one").get_by_role("button", name="Download odd-one").click()
    expect(page.locator("dialog.ask")).to_contain_text("forbids commercial use")


def test_a_download_can_be_stopped(page: Page, served: Served) -> None:
    opened(page, served)
    line(page, "base").get_by_role("button", name="Stop the download of base").click()
    expect(line(page, "base").get_by_role("button", name="Download base")).to_be_visible()
    called(page, served.store, "DELETE", "/api/jobs/a1", None)


def test_a_model_is_removed_only_after_a_question(page: Page, served: Served) -> None:
    opened(page, served)
    line(page, "tiny").get_by_role("button", name="Remove tiny").click()
    expect(page.locator("dialog.ask")).to_contain_text("78 MB are freed")
    page.get_by_role("button", name="Remove the model").click()
    expect(line(page, "tiny").get_by_role("button", name="Download tiny")).to_be_visible()
    called(page, served.store, "DELETE", "/api/models/tiny", None)


def test_the_machine_is_looked_at_after_the_page_is_there_and_again_when_asked(page: Page, served: Served) -> None:
    opened(page, served)
    machine = page.locator("#machine")
    expect(machine).to_contain_text("2 things need a look")
    expect(machine.locator("li").filter(has_text="extra subtitles").locator("code")).to_have_text(
        "pip install 'vidwatchd[subtitles]'"
    )
    assert served.store.looked == [False]
    served.store.checks = served.store.checks[:2]
    machine.get_by_role("button", name="Look again").click()
    expect(machine).to_contain_text("Nothing is wrong")
    assert served.store.looked == [False, True]


def test_every_setting_has_its_help_and_changed_ones_are_marked(page: Page, served: Served) -> None:
    opened(page, served)
    changed = page.locator("#all-settings li.is-changed")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text("serve.allowed_hosts")
    expect(changed).to_contain_text("default none")
    expect(changed).to_contain_text("edit the file")
    expect(page.get_by_text("watch.settle_seconds")).to_be_hidden()
    page.get_by_text("How changes on disk are noticed").click()
    expect(page.get_by_text("watch.settle_seconds")).to_be_visible()
    expect(page.locator("#all-settings")).to_contain_text("/home/you/.config/vidwatchd/videorc.json")


def test_g_o_and_the_header_lead_here(page: Page, served: Served) -> None:
    fill(served.store)
    open_library(page, served)
    go(page, "go")
    assert page.url == served.url + "/settings"
    expect(page.get_by_role("link", name="Settings", exact=True)).to_have_attribute("aria-current", "page")


def test_coverage_offers_the_model_that_is_missing(page: Page, served: Served) -> None:
    store = rich(served.store)
    subtitles = next(kind for kind in store.cover["kinds"] if kind["kind"] == "subtitles")
    subtitles.update(fix="the model small is not here (vidwatchd models pull small)", model="small")
    page.goto(served.url + "/coverage")
    page.get_by_role("button", name="Get the model").click()
    page.get_by_role("button", name="Download 486 MB").click()
    expect(page.locator(".toast")).to_contain_text("small is being downloaded")
    called(page, store, "POST", "/api/models/small/pull", None)
    page.get_by_role("link", name="All models").click()
    page.wait_for_url("**/settings#models")


def test_with_no_model_at_all_it_says_so(page: Page, served: Served) -> None:
    served.store.shelf = models()
    opened(page, served)
    expect(page.locator("#models")).to_contain_text("None is here yet")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_width_overflows(page: Page, served: Served, scheme: str) -> None:
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    opened(page, served)
    assert [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]] == []
    fits(page, 1440, 800, 360)


def row(page: Page, key: str):
    return page.locator(f'.set[data-key="{key}"]')


def test_a_setting_is_changed_in_place_and_says_that_it_is_saved(page: Page, served: Served) -> None:
    opened(page, served)
    mono = row(page, "audio.mono")
    mono.get_by_role("switch", name="One channel only").press("Space")
    expect(mono.get_by_role("status")).to_have_text("Saved")
    expect(mono).to_have_class("set is-changed")
    called(page, served.store, "PATCH", "/api/settings", {"audio.mono": True})
    visual = row(page, "script.visual_backend")
    visual.get_by_role("combobox").select_option("facts")
    expect(visual.get_by_role("status")).to_have_text("Saved")
    seconds = row(page, "script.visual_interval_sec").get_by_role("spinbutton")
    seconds.fill("2.5")
    seconds.press("Enter")
    expect(row(page, "script.visual_interval_sec").get_by_role("status")).to_have_text("Saved")
    assert served.store.calls[-1][2] == {"script.visual_interval_sec": 2.5}
    expect(page.locator("#settings-changed")).to_have_text("4 differ from the default")
    expect(page.locator("#all-settings summary").first).to_contain_text("3 changed of 6")
    mono.get_by_role("button", name="Reset One channel only").click()
    expect(mono.get_by_role("switch")).not_to_be_checked()
    expect(mono.get_by_role("button")).to_be_hidden()
    assert served.store.calls[-1][2] == {"audio.mono": None}


def test_what_is_refused_says_why_beside_it_and_nothing_jumps(page: Page, served: Served) -> None:
    opened(page, served)
    interval = row(page, "script.visual_interval_sec")
    heights = "[...document.querySelectorAll('.set')].map((row) => row.offsetHeight)"
    page.evaluate("document.fonts.ready.then(() => {})")
    before = page.evaluate(heights)
    field = interval.get_by_role("spinbutton")
    field.fill("2")
    field.press("Tab")
    expect(interval.get_by_role("status")).to_have_text("Saved")
    until(page, f"({heights}).join() === '{','.join(map(str, before))}'")
    count = len(served.store.calls)
    field.fill("0")
    field.press("Tab")
    expect(interval.get_by_role("alert")).to_contain_text("0.1")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert len(served.store.calls) == count
    field.press("Escape")
    expect(field).to_have_value("2")
    path = row(page, "audio.ffmpeg_path")
    path.get_by_role("textbox").fill("rm")
    path.get_by_role("textbox").press("Enter")
    expect(path.get_by_role("alert")).to_have_text("rm is not ffmpeg. give the path of the program")
    expect(path.get_by_role("textbox")).to_have_value("rm")


def test_a_list_is_typed_with_commas_and_what_counts_at_the_start_only_has_no_field(page: Page, served: Served) -> None:
    opened(page, served)
    page.get_by_text("How changes on disk are noticed").click()
    endings = row(page, "scan.extensions")
    endings.get_by_role("textbox").fill("mp4, mkv ,ts")
    endings.get_by_role("textbox").press("Enter")
    expect(endings.get_by_role("status")).to_have_text("Saved")
    assert served.store.calls[-1][2] == {"scan.extensions": ["mp4", "mkv", "ts"]}
    expect(row(page, "serve.port").get_by_role("textbox")).to_have_count(0)
    expect(row(page, "serve.port")).to_contain_text("edit the file")
