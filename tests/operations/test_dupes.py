"""test_dupes: duplicates of a folder, of everything and of one video."""

import os

import pytest

from tests import prints
from tests.desk import tree
from vidwatchd.errors import Cancelled, InvalidDirectory, NotFound, UsageError
from vidwatchd.fingerprint import END_BYTES
from vidwatchd.model import VideoFacts
from vidwatchd.operations import comparison, dupes, verdicts
from vidwatchd.operations.jobs import Order

FILM = prints.film(1)
SHOWN = {"id", "name", "path", "library", "duration_seconds", "width", "height", "size_bytes", "video_codec", "tags",
         "thumb_url", "sprite", "presence", "similarity", "kind"}  # fmt: skip


@pytest.fixture
def ids(desk):
    """Two copies, one that shows the same in small, one like no other, one without a hash."""
    films = {"a.mp4": FILM, "b.mp4": FILM, "d/small.mp4": prints.differing(FILM, 2), "other.mp4": prints.film(2)}
    for name, content in {
        "a.mp4": "one",
        "b.mp4": "one",
        "d/small.mp4": "s",
        "other.mp4": "other",
        "new.mp4": "n",
    }.items():
        desk.put(name, content * 50)
    os.utime(desk.root / "a.mp4", (1, 1))
    desk.scan()
    found = desk.ids()
    prints.put(desk.index, {found[name]: facts for name, facts in films.items()})
    for name in films:
        width = 160 if "small" in name else 320
        desk.index.videos.learn(found[name], VideoFacts(60.0, width, width // 2, "h264"))
    return found


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """However slow the machine, a small library is compared within one request."""
    monkeypatch.setattr(comparison.Comparison.latest, "__defaults__", (30.0,))
    monkeypatch.setattr(comparison.Comparison.wait, "__defaults__", (30.0,))


def everything(desk, **asked):
    return dupes.overview(desk.ctx, **asked)


def looked(desk):
    """The index has changed: do not wait for the next look."""
    desk.ctx.held.pop("comparison", None)


def test_groups_have_the_promised_members(desk, ids):
    found = everything(desk)
    (group,) = found.pop("groups")
    pairs = found.pop("pairs")
    assert found == {"total_groups": 1, "total_pairs": 3, "compared": 4, "without_hash": 1, "threshold": 0.92,
                     "computing": False}  # fmt: skip
    assert (group["kind"], group["similarity"], group["keeper"]) == ("near", 0.9688, ids["a.mp4"])
    assert group["reason"] == "oldest file"
    assert [video["path"] for video in group["videos"]] == ["a.mp4", "b.mp4", "d/small.mp4"]
    assert [video["kind"] for video in group["videos"]] == ["near", "exact", "near"]
    assert set(group["videos"][0]) >= SHOWN
    assert pairs[0] == {"a": min(ids["a.mp4"], ids["b.mp4"]), "b": max(ids["a.mp4"], ids["b.mp4"]), "similarity": 1.0,
                        "kind": "exact"}  # fmt: skip
    assert {frozenset((pair["a"], pair["b"])) for pair in pairs[1:]} == {
        frozenset((ids[name], ids["d/small.mp4"])) for name in ("a.mp4", "b.mp4")
    }


def test_copies_without_hashes_are_found_too(desk):
    for name in ("x.mp4", "y.mp4"):
        desk.put(name, "the same")
    desk.scan()
    (group,) = everything(desk)["groups"]
    assert (group["kind"], group["similarity"]) == ("exact", 1.0)


@pytest.mark.parametrize("alike", [True, False])
def test_files_whose_ends_are_the_same_are_no_copies(desk, alike):
    """Same size, same fingerprint, other content."""
    ends = os.urandom(END_BYTES)
    for name in ("x.mp4", "y.mp4"):
        desk.put(name, ends + name.encode() * 100_000 + ends)
    desk.scan()
    films = (FILM, FILM) if alike else (FILM, prints.film(2))
    prints.put(desk.index, dict(zip(desk.ids().values(), films, strict=True)))
    assert [group["kind"] for group in everything(desk)["groups"]] == (["near"] if alike else [])
    found = dupes.folder(desk.ctx, str(desk.root))
    assert [pair["kind"] for pair in found["pairs"]] == (["near"] if alike else [])


def test_a_folder_is_compared_in_itself(desk, ids):
    found = dupes.folder(desk.ctx, str(desk.root))
    assert [video["path"] for video in found["groups"][0]["videos"]] == ["a.mp4", "b.mp4"]
    assert found["groups"][0]["kind"] == "exact"
    assert (found["compared"], found["without_hash"]) == (3, 1)
    assert len(dupes.folder(desk.ctx, str(desk.root), recursive=True)["groups"][0]["videos"]) == 3
    assert dupes.folder(desk.ctx, str(desk.root / "d"))["groups"] == []
    with pytest.raises(InvalidDirectory):
        dupes.folder(desk.ctx, "/nowhere")


def test_nothing_is_written_or_deleted(desk, ids):
    before = tree(desk.root)
    dupes.folder(desk.ctx, str(desk.root), recursive=True)
    everything(desk)
    dupes.of_video(desk.ctx, ids["a.mp4"])
    assert tree(desk.root) == before


def test_limit_and_threshold(desk, ids):
    found = everything(desk, limit=1)
    assert (len(found["pairs"]), found["total_pairs"]) == (1, 3)
    found = everything(desk, limit=0)
    assert (found["groups"], found["pairs"], found["total_groups"]) == ([], [], 1)
    found = everything(desk, threshold=0.99)
    assert [len(group["videos"]) for group in found["groups"]] == [2]
    for wrong in (0.1, 1.1):
        with pytest.raises(UsageError):
            everything(desk, threshold=wrong)


def test_of_one_library(desk, ids):
    assert everything(desk, library_id=desk.library_id)["total_groups"] == 1
    other = desk.index.libraries.add(uuid="u", root="/other", name="o", watched=False, layout="beside")
    assert everything(desk, library_id=other.id)["total_groups"] == 0
    with pytest.raises(NotFound):
        everything(desk, library_id=99)


def test_of_one_video(desk, ids):
    found = dupes.of_video(desk.ctx, ids["b.mp4"])
    assert [(row["path"], row["kind"], row["similarity"]) for row in found["duplicates"]] in (
        [("a.mp4", "exact", 1.0), ("d/small.mp4", "near", 0.9688)],
        [("a.mp4", "near", 1.0), ("d/small.mp4", "near", 0.9688)],
    )
    assert set(found["duplicates"][0]) >= SHOWN
    everything(desk)  # proves the copies
    found = dupes.of_video(desk.ctx, ids["b.mp4"])
    assert (found["duplicates"][0]["kind"], found["computing"]) == ("exact", False)
    assert dupes.of_video(desk.ctx, ids["other.mp4"]) == {"duplicates": [], "computing": False}
    with pytest.raises(NotFound):
        dupes.of_video(desk.ctx, 99)


def test_what_a_person_called_different_is_left_out_until_unsure(desk, ids):
    verdicts.say(desk.ctx, ids["a.mp4"], ids["d/small.mp4"], "different")
    found = everything(desk)
    assert [video["path"] for video in found["groups"][0]["videos"]] == ["a.mp4", "b.mp4"]
    paths = [row["path"] for row in dupes.of_video(desk.ctx, ids["a.mp4"])["duplicates"]]
    assert paths == ["b.mp4"]
    verdicts.say(desk.ctx, ids["a.mp4"], ids["d/small.mp4"], "unsure")
    assert len(everything(desk)["groups"][0]["videos"]) == 3


def test_what_is_gone_is_no_duplicate(desk, ids):
    (desk.root / "b.mp4").unlink()
    (desk.root / "d/small.mp4").unlink()
    desk.scan()
    looked(desk)
    assert everything(desk)["groups"] == []


def test_a_posted_order(desk, ids):
    told = []
    run = lambda **order: dupes.run_task(desk.ctx, Order("dupes", **order), lambda *given: told.append(given))  # noqa: E731
    assert run(library_id=desk.library_id)["total_groups"] == 1
    assert run(directory="d")["compared"] == 1
    assert run(directory=str(desk.root), recursive=True)["compared"] == 4
    assert run(video_ids=(ids["a.mp4"], ids["d/small.mp4"]))["total_pairs"] == 1
    assert run(library_id=desk.library_id, params={"limit": 0, "threshold": 0.99})["threshold"] == 0.99
    for wrong in ({"limit": "x"}, {"threshold": "x"}, {"limit": -1}, {"threshold": 0.1}):
        with pytest.raises(UsageError):
            run(library_id=desk.library_id, params=wrong)
    assert told[-1] == (1, 1, ())
    assert any(names for _, _, names in told), "comparing contents is told"


def test_an_order_can_be_stopped(desk, ids):
    def stop(done, of, names):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        dupes.run_task(desk.ctx, Order("dupes", library_id=desk.library_id), stop)
