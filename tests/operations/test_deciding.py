"""test_deciding: what is decided of people is done whole, kept, and taken back exactly."""

import random

import pytest

from tests import seen
from vidwatchd.errors import Conflict, NotFound, StorageError, UsageError
from vidwatchd.library.people import read_people
from vidwatchd.operations import deciding, people_entries, people_files, regrouping
from vidwatchd.operations import people as reading


@pytest.fixture
def crowd(desk, monkeypatch):
    """Four unnamed people with three faces each, in three videos."""
    seen.known(monkeypatch)
    rows = [desk.index.people.create().id for _ in range(4)]
    for place in range(3):
        found = seen.faces(1, 2, 3, 4, seed=place)
        number = seen.write(desk, f"v{place}.mp4", found)
        ids = desk.index.faces.put(number, seen.KIND, 1.0, seen.SPACE, found)
        desk.index.faces.assign(dict(zip(ids, rows, strict=True)))
    return [desk.index.people.by_id(row).uuid for row in rows]


def state(index):
    """All that decisions change."""
    tables = {"people": "id", "people_before": "uuid", "words": "rowid", "crowd": "library_id, person_id"}
    held = {table: index.rows(f"SELECT * FROM {table} ORDER BY {key}") for table, key in tables.items()}
    return {**held, "faces": index.rows("SELECT id, person_id, said FROM faces ORDER BY id")}


def faces(desk, uuid):
    row = desk.index.people.get(uuid).id
    return desk.index.faces.ids_of([row])[row]


def test_a_name_is_had_once(desk, crowd):
    assert deciding.change(desk.ctx, crowd[0], name=" Ann  Lee ")["person"]["name"] == "Ann Lee"
    with pytest.raises(Conflict, match="another person is called Ann Lee"):
        deciding.change(desk.ctx, crowd[1], name="ANN lee")
    found = deciding.change(desk.ctx, crowd[1], name="ann lee", merge=True)
    assert (found["merged"], found["person"]["id"], found["person"]["faces"]) == (True, crowd[0], 6)
    assert reading.one(desk.ctx, crowd[1])["id"] == crowd[0]
    assert desk.index.people.get(crowd[0]).settled
    assert any(type_ == "people" and set(data["ids"]) == set(crowd[:2]) for type_, data in desk.events)


def test_nothing_different_is_no_decision(desk, crowd):
    assert deciding.change(desk.ctx, crowd[0], hidden=False)["undo"] is None
    assert deciding.last(desk.ctx) == {"undo": None}


def test_a_face_taken_out_is_another_persons(desk, crowd):
    wrong = faces(desk, crowd[0])[0]
    found = deciding.split(desk.ctx, crowd[0], [wrong], name="Bob")
    assert (found["person"]["name"], found["person"]["faces"], found["from"]["faces"]) == ("Bob", 1, 2)
    assert desk.index.faces.standings([wrong])[wrong].said
    assert {p.uuid for p in desk.index.people.settled()} == {crowd[0], found["person"]["id"]}


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (lambda d, c: deciding.split(d.ctx, c[0], faces(d, c[0])), UsageError),
        (lambda d, c: deciding.split(d.ctx, c[0], []), UsageError),
        (lambda d, c: deciding.split(d.ctx, c[0], faces(d, c[1])[:1]), NotFound),
        (lambda d, c: deciding.split(d.ctx, c[0], faces(d, c[0])[:1], into=c[0]), UsageError),
        (lambda d, c: deciding.merge(d.ctx, c[0], [c[0]]), UsageError),
        (lambda d, c: deciding.change(d.ctx, c[0], name="x" * 201), UsageError),
        (lambda d, c: deciding.change(d.ctx, "nobody", name="x"), NotFound),
        (lambda d, c: deciding.undo(d.ctx), NotFound),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(desk, crowd, asked, error):
    before = state(desk.index)
    with pytest.raises(error):
        asked(desk, crowd)
    assert state(desk.index) == before


def test_a_file_that_cannot_be_written_changes_nothing(desk, crowd, monkeypatch):
    def full(ctx, library_ids, decided):
        raise StorageError("no room")

    before = state(desk.index)
    monkeypatch.setattr(people_files, "write", full)
    with pytest.raises(StorageError):
        deciding.change(desk.ctx, crowd[0], name="Ann")
    assert state(desk.index) == before
    assert deciding.last(desk.ctx) == {"undo": None}


def test_an_earlier_one_is_taken_back_unless_something_builds_on_it(desk, crowd):
    first = deciding.change(desk.ctx, crowd[0], name="Ann")["undo"]["id"]
    deciding.change(desk.ctx, crowd[1], name="Bob")
    assert deciding.undo(desk.ctx, first)["undone"] == "Named Ann"
    with pytest.raises(Conflict, match="already"):
        deciding.undo(desk.ctx, first)
    second = deciding.change(desk.ctx, crowd[0], name="Eve")["undo"]["id"]
    deciding.merge(desk.ctx, crowd[1], [crowd[0]])
    with pytest.raises(Conflict, match="Merged 2 people into Bob"):
        deciding.undo(desk.ctx, second)


@pytest.mark.parametrize("seed", range(8))
def test_all_is_taken_back_exactly(desk, crowd, seed):
    chance, first, done = random.Random(seed), state(desk.index), 0
    for step in range(12):
        alive = [person["id"] for person in reading.listed(desk.ctx, reading.Asked(hidden=None))["people"]]
        one, *others = chance.sample(alive, len(alive))
        some = faces(desk, one)
        match chance.randrange(4):
            case 0:
                found = deciding.change(desk.ctx, one, name=chance.choice(["", f"N{step}", "Ann"]), merge=True)
            case 1:
                found = deciding.change(desk.ctx, one, hidden=chance.random() < 0.5)
            case 2 if others:
                found = deciding.merge(desk.ctx, one, others[:2])
            case _ if len(some) > 1:
                found = deciding.split(desk.ctx, one, some[:1], into=chance.choice([None, *others[:1]]))
            case _:
                continue
        done += found["undo"] is not None
    assert done
    for _ in range(done):
        deciding.undo(desk.ctx)
    assert state(desk.index) == first


def test_who_was_merged_stays_one_whatever_likeness_says(desk, crowd):
    deciding.change(desk.ctx, crowd[0], name="Ann")
    before = state(desk.index)
    deciding.merge(desk.ctx, crowd[0], [crowd[1]])
    merged = state(desk.index)
    regrouping.regroup(desk.ctx, seen.SPACE, regrouping.current(desk.ctx, seen.SPACE))
    assert state(desk.index) == merged
    assert len(faces(desk, crowd[0])) == 6
    deciding.undo(desk.ctx)
    assert state(desk.index) == before


def test_what_is_written_of_some_is_what_is_written_of_all(desk, crowd):
    people_files.write(desk.ctx, [desk.library_id])
    store = desk.ctx.store(desk.library_id)
    for decide in (
        lambda: deciding.change(desk.ctx, crowd[0], name="Ann"),
        lambda: deciding.merge(desk.ctx, crowd[0], [crowd[1]]),
        lambda: deciding.split(desk.ctx, crowd[2], faces(desk, crowd[2])[:1], name="Bob"),
        lambda: deciding.undo(desk.ctx),
    ):
        decide()
        some = read_people(store)
        whole = people_entries.entries(desk.ctx, desk.library_id, some)
        assert sorted(some.entries, key=lambda e: e.uuid) == sorted(whole.entries, key=lambda e: e.uuid)
        assert some.fingerprints == whole.fingerprints
    assert {entry.uuid for entry in read_people(store).entries} == {crowd[0], *crowd[2:]}
