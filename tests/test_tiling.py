"""test_tiling: speech is cut where its subject changes, and nowhere else."""

import time
from itertools import accumulate

import numpy as np
import pytest

from tests import talks
from vidwatchd.cues import Cue
from vidwatchd.tiling import sections

GUITAR = (
    "The guitar strings need to be tuned first.",
    "Tune the low string of the guitar to E.",
    "Play the guitar chord with all strings.",
    "Strumming the guitar strings makes the chord ring.",
)
BREAD = (
    "Now the bread dough must rise for an hour.",
    "Knead the dough until the bread is soft.",
    "Bake the bread in a hot oven.",
    "The oven heat makes the bread dough golden.",
)
ROCKET = (
    "The rocket engine burns liquid fuel.",
    "Fuel tanks feed the rocket engine.",
    "The rocket reaches orbit when the engine stops.",
    "In orbit the rocket saves fuel.",
)


def test_twelve_sentences_on_three_subjects():
    found = sections(talks.lines(GUITAR + BREAD + ROCKET), min_seconds=15)
    assert [(part.first, part.last) for part in found] == [(0, 3), (4, 7), (8, 11)]
    assert [part.start_seconds for part in found] == [0, 24, 48]
    assert [part.title.split(",")[0] for part in found] == ["Guitar", "Bread", "Rocket"]


@pytest.mark.parametrize("seed", range(5))
def test_a_talk_is_cut_within_a_sentence_of_where_its_subject_changes(seed):
    parts = [("guitar", 30), ("bread", 18), ("rocket", 40), ("garden", 25)]
    found = sections(talks.lines([s for subject, n in parts for s in talks.said(subject, n, seed)]))
    changes = list(accumulate(n for _, n in parts))[:-1]
    assert len(found) == len(parts)
    assert all(abs(part.first - change) <= 1 for part, change in zip(found[1:], changes, strict=True))
    for part, (subject, _) in zip(found, parts, strict=True):
        assert {word.lower() for word in part.keywords} & set(talks.SUBJECTS[subject][0].split())


def test_speech_without_full_stops_is_cut_too():
    spoken = [s for subject in ("chess", "bread", "rocket") for s in talks.said(subject, 30)]
    found = sections(talks.words(spoken))
    assert len(found) == 3
    begins = [sum(len(s.split()) for s in spoken[:n]) * 0.4 + n * 0.8 for n in (30, 60)]
    assert [part.start_seconds for part in found[1:]] == pytest.approx(begins, abs=12)


@pytest.mark.parametrize("subject", talks.SUBJECTS)
@pytest.mark.parametrize("sentences", [20, 60, 200])
def test_speech_on_one_subject_stays_whole(subject, sentences):
    assert len(sections(talks.lines(talks.said(subject, sentences)))) == 1


@pytest.mark.parametrize(
    ("language", "subjects"), [(talks.german, talks.SUBJECTS_GERMAN), (talks.japanese, talks.SUBJECTS_JAPANESE)]
)
def test_other_languages_and_scripts(language, subjects):
    found = sections(talks.lines([s for subject in subjects for s in language(subject, 20)]))
    assert [part.first for part in found] == [0, 20, 40]
    assert all(part.title for part in found)


def test_no_section_is_shorter_than_asked():
    spoken = [s for subject in ("guitar", "bread", "rocket") for s in talks.said(subject, 6)]
    assert len(sections(talks.lines(spoken), min_seconds=30)) == 3
    found = sections(talks.lines(spoken), min_seconds=50)
    assert all(part.end_seconds - part.start_seconds >= 50 - 0.4 for part in found)


def test_the_clearest_changes_stay_where_only_so_many_may():
    spoken = [s for subject in talks.SUBJECTS for s in talks.said(subject, 20)]
    assert len(sections(talks.lines(spoken))) == 5
    assert len(sections(talks.lines(spoken), most=3)) == 3


def test_a_section_starts_at_a_cut_nearby_but_never_inside_its_first_word():
    cues = talks.lines(GUITAR + BREAD + ROCKET)
    found = sections(cues, min_seconds=15, cuts=(22.5, 24.2, 30.0, 49.5))
    assert [part.start_seconds for part in found] == [0, 24.2, 48]
    assert found[0].end_seconds == 24.2


def test_vectors_of_a_callers_own_decide():
    def halves(texts):
        return np.array([[1.0, 0.1] if n < 6 else [0.1, 1.0] for n in range(len(texts))], np.float32)

    found = sections(talks.lines(GUITAR + BREAD + ROCKET), min_seconds=15, vectors=halves)
    assert [part.first for part in found] == [0, 6]


@pytest.mark.parametrize("cues", [(), (Cue(0, 5, "One line."),), (Cue(0, 5, " "),), talks.lines(["…", "♪"] * 20)])
def test_little_or_nothing_said_is_no_more_than_one_section(cues):
    assert len(sections(cues)) <= 1


def test_times_that_stand_still_do_no_harm():
    assert len(sections([Cue(5.0, 5.0, text) for text in GUITAR + BREAD])) == 1


def test_eight_hours_take_seconds():
    spoken = [s for n in range(100) for s in talks.said(tuple(talks.SUBJECTS)[n % 5], 50, n)]
    began = time.process_time()
    found = sections(talks.lines(spoken))
    assert len(found) == 100
    assert time.process_time() - began < 15
