"""test_nearness: the nearest are found whatever the chunks, and what is no nearer than chance is not."""

import numpy as np
import pytest

from vidwatchd.index.vectors import Row
from vidwatchd.operations import nearness

DIMENSIONS = 64
CHANCE = np.random.default_rng(7)


def units(count, chance=CHANCE):
    rows = chance.normal(size=(count, DIMENSIONS)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def rows(*videos):
    return [[Row(10 + n, n, len(v), v.astype("<f2").tobytes()) for n, v in enumerate(videos, 1)]]


def score(looked):
    return looked.level().score(looked.near[0].cosine - float(looked.means[0]))


@pytest.mark.parametrize(("chunk", "kept"), [(1, 2000), (7, 2000), (4096, 2000), (4096, 5), (16, 5)])
def test_the_nearest_come_first(monkeypatch, chunk, kept):
    monkeypatch.setattr(nearness, "CHUNK", chunk)
    monkeypatch.setattr(nearness, "KEPT", kept)
    videos = [units(count) for count in (3, 40, 1, 25)]
    question = units(3)
    looked = nearness.look(rows(*videos), question)
    cosines = [(float(v @ question[0]), n, place) for n, video in enumerate(videos, 1) for place, v in enumerate(video)]
    want = sorted(cosines, reverse=True)[:5]
    assert [(near.video_id, near.place, near.row_id) for near in looked.near[:5]] == [
        (n, at, 10 + n) for _, n, at in want
    ]
    assert looked.near[0].cosine == pytest.approx(want[0][0], abs=1e-3)
    everything = np.concatenate(videos) @ question.T
    assert looked.means == pytest.approx(everything.mean(axis=0), abs=1e-3)
    assert looked.bests == pytest.approx(everything.max(axis=0), abs=1e-3)
    assert looked.count == 69


def test_one_video_may_be_left_out():
    own = units(4)
    looked = nearness.look(rows(own, units(4)), own[:1], but_video=1)
    assert {near.video_id for near in looked.near} == {2}
    assert looked.count == 8


def test_random_questions_find_nothing():
    library = rows(*[units(50) for _ in range(20)])
    scores = np.array([score(nearness.look(library, units(28))) for _ in range(60)])
    assert (scores < nearness.FLOOR).mean() > 0.9
    assert np.median(scores) < 1


def test_what_is_there_is_found_although_much_of_it_is():
    """A third of the library shows it: measured against its own crowd it would not stand out."""
    beach = units(1)
    near = beach + 0.6 * units(300)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    looked = nearness.look(rows(near, units(600)), np.concatenate([beach, units(27)]))
    assert score(looked) > nearness.FLOOR
    assert {found.video_id for found in looked.near[:300]} == {1}


def test_one_unrelated_question_that_is_there_after_all_changes_little():
    library, question = units(500), units(1)
    plain = np.concatenate([question, units(26)])
    one, other = nearness.look(rows(library), plain), nearness.look(rows(library), np.concatenate([plain, library[:1]]))
    assert other.level().score(0.9) == pytest.approx(one.level().score(0.9), rel=0.25)


def test_nothing_to_look_at():
    looked = nearness.look([], units(2))
    assert (looked.near, looked.count) == ([], 0)
