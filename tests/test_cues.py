"""test_cues: lines as made and as people want them, and their form in JSON, which may be anybody's file."""

import json

import pytest

from vidwatchd.cues import (
    NO_EDITS,
    Chapter,
    Cue,
    Edits,
    Line,
    Track,
    Word,
    chapters_from_plain,
    chapters_to_plain,
    edited,
    identified,
    replaced,
    spoken,
    tracks_from_plain,
    tracks_to_plain,
)

MADE = Track("en", "en", "model", (Cue(0, 1, "a"), Cue(1, 2, "b"), Cue(2, 3, "c")))


def wanted(*lines, track=MADE):
    return [(cue.start_seconds, cue.text, cue.edited) for cue in edited(track, Edits({"en": lines})).cues]


def test_what_nobody_changed_is_as_it_was_made():
    assert edited(MADE, NO_EDITS) == MADE
    assert edited(MADE, Edits({"de": (Line(0, 1, "x"),)})) == MADE
    assert MADE.text == "a\nb\nc"


def test_a_line_takes_the_place_of_the_one_at_its_time():
    assert wanted(Line(1, 2, "B")) == [(0, "a", False), (1, "B", True), (2, "c", False)]


def test_a_line_may_take_the_place_of_several_when_a_model_cut_them_otherwise():
    assert wanted(Line(0.2, 1.9, "a b")) == [(0.2, "a b", True), (2, "c", False)]


def test_an_empty_line_takes_one_away_and_one_where_none_was_is_added():
    assert wanted(Line(1, 2, " ")) == [(0, "a", False), (2, "c", False)]
    assert wanted(Line(3.5, 4, "d"))[-1] == (3.5, "d", True)


def test_lines_of_the_same_time_as_made_leave_their_neighbours_alone():
    overlapping = Track("en", "en", "model", (Cue(0, 4, "long"), Cue(1, 2, "short")))
    assert wanted(Line(0, 4, "LONG"), track=overlapping) == [(0, "LONG", True), (1, "short", False)]
    assert replaced(overlapping.cues, Line(0.001, 4.001, "x")) == [0]


def test_each_track_has_an_id_of_its_own_and_the_same_each_time():
    tracks = [Track("", "en", "sidecar"), Track("", "en", "embedded"), Track("", "en", "embedded", forced=True),
              Track("", "de", "embedded", hearing_impaired=True), Track("", "und", "model")]  # fmt: skip
    assert [track.id for track in identified(tracks)] == ["en", "en-2", "en.forced", "de.sdh", "und"]


def test_tracks_come_back_from_json():
    cues = (Cue(0.5, 1.25, "so", (Word(0.5, 1.0, "so", 0.9),), 0.8), Cue(2, 3, "it\nis"))
    tracks = (Track("en.sdh", "en", "sidecar", cues, "Title", hearing_impaired=True, default=True, origin="a.srt"),)
    assert tracks_from_plain(json.loads(json.dumps({"tracks": tracks_to_plain(tracks)}))) == tracks


@pytest.mark.parametrize(
    "values",
    [None, [], {}, {"tracks": 3}, {"tracks": [{"id": "en"}]}, {"tracks": [[]]},
     {"tracks": [{"id": "en", "language": "en", "source": "model", "segments": [{"start": 0, "end": "x", "text": ""}]}]},
     {"tracks": [{"id": 1, "language": "en", "source": "model", "segments": []}]}],
)  # fmt: skip
def test_what_is_no_file_of_tracks_is_refused(values):
    with pytest.raises(ValueError, match="no file of tracks"):
        tracks_from_plain(values)


def test_chapters_come_back_from_json_and_others_do_not():
    chapters = (Chapter(0, 10, "Start"), Chapter(10, 20.5, "End"))
    assert chapters_from_plain(json.loads(json.dumps(chapters_to_plain(chapters)))) == chapters
    for values in ([{"start": 1}], 4, [None], [{"start": 0, "end": 1, "title": None}]):
        with pytest.raises(ValueError, match="needs start, end and title"):
            chapters_from_plain(values)


def test_what_is_searched_is_what_people_want_and_nothing_twice():
    forced = Track("en.forced", "en", "embedded", (Cue(0, 1, "sign"),), forced=True)
    (passage,) = spoken([MADE, forced, Track("de", "de", "model")], Edits({"en": (Line(1, 2, "B"),)}))
    assert (passage.source, passage.track) == ("speech", "en")
    assert [cue.text for cue in passage.cues] == ["a", "B", "c"]
