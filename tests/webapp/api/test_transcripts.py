import pytest

from tests.spoken import GERMAN, divide, say, track
from vidwatchd.operations.make import Wanted, make


@pytest.fixture
def spoken(fresh):
    """A shelf, the id of a video of 1.5 s with words, and its address."""
    return with_words(fresh)


@pytest.fixture(scope="module")
def settled(steady):
    """The same for tests of what must change nothing."""
    return with_words(steady)


def with_words(fresh):
    make(fresh.ctx, str(fresh.lib), Wanted(("metadata",)))
    video_id = fresh.ids()["a.mp4"]
    say(
        fresh.ctx,
        video_id,
        track("en.sdh", ((0.2, 0.8, "Hello"), (0.9, 1.4, "you")), language="en"),
        track("de", GERMAN),
    )
    divide(fresh.ctx, video_id, (0.0, 1.0, "One"), (1.0, 1.5, "Two"))
    return fresh, video_id, f"/api/videos/{video_id}"


def test_a_transcript_and_its_files(spoken):
    shelf, _, base = spoken
    found = shelf.ask(f"{base}/transcript")
    assert [one["id"] for one in found["tracks"]] == ["en.sdh", "de"]
    for url, word in ((found["tracks"][0]["vtt_url"], "Hello"), (found["chapters"]["vtt_url"], "One")):
        answer = shelf.client.get(url)
        assert answer.status_code == 200
        assert answer.content_type == "text/vtt; charset=utf-8"
        assert answer.text.startswith("WEBVTT\n")
        assert word in answer.text
        assert "immutable" in answer.headers["Cache-Control"]
    assert shelf.client.get(f"{base}/transcript/en.sdh.vtt").headers["Cache-Control"] == "no-cache"


def test_a_line_is_changed_told_and_shown(spoken):
    shelf, video_id, base = spoken
    answer = shelf.ask(f"{base}/transcript/en.sdh", {"start": 0.2, "end": 0.8, "text": "Hi"}, method="PUT")
    assert answer["line"] == {"start": 0.2, "end": 0.8, "text": "Hi", "edited": True}
    assert ("video", {"ids": [video_id], "why": "words"}) in shelf.told
    body = {"start": 0.3, "end": 0.7, "text": "Hi!", "was": {"start": 0.2, "end": 0.8}}
    shelf.ask(f"{base}/transcript/en.sdh", body, method="PUT")
    cues = shelf.ask(f"{base}/transcript")["tracks"][0]["cues"]
    assert [(cue["start"], cue["text"], cue["edited"]) for cue in cues] == [(0.3, "Hi!", True), (0.9, "you", False)]
    assert "Hi!" in shelf.client.get(f"{base}/transcript/en.sdh.vtt").text


def test_chapters_are_changed_and_put_back(spoken):
    shelf, _, base = spoken
    asked = shelf.ask(f"{base}/transcript")["chapters"]["chapters"]
    asked[0]["title"] = "First"
    assert shelf.ask(f"{base}/chapters", {"chapters": asked}, method="PUT")["edited"]
    assert shelf.ask(f"{base}/transcript")["chapters"]["chapters"][0]["title"] == "First"
    assert not shelf.ask(f"{base}/chapters", {"chapters": None}, method="PUT")["edited"]
    assert "One" in shelf.client.get(f"{base}/chapters.vtt").text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("transcript/en.sdh", {"start": 1, "end": 0.5, "text": "x"}, 400),
        ("transcript/en.sdh", {"start": 0, "end": 9000, "text": "x"}, 400),
        ("transcript/en.sdh", {"start": -1, "end": 1, "text": "x"}, 422),
        ("transcript/en.sdh", {"start": 0, "end": 1}, 422),
        ("transcript/en.sdh", {"start": 0, "end": 1, "text": "a\0"}, 422),
        ("transcript/fr", {"start": 0, "end": 1, "text": "x"}, 404),
        ("chapters", {}, 422),
        ("chapters", {"chapters": [{"start": 0, "title": ""}]}, 400),
        ("chapters", {"chapters": [{"start": 0}]}, 422),
        ("chapters", {"chapters": [{"start": 60, "title": "late"}]}, 400),
    ],
)
def test_what_is_wrong_is_refused(settled, path, body, status):
    shelf, _, base = settled
    shelf.refused(f"{base}/{path}", body, method="PUT", status=status)
    assert not shelf.ask(f"{base}/transcript")["chapters"]["edited"]


def test_of_a_video_that_is_not_there(settled):
    shelf, _, base = settled
    for path in ("/api/videos/99/transcript", "/api/videos/99/chapters.vtt", f"{base}/transcript/fr.vtt"):
        shelf.refused(path, status=404)
