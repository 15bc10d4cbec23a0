"""test_people: the same man in two films is one person: a real daemon, a real model, a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.films import put
from tests.browser.steps import until
from tests.clips import shared_media
from tests.live import Daemon

pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason=f"no Chromium at {CHROMIUM} (apt-get install chromium)"
)

KINDS = ("metadata", "thumbs", "scenes", "faces")
FILMS = ("again.mkv", "brother.mkv", "book.mkv")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """Over a folder with three films of two people, with the model that lies beside them."""
    media = shared_media()
    if media is None:
        pytest.skip("no shared media: set VIDWATCHD_TEST_MEDIA")
    (tmp_path / "Videos").mkdir()
    for name in FILMS:
        put(media / "faces" / name, tmp_path / "Videos" / name)
    settings = {"artifacts": {"faces": {"model": str(media / "models")}}}
    with Daemon(tmp_path / "home", tmp_path / "Videos", kinds=KINDS, **settings) as running:
        yield running


def people(daemon: Daemon) -> list[dict[str, object]]:
    found: list[dict[str, object]] = daemon.api("/api/people")["people"]
    return found


def names_in(daemon: Daemon, film: str) -> list[str]:
    number = daemon.videos()[film]["id"]
    return [person["name"] for person in daemon.api(f"/api/videos/{number}/people")["people"]]


def test_one_name_names_both_films_and_outlasts_the_index(page: Page, daemon: Daemon, tmp_path: Path) -> None:
    for name in FILMS:
        daemon.wait_done(name, kinds=KINDS)
    daemon.wait_for(lambda: [person["videos"] for person in people(daemon)] == [2, 1])
    man, woman = people(daemon)

    page.goto(f"http://127.0.0.1:{daemon.port}/people")
    expect(page.locator(".person")).to_have_count(2)
    field = page.locator(".person .naming input").first
    field.fill("Ján")
    field.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Named Ján")
    assert [names_in(daemon, film) for film in FILMS] == [["Ján"], ["Ján"], [""]]

    page.locator(".person a.open").first.click()
    page.wait_for_url(f"**/people/{man['id']}")
    expect(page.locator("#person")).to_contain_text("again.mkv")
    expect(page.locator("#person")).to_contain_text("brother.mkv")

    daemon.stop()
    shutil.rmtree(daemon.data)
    daemon.start()
    daemon.wait_for(lambda: [person["name"] for person in people(daemon)] == ["Ján", ""])
    assert [person["id"] for person in people(daemon)] == [man["id"], woman["id"]]
    assert daemon.api("/api/videos?performers=J%C3%A1n")["videos"] != []

    page.goto(f'http://127.0.0.1:{daemon.port}/search?q=person:"Ján"')
    expect(page.locator("main")).to_contain_text("again.mkv")
    expect(page.locator("main")).not_to_contain_text("book.mkv")
    page.goto(f"http://127.0.0.1:{daemon.port}/watch/{daemon.videos()['again.mkv']['id']}")
    lane = page.locator(".lane").first
    expect(lane).to_contain_text("Ján")
    until(page, "document.getElementById('video')?.readyState >= 2")
