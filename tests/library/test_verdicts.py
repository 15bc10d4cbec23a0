"""test_verdicts: what was said of pairs stays beside the videos, whoever writes there, and is never overwritten blindly."""

import json
import threading
from pathlib import Path

import pytest

from vidwatchd.errors import Conflict, StorageError
from vidwatchd.library import Store
from vidwatchd.library.verdicts import Opinion, Side, Verdict, say, stamp, verdicts
from vidwatchd.model import Library


@pytest.fixture
def stores(tmp_path):
    roots = [tmp_path / name for name in ("one", "two")]
    for root in roots:
        root.mkdir()
    return [Store(Library(n, f"u{n}", str(root), "x"), str(tmp_path / "data")) for n, root in enumerate(roots)]


@pytest.fixture
def store(stores):
    return stores[0]


def verdict(one="a.mp4", other="b.mp4", at=1.0, opinion=Opinion.DIFFERENT, marks=("f", "g")):
    return Verdict(Side("u0", one, marks[0]), Side("u0", other, marks[1]), opinion, at)


def sidecar(store):
    return Path(store.base) / ".artifacts" / ".verdicts.json"


def test_nothing_said_is_no_file(store):
    assert verdicts(store) == []
    assert stamp(store) == ()
    assert not sidecar(store).exists()


def test_what_is_said_comes_back_from_every_library(stores):
    say(stores, verdict())
    assert [verdicts(store) for store in stores] == [[verdict()]] * 2
    assert json.loads(sidecar(stores[0]).read_text()) == {
        "verdicts": [
            {
                "verdict": "different",
                "at": 1.0,
                "videos": [
                    {"library": "u0", "path": "a.mp4", "fingerprint": "f"},
                    {"library": "u0", "path": "b.mp4", "fingerprint": "g"},
                ],
            }
        ]
    }


def test_the_stamp_changes_with_the_file(store):
    say([store], verdict())
    first = stamp(store)
    say([store], verdict(other="c.mp4", marks=("f", "h")))
    assert stamp(store) != first


def test_a_pair_has_one_verdict(store):
    say([store], verdict())
    say([store], verdict(other="c.mp4", marks=("f", "h")))
    again = Verdict(Side("u0", "moved.mp4", "g"), Side("u0", "a.mp4", "f"), Opinion.UNSURE, 2.0)
    say([store], again)
    assert verdicts(store) == [verdict(other="c.mp4", marks=("f", "h")), again]


def test_copies_of_one_file_are_told_by_their_places(store):
    said = [verdict(marks=("f", "f")), verdict(other="c.mp4", marks=("f", "f"))]
    for each in said:
        say([store], each)
    assert verdicts(store) == said
    say([store], verdict(at=3.0, marks=("f", "f")))
    assert [v.at for v in verdicts(store)] == [1.0, 3.0]


def test_members_that_we_do_not_know_stay(store):
    sidecar(store).parent.mkdir()
    entry = {
        "verdict": "unsure",
        "at": 5,
        "videos": [{"library": "x", "path": "p"}, {"library": "x", "path": "q"}],
        "why": "!",
    }
    sidecar(store).write_text(json.dumps({"mood": "blue", "verdicts": [entry]}))
    say([store], verdict())
    kept = json.loads(sidecar(store).read_text())
    assert kept["mood"] == "blue"
    assert kept["verdicts"][0] == entry
    assert len(kept["verdicts"]) == 2


@pytest.mark.parametrize(
    "content",
    [
        "{", "", "[]", '{"verdicts": 5}', '{"verdicts": [5]}', '{"verdicts": [{}]}',
        '{"verdicts": [{"verdict": "perhaps", "at": 1, "videos": [{"library": "", "path": ""}, {"library": "", "path": ""}]}]}',
        '{"verdicts": [{"verdict": "unsure", "at": "x", "videos": [{"library": "", "path": ""}, {"library": "", "path": ""}]}]}',
        '{"verdicts": [{"verdict": "unsure", "at": 1, "videos": [{"library": "", "path": ""}]}]}',
        '{"verdicts": [{"verdict": "unsure", "at": 1, "videos": [{"library": "", "path": 1}, {"library": "", "path": ""}]}]}',
        '{"verdicts": [{"verdict": "unsure", "at": 1, "videos": "ab"}]}',
    ],
)  # fmt: skip
def test_a_broken_file_is_said_and_never_overwritten(stores, content):
    broken = sidecar(stores[1])
    broken.parent.mkdir()
    broken.write_text(content)
    with pytest.raises(Conflict, match="not a valid file of verdicts"):
        verdicts(stores[1])
    with pytest.raises(Conflict):
        say(stores, verdict())
    assert broken.read_text() == content
    assert not sidecar(stores[0]).exists(), "half of it was written"


def test_a_folder_in_its_place_is_an_error(store):
    sidecar(store).mkdir(parents=True)
    with pytest.raises((StorageError, Conflict)):
        say([store], verdict())


def test_a_library_that_is_away_is_not_made_up(tmp_path):
    away = Store(Library(1, "u", str(tmp_path / "away"), "x"), str(tmp_path / "data"))
    with pytest.raises(StorageError):
        say([away], verdict())
    assert not (tmp_path / "away").exists()


def test_people_who_speak_at_once_lose_nothing(store):
    threads = [
        threading.Thread(target=say, args=([store], verdict(other=f"{n}.mp4", marks=("f", f"g{n}")))) for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(verdicts(store)) == 12
