"""test_transcripts: tracks, chapters and labels of a video, and their WebVTT."""

import pytest

from tests.spoken import GERMAN, LINES, divide, say, track
from vidwatchd.errors import NotFound
from vidwatchd.model import Artifact, ArtifactState
from vidwatchd.operations import edits, transcripts
from vidwatchd.operations.edits import Change


@pytest.fixture
def clip(desk):
    return desk.made("clip.mp4")


def test_everything_of_a_video(desk, clip):
    say(desk.ctx, clip, track("en", language="eng", default=True), track("de", GERMAN))
    divide(desk.ctx, clip, (0.0, 6.0, "One"), (6.0, 12.5, "Two"))
    found = transcripts.transcript(desk.ctx, clip)
    english, german = found["tracks"]
    assert [english[name] for name in ("id", "language", "label", "source", "default")] == [
        "en", "en", "English", "model", True,
    ]  # fmt: skip
    assert english["cues"] == [{"start": s, "end": e, "text": text, "edited": False} for s, e, text in LINES]
    assert german["label"] == "Deutsch"
    assert english["vtt_url"].startswith(f"/api/videos/{clip}/transcript/en.vtt?v=")
    assert found["chapters"]["chapters"][1] == {"start": 6.0, "end": 12.5, "title": "Two"}
    assert (found["chapters"]["source"], found["chapters"]["edited"]) == ("topics", False)
    assert found["chapters"]["vtt_url"].startswith(f"/api/videos/{clip}/chapters.vtt?v=")
    assert found["making"] == {"state": "done", "error": "", "speech": True, "job": ""}
    assert found["problem"] == ""


def test_what_was_never_made_and_what_says_nothing(desk, clip):
    found = transcripts.transcript(desk.ctx, clip)
    assert (found["tracks"], found["chapters"]["chapters"], found["chapters"]["vtt_url"]) == ([], [], "")
    assert found["making"] == {"state": "missing", "error": "", "speech": None, "job": ""}
    say(desk.ctx, clip)
    assert transcripts.transcript(desk.ctx, clip)["making"]["speech"] is False


def test_a_few_words_are_told_from_many_before_any_is_read(desk, clip):
    assert not transcripts.outline(desk.ctx, clip)["few"]
    for words, few in ((50, True), (90, True), (101, False)):
        facts = {"speech": True, "words": words, "tracks": 2}
        desk.index.artifacts.put(Artifact(clip, "subtitles", ArtifactState.DONE, facts=facts), files={})
        assert transcripts.outline(desk.ctx, clip)["few"] is few


def test_addresses_change_with_what_they_lead_to(desk, clip):
    def address():
        return transcripts.transcript(desk.ctx, clip)["tracks"][0]["vtt_url"]

    say(desk.ctx, clip, track())
    seen = [address()]
    edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "Hi"))
    seen.append(address())
    say(desk.ctx, clip, track(), made_at=2.0)
    seen.append(address())
    assert len(set(seen)) == 3
    assert address() == seen[-1]


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ({"language": "en"}, "English"),
        ({"language": "en", "hearing_impaired": True}, "English (SDH)"),
        ({"language": "ger", "forced": True}, "Deutsch – forced"),
        ({"language": "en", "title": "Director's commentary"}, "English – Director's commentary"),
        ({"language": "en", "title": "English (SDH)", "hearing_impaired": True}, "English (SDH)"),
        ({"language": "en", "title": "english"}, "English"),
        ({"language": "und", "title": "Signs"}, "Signs"),
        ({"language": ""}, "Unknown language"),
        ({"language": "tlh"}, "tlh"),
    ],
)
def test_what_a_track_is_called(more, label):
    assert transcripts.named([track("x", (), **more)]) == {"x": label}


def test_two_of_one_name_can_be_told_apart():
    tracks = [track(name, (), language="en") for name in ("en", "en-2", "en-3")]
    assert transcripts.named(tracks) == {"en": "English", "en-2": "English 2", "en-3": "English 3"}


def test_files_hold_what_people_see_and_no_markup(desk, clip):
    say(desk.ctx, clip, track("en", ((3661.0014, 3662.0, "a <b>&\n\n\x07c --> d"), (0.0, 1.0, "first"))))
    assert transcripts.track_vtt(desk.ctx, clip, "en") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nfirst\n\n"
        "01:01:01.001 --> 01:01:02.000\na &lt;b&gt;&amp;\nc --&gt; d\n"
    )
    divide(desk.ctx, clip, (0.0, 6.0, "One & only"))
    assert transcripts.chapters_vtt(desk.ctx, clip) == "WEBVTT\n\n00:00:00.000 --> 00:00:06.000\nOne &amp; only\n"
    with pytest.raises(NotFound, match="no track 'de'"):
        transcripts.track_vtt(desk.ctx, clip, "de")


def test_lines_that_touch_are_shown_one_by_one(desk, clip):
    say(desk.ctx, clip, track("en", ((0.0, 1.0, "a"), (1.0, 2.0, "b"))))
    assert "00:00:00.000 --> 00:00:00.999\na\n\n00:00:01.000 --> 00:00:02.000" in transcripts.track_vtt(
        desk.ctx, clip, "en"
    )


@pytest.mark.parametrize("content", ["{", "[]", '{"tracks": [{"id": "en"}]}', '{"tracks": 3}', "null"])
def test_a_broken_file_says_nothing(desk, clip, content):
    say(desk.ctx, clip, track())
    desk.beside("clip.mp4", ".subtitles.json").write_text(content)
    divide(desk.ctx, clip, (0.0, 6.0, "One"))
    desk.beside("clip.mp4", ".chapters.json").write_text(content)
    found = transcripts.transcript(desk.ctx, clip)
    assert (found["tracks"], found["chapters"]["chapters"]) == ([], [])


def test_broken_edits_are_named_and_the_rest_is_shown(desk, clip):
    say(desk.ctx, clip, track())
    desk.beside("clip.mp4", ".edits.json").write_text("{")
    found = transcripts.transcript(desk.ctx, clip)
    assert len(found["tracks"][0]["cues"]) == 3
    assert "not a valid file of edits" in found["problem"]


def test_an_unknown_video(desk):
    for ask in (transcripts.transcript, transcripts.chapters_vtt):
        with pytest.raises(NotFound):
            ask(desk.ctx, 99)
