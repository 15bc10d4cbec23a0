"""test_moment: words are typed and the video opens where they are said: a real daemon without a model, a real Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.films import Films, put
from tests.browser.steps import until
from tests.clips import shared_media
from tests.live import Daemon

pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason=f"no Chromium at {CHROMIUM} (apt-get install chromium)"
)

KINDS = ("metadata", "thumbs", "sprites", "subtitles")
SHOWN = """[...document.getElementById('video').textTracks].filter((track) => track.mode === 'showing')
  .map((track) => [...(track.activeCues || [])].map((cue) => cue.text).join('|')).join('|')"""
NOW = "document.getElementById('video').currentTime"
SIDECAR = """1
00:00:02,000 --> 00:00:05,000
The barn is painted red.

2
00:00:07,000 --> 00:00:11,000
Clover grows behind
the old windmill.

3
00:00:14,000 --> 00:00:17,000
The pond lies still.
"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """Over an empty folder, ``Videos``."""
    (tmp_path / "Videos").mkdir()
    with Daemon(tmp_path / "home", tmp_path / "Videos", kinds=KINDS) as running:
        running.url = f"http://127.0.0.1:{running.port}"
        yield running


def find(page: Page, daemon: Daemon, words: str) -> None:
    """Type words on the Search page, as a person does."""
    page.goto(f"{daemon.url}/search")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type(words)


def test_what_is_said_in_a_file_is_found_opened_at_its_second_with_subtitles_and_plays(
    page: Page, daemon: Daemon, tmp_path: Path
) -> None:
    media = shared_media()
    if media is None:
        pytest.skip("no shared media: set VIDWATCHD_TEST_MEDIA")
    put(media / "speech" / "nasa_13013.mp4", tmp_path / "Videos" / "nasa_13013.mp4")
    daemon.wait_done("nasa_13013.mp4", kinds=KINDS)
    find(page, daemon, "Webb space telescope")
    moment = page.locator(".moment")
    expect(moment).to_have_count(1)  # the file holds the same words in two tracks
    expect(moment.locator("mark")).to_have_text(["Webb", "space", "telescope", "Space"])
    expect(moment).to_contain_text("This is the optical and science segment of the Webb space telescope")
    expect(moment.locator(".shot i")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/watch/*")
    until(page, "document.getElementById('video')?.readyState >= 2")
    # The published times of the line in which the first of the words is said.
    assert 0.2 <= page.evaluate(NOW) < 4.26
    until(page, f"{SHOWN}.includes('This is the optical and science segment of the Webb')")
    expect(page.locator(".line.is-now mark")).to_have_text(["Webb"])
    page.get_by_role("button", name="Play", exact=True).first.click()
    until(
        page, f"{SHOWN}.startsWith('space telescope in one of the largest cleanrooms') && {NOW} >= 4.26 && {NOW} < 8.35"
    )


def test_what_a_file_beside_it_says_is_found_as_soon_as_it_is_there(page: Page, daemon: Daemon, tmp_path: Path) -> None:
    folder = tmp_path / "Videos"
    (tmp_path / "films").mkdir()
    put(Films(tmp_path / "films").colours(), folder / "Farm.mp4")
    daemon.wait_for(lambda: daemon.videos().get("Farm.mp4", {}).get("artifacts", {}).get("subtitles") == "unavailable")
    find(page, daemon, "old windmill")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    number = daemon.videos()["Farm.mp4"]["id"]
    page.goto(f"{daemon.url}/watch/{number}")
    expect(page.locator("#words-state")).to_contain_text("vidwatchd models pull")

    (folder / "Farm.en.srt").write_text(SIDECAR, encoding="utf-8")
    expect(page.locator(".line")).to_have_count(3)
    expect(page.locator("#captions")).to_be_visible()
    find(page, daemon, '"behind the old windmill"')
    expect(page.locator(".moment mark")).to_have_text("behind the old windmill")
    page.locator(".moment").click()
    page.wait_for_url(f"**/watch/{number}?t=7*")
    until(page, "document.getElementById('video')?.readyState >= 2")
    assert 7 <= page.evaluate(NOW) < 11
    until(page, f"{SHOWN} === {json.dumps('Clover grows behind' + chr(10) + 'the old windmill.')}")
    expect(page.locator(".line.is-now")).to_contain_text(re.compile("Clover grows behind"))
    page.get_by_role("button", name="Play", exact=True).first.click()
    until(page, f"{NOW} > 7.5")
    assert (folder / "Farm.en.srt").read_text(encoding="utf-8") == SIDECAR
