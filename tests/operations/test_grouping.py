"""test_grouping: faces become people as they come, whatever the order, and stay the same people."""

import numpy as np
import pytest

from tests import seen
from vidwatchd.index.groupings import Grouping
from vidwatchd.operations import grouping, learning, people_files, regrouping


@pytest.fixture(autouse=True)
def _with_faces(few_kinds, monkeypatch):
    seen.known(monkeypatch)


def scratch(desk, eps):
    """The partition that scikit-learn finds."""
    from sklearn.cluster import DBSCAN  # loads for seconds

    rows = [(path, row) for path, number in desk.ids().items() for row in desk.index.faces.of(number)]
    blobs = desk.index.faces.vectors([row.id for _, row in rows])
    vectors = np.array([np.frombuffer(blobs[row.id], "<f2") for _, row in rows], np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = {}
    for (path, row), label in zip(
        rows, DBSCAN(eps=eps, min_samples=1, metric="cosine").fit(vectors).labels_, strict=True
    ):
        groups.setdefault(label, set()).add((path, row.number))
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_what_dbscan_gives(desk, seed):
    source = np.random.default_rng(seed)
    found = {}
    for n in range(18):
        one, other = source.integers(0, 6, 2)
        rows = [seen.between(seen.look(one, n), seen.look(other, n + 50), source.uniform(0, 0.38)) for _ in range(2)]
        found[f"{n}.mp4"] = [seen.face(0, number=k, vector=row) for k, row in enumerate(rows)]
    for path in source.permutation(list(found)):
        seen.publish(desk, str(path), found[str(path)])
    eps = regrouping.current(desk.ctx, seen.SPACE).eps
    assert seen.people(desk) == scratch(desk, eps)
    assert len(seen.people(desk)) > 1


def test_a_name_stays_whatever_comes(desk):
    seen.publish(desk, "a.mp4", [1, 2])
    ann = seen.name(desk, "a.mp4", "Ann")
    seen.publish(desk, "b.mp4", [2, 1])
    assert seen.person_of(desk, "b.mp4", 1) == ann
    assert seen.person_of(desk, "b.mp4", 0).name == ""


def test_two_who_were_named_are_never_joined(desk):
    seen.publish(desk, "a.mp4", [1])
    seen.publish(desk, "b.mp4", [2])
    ann, bob = seen.name(desk, "a.mp4", "Ann"), seen.name(desk, "b.mp4", "Bob")
    seen.publish(desk, "c.mp4", [seen.face(0, vector=seen.between(seen.look(1, 0), seen.look(2, 0), 0.45))])
    assert seen.person_of(desk, "c.mp4") == ann
    regrouping.regroup(desk.ctx, seen.SPACE, regrouping.current(desk.ctx, seen.SPACE))
    assert seen.person_of(desk, "a.mp4") == ann
    assert seen.person_of(desk, "b.mp4") == bob


def test_made_again_by_another_model_a_name_stays(desk):
    seen.publish(desk, "a.mp4", [1, 2])
    ann = seen.name(desk, "a.mp4", "Ann", 1)
    other = seen.person_of(desk, "a.mp4", 0)
    found = [seen.face(7, number=0, left=0.26, at=20.0), seen.face(8, number=1, left=0.1, at=10.0)]
    seen.publish(desk, "a.mp4", found, model="other", made_at=5.0)
    assert seen.person_of(desk, "a.mp4", 0) == ann
    assert seen.person_of(desk, "a.mp4", 1).uuid == other.uuid


def test_what_a_crash_kept_from_being_read_is_read_later(desk):
    seen.write(desk, "a.mp4", seen.faces(1, 2))
    seen.write(desk, "b.mp4", [])
    assert learning.catch_up(desk.ctx) == 1
    assert learning.catch_up(desk.ctx) == 0
    assert len(seen.people(desk)) == 2


def test_who_was_held_together_by_a_lost_face_is_parted(desk):
    ends = [seen.look(1, 0), seen.look(2, 0)]
    for place, row in enumerate([ends[0], ends[1], seen.between(*ends)]):
        seen.publish(desk, f"{place}.mp4", [seen.face(0, vector=row)])
    assert len(seen.people(desk)) == 1
    desk.index.artifacts.lose([desk.id("2.mp4")])
    grouping.learn(desk.ctx, desk.id("2.mp4"))
    regrouping.mend(desk.ctx, seen.SPACE)
    assert len(seen.people(desk)) == 2


def test_a_new_index_knows_everybody_again(desk):
    for path, people in {"a.mp4": [1, 2], "b.mp4": [2, 3], "c.mp4": [1, 4]}.items():
        seen.publish(desk, path, people)
    seen.name(desk, "a.mp4", "Ann")
    cat, dan = seen.person_of(desk, "b.mp4", 1), seen.person_of(desk, "c.mp4", 1)
    desk.index.people.absorb(cat.id, [dan.id])
    desk.index.people.change(cat.id, settled=True, hidden=True)
    desk.index.faces.assign({row.id: cat.id for row in desk.index.faces.of_person(cat.id)}, said=True)
    apart = desk.index.people.create(settled=True, name="Eve")
    taken = next(row for row in desk.index.faces.of(desk.id("b.mp4")) if row.number == 0)
    desk.index.faces.assign({taken.id: apart.id}, said=True)
    people_files.write(desk.ctx, [desk.library_id])
    before = told(desk)
    (desk.root / "c.mp4").rename(desk.root / "moved.mp4")
    desk.scan()
    desk.rebuild()
    desk.scan()
    assert told(desk) == {(path.replace("c.mp4", "moved.mp4"), *rest) for path, *rest in before}
    assert desk.index.people.get(dan.uuid).uuid == cat.uuid


def told(desk):
    return {
        (path, row.number, p.uuid, p.name, p.hidden, p.settled, row.said)
        for path, number in desk.ids().items()
        for row in desk.index.faces.of(number)
        for p in [desk.index.people.by_id(row.person_id)]
    }


def test_where_a_group_takes_several_they_are_grouped_in_a_quiet_minute(desk):
    desk.index.groupings.put(seen.SPACE, Grouping(0.4, 2))
    for path in ("a.mp4", "b.mp4"):
        seen.publish(desk, path, [1])
    seen.publish(desk, "c.mp4", [2])
    assert desk.index.crowd.unsorted() == 3
    assert desk.index.groupings.doubtful() == [seen.SPACE]
    regrouping.mend(desk.ctx, seen.SPACE)
    assert desk.index.groupings.doubtful() == []
    assert seen.person_of(desk, "a.mp4") == seen.person_of(desk, "b.mp4")
    assert desk.index.crowd.unsorted() == 1
