"""test_stored_pages: the page of stored forms from plain dictionaries: what it asks for, shows and escapes."""

import re

import pytest

from tests.browser.kept import item, listing, terms
from tests.webapp.test_pages import NASTY, SHOWN, InMemory, get, video
from vidwatchd.webapp.stored_pages import closeness, share, stands_in, stored_url


class Kept(InMemory):
    """With stored forms; notes what it was asked."""

    def __init__(self, *forms, videos=()):
        super().__init__(*videos)
        self.forms, self.questions, self.allowed = list(forms), [], terms()

    def stored(self, query):
        self.questions.append(dict(query))
        return listing(*self.forms, query=query)

    def stored_of(self, video_id):
        return next((form for form in self.forms if form["video_id"] == video_id), None)

    def upload_terms(self):
        return self.allowed

    def titles(self):
        return {**super().titles(), "stored": "Stored forms"}


def test_a_line_says_what_was_saved_and_plays_both_ways():
    text = get(Kept(item(name=NASTY)), "/stored")
    assert SHOWN in text and "<script>alert" not in text
    assert "18 MB" in text and "122 KB" in text and "1/145 of the size" in text
    assert "Compact copy" in text and "SSIM 0.912" in text and ">close<" in text
    assert text.count("?original=0") >= 2 and "?original=1" in text and "download=1" in text
    assert " style=" not in text and "onclick" not in text
    assert "1 film, 18 MB kept in" in text


def test_an_original_that_is_gone_has_no_button_but_a_reason():
    text = get(Kept(item(has_original=False, original_url=None)), "/stored")
    assert "The original is not there" in text and 'data-which="original" aria-label' not in text
    for state, words in (("gone", "The original is gone"), ("offline", "The disk of the original is away")):
        assert words in get(Kept(item(has_original=False, original_url=None, original=state)), "/stored")


def test_what_is_not_ready_shows_how_far_it_is_or_what_helps():
    forms = [
        item(1, "processing"),
        item(2, "processing", progress=None),
        item(3, "failed", error="the disk is full", fix="free some room"),
        item(4, "unavailable", video_id=None, watch_url=None),
    ]
    text = get(Kept(*forms), "/stored")
    assert 'value="0.400"' in text and "being made" in text and "waits for its turn" in text
    assert "the disk is full" in text and "free some room" in text
    assert text.count("Try again:") == 1
    assert "2 films on the way" in text


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", {"offset": "0", "limit": "60"}),
        ("?q=+holiday+&status=failed", {"q": "holiday", "status": "failed", "offset": "0", "limit": "60"}),
        ("?status=odd&offset=x&limit=99999", {"offset": "0", "limit": "300"}),
    ],
)
def test_the_filters_ask_the_api_s_own_question(query, asked):
    kept = Kept()
    get(kept, "/stored" + query)
    assert kept.questions == [asked]


def test_the_next_page_is_offered_as_long_as_there_is_one():
    kept = Kept(*(item(number) for number in range(1, 71)))
    assert 'data-offset="60"' in get(kept, "/stored")
    last = get(kept, "/stored?fragment=cards&offset=60")
    assert last.count('class="stored-item') == 10 and 'id="more"' not in last
    assert get(kept, "/stored?fragment=list").lstrip().startswith('<div class="page-head">')


def test_every_empty_state_says_what_would_fill_it():
    def heading(path, *forms):
        return re.findall(r"<h2>([^<]*)</h2>", get(Kept(*forms), path))[-1]

    assert heading("/stored") == "Nothing is stored yet"
    assert heading("/stored?q=x", item()) == "Nothing is called so"
    assert heading("/stored?status=failed", item()) == "Nothing has failed"
    assert 'for="upload-files"' in get(Kept(), "/stored")


def test_the_settings_decide_what_is_ticked_and_how_much_is_taken():
    kept = Kept()
    assert 'id="upload-keep" checked' in get(kept, "/stored")
    kept.allowed = {"max_bytes": 2_000_000_000, "keep_original": False, "extensions": ["mp4"]}
    text = get(kept, "/stored")
    assert 'id="upload-keep">' in text and 'data-most="2000000000"' in text and "up to 2.0 GB each" in text


def test_the_watch_page_offers_both_and_falls_back_to_the_compact_copy():
    form = item(1)
    text = get(Kept(form, videos=[video(1)]), "/watch/1")
    assert 'src="/api/videos/1/file"' in text and "Stream (resultant)" in text and "Make again" in text
    gone = get(Kept(form, videos=[video(1, presence="gone", playable=False)]), "/watch/1")
    assert f'src="/stream/{form["id"]}?original=0"' in gone and "The file is gone; this is its compact copy." in gone
    assert "The original is gone" in gone and 'data-make="stored" data-key' not in gone
    odd = get(Kept(form, videos=[video(1, playable=False, why_not="It is HEVC.")]), "/watch/1")
    assert "This browser cannot play the original" in odd and "It is HEVC." in odd and "Open the original" in odd
    none = get(Kept(videos=[video(1, presence="gone")]), "/watch/1")
    assert "The file is gone" in none and 'id="video"' not in none and "None was made" in none


def test_the_watch_page_s_panel_follows_the_work():
    states = {"processing": "being made", "failed": "it cannot be made", "missing": "Not made yet"}
    for state, words in states.items():
        forms = () if state == "missing" else (item(1, state),)
        text = get(Kept(*forms, videos=[video(1)]), "/fragments/watch/1")
        assert f'data-state="{state}"' in text and words in text


def test_words_for_what_stands_in_and_how_close_it_is():
    said = [
        (("real", "proxy", ""), "Compact copy"),
        (("real", "keyframes", ""), "Stills"),
        (("generated", "cogvideox", "THUDM/CogVideoX-2b"), "Generated by THUDM/CogVideoX-2b"),
        (("placeholder", "stub", ""), "Placeholder"),
        (("placeholder", "newer", ""), "Placeholder"),
    ]
    for (origin, backend, model), words in said:
        assert stands_in({"origin": origin, "backend": backend, "model": model}) == words
    assert [closeness({"ssim": value}) for value in (0.97, 0.9, 0.3, None)] == [
        "very close",
        "close",
        "recognisable",
        "",
    ]
    assert closeness({"ssim": 0.9, "origin": "placeholder"}) == "a placeholder"
    assert closeness({"ssim": None, "origin": "generated"}) == "not the film's own pictures"
    assert [share(value) for value in (145.1, 12_000, 1.25, 0, None)] == [
        "1/145 of the size",
        "1/12,000 of the size",
        "80 % of the size",
        "",
        "",
    ]


def test_an_address_keeps_what_was_chosen():
    assert stored_url({"q": "a b", "status": "ready"}, status="") == "/stored?q=a+b"
    assert stored_url({}) == "/stored"
