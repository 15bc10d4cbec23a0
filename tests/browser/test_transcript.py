"""test_transcript: what is said, beside a real player: following, seeking, searching, copying, putting right."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.shelf import Shelf
from tests.browser.stand_in import Served
from tests.browser.steps import SHIFTS, fill, hold, still, until
from tests.browser.talk import ENGLISH, GERMAN, Talk, talking
from tests.clips import shared_media
from tests.spoken import say, track
from vidwatchd.operations import transcripts

MODES = "[...document.querySelectorAll('#video track')].map((one) => [one.dataset.id, one.track.mode])"
SHOWN = """[...document.getElementById('video').textTracks].filter((one) => one.mode === 'showing')
  .flatMap((one) => [...(one.activeCues || [])].map((cue) => cue.text))"""


@pytest.fixture
def full(talk: Talk) -> Talk:
    """With words in two languages."""
    return talk.fill()


def near(page: Page, seconds: float) -> None:
    until(page, f"Math.abs(document.getElementById('video').currentTime - {seconds}) < 0.2")


def line(page: Page, at: int):
    return page.locator(f'.line[data-line="{at}"]')


def open_full(page: Page, talk: Talk, query: str = "") -> None:
    talk.watch(page, query)
    expect(page.locator(".line")).to_have_count(len(ENGLISH))


def lines_of(talk: Talk, at: int = 0) -> list[str]:
    return [cue["text"] for cue in transcripts.transcript(talk.ctx, talk.id)["tracks"][at]["cues"]]


class TestFollowing:
    def test_it_follows_marks_and_scrolls_within_its_own_box(self, page: Page, full: Talk) -> None:
        page.set_viewport_size({"width": 1280, "height": 480})
        open_full(page, full)
        expect(page.locator(".line.is-now")).to_have_count(0)
        page.keyboard.press("9")
        expect(line(page, 6)).to_have_class(re.compile("is-now"))
        expect(line(page, 6)).to_be_in_viewport()
        until(page, "document.getElementById('lines').scrollTop > 0")
        assert page.evaluate("scrollY") == 0

    def test_a_person_who_scrolls_is_left_alone_until_follow(self, page: Page, full: Talk) -> None:
        page.set_viewport_size({"width": 1280, "height": 480})
        open_full(page, full)
        page.locator("#lines").hover()
        page.mouse.wheel(0, 30)
        expect(page.get_by_role("button", name="Follow")).to_be_visible()
        # A wheel that has turned scrolls for a while yet.
        until(page, "document.getElementById('lines').scrollTop > 0")
        still(line(page, 0))
        page.locator("#lines").evaluate("(box) => { box.scrollTop = 0; }")
        page.keyboard.press("9")
        expect(line(page, 6)).to_have_class(re.compile("is-now"))
        assert page.locator("#lines").evaluate("(box) => box.scrollTop") == 0
        page.get_by_role("button", name="Follow").click()
        expect(line(page, 6)).to_be_in_viewport()
        expect(page.get_by_role("button", name="Follow")).to_be_hidden()

    def test_a_click_or_enter_seeks_and_arrows_walk(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        line(page, 3).locator(".line-go").click()
        near(page, 9.5)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(line(page, 5).locator(".line-go")).to_be_focused()
        page.keyboard.press("Enter")
        near(page, 15.5)
        expect(line(page, 5).locator(".line-go")).to_have_attribute("aria-current", "true")
        page.keyboard.press(" ")
        until(page, "!document.getElementById('video').paused")


class TestOpening:
    def test_at_a_moment_found_by_a_search(self, page: Page, full: Talk) -> None:
        open_full(page, full, "?t=6.1&find=Webb+space+telescope")
        near(page, 6.1)
        expect(page.locator("#words-find")).to_have_value("Webb space telescope")
        expect(page.locator(".line mark")).to_have_text(["Webb", "space telescope"])
        expect(line(page, 2)).to_have_class(re.compile("is-now"))
        until(page, f"{SHOWN}.join() === {json.dumps(ENGLISH[2][2])}")
        page.keyboard.press(" ")
        until(page, "document.getElementById('video').currentTime > 6.4")
        parts = page.locator("#video").evaluate("({ played }) => [played.length, played.start(0)]")
        assert parts == [1, pytest.approx(6.1, abs=0.2)]

    def test_a_moment_wins_over_the_place_of_last_time(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        page.keyboard.press("6")
        near(page, 14.4)
        open_full(page, full)
        near(page, 14.4)
        open_full(page, full, "?t=0")
        near(page, 0)

    def test_words_of_another_language_open_its_track(self, page: Page, full: Talk) -> None:
        full.watch(page, "?t=1&find=Reinraum")
        expect(page.locator("#words-track")).to_have_value("de")
        until(page, f"{SHOWN}.join() === {json.dumps(GERMAN[0][2])}")

    def test_a_link_to_now_is_copied(self, page: Page, full: Talk) -> None:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        open_full(page, full)
        page.keyboard.press("5")
        near(page, 12)
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator("#toasts")).to_contain_text("Link to 0:12 copied")
        assert page.evaluate("navigator.clipboard.readText()") == f"{full.url}/watch/{full.id}?t=12"


class TestSearching:
    def test_matches_are_marked_counted_and_walked(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        page.locator("#words-find").fill("CLEAN room")
        expect(page.locator("#find-count")).to_have_text("1 of 3")
        expect(page.locator(".line mark")).to_have_count(3)
        page.keyboard.press("Enter")
        expect(page.locator("#find-count")).to_have_text("2 of 3")
        expect(line(page, 2)).to_have_class(re.compile("is-found"))
        page.keyboard.press("Shift+Enter")
        page.get_by_role("button", name="Match before").click()
        expect(page.locator("#find-count")).to_have_text("3 of 3")
        page.locator("#words-find").fill("mirror folded")
        expect(page.locator(".line mark")).to_have_text(["mirror", "mirror", "folded"])
        page.locator("#words-find").fill("unicorn")
        expect(page.locator("#find-count")).to_have_text("nothing")
        page.keyboard.press("Escape")
        expect(page.locator(".line mark")).to_have_count(0)

    def test_accents_and_case_do_not_matter_and_nothing_is_markup(self, page: Page, talk: Talk) -> None:
        say(
            talk.ctx,
            talk.id,
            track("fr", ((0.0, 1.0, "Où est l'ÉLÈVE ?"), (1.0, 2.0, "<img src=x onerror=alert(1)> İİ élan"))),
        )
        talk.watch(page)
        page.locator("#words-find").fill("eleve")
        expect(page.locator(".line mark")).to_have_text(["ÉLÈVE"])
        page.locator("#words-find").fill("elan")
        expect(page.locator(".line mark")).to_have_text(["élan"])
        expect(line(page, 1)).to_contain_text("<img src=x onerror=alert(1)>")


class TestCopying:
    def test_all_or_the_selected_lines_with_times(self, page: Page, full: Talk) -> None:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        open_full(page, full)
        copy = page.get_by_role("button", name="Copy the selected lines")
        copy.click()
        expect(page.locator("#toasts")).to_contain_text("The transcript is copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.splitlines()[2] == "0:06  space telescope, in one of the largest clean rooms in the world."
        assert len(text.splitlines()) == len(ENGLISH)
        page.evaluate("""() => { const part = (at) => document.querySelector(`.line[data-line="${at}"] span`).firstChild;
          getSelection().setBaseAndExtent(part(3), 3, part(4), 4); }""")
        copy.click()
        expect(page.locator("#toasts")).to_contain_text("2 lines copied")
        assert page.evaluate("navigator.clipboard.readText()").splitlines() == [
            "0:09  It is made of eighteen mirrors.", "0:12  Each mirror is as large as a person.",
        ]  # fmt: skip


class TestEditing:
    def test_in_place_by_key_saved_shown_everywhere_and_undone(self, page: Page, full: Talk) -> None:
        open_full(page, full, "?t=9.6&find=mirrors")
        line(page, 3).locator(".line-go").focus()
        page.keyboard.press("e")
        box = page.get_by_label("What is said", exact=True)
        expect(box).to_be_focused()
        box.fill("It is made of 18 mirrors.")
        page.keyboard.press("Enter")
        expect(line(page, 3)).to_contain_text("It is made of 18 mirrors.")
        expect(line(page, 3)).to_contain_text("edited")
        until(page, f"{SHOWN}.join() === 'It is made of 18 mirrors.'")
        assert lines_of(full)[3] == "It is made of 18 mirrors."
        page.get_by_role("button", name="Undo").click()
        expect(line(page, 3)).to_contain_text("eighteen")
        expect(page.locator(".line-edited")).to_have_count(0)
        until(page, f"{SHOWN}.join() === 'It is made of eighteen mirrors.'")
        assert lines_of(full)[3] == ENGLISH[3][2]

    def test_escape_leaves_it_and_keys_of_the_player_stay_letters(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        line(page, 1).dblclick()
        near(page, 3.2)
        page.get_by_label("What is said", exact=True).press_sequentially(" kmf9")
        near(page, 3.2)
        page.keyboard.press("Escape")
        expect(line(page, 1).locator(".line-go")).to_be_focused()
        expect(line(page, 1)).to_contain_text(ENGLISH[1][2])
        assert lines_of(full) == [text for *_, text in ENGLISH]

    def test_times_are_changed_and_what_is_wrong_is_said(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        line(page, 3).hover()
        line(page, 3).get_by_role("button").click()
        page.get_by_label("From").fill("soon")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_have_text("A time is written like 1:02.50")
        page.get_by_label("From").fill("0:03.00")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#toasts")).to_contain_text("reaches over another")
        page.get_by_label("From").fill("0:10.25")
        page.get_by_role("button", name="Save").click()
        expect(line(page, 3)).to_contain_text("edited")
        cue = transcripts.transcript(full.ctx, full.id)["tracks"][0]["cues"][3]
        assert (cue["start"], cue["end"]) == (10.25, 12.0)

    def test_a_removed_line_comes_back(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        line(page, 0).locator(".line-go").focus()
        page.keyboard.press("e")
        page.get_by_role("button", name="Remove").click()
        expect(page.locator(".line")).to_have_count(len(ENGLISH) - 1)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".line")).to_have_count(len(ENGLISH))
        assert lines_of(full) == [text for *_, text in ENGLISH]

    def test_another_person_s_edit_arrives_and_mine_is_not_disturbed(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        line(page, 4).dblclick()
        page.get_by_label("What is said", exact=True).fill("Mine")
        body = {"start": 0.5, "end": 3.0, "text": "Theirs"}
        with page.expect_response(f"**/api/videos/{full.id}/transcript") as anew:
            answer = page.request.put(f"{full.url}/api/videos/{full.id}/transcript/en", data=body)
        assert answer.ok
        anew.value.finished()
        page.wait_for_timeout(100)
        expect(page.get_by_label("What is said", exact=True)).to_have_value("Mine")
        page.get_by_label("What is said", exact=True).press("Enter")
        expect(line(page, 4)).to_contain_text("Mine")
        expect(line(page, 0)).to_contain_text("Theirs")
        assert lines_of(full)[0] == "Theirs"


class TestSubtitles:
    def test_every_language_is_a_track_that_can_be_chosen_and_is_remembered(self, page: Page, full: Talk) -> None:
        open_full(page, full)
        until(page, f'JSON.stringify({MODES}) === \'[["en","disabled"],["de","disabled"]]\'')
        page.locator("#captions").click()
        page.get_by_role("radio", name="Deutsch").check()
        page.keyboard.press("Escape")
        expect(page.locator("#captions-menu")).to_be_hidden()
        page.keyboard.press("1")
        until(page, f"{SHOWN}.join() === 'Willkommen im Reinraum.'")
        page.reload()
        until(page, f'JSON.stringify({MODES}) === \'[["en","disabled"],["de","showing"]]\'')
        expect(page.locator("#words-track")).to_have_value("de")
        labels = page.locator("#video track").evaluate_all(
            "(all) => all.map((one) => [one.label, one.srclang, one.kind])"
        )
        assert labels == [["English", "en", "subtitles"], ["Deutsch", "de", "subtitles"]]
        page.keyboard.press("c")
        expect(page.locator("#flash")).to_have_text("Subtitles off")
        page.keyboard.press("c")
        expect(page.locator("#flash")).to_have_text("Deutsch")

    def test_at_first_a_language_of_the_browser_s_is_taken_where_the_file_names_none(
        self, page: Page, talk: Talk
    ) -> None:
        talk.say(track("de", GERMAN), track("en", ENGLISH))
        talk.watch(page)
        expect(page.locator(".line")).to_have_count(len(ENGLISH))
        expect(page.locator("#words-track")).to_have_value("en")
        page.keyboard.press("c")
        expect(page.locator("#flash")).to_have_text("English")

    def test_only_the_chosen_track_ever_shows(self, page: Page, full: Talk) -> None:
        open_full(page, full, "?t=7&find=webb")
        page.wait_for_timeout(800)
        assert page.evaluate(MODES) == [["en", "showing"], ["de", "disabled"]]

    def test_words_that_come_while_one_watches_are_there_without_a_reload(self, page: Page, talk: Talk) -> None:
        talk.watch(page)
        expect(page.locator("#words-state")).to_have_text(re.compile("There is no transcript yet"))
        expect(page.locator("#captions")).to_be_hidden()
        talk.say(track("en", ENGLISH))
        expect(page.locator(".line")).to_have_count(len(ENGLISH))
        expect(page.locator("#captions")).to_be_visible()


class TestStates:
    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({}, "Nothing is said in it."),
            (
                {"state": "unavailable", "error": "no model (vidwatchd models pull small)"},
                "vidwatchd models pull small",
            ),
            ({"state": "failed", "error": "the file ends too early"}, "the file ends too early"),
        ],
    )
    def test_why_there_is_nothing_to_read(self, page: Page, talk: Talk, more: dict[str, str], words: str) -> None:
        say(talk.ctx, talk.id, **more)
        talk.watch(page)
        expect(page.locator("#words-state")).to_contain_text(words)
        again = page.locator("#words-state").get_by_role("button")
        expect(again).to_be_visible() if "failed" in more.values() else expect(again).to_be_hidden()
        expect(page.locator("#words-tools")).to_be_hidden()

    def test_broken_edits_are_said(self, page: Page, full: Talk) -> None:
        video = full.ctx.index.videos.get(full.id)
        file = full.ctx.store(video.library_id).file(video.path, ".edits.json")
        with open(file, "w", encoding="utf-8") as broken:
            broken.write("{")
        open_full(page, full)
        expect(page.locator("#words-state")).to_contain_text("not a valid file of edits")

    def test_what_cannot_be_played_still_has_its_words(self, page: Page, served: Served) -> None:
        store = fill(served.store)
        store.items[1].update(playable=False, why_not="Its picture is HEVC.")
        cues = [{"start": at, "end": at + 1, "text": f"line {at}", "edited": False} for at in range(19)]
        store.items[1]["transcript"] = [{"id": "en", "label": "English", "language": "en", "vtt_url": "", "cues": cues}]
        page.goto(f"{served.url}/watch/1")
        line(page, 10).locator(".line-go").click()
        expect(page.locator("#peek strong")).to_have_text("0:10")


def test_ten_thousand_lines_come_at_once_and_stay_quick(page: Page, talk: Talk) -> None:
    lines = tuple(
        (at * 0.0024, at * 0.0024 + 0.002, f"line number {at} of many words that somebody said") for at in range(10_000)
    )
    say(talk.ctx, talk.id, track("en", lines))
    talk.watch(page)
    expect(page.locator(".chunk")).to_have_count(100)
    drawn = page.locator(".line").count()
    assert drawn < 2000
    took = page.evaluate("""() => new Promise((resolve) => {
      const began = performance.now();
      const video = document.getElementById('video');
      video.currentTime = 20;
      const over = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
      video.addEventListener('seeked', over, { once: true });
    })""")
    print(f"{drawn} lines drawn at first, {took:.0f} ms for a jump of thousands")
    expect(page.locator(".line.is-now")).to_be_in_viewport()
    page.locator("#words-find").fill("number 9876")
    expect(page.locator("#find-count")).to_have_text("1 of 1")
    expect(line(page, 9876)).to_be_in_viewport()


def test_nothing_moves_when_words_arrive(page: Page, full: Talk) -> None:
    hold(page, "/transcript", 400)
    open_full(page, full)
    assert page.evaluate(SHIFTS) < 0.01


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, full: Talk, scheme: str) -> None:
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    open_full(page, full, "?t=7&find=webb+space")
    page.locator("#captions").click()
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    line(page, 3).dblclick()
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []


def test_a_phone_shows_it_all_within_its_width(page: Page, full: Talk) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_full(page, full, "?t=7&find=webb")
    line(page, 3).dblclick()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_real_film_opens_at_the_words_that_were_found(page: Page, shelf: Shelf, tmp_path) -> None:
    media = shared_media()
    if media is None or not (media / "speech" / "nasa_13013.mp4").exists():
        pytest.skip("no test media")
    with talking(tmp_path, shelf, media / "speech" / "nasa_13013.mp4") as talk:
        text = "segment of the Webb space telescope in one of the largest cleanrooms"
        talk.say(
            track(
                "en",
                ((0.5, 3.0, "This is the optical and science"), (3.0, 7.0, text), (7.0, 12.0, "in the world")),
                source="embedded",
            )
        )
        talk.watch(page, "?t=3&find=Webb+space+telescope")
        near(page, 3)
        expect(page.locator(".line mark")).to_have_text(["Webb space telescope"])
        until(page, f"{SHOWN}.join() === {json.dumps(text)}")
