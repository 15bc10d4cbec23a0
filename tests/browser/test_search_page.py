"""test_search_page: from a few words to the second where they are said, over real videos and a real server."""

from __future__ import annotations

import re
import shutil
import urllib.parse
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests import wording as speech
from tests.browser.shelf import Shelf
from tests.browser.steps import eventually, until
from tests.webapp.wire import Running
from vidwatchd import config, operations
from vidwatchd.operations import learning, libraries, search, tags
from vidwatchd.operations.make import Wanted, make
from vidwatchd.webapp import create_app
from vidwatchd.webapp.events import Hub

WEBB = "The James Webb space telescope unfolds its mirror far from the Earth and looks at the first light of all"


class Dashboard:
    """A server over two videos, one of which speaks."""

    def __init__(self, ctx, root):
        self.ctx, self.root = ctx, root
        self.index = ctx.index
        self.library_id = ctx.index.libraries.all()[0].id
        self.store = ctx.store(self.library_id)
        self.server = Running(create_app(ctx, Hub()))
        self.url = f"http://127.0.0.1:{self.server.port}"

    def id(self, path):
        return next(v.id for v in self.index.videos.in_folder(self.library_id, "", recursive=True) if v.path == path)

    def beside(self, path, suffix):
        return Path(self.store.file(path, suffix))

    def says(self, path, **tracks):
        learning.learn(self.ctx, speech.write(self, path, **tracks))


@pytest.fixture
def board(tmp_path, clips, shelf: Shelf, monkeypatch):
    root, kinds = tmp_path / "videos", ("metadata", "thumbs", "sprites")

    def fill(videos: Path) -> None:
        shutil.copy(clips.long(), videos / "talk.mp4")
        shutil.copy(clips.normal(), videos / "beach day.mp4")

    shelf.copy("search", root, fill, kinds)
    settings = config.parse({"data_dir": str(tmp_path / "data"), "workers": {"total": 1}}, tmp_path / "videorc.json")
    with operations.open(settings) as ctx:
        libraries.add(ctx, str(root))
        make(ctx, str(root), Wanted(kinds))
        speech.known(monkeypatch)
        board = Dashboard(ctx, root)
        board.says("talk.mp4", en=speech.lines(WEBB, words=5, seconds=2.0), de=[(8.0, 9.5, "Das Weltraumteleskop")])
        tags.edit(ctx, board.id("beach day.mp4"), tags.Edit(add=("Summer",)))
        yield board
        board.server.end()


def moments(page: Page):
    return page.locator("[data-moment]")


def test_from_any_page_to_the_second(page: Page, board: Dashboard) -> None:
    page.goto(board.url + "/activity")
    page.keyboard.press("/")
    page.keyboard.type('"space telescope"')
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(moments(page)).to_have_count(1)
    expect(page.locator("mark")).to_have_text(["space telescope"])
    expect(moments(page).locator(".from")).to_have_text("said · en")
    until(page, "document.querySelector('.shot i')?.style.backgroundImage.includes('/artifacts/sprites/')")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(moments(page).first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/watch/*")
    asked = urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)
    assert (asked["t"], asked["find"]) == (["0"], ["space telescope"])


def test_results_come_while_one_types_and_the_address_follows(page: Page, board: Dashboard) -> None:
    page.goto(board.url + "/search")
    expect(page.get_by_role("heading", name="Find the moment")).to_be_visible()
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("mirr", delay=30)
    expect(page.locator("mark")).to_have_text(["mirror"])
    expect(page.locator("#told")).to_have_text("1 video")
    expect(page).to_have_url(board.url + "/search?q=mirr")
    expect(page).to_have_title("mirr – Search · vidwatchd")
    page.keyboard.press("ArrowDown")
    expect(moments(page).first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()
    page.reload()
    expect(page.locator("#search")).to_have_value("mirr")


def test_an_old_answer_never_overtakes_a_new_one(page: Page, board: Dashboard) -> None:
    page.goto(board.url + "/search")
    held: list[Route] = []
    page.route("**/search?q=sum&*", lambda route: held.append(route))
    page.keyboard.type("sum")
    eventually(page, lambda: held)
    page.keyboard.type("mer beach")
    expect(page.locator(".hit .name")).to_have_text("beach day.mp4")
    held[0].continue_()
    page.wait_for_timeout(300)
    expect(page.locator(".hit .name")).to_have_text("beach day.mp4")


def test_conditions_are_chips_that_can_be_taken_away_and_are_offered(page: Page, board: Dashboard) -> None:
    page.goto(board.url + "/search?q=day+tag%3Asummer")
    chip = page.locator(".chip.is-set")
    expect(chip).to_have_text(re.compile(r"tag: summer"))
    expect(page.locator(".hit")).to_have_count(1)
    chip.click()
    expect(page.locator("#search")).to_have_value("day")
    expect(chip).to_have_count(0)
    page.get_by_role("button", name="lang:").click()
    expect(page.locator("#search")).to_have_value("day lang:")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#search").fill("weltraumteleskop lang:de")
    expect(moments(page).locator(".from")).to_have_text("said · de")
    page.go_back()
    expect(page.locator("#search")).to_have_value("day tag:summer")


def test_a_wrong_spelling_and_nothing_at_all(page: Page, board: Dashboard) -> None:
    page.goto(board.url + "/search?q=telecsope")
    expect(page.locator(".instead")).to_have_text("Nothing for telecsope. These are for telescope.")
    expect(page.locator("mark")).to_have_text(["telescope"])
    page.get_by_role("link", name="telescope", exact=True).click()
    expect(page.locator(".instead")).to_have_count(0)
    page.locator("#search").fill("qqqqqq in:nowhere")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.locator("#search").fill("<b>&\"'")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_a_search_is_saved_and_forgotten(page: Page, board: Dashboard) -> None:
    page.goto(board.url + "/search?q=webb+mirror")
    page.get_by_role("button", name="Save this search").click()
    page.get_by_label("Name", exact=True).fill("Space")
    page.get_by_role("dialog", name="Save this search").get_by_role("button", name="Save", exact=True).click()
    saved = page.locator("#saved").get_by_role("link", name="Space")
    expect(saved).to_be_visible()
    assert (board.root / ".artifacts/.searches.json").exists()
    page.goto(board.url + "/search")
    saved.click()
    expect(page.locator("mark")).to_have_text(["Webb", "mirror"])
    page.get_by_role("button", name="Forget the search Space").click()
    expect(saved).to_have_count(0)


def test_a_failure_says_so_and_can_be_tried_again(page: Page, board: Dashboard) -> None:
    page.goto(board.url + "/search")
    page.route("**/search?q=*", lambda route: route.abort())
    page.locator("#search").fill("webb")
    expect(page.get_by_role("alert")).to_contain_text("vidwatchd cannot be reached")
    page.unroute("**/search?q=*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("mark")).to_have_text(["Webb"])


def test_more_of_many(page: Page, board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search.search, "__kwdefaults__", {**search.search.__kwdefaults__, "limit": 1})
    page.goto(board.url + "/search?q=mp4")
    expect(page.locator(".hit")).to_have_count(1)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_can_be_read_by_everybody(page: Page, board: Dashboard, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for query in ("", "telescope OR summer", "nothing like this"):
        page.goto(f"{board.url}/search?q={urllib.parse.quote_plus(query)}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
        assert Axe().run(page).response["violations"] == [], query
