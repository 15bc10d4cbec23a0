"""test_stored_page: a film is uploaded to a real daemon, stored, and played from a few kilobytes, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.films import Films
from tests.browser.real import Real
from tests.browser.steps import until

# Where it is as soon as it is there: it goes on playing.
SOUGHT = """(video, second) => new Promise((resolve) => {
  video.addEventListener('seeked', () => resolve(video.currentTime), { once: true });
  video.currentTime = second;
})"""
# What making a stored form, or a playable file of one, may take on a busy machine.
READY_MS = 240_000


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """With a library that is empty, so that nothing but the upload is made."""
    home = tmp_path_factory.mktemp("real")
    (home / "videos").mkdir()
    quick = {"sprites": {"width": 160}, "thumbs": {"width": 320}, "previews": {"segments": 1, "width": 64}}
    with Real(home, home / "videos", store={"min_free_gb": 0}, artifacts=quick) as running:
        yield running


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Films(tmp_path_factory.mktemp("films")).chime()


def upload(page: Page, *films: Path) -> None:
    page.set_input_files("#upload-files", list(map(str, films)))


def stored(page: Page, real: Real, film: Path):
    """The film's line, once it is ready; the first test to ask for it uploads the film."""
    page.goto(real.url + "/stored")
    item = page.locator(".stored-item").filter(has_text=film.name)
    if not item.count():
        upload(page, film)
    expect(item.get_by_role("link", name="Stream (resultant)")).to_be_visible(timeout=READY_MS)
    return item


def plays(page: Page, name: str) -> None:
    """It goes on, has sound, and can be sought to any time."""
    video = f"document.getElementById('{name}')"
    until(page, f"{video}.currentTime > 0.3")
    until(page, f"{video}.webkitAudioDecodedByteCount > 0")
    assert abs(page.evaluate(f"{video}.duration") - 8) < 0.3
    for second in (6.5, 2.5):
        assert abs(page.locator(f"#{name}").evaluate(SOUGHT, second) - second) < 1


def test_an_upload_is_stored_and_plays_from_both(page: Page, real: Real, film: Path) -> None:
    item = stored(page, real, film)
    expect(item).to_contain_text("Uploads")
    expect(page.locator("#tally")).to_contain_text("1 film")
    item.get_by_role("link", name="Stream (resultant)").click()
    expect(page.locator("#film-wait")).to_be_empty(timeout=READY_MS)
    plays(page, "film-video")
    page.get_by_role("dialog").get_by_role("button", name="Original").click()
    until(page, "document.getElementById('film-video').currentSrc.endsWith('original=1')")
    plays(page, "film-video")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        item.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).stat().st_size > 1000
    assert download.value.suggested_filename.endswith(".mp4")


def test_its_text_is_read_and_a_second_upload_of_it_is_known(page: Page, real: Real, film: Path) -> None:
    item = stored(page, real, film)
    item.get_by_role("link", name="Script").click()
    expect(page.get_by_role("dialog").locator("pre")).not_to_be_empty()
    page.keyboard.press("Escape")
    upload(page, film)
    said = page.get_by_role("list", name="Uploads").get_by_role("listitem")
    expect(said).to_contain_text("Already stored: open it")
    expect(page.locator(".stored-item")).to_have_count(1)
    said.get_by_role("link").click()
    page.wait_for_url("**/watch/*")
    expect(page.get_by_role("region", name="Stored form")).to_contain_text("Compact copy")


def test_what_is_no_film_is_refused_with_a_sentence(page: Page, real: Real, film: Path) -> None:
    page.goto(real.url + "/stored")
    broken = Films(film.parent).broken()
    upload(page, broken)
    alert = page.get_by_role("list", name="Uploads").get_by_role("alert")
    expect(alert).to_contain_text("send a video file")
    assert broken.name not in real.videos()


def test_a_disk_without_room_refuses_it_with_a_sentence(page: Page, real: Real, film: Path) -> None:
    page.goto(real.url + "/stored")
    large = film.parent / "large.mp4"
    large.write_bytes(film.read_bytes() + bytes(40_000_000))
    real.api("/api/settings", {"store.min_free_gb": 10**6}, "PATCH")
    try:
        upload(page, large)
        alert = page.get_by_role("list", name="Uploads").get_by_role("alert")
        expect(alert).to_contain_text("free")
    finally:
        real.api("/api/settings", {"store.min_free_gb": 0}, "PATCH")


def test_without_its_original_it_plays_by_itself(page: Page, real: Real, film: Path) -> None:
    stored(page, real, film)
    number = real.id_of(film.name)
    page.goto(f"{real.url}/watch/{number}")
    page.get_by_role("region", name="Stored form").get_by_role("button", name="Stream (resultant)").click()
    expect(page.get_by_text("This is the compact copy.")).to_be_visible(timeout=READY_MS)
    until(page, "document.getElementById('video').currentSrc.includes('/stream/')")
    (real.home / "data" / "uploads" / film.name).unlink()
    real.wait_for(lambda: real.videos()[film.name]["presence"] == "gone", "noticing that it went")
    page.goto(f"{real.url}/watch/{number}")
    expect(page.locator("#compact-note")).to_contain_text("The file is gone; this is its compact copy.")
    page.get_by_role("button", name="Play", exact=True).last.click()
    plays(page, "video")
    page.goto(real.url + "/stored")
    expect(page.locator(".stored-item")).to_contain_text("The original is gone")


def test_a_setting_is_changed_and_stands_in_the_file(page: Page, real: Real) -> None:
    page.goto(real.url + "/settings")
    row = page.locator('.set[data-key="script.visual_max_frames"]')
    row.get_by_role("spinbutton").fill("12")
    row.get_by_role("spinbutton").press("Enter")
    expect(row.get_by_role("status")).to_have_text("Saved")
    assert '"visual_max_frames": 12' in real.config.read_text()
    page.locator('.set[data-key="audio.ffmpeg_path"]').get_by_role("textbox").fill("/bin/sh")
    page.keyboard.press("Enter")
    expect(page.locator('.set[data-key="audio.ffmpeg_path"]').get_by_role("alert")).to_contain_text("ffmpeg")
    row.get_by_role("button", name="Reset").click()
    expect(row.get_by_role("button", name="Reset")).to_be_hidden()
    expect(row.get_by_role("spinbutton")).to_have_value("60")
    assert "visual_max_frames" not in real.config.read_text()
