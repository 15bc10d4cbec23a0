"""test_pages: every page from plain dictionaries: what it shows and escapes, and that nothing is inline."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.browser.kept import listing, terms
from tests.browser.scenarios import model, models
from vidwatchd.errors import LibraryOffline, NotFound
from vidwatchd.resources import web_folder
from vidwatchd.webapp.pages import page_url, problem_page, register

NASTY = 'it\'s "odd"\n<script>alert(1)</script> \U0010fffe 🎬 100%.mp4'
SHOWN = "it&#39;s &#34;odd&#34;\\n&lt;script&gt;alert(1)&lt;/script&gt; \\xfe 🎬 100%.mp4"


def video(number: int = 1, **more: Any) -> dict[str, Any]:
    base = {
        "id": number,
        "name": "clip.mp4",
        "path": "a/clip.mp4",
        "library": "Films",
        "library_id": 1,
        "folder": "a",
        "duration_seconds": 64.0,
        "width": 1920,
        "height": 1080,
        "size_bytes": 5_000_000,
        "video_codec": "h264",
        "presence": "present",
        "problem": "",
        "added_at": 1_700_000_000.0,
        "tags": [],
        "performers": [],
        "people": [],
        "artifacts": {"metadata": "done", "thumbs": "done"},
        "thumb_url": "/t.jpg?v=1",
        "sprite": None,
        "rating": None,
        "notes": "",
        "playable": True,
        "why_not": "",
        "file_url": f"/api/videos/{number}/file",
        "mimetype": "video/mp4",
        "container": "mp4",
        "audio_codec": "",
        "fingerprint": "",
        "library_root": "/films",
        "details": {},
        "jobs": [],
        "previous_id": None,
        "next_id": None,
    }
    return {**base, **more}


def library(**more: Any) -> dict[str, Any]:
    base = {
        "id": 1,
        "name": "Films",
        "root": "/films",
        "online": True,
        "problem": "",
        "held": "",
        "watched": True,
        "videos": 1,
        "gone": 0,
        "unknown": 0,
        "bytes": 5_000_000,
        "last_scan_at": None,
        "scan_seconds": None,
        "watch": {"mode": "inotify", "reason": "", "fix": ""},
        "scanning": False,
    }
    return {**base, **more}


def hit(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The video as a search finds it, said once and named."""
    segments = [["so ", False], ["<b>it", True], [" is", False]]
    moment = {
        "start": 61.25, "end": 63.0, "source": "speech", "track": "en", "language": "en", "text": "so <b>it is",
        "segments": segments,
        "cut_before": True, "cut_after": False, "picture": {"url": "/sheet.jpg", "x": 160, "y": 0, "w": 160, "h": 90},
    }  # fmt: skip
    named = [{"source": "name", "segments": [[item["name"], True]]}]
    return {
        "video": item,
        "score": 1.0,
        "sources": ["name", "speech"],
        "named": named,
        "moments": [moment],
        "more": 1,
        **more,
    }


class InMemory:
    """The pages' seam over plain lists; remembers what was asked."""

    def __init__(self, *videos: dict[str, Any], next_cursor: str | None = None) -> None:
        self.items = list(videos)
        self.next_cursor = next_cursor
        self.roots = [library()]
        self.jobs: dict[str, Any] = {"kinds": {}, "paused": False, "running": [], "failed": []}
        self.asked: list[dict[str, str]] = []
        self.alike: dict[str, Any] = {"groups": [], "compared": 0, "without_hash": 0, "computing": False}
        self.alike_asked: list[tuple[Any, ...]] = []
        self.cover: dict[str, Any] = {"total": 0, "kinds": []}
        self.shelf = models(model(NASTY, 5, title=NASTY, here=True, pulled=True, used_by=["artifacts.subtitles.model"]))
        self.searched: list[tuple[str, int, bool]] = []
        told = {
            "hits": [hit(each) for each in videos],
            "chips": [],
            "notices": [],
            "words": "x",
            "total": 1,
            "capped": False,
            "next_offset": 20,
        }
        self.found: dict[str, Any] = {**told, "did_you_mean": "", "query": ""}
        self.saved: dict[str, Any] = {"searches": [], "problems": []}

    def videos_page(self, query):
        self.asked.append(dict(query))
        return {"videos": self.items, "next_cursor": self.next_cursor}

    def video(self, video_id):
        found = next((item for item in self.items if item["id"] == video_id), None)
        if found is None:
            raise NotFound(f"there is no video {video_id}", hint="look in the library")
        return found

    def libraries(self):
        return self.roots

    def jobs_summary(self):
        return self.jobs

    def tag_names(self, kind, prefix, limit):
        return []

    def kinds(self):
        return ["metadata", "thumbs"]

    def titles(self):
        return {"metadata": "Metadata", "thumbs": "Thumbnails"}

    def duplicates(self, limit, threshold, library_id):
        self.alike_asked.append((limit, threshold, library_id))
        return self.alike

    def search(self, words, offset, typing):
        self.searched.append((words, offset, typing))
        return self.found

    def searches(self):
        return self.saved

    def coverage(self):
        return self.cover

    def models(self):
        return self.shelf

    def settings(self):
        return {"file": NASTY, "exists": False, "changed": 0, "groups": [], "storage": []}

    def machine(self, again):
        return [{"name": "ffmpeg", "state": "fail", "detail": NASTY, "fix": NASTY}]

    def stored(self, query):
        return listing()

    def stored_of(self, video_id):
        return None

    def upload_terms(self):
        return terms()


