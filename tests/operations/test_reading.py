"""test_reading: what is said in a video named by its path."""

import pytest

from tests.spoken import GERMAN, say, track
from vidwatchd.errors import NotFound, UsageError
from vidwatchd.operations import edits, reading
from vidwatchd.operations.edits import Change


@pytest.fixture
def clip(desk):
    video_id = desk.made("clip.mp4")
    say(desk.ctx, video_id, track("de", GERMAN), track("en", default=True))
    return video_id


def path(desk):
    return str(desk.root / "clip.mp4")


def test_as_text_with_times_and_what_people_changed(desk, clip):
    edits.line(desk.ctx, clip, "en", Change(0.5, 2.0, "Hi\x1b[31m"))
    found = reading.read(desk.ctx, path(desk))
    assert reading.lines(found, "text") == [
        "00:00:00.500  Hi\\x1b[31m",
        "00:00:02.500  This is the second line.",
        "00:00:05.500  A third of two rows.",
    ]


def test_as_files_of_subtitles_of_one_track(desk, clip):
    found = reading.read(desk.ctx, path(desk), "de")
    assert [one["id"] for one in found["tracks"]] == ["de"]
    assert reading.lines(found, "vtt") == [
        "WEBVTT", "", "00:00:00.500 --> 00:00:02.000", "Hallo.", "",
        "00:00:02.500 --> 00:00:05.000", "Das ist die zweite Zeile.",
    ]  # fmt: skip
    assert reading.lines(found, "srt")[:4] == ["1", "00:00:00,500 --> 00:00:02,000", "Hallo.", ""]


def test_no_speech_is_an_answer_and_nothing_made_is_none(desk, clip):
    say(desk.ctx, clip)
    found = reading.read(desk.ctx, path(desk))
    assert (found["tracks"], reading.lines(found, "text")) == ([], [])
    desk.index.artifacts.lose([clip])
    with pytest.raises(NotFound, match="nothing was made"):
        reading.read(desk.ctx, path(desk))


def test_what_is_meant_must_be_there(desk, clip):
    with pytest.raises(NotFound, match="no track 'fr'"):
        reading.read(desk.ctx, path(desk), "fr")
    with pytest.raises(UsageError):
        reading.read(desk.ctx, str(desk.root / "none.mp4"))
