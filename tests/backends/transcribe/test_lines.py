"""test_lines: what was heard becomes lines that can be read."""

from itertools import pairwise

from vidwatchd.backends.transcribe.lines import in_order, lines
from vidwatchd.cues import Cue, Word

LONG = (
    "This is what somebody says without ever stopping. And then, as it were, goes on to say something else, and more."
)


def heard(text, seconds_a_word=0.3, start=0.0):
    words = text.split()
    return [
        Word(start + n * seconds_a_word, start + (n + 1) * seconds_a_word, f" {word}") for n, word in enumerate(words)
    ]


def test_a_short_segment_is_one_line():
    (line,) = lines(" Hello there.", 1.0, 1.6, heard("Hello there.", start=1.0), 0.9)
    assert (line.text, line.start_seconds, line.end_seconds, line.probability) == ("Hello there.", 1.0, 1.6, 0.9)
    assert [word.text for word in line.words] == ["Hello", "there."]


def test_a_long_one_is_cut_behind_its_sentences():
    found = lines(LONG, 0, 9, heard(LONG), 1.0)
    assert found[0].text == "This is what somebody says without ever stopping."
    assert " ".join(line.text for line in found) == LONG
    assert all(len(line.text) <= 84 and line.end_seconds - line.start_seconds <= 7 for line in found)
    assert all(a.end_seconds <= b.start_seconds + 1e-6 for a, b in pairwise(found))


def test_a_slow_one_is_cut_in_its_pauses():
    words = [*heard("one two three"), *heard("four five six", start=8)]
    assert [line.text for line in lines("one two three four five six", 0, 9, words, 1.0)] == [
        "one two three",
        "four five six",
    ]


def test_languages_without_spaces():
    words = [Word(n, n + 1, "字") for n in range(20)]
    found = lines("字" * 20, 0, 20, words, 1.0)
    assert "".join(line.text for line in found) == "字" * 20
    assert len(found) >= 3


def test_without_word_times_it_stays_whole():
    assert [line.text for line in lines(LONG, 0, 9, (), 1.0)] == [LONG]
    assert lines("  ", 0, 1, (), 1.0) == []
    assert lines("x", 2, 2, (), 1.0)[0].end_seconds > 2


def test_no_line_is_shown_over_the_next():
    found = in_order([Cue(2, 4, "b"), Cue(0, 3, "a"), Cue(4, 5, "c")])
    assert [(cue.start_seconds, cue.end_seconds) for cue in found] == [(0, 2), (2, 4), (4, 5)]
