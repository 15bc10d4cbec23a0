"""test_near: what is within reach is found, nearest first, out of a set that grows and shrinks."""

import numpy as np
import pytest

from tests.clustering.crowds import crowd
from vidwatchd.clustering import Near, codes, near
from vidwatchd.clustering.geometry import unit


def asked(held, rows, questions, eps):
    fetched = []

    def fetch(ids):
        fetched.extend(ids.tolist())
        return np.array([rows[int(one)] for one in ids])

    return held.within(questions, eps, fetch), fetched


def brute(rows, question, eps):
    ids = np.array(sorted(rows))
    cosines = unit(np.array([rows[int(one)] for one in ids])) @ question
    found = ids[cosines >= np.float32(1 - eps)]
    return found[np.argsort(-cosines[cosines >= np.float32(1 - eps)], kind="stable")].tolist()


@pytest.mark.parametrize("dimensions", [128, 512])
@pytest.mark.parametrize("eps", [0.2, 0.4, 0.6, 1.2])
def test_it_finds_what_comparing_each_finds(eps, dimensions, monkeypatch):
    monkeypatch.setattr(near, "_FETCH", 70)
    vectors = crowd(600, people=40, dimensions=dimensions)
    rows, held = dict(zip(range(1000, 1600), vectors, strict=True)), Near(dimensions)
    held.add(range(1000, 1600), vectors)
    found, _ = asked(held, rows, vectors[:20], eps)
    assert [ids.tolist() for ids, _ in found] == [brute(rows, one, eps) for one in vectors[:20]]
    assert all(cosines.tolist() == sorted(cosines.tolist(), reverse=True) for _, cosines in found)


def test_only_what_may_be_near_is_fetched():
    vectors, held = crowd(2000, people=100, dimensions=512), Near(512)
    held.add(range(2000), vectors)
    found, fetched = asked(held, dict(enumerate(vectors)), vectors[:1], 0.4)
    assert len(found[0][0]) <= len(fetched) < 60


def test_ids_come_go_and_are_put_anew():
    vectors, held = crowd(300, dimensions=128), Near(128)
    held.add_codes(np.arange(200), codes(vectors[:200]))
    held.remove([*range(50), 999])
    held.add(range(150, 200), vectors[250:])
    rows = {n: vectors[n] for n in range(50, 150)} | {n: vectors[n + 100] for n in range(150, 200)}
    found, _ = asked(held, rows, vectors[:10], 0.4)
    assert len(held) == 150
    assert [ids.tolist() for ids, _ in found] == [brute(rows, one, 0.4) for one in vectors[:10]]


def test_an_empty_set_and_no_question():
    held = Near(128)
    (ids, cosines), fetched = *asked(held, {}, crowd(1, dimensions=128), 0.4)[0], None
    assert len(ids) == len(cosines) == 0 and fetched is None
    assert asked(held, {}, np.empty((0, 128), np.float32), 0.4) == ([], [])


def test_by_the_sketches_alone_the_nearest_come_first():
    rows = crowd(200, 20)
    near = Near(rows.shape[1])
    near.add(range(100, 300), rows)
    ids, bits = near.guessed(rows[[3, 7]])
    assert set(ids[:2].tolist()) == {103, 107}
    assert bits[:2].tolist() == [0, 0]
    assert len(ids) == 200
    assert (np.diff(bits.astype(int)) >= 0).all()
