"""test_sentences: whatever the lines' breaks, sentences come out with their times."""

import pytest

from tests import talks
from vidwatchd.cues import Cue, Word
from vidwatchd.tiling.sentences import sentences


def texts(*lines):
    return [found.text for found in sentences([Cue(2.0 * n, 2.0 * n + 1.8, line) for n, line in enumerate(lines)])]


def test_one_line_may_hold_several_and_one_sentence_several_lines():
    assert texts("First. Second one? The", "third goes\non!", "Last") == [
        "First.", "Second one?", "The third goes on!", "Last",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("It costs 3.50 today. Good.", ["It costs 3.50 today.", "Good."]),
        ("Use e.g. this one. Fine.", ["Use e.g. this one.", "Fine."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("Wait… What?!  Yes.", ["Wait…", "What?!", "Yes."]),
        ("今日は晴れ。明日は雨！本当？", ["今日は晴れ。", "明日は雨！", "本当？"]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
        ("ما هذا؟ هذا كتاب.", ["ما هذا؟", "هذا كتاب."]),
    ],
)
def test_where_sentences_end(line, expected):
    assert texts(line) == expected


def test_times_inside_a_line_are_spread_evenly_and_words_have_their_own():
    first, second = sentences([Cue(10, 20, "Abcd. Efgh.")])
    assert first.start_seconds == 10
    assert first.end_seconds == second.start_seconds == pytest.approx(15.5, abs=0.1)
    assert second.end_seconds == 20
    words = (Word(1, 2, " One."), Word(7.5, 8, " Two"), Word(8, 9, " three."))
    assert [(s.start_seconds, s.end_seconds, s.text) for s in sentences([Cue(0, 9, "", words)])] == [
        (1, 2, "One."), (7.5, 9, "Two three."),
    ]  # fmt: skip


def test_words_without_spaces_are_joined_without():
    (found,) = sentences([Cue(0, 2, "", (Word(0, 1, "今日"), Word(1, 2, "は晴れ。")))])
    assert found.text == "今日は晴れ。"


def test_long_speech_without_full_stops_is_cut_at_its_pauses():
    spoken = talks.said("bread", 12)
    found = sentences(talks.words(spoken))
    assert len(found) >= 3
    assert all(len(one.text.split()) <= 40 for one in found)
    ends = {sentence.lower().strip(".").split()[-1] for sentence in spoken}
    assert all(one.text.split()[-1] in ends for one in found)
    assert " ".join(one.text for one in found) == " ".join(sentence.lower().strip(".") for sentence in spoken)


def test_a_long_silence_ends_a_sentence():
    assert len(sentences([Cue(0, 1, "and then"), Cue(9, 10, "we go")])) == 2


def test_each_knows_its_lines():
    found = sentences([Cue(0, 1, "One"), Cue(1, 2, "two. Three"), Cue(2, 3, " "), Cue(3, 4, "four.")])
    assert [(one.first, one.last) for one in found] == [(0, 1), (1, 3)]