def get(services: InMemory, path: str, status: int = 200) -> str:
    app = Flask(__name__, static_folder=None)
    register(app, services)
    app.register_error_handler(404, problem_page)
    answer = app.test_client().get(path)
    assert answer.status_code == status, answer.text
    return answer.text


class Strict(HTMLParser):
    """Collects whatever a strict content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.bad.append(tag)
        self.bad += [name for name in names if name == "style" or name.startswith("on")]


PAGES = [
    "/",
    "/watch/1",
    "/activity",
    "/libraries",
    "/duplicates",
    "/search",
    "/search?q=x",
    "/search?q=x&fragment=results",
    "/coverage",
    "/fragments/duplicates",
    "/fragments/coverage",
    "/fragments/cards?ids=1",
    "/fragments/watch/1",
    "/fragments/activity",
    "/fragments/libraries",
    "/settings",
    "/fragments/settings/models",
    "/fragments/settings/machine",
    "/?fragment=results",
    "/?fragment=head",
]


def coverage(reasons: list[tuple[str, int]] = [], **more: Any) -> dict[str, Any]:  # noqa: B006
    told = [{"reason": reason, "count": count} for reason, count in reasons]
    base = {
        "kind": "thumbs",
        "title": "Thumbnails",
        "summary": "One JPEG.",
        "done": 1,
        "percent": 50.0,
        "missing": 0,
        "failed": 0,
        "unavailable": 0,
        "reasons": {"failed": told, "unavailable": told},
        "fix": "",
    }
    return {**base, **more}


def nasty() -> InMemory:
    trouble = {
        "state": "failed",
        "version": 1,
        "backend": "",
        "cost_seconds": 0,
        "cost_bytes": 0,
        "error": NASTY,
        "made_at": 0,
        "facts": {},
        "settings": {},
        "files": [{"name": NASTY, "url": "/x", "size_bytes": 1}],
    }
    kind = {"queued": 1, "running": 1, "done": 1, "failed": 1, "paused": False, "left_seconds": 70.0}
    job = {"id": 1, "kind": "thumbs", "video_id": 1, "video_name": NASTY, "progress": 0.5, "started_at": 0}
    services = InMemory(
        video(
            name=NASTY,
            path=f"{NASTY}/{NASTY}",
            folder=NASTY,
            problem=NASTY,
            library=NASTY,
            tags=[NASTY] * 5,
            performers=[NASTY],
            people=[NASTY],
            notes="</textarea><script>alert(2)</script>",
            details={"thumbs": trouble},
            why_not=NASTY,
            playable=False,
        )
    )
    services.roots = [library(name=NASTY, root=NASTY, problem=NASTY, held=NASTY, online=False)]
    failed = {**job, "error": NASTY, "attempts": 1, "when": 0.0}
    twins = [services.items[0], video(2, name=NASTY, path=NASTY, tags=[NASTY])]
    group = {"kind": "near", "similarity": 0.99, "keeper": 1, "reason": NASTY, "videos": twins}
    services.alike.update(groups=[group], compared=2)
    services.cover = {"total": 2, "kinds": [coverage(failed=1, reasons=[(NASTY, 1)], fix=NASTY)]}
    services.jobs = {"kinds": {"thumbs": kind}, "paused": False, "running": [job], "failed": [failed]}
    return services


@pytest.mark.parametrize("path", PAGES)
def test_odd_names_are_escaped_and_shown_readably(path):
    text = get(nasty(), path)
    assert "<script>alert" not in text and "\U0010fffe" not in text
    if "head" not in path:
        assert SHOWN in text


@pytest.mark.parametrize("path", [*PAGES, "/watch/9", "/nowhere"])
def test_nothing_needs_an_inline_script_or_style(path):
    parser = Strict()
    parser.feed(get(nasty(), path, 404 if path in ("/watch/9", "/nowhere") else 200))
    assert parser.bad == []


def test_only_known_keys_reach_the_operation_and_the_default_order_is_left_out():
    services = InMemory(video())
    get(services, "/?q=+sea+&tags=a,b&sort=-added&evil=1&cursor=c7&folder=")
    assert services.asked == [{"q": "sea", "tags": "a,b", "limit": "60", "cursor": "c7"}]


def test_the_next_page_keeps_the_filters():
    text = get(InMemory(video(), next_cursor="c2"), "/?tags=a%26b&fragment=cards")
    assert 'data-next="/?tags=a%26b&amp;cursor=c2&amp;fragment=cards"' in text
    assert "<html" not in text
    assert 'id="more"' not in get(InMemory(video()), "/")


def test_page_url_drops_what_is_empty():
    assert page_url({"q": "a b", "tags": "x"}, tags="", sort="name") == "/?q=a+b&sort=name"
    assert page_url({"q": "a"}, q="") == "/"


def test_cards_say_how_each_video_is():
    services = InMemory(
        video(1, presence="gone"),
        video(2, presence="unknown", problem="input/output error"),
        video(3, thumb_url=None, artifacts={"thumbs": "missing"}),
        video(4, thumb_url=None, artifacts={"thumbs": "failed"}),
        video(5, width=1080, height=1920, sprite={"sheet_url": "/s?v=1", "index_url": "/i?v=1", "vtt_url": ""}),
    )
    text = get(services, "/fragments/cards?ids=1,2,3,4,5")
    for words in ("The file is no longer there", "input/output error", "Picture on its way", "could not make thumbs"):
        assert words in text
    assert re.search(r'class="card is-present is-upright" id="v5"[^>]*data-sheet="/s\?v=1" data-index="/i\?v=1"', text)
    assert services.asked == [{"ids": "1,2,3,4,5", "presence": "any", "limit": "200"}]


def test_without_a_folder_the_library_asks_for_one():
    services = InMemory()
    services.roots = []
    assert "Point it at your videos" in get(services, "/")


def test_an_empty_folder_a_scan_and_no_match_are_three_states():
    services = InMemory()
    assert "Watching an empty folder" in get(services, "/")
    assert "Nothing matches" in get(services, "/?q=x")
    services.roots = [library(scanning=True)]
    assert "Looking through your folder" in get(services, "/")


def test_offline_and_held_libraries_are_loud_on_both_pages():
    services = InMemory(video())
    services.roots = [
        library(online=False, problem="its marker is missing"),
        library(id=2, held="42 of 50 are missing"),
    ]
    for path in ("/", "/libraries"):
        text = get(services, path)
        assert "its marker is missing" in text and "42 of 50 are missing" in text


def test_what_cannot_be_played_has_no_player():
    text = get(InMemory(video(playable=False, why_not="Its picture is HEVC.")), "/watch/1")
    assert "<video" not in text and "Its picture is HEVC." in text and 'download="clip.mp4"' in text
    assert "<video" not in get(InMemory(video(presence="gone")), "/watch/1")
    assert "<video" in get(InMemory(video()), "/watch/1")


def test_the_duplicates_page_takes_its_numbers_and_refuses_others():
    services = InMemory(video())
    get(services, "/duplicates?limit=50&threshold=0.9&library=3")
    get(services, "/fragments/duplicates")
    assert services.alike_asked == [(50, 0.9, 3), (25, None, None)]
    for wrong in ("limit=x", "limit=0", "limit=1001", "threshold=2", "threshold=nan", "library=-1"):
        assert "is no number from" in get(services, f"/duplicates?{wrong}", 400)


def test_without_groups_the_page_says_which_state_it_is():
    services = InMemory(video())
    assert "Nothing to compare yet" in get(services, "/duplicates")
    services.alike.update(without_hash=3)
    assert "No hashes yet" in get(services, "/duplicates")
    services.alike.update(compared=5, without_hash=1)
    text = get(services, "/duplicates")
    assert "No two are alike" in text and "1 video has no hash yet and was not compared" in text
    services.alike.update(computing=True)
    assert "Comparing your videos" in get(services, "/duplicates")


def test_a_group_shows_its_keeper_first_and_why():
    services = InMemory()
    twins = [video(1, width=640, height=360), video(2)]
    group = {"kind": "near", "similarity": 0.999, "keeper": 2, "reason": "the larger picture", "videos": twins}
    services.alike.update(groups=[group], compared=2)
    text = get(services, "/fragments/duplicates")
    assert text.index('id="twin-1-2-2"') < text.index('id="twin-1-2-1"')
    assert "99 % alike" in text and "the larger picture" in text
    assert 'class="differs is-best"><dt>Picture</dt>' in text and "<html" not in text
    services.alike["groups"][0]["kind"] = "exact"
    assert "every byte the same" in get(services, "/duplicates")


def test_coverage_queues_what_is_missing_unless_it_is_queued_or_cannot_be_made():
    services = InMemory(video())
    services.cover = {"total": 4, "kinds": [coverage(missing=3, percent=25.0)]}
    button = r'data-do="missing" data-kind="thumbs" data-title="Thumbnails"( disabled)?>'
    assert re.search(button, get(services, "/coverage"))[1] is None
    services.jobs["kinds"] = {"thumbs": {"queued": 2, "running": 1, "done": 0, "failed": 0}}
    assert re.search(button, get(services, "/coverage"))[1]
    services.jobs["kinds"] = {}
    services.cover["kinds"][0]["fix"] = "pip install it"
    text = get(services, "/coverage")
    assert re.search(button, text)[1] and "pip install it" in text


def test_what_was_made_says_its_plan_and_folds_the_files_of_a_folder():
    files = [{"name": f".a.previews/seg_{at}.webm", "url": "/x", "size_bytes": 1} for at in range(9)]
    files.append({"name": "a.mp4.previews.webm", "url": "/x", "size_bytes": None})
    visit = {"plan": "seek", "why": "9 keyframes wanted", "frames_decoded": 9}
    made = {"state": "done", "files": files, "facts": {"visit": visit}, "made_at": 1.0}
    text = get(InMemory(video(details={"thumbs": made, "metadata": {"state": "missing", "files": []}})), "/watch/1")
    assert "Read by seeking: 9 keyframes wanted · 9 pictures decoded" in text
    assert "9 files in .a.previews" in text and ">seg_0.webm</a>" in text
    assert text.index("a.mp4.previews.webm") < text.index("<summary>")


def test_a_missing_video_and_an_unknown_address_have_a_page():
    assert "There is no video 9" in get(InMemory(), "/watch/9", 404).replace("there is", "There is")
    assert "Nothing lives here" in get(InMemory(), "/nowhere", 404)


def test_problem_pages_take_status_words_and_hint_from_the_error():
    app = Flask(__name__, static_folder=None)
    register(app, InMemory())
    with app.test_request_context("/"):
        offline = problem_page(LibraryOffline("/mnt/usb is not there", hint="plug it in"))
        crash = problem_page(ValueError("secret detail"))
    assert offline.status_code == 503 and "plug it in" in offline.get_data(as_text=True)
    assert crash.status_code == 500 and "secret detail" not in crash.get_data(as_text=True)


def test_pages_may_rest_in_the_back_forward_cache():
    app = Flask(__name__, static_folder=None)
    register(app, InMemory(video()))
    assert app.test_client().get("/").headers["Cache-Control"] == "no-cache"


def test_templates_and_styles_keep_to_size():
    for path in [*web_folder().glob("templates/*.html"), *Path(web_folder(), "static").iterdir()]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path.name


def test_tasks_show_how_far_they_are_and_how_they_ended():
    services = InMemory()
    task = {
        "id": "u-1", "task": "report", "state": "running", "doing": "<b>.mp4", "error": "", "progress": 0.25,
        "progress_current": 1, "progress_total": 4, "ended_at": None,
    }  # fmt: skip
    ended = {**task, "id": "u-2", "state": "failed", "doing": "", "error": "<why>", "ended_at": 1.0}
    services.jobs["tasks"] = [task, ended]
    page = get(services, "/fragments/activity")
    assert "report: 1 of 4" in page
    assert 'value="0.250"' in page
    assert "&lt;b&gt;.mp4" in page
    assert "&lt;why&gt;" in page
    assert 'data-id="u-1"' in page
    assert 'data-do="cancel" data-id="u-2"' not in page, "there is nothing to stop"


def test_a_moment_leads_to_its_second_with_its_words_marked():
    page = get(InMemory(video()), "/search?q=it+is")
    assert 'href="/watch/1?t=61.25&amp;find=x"' in page
    assert "…so <mark>&lt;b&gt;it</mark> is" in page
    assert 'data-sheet="/sheet.jpg" data-x="160"' in page
    assert "1 more moment in this video" in page
    assert 'href="/search?q=it+is&amp;offset=20"' in page


def test_conditions_spelling_and_saved_searches_are_links():
    services = InMemory()
    chip = {"key": "tag", "value": "<sun>", "unwanted": True, "typed": "-tag:<sun>"}
    services.found |= {"chips": [chip], "did_you_mean": "beach", "total": 0, "notices": ["longer:<x> was"]}
    services.saved = {"searches": [{"name": "<S>", "query": "a b"}], "problems": ["<broken>"]}
    page = get(services, "/search?q=beech+-tag:%3Csun%3E&typing=1&offset=5")
    assert services.searched == [("beech -tag:<sun>", 5, True)]
    assert 'href="/search?q=beech"' in page
    assert 'href="/search?q=beach"' in page
    assert 'href="/search?q=a+b"' in page
    assert "longer:&lt;x&gt; was" in page
    assert "&lt;S&gt;" in page and "&lt;broken&gt;" in page
