"""test_live: what a person does, in a real Chromium, with a real daemon over real files: nothing stands in for anything."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.films import QUARTER_SECONDS, QUARTERS, Films, put
from tests.browser.real import KINDS, Real
from tests.browser.steps import eventually, fits, still, until
from vidwatchd import artifacts
from vidwatchd.model import display, portable

pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason=f"no Chromium at {CHROMIUM} (apt-get install chromium)"
)

# What is made last may take a busy machine minutes.
LAST_MS = 240_000
# What a person types may be refused; nothing else may.
REFUSALS = ("/api/libraries", "/api/folders")
ODD = (
    "new\nline.mp4",
    'it\'s "quoted" & <script>alert(1)<!--.mp4',
    "<img src=x onerror=alert(1)>.mp4",
    "100%03d%20.mp4",
    "-leading.mp4",
    "emoji 🎬 ünï.mp4",
    "{{ 7 * 7 }}.mp4",
    "a?b#c;d=e+f.mp4",
    os.fsdecode(b"bytes \xff\xfe.mp4"),
)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="module")
def house(films: Films, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """A daemon over a folder with something of everything, all of it made."""
    home = tmp_path_factory.mktemp("house")
    videos = home / "Videos"
    put(films.colours(), videos / "Holiday" / "colours.mp4")
    for film in (films.pattern(), films.upright(), films.hevc(), films.sound(), films.broken()):
        put(film, videos / film.name)
    for name in ODD:
        put(films.short(), videos / "odd" / name, name)
    # The rest would be made in the middle of the tests, which look at what is there.
    with Real(home, videos, kinds=(*KINDS, "scenes")) as running:
        running.videos_folder = videos
        running.wait_for(lambda: len(running.videos()) == 6 + len(ODD), "finding the files")
        running.wait_made(*running.videos(), kinds=(*KINDS, "scenes"))
        yield running


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Real]:
    """A daemon that knows no folder yet; what fails is not tried again by itself."""
    with Real(tmp_path / "home", jobs={"attempts": 1}) as running:
        yield running


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when its console has an error, or when it asks anybody but its own server."""
    errors: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda line: errors.append(line.text) if is_error(line) else None)
    page.on("response", lambda answer: errors.append(f"{answer.status} {answer.url}") if is_bad(answer) else None)
    page.on("request", lambda request: asked.add(request.url))
    yield page
    own = page.url.split("/")[2]
    strangers = {url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != own}
    assert (errors, strangers) == ([], set())


def is_error(line: ConsoleMessage) -> bool:
    return line.type == "error" and not line.text.startswith("Failed to load resource")  # is_bad sees those, with names


def is_bad(answer: Response) -> bool:
    # 503: a disk is away, which some tests do on purpose.
    return answer.status >= 400 and answer.status != 503 and urlsplit(answer.url).path not in REFUSALS


def open_page(page: Page, real: Real, path: str = "/") -> None:
    """Open it, and wait until its scripts hear the daemon."""
    with page.expect_response("**/api/events*"):
        page.goto(real.url + path)


def card(page: Page, name: str) -> Locator:
    return page.locator("#grid .card").filter(has=page.get_by_role("link", name=name, exact=True))


