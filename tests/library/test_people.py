"""test_people: what was said of people lies in the library, and what is foreign in its file stays."""

import json
from pathlib import Path

import pytest

from tests.desk import Desk
from vidwatchd.errors import Conflict
from vidwatchd.library.people import Entry, Mark, Said, file_of, read_people, read_some, stamp, write_people, write_some
from vidwatchd.signatures import Box

MARK = Mark("trip/a.mp4", 12.5, Box(0.1, 0.2, 0.3, 0.4), said=True)
ANN = Entry("u-1", "Ann", settled=True, before=("u-0",), marks=(MARK, Mark("b.mp4", 1.0, Box(0, 0, 1, 1))), cover=MARK)
SAID = Said((ANN, Entry("u-2")), {"trip/a.mp4": "f1", "b.mp4": "f2"})


@pytest.fixture
def store(tmp_path):
    desk = Desk(tmp_path)
    yield desk.store
    desk.close()


def test_what_was_written_is_read_and_what_is_foreign_stays(store):
    assert (read_people(store), stamp(store)) == (Said(), ())
    write_people(store, SAID)
    assert read_people(store) == SAID
    before, file = stamp(store), Path(file_of(store))
    file.write_text(json.dumps({**json.loads(file.read_text()), "mine": 1}))
    write_people(store, Said((ANN,), {}))
    assert read_people(store) == Said((ANN,), {})
    assert json.loads(file.read_text())["mine"] == 1
    assert stamp(store) not in (before, ())


def test_a_name_written_by_hand_is_said(store):
    write_people(store, SAID)
    file = Path(file_of(store))
    values = json.loads(file.read_text())
    values["people"][1]["name"] = " Bob  Ray "
    file.write_text(json.dumps(values))
    bob = read_people(store).entries[1]
    assert (bob.name, bob.settled) == ("Bob Ray", True)


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"people": 1}', '{"people": [{}]}', '{"people": [{"id": 7}]}', '{"people": [{"id": "a", "name": 7}]}',
        '{"people": [{"id": "a"}, {"id": "a"}]}', '{"people": [], "videos": []}',
        '{"people": [{"id": "a", "faces": [{"video": "x"}]}]}',
        '{"people": [{"id": "a", "faces": [{"video": 1, "at": 0, "box": [0, 0, 1, 1]}]}]}',
        '{"people": [{"id": "a", "faces": [{"video": "x", "at": 0, "box": [0, 0]}]}]}',
    ],
)  # fmt: skip
def test_a_broken_file_is_told_of_and_stays(store, text):
    write_people(store, SAID)
    file = Path(file_of(store))
    file.write_text(text)
    with pytest.raises(Conflict, match="file of people"):
        read_people(store)
    with pytest.raises(Conflict):
        write_people(store, SAID)
    assert file.read_text() == text


def test_the_lines_of_some_are_written_and_all_others_stay(store):
    write_people(store, Said((ANN, Entry("u9", "Zoe"), Entry("u8")), SAID.fingerprints))
    assert read_some(store, ["u9"]) == Said((Entry("u9", "Zoe", settled=True),), SAID.fingerprints)
    since = stamp(store)
    assert write_some(store, Said((Entry("u9", "Zoë", settled=True),), {"a": "1"}), ["u9", "u8"], since)
    assert set(read_people(store).entries) == {ANN, Entry("u9", "Zoë", settled=True)}
    assert read_people(store).fingerprints == {"a": "1"}
    assert not write_some(store, Said(), ["u9"], since)
    file = Path(file_of(store))
    file.write_text(json.dumps(json.loads(file.read_text()), indent=1))
    assert read_some(store, ["u9"]) is None