def colour(place: Locator) -> str:
    """Which quarter of the film a shown picture is from, by the colour of its middle."""
    shown = Image.open(io.BytesIO(place.screenshot())).convert("RGB")
    width, height = shown.size
    middle = shown.crop((width * 3 // 8, height * 3 // 8, width * 5 // 8, height * 5 // 8)).resize(
        (1, 1), Image.Resampling.BOX
    )
    seen = middle.getpixel((0, 0))
    return min(
        QUARTERS, key=lambda name: sum((one - other) ** 2 for one, other in zip(QUARTERS[name], seen, strict=True))
    )


# Folders are added, files come and go.


def test_the_first_folder_is_typed_another_is_walked_to_and_both_fill(page: Page, empty: Real, films: Films) -> None:
    put(films.short(), empty.home / "Films" / "first.mp4", "1")
    put(films.short(), empty.home / "More" / "Inside" / "second.mp4", "2")
    open_page(page, empty)
    expect(page.get_by_role("heading", name="Point it at your videos")).to_be_visible()
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_label("Folder", exact=True).fill(str(empty.home / "Films"))
    page.get_by_role("button", name="Add a folder").click()
    expect(card(page, "first.mp4").locator(".thumb")).to_be_visible()
    assert page.evaluate("document.body.dataset.same") == "yes"  # the same page still: nothing was loaded again
    page.goto(empty.url + "/libraries")
    page.get_by_role("button", name="Add a folder").click()
    expect(page.locator("#picker-at")).to_have_text(str(empty.home))
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Inside", exact=True).click()
    expect(page.locator("#add-path")).to_have_value(str(empty.home / "More" / "Inside"))
    page.get_by_role("button", name="Watch this folder").click()
    inside = page.get_by_role("region", name="Inside")
    expect(inside.locator(".counts dd").first).to_have_text("1")
    inside.get_by_role("link", name="Show its videos").click()
    expect(card(page, "second.mp4").locator(".thumb")).to_be_visible()
    expect(page.locator("#grid .card")).to_have_count(1)
    kept = json.loads(empty.config.read_text())["libraries"]
    assert [entry["path"] for entry in kept] == [str(empty.home / "Films"), str(empty.home / "More" / "Inside")]


def test_a_folder_that_is_none_is_refused_with_what_to_do(page: Page, empty: Real) -> None:
    open_page(page, empty)
    page.get_by_label("Folder", exact=True).fill("/nowhere at all")
    page.get_by_role("button", name="Add a folder").click()
    expect(page.locator("#add-error")).to_contain_text("/nowhere at all")
    expect(page.locator("#add-path")).to_have_value("/nowhere at all")
    assert empty.api("/api/libraries")["libraries"] == []


def test_a_copied_file_appears_is_renamed_moved_and_deleted_without_a_reload(
    page: Page, house: Real, films: Films
) -> None:
    folder = house.videos_folder
    open_page(page, house)
    page.evaluate("document.body.dataset.same = 'yes'")
    put(films.short(), folder / "just copied.mp4", "copied")
    new = card(page, "just copied.mp4")
    expect(new).to_be_visible()
    expect(new.locator(".thumb")).to_be_visible()
    expect(page.locator("#grid .card").first).to_have_attribute("id", new.get_attribute("id"))
    number = new.get_attribute("data-id")
    (folder / "just copied.mp4").rename(folder / "renamed.mp4")
    shown = page.locator(f"#v{number}")
    expect(shown.locator(".open")).to_have_text("renamed.mp4")
    expect(shown.locator(".thumb")).to_be_visible()
    (folder / "elsewhere").mkdir()
    (folder / "renamed.mp4").rename(folder / "elsewhere" / "renamed.mp4")
    expect(shown.locator(".folder")).to_have_text("elsewhere")
    expect(card(page, "renamed.mp4")).to_have_count(1)
    (folder / "elsewhere" / "renamed.mp4").unlink()
    expect(shown).to_have_class(re.compile("is-gone"))
    assert page.evaluate("document.body.dataset.same") == "yes"
    open_page(page, house)
    expect(shown).to_have_count(0)


# Looking and playing.


def test_the_pointer_and_the_keyboard_look_through_a_card_and_open_it(page: Page, house: Real) -> None:
    open_page(page, house)
    shown = card(page, "colours.mp4")
    box = still(shown.locator(".picture"))
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    for at, name in ((0.15, "red"), (0.4, "lime"), (0.9, "yellow")):
        page.mouse.move(box["x"] + box["width"] * at, box["y"] + box["height"] / 2)
        expect(shown.locator(".scrub .badge")).to_have_text(re.compile(f"0:{int(24 * at) // 10}\\d"))
        eventually(page, lambda name=name: colour(shown.locator(".picture")) == name)
    page.mouse.move(5, 5)
    expect(shown.locator(".scrub")).to_have_count(0)
    shown.locator(".open").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(shown.locator(".scrub .badge")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/watch/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("colours.mp4")


def test_a_film_plays_and_seeks_by_ranges_and_its_bar_shows_the_picture_of_the_time(page: Page, house: Real) -> None:
    asked: list[tuple[int, str]] = []
    page.on(
        "response",
        lambda answer: "/file" in answer.url and asked.append((answer.status, answer.request.headers["range"])),
    )
    open_page(page, house, f"/watch/{house.id_of('pattern.mp4')}")
    until(page, "document.getElementById('video').readyState >= 1")
    page.get_by_role("button", name="Play", exact=True).first.click()
    until(page, "document.getElementById('video').currentTime > 0.2")
    page.keyboard.press("9")
    until(
        page, "document.getElementById('video').currentTime >= 18 && document.getElementById('video').readyState >= 2"
    )
    assert {status for status, _ in asked} == {206}
    assert any(int(re.match(r"bytes=(\d+)-", ranges)[1]) > 1_000_000 for _, ranges in asked), asked

    open_page(page, house, f"/watch/{house.id_of('Holiday/colours.mp4')}")
    until(page, "document.getElementById('video').readyState >= 1")
    box = still(page.locator("#seek"))
    for quarter, name in enumerate(QUARTERS):
        x, y = box["x"] + box["width"] * (quarter + 0.5) / 4, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        seconds = int((quarter + 0.5) * QUARTER_SECONDS)
        expect(page.locator("#peek strong")).to_have_text(re.compile(f"0:{seconds:02}|0:{seconds - 1:02}"))
        eventually(page, lambda name=name: colour(page.locator("#peek .peek-picture")) == name)
    page.mouse.click(x, y)
    until(page, "Math.abs(document.getElementById('video').currentTime - 21) < 0.5")
    page.mouse.move(5, 5)
    eventually(page, lambda: colour(page.locator("#video")) == "yellow")


def test_a_finger_on_the_large_button_plays(page: Page, house: Real) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, house, f"/watch/{house.id_of('Holiday/colours.mp4')}")
    page.locator("#big-play").click()
    until(page, "document.getElementById('video').currentTime > 0.1")


def test_what_cannot_be_played_says_why_and_offers_a_way(page: Page, house: Real) -> None:
    for path, why in (
        ("sound.mp4", "There is sound in this file, but no picture."),
        ("broken.mp4", "broken.mp4 is not a media file"),
    ):
        open_page(page, house, f"/watch/{house.id_of(path)}")
        cannot = page.locator("#cannot")
        expect(cannot).to_be_visible()
        expect(cannot).to_contain_text(why)
        expect(cannot.get_by_role("link", name="Download")).to_be_visible()
        expect(page.locator("#stage video")).to_have_count(0)
    expect(page.locator("#made .error").first).to_contain_text("broken.mp4")
    number = house.id_of("hevc.mp4")
    house.api(f"/api/videos/{number}/make", {"kinds": ["stored"]})
    house.wait_made("hevc.mp4", kinds=("stored",))
    open_page(page, house, f"/watch/{number}")
    expect(page.locator("#compact-note")).to_contain_text("this is its compact copy. Browsers do not play HEVC.")
    expect(page.locator("#stage video")).to_have_count(1)
    open_page(page, house)
    expect(card(page, "broken.mp4").locator(".trouble")).to_be_visible()
    expect(card(page, "sound.mp4").locator(".waiting")).to_have_text("No picture")


# What people say.


def test_tags_and_people_by_keyboard_reach_the_sidecar_and_a_hand_edit_comes_back(page: Page, house: Real) -> None:
    number = house.id_of("upright.mp4")
    sidecar = house.videos_folder / ".artifacts" / "upright.mp4.tags.json"
    house.api(
        f"/api/videos/{house.id_of('pattern.mp4')}/tags", {"add": ["Summer 2024"], "performers_add": ["Ana Lima"]}
    )
    open_page(page, house, f"/watch/{number}")
    page.locator("#tags input").wait_for()
    page.keyboard.press("t")
    page.keyboard.type("sum")
    expect(page.get_by_role("option", name="Summer 2024")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("<b>new</b>")
    page.keyboard.press("Enter")
    page.locator("#performers input").focus()
    page.keyboard.type("ana")
    expect(page.get_by_role("option", name="Ana Lima")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#performers .chip")).to_have_text(["Ana Lima"])
    page.get_by_label("4 of 5").check(force=True)
    page.locator("#notes").fill("seen with <i>friends</i>")
    page.locator("#notes").blur()
    expect(page.locator("#notes-saved")).to_have_text("Saved")
    said = json.loads(sidecar.read_text())
    assert (said["tags"], said["performers"]) == (["Summer 2024", "<b>new</b>"], ["Ana Lima"])
    assert (said["rating"], said["notes"]) == (4, "seen with <i>friends</i>")

    sidecar.write_text(json.dumps({**said, "tags": ["by hand"], "rating": 2}))
    expect(page.locator("#tags .chip")).to_have_text(["by hand"])
    expect(page.get_by_label("2 of 5")).to_be_checked()
    page.reload()
    expect(page.locator("#tags .chip")).to_have_text(["by hand"])
    expect(page.locator("#notes")).to_have_value("seen with <i>friends</i>")
    page.locator("#unrate").click()
    eventually(page, lambda: json.loads(sidecar.read_text()).get("rating") is None)


def test_several_are_tagged_at_once_found_by_it_and_shown_as_a_list(page: Page, house: Real) -> None:
    open_page(page, house)
    for name in ("hevc.mp4", "sound.mp4"):
        card(page, name).locator(".pick input").check(force=True)
    expect(page.locator("#picked-count")).to_have_text("2")
    page.locator("#picked").get_by_role("button", name="Tags").click()
    page.keyboard.type("together")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#grid .words").filter(has_text="together")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tags", exact=True).click()
    page.get_by_role("option", name="together").click()
    expect(page.locator("#grid .card")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"\?tags=together$"))
    page.keyboard.press("Escape")
    page.locator("#view").click()
    expect(page.locator("html")).to_have_attribute("data-view", "list")
    page.get_by_label("Order", exact=True).select_option("-size")
    expect(page.locator("#grid .open")).to_have_text(["hevc.mp4", "sound.mp4"])
    page.get_by_label("Order", exact=True).select_option("size")
    expect(page.locator("#grid .open")).to_have_text(["sound.mp4", "hevc.mp4"])
    page.get_by_role("link", name="Clear all").click()
    page.keyboard.press("/")
    page.keyboard.type("togeth")
    expect(page.locator("#grid .card")).to_have_count(2)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("zebra")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.locator("#view").click()


def test_back_finds_the_place(page: Page, house: Real) -> None:
    page.set_viewport_size({"width": 700, "height": 500})
    open_page(page, house, "/?sort=name")
    last = page.locator("#grid .card").last
    last.scroll_into_view_if_needed()
    name, before = last.locator(".open").inner_text(), still(last)["y"]
    last.locator(".open").click()
    page.wait_for_url("**/watch/*")
    page.go_back()
    expect(card(page, name)).to_be_in_viewport()
    eventually(page, lambda: abs(card(page, name).bounding_box()["y"] - before) < 60)


def test_odd_names_are_shown_escaped_and_play(page: Page, house: Real) -> None:
    known = house.videos()
    shown = {known[portable(f"odd/{name}")]["id"]: display(portable(name)) for name in ODD}
    open_page(page, house, "/?folder=odd")
    expect(page.locator("#grid .card")).to_have_count(len(ODD))
    for number, name in shown.items():
        assert page.locator(f"#v{number} .open").text_content() == name
        expect(page.locator(f"#v{number} .thumb")).to_be_visible()
    for number, name in shown.items():
        page.goto(f"{house.url}/watch/{number}")
        assert page.get_by_role("heading", level=1).text_content() == name
        page.get_by_role("button", name="Play", exact=True).first.click()
        until(page, "document.getElementById('video').currentTime > 0.1")


# Work and folders.


def test_pause_holds_new_work_resume_does_it_and_what_failed_can_be_made_again(
    page: Page, empty: Real, films: Films
) -> None:
    folder = empty.home / "Films"
    folder.mkdir()
    empty.api("/api/libraries", {"path": str(folder)})
    open_page(page, empty, "/activity")
    page.get_by_role("button", name="Pause all").click()
    expect(page.get_by_role("button", name="Resume all")).to_be_visible()
    put(films.short(), folder / "waits.mp4")
    thumbs = page.get_by_role("region", name="Thumbnails")
    waiting, failed = thumbs.locator("dd").nth(1), thumbs.locator("dd").nth(3)
    expect(waiting).to_have_text("1")
    assert empty.videos()["waits.mp4"]["artifacts"]["thumbs"] == "missing"
    page.get_by_role("button", name="Resume all").click()
    expect(thumbs.locator("dd").first).to_have_text("1")
    expect(waiting).to_have_text("0")
    broken = put(films.broken(), folder / "broken.mp4")
    expect(failed).to_have_text("1")
    expect(thumbs.locator(".error")).to_contain_text("broken.mp4")
    thumbs.get_by_role("link", name="broken.mp4").click()
    put(films.short(), broken, "whole now")
    expect(page.locator('[data-key="made-thumbs"] .state')).to_contain_text("done")
    number = empty.id_of("broken.mp4")
    before = empty.api(f"/api/videos/{number}")["details"]["thumbs"]["made_at"]
    page.locator('[data-make="thumbs"]').click()
    eventually(page, lambda: empty.api(f"/api/videos/{number}")["details"]["thumbs"]["made_at"] > before)


def test_a_real_films_clip_heat_and_scenes(page: Page, films: Films, tmp_path: Path) -> None:
    videos = tmp_path / "Videos"
    put(films.colours(), videos / "colours.mp4")
    with Real(tmp_path / "home", videos) as real:
        real.wait_made("colours.mp4", kinds=("sprites", "heatmaps", "previews", "scenes"))
        open_page(page, real)
        box = still(card(page, "colours.mp4").locator(".picture"))
        page.mouse.move(box["x"] + 40, box["y"] + 40)
        page.mouse.move(box["x"] + 60, box["y"] + 40)
        until(page, "document.querySelector('.clip')?.currentTime > 0")
        open_page(page, real, f"/watch/{real.id_of('colours.mp4')}")
        expect(page.locator("#heat")).to_be_visible()
        # From blue to yellow alone the colour changes by more than the detector's threshold.
        expect(page.locator(".scene")).to_have_count(2)
        page.keyboard.press(">")
        until(page, f"Math.abs(document.getElementById('video').currentTime - {3 * QUARTER_SECONDS}) < 0.3")
        open_page(page, real, "/coverage")
        # All but what needs a model; the stored form is made last.
        expect(page.get_by_text("9 of 12 kinds complete")).to_be_visible(timeout=LAST_MS)
        for kind in ("subtitles", "meaning"):
            lacking = page.locator(f'[data-key="cover-{kind}"]')
            expect(lacking).to_contain_text("vidwatchd models pull")
            expect(lacking.get_by_role("button", name="Get the model")).to_be_visible()


def test_a_folder_that_goes_away_is_said_loudly_loses_nothing_and_comes_back(
    page: Page, empty: Real, films: Films
) -> None:
    folder, away = empty.home / "Films", empty.home / "unplugged"
    put(films.short(), folder / "kept.mp4")
    empty.api("/api/libraries", {"path": str(folder)})
    empty.wait_made("kept.mp4")
    number = empty.id_of("kept.mp4")
    open_page(page, empty, "/libraries")
    films_card = page.get_by_role("region", name="Films")
    folder.rename(away)
    expect(films_card).to_contain_text("This folder is not there now")
    expect(films_card).to_contain_text(str(folder))
    open_page(page, empty)
    expect(page.get_by_text("Films is offline.")).to_be_visible()
    expect(page.locator(f"#v{number}")).to_be_visible()
    assert empty.videos()["kept.mp4"]["presence"] != "gone"
    open_page(page, empty, f"/watch/{number}")
    expect(page.get_by_role("heading", name="The file cannot be reached")).to_be_visible()
    open_page(page, empty, "/libraries")
    # Back only as somebody asks: the daemon may notice by itself, and then there is nothing to ask for.
    page.route("**/api/libraries/*/scan", lambda route: (away.rename(folder), route.continue_()), times=1)
    films_card.get_by_role("button", name="Look whether it is back").click()
    expect(films_card.locator(".presence")).to_contain_text("online")

    empty.wait_made("kept.mp4", kinds=tuple(artifacts.KINDS))
    before = names_in(folder)
    films_card.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_contain_text("No file is touched")
    page.get_by_role("button", name="Cancel").click()
    expect(films_card).to_be_visible()
    films_card.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove from vidwatchd").click()
    expect(page.get_by_role("heading", name="No folder is watched yet")).to_be_visible()
    assert empty.videos() == {}
    assert names_in(folder) == before


# For everybody.

PAGES = ("/", "/watch/{colours}", "/watch/{broken}", "/activity", "/libraries")
DIALOGS = {
    "help": ("/", lambda page: page.keyboard.press("?")),
    "add": ("/libraries", lambda page: page.get_by_role("button", name="Add a folder").click()),
    "remove": ("/libraries", lambda page: page.get_by_role("button", name="Remove").click()),
    "bulk": ("/", lambda page: (page.keyboard.press("j"), page.keyboard.press("t"))),
    "make": (
        "/",
        lambda page: (
            page.keyboard.press("j"),
            page.keyboard.press("x"),
            page.get_by_role("button", name="Make again").click(),
        ),
    ),
    "filter": ("/", lambda page: page.get_by_role("button", name="State").click()),
}


def address(house: Real, path: str) -> str:
    return path.format(colours=house.id_of("Holiday/colours.mp4"), broken=house.id_of("broken.mp4"))


def serious(page: Page, scheme: str) -> list:
    # All but the contrast is the same in the dark.
    options = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [
        (each["id"], [node["target"] for node in each["nodes"]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_and_in_dialogs(page: Page, house: Real, scheme: str) -> None:
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    for path in PAGES:
        open_page(page, house, address(house, path))
        assert (path, serious(page, scheme)) == (path, [])
    for name, (path, opens) in DIALOGS.items():
        open_page(page, house, path)
        opens(page)
        expect(page.locator("dialog[open], .menu:popover-open").first).to_be_visible()
        assert (name, serious(page, scheme)) == (name, [])


def test_no_page_is_wider_than_a_phone(page: Page, house: Real) -> None:
    for path in PAGES:
        open_page(page, house, address(house, path))
        fits(page, 360, 390, 1440)


def names_in(folder: Path) -> list[str]:
    """All names beneath a folder, but for what is being made just now."""
    return sorted(path.name for path in folder.rglob("*") if ".making" not in path.parts[:-1])
