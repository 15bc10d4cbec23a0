"""test_tags: words go to the sidecar first, and nobody's are lost."""

import json
import threading

import pytest

from tests.desk import Desk
from vidwatchd.errors import Conflict, InvalidDirectory, LibraryOffline, NotFound, StorageError, UsageError
from vidwatchd.index import open_index
from vidwatchd.model import Tags, portable
from vidwatchd.operations import Context, tags
from vidwatchd.operations.tags import Edit


@pytest.fixture
def clip(desk):
    desk.put("clip.mp4")
    desk.scan()
    return desk.id("clip.mp4")


def by_hand(desk, **values):
    file = desk.beside("clip.mp4", ".tags.json")
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(values))


def test_an_edit_is_in_the_sidecar_and_the_index(desk, clip):
    said = tags.edit(desk.ctx, clip, Edit(add=(" Sea ", "SEA", "sun"), performers_add=("Ann",), rating=4, notes="n"))
    expected = {"video": "clip.mp4", "tags": ["Sea", "sun"], "performers": ["Ann"], "rating": 4, "notes": "n"}
    assert said == {"id": clip, **expected, "inferred": []}
    assert desk.said("clip.mp4") == expected
    assert tags.of(desk.ctx, clip) == said
    assert ("video", {"ids": [clip], "why": "tags"}) in desk.events


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Edit(add=("c",)), (("a", "B", "c"), ("P",), 3, "n")),
        (Edit(remove=("A", "b")), ((), ("P",), 3, "n")),
        (Edit(add=("x",), remove=("x",)), (("a", "B"), ("P",), 3, "n")),
        (Edit(add=("A",)), (("a", "B"), ("P",), 3, "n")),
        (Edit(add=("c",), replace=True), (("c",), ("P",), 3, "n")),
        (Edit(replace=True), ((), ("P",), 3, "n")),
        (Edit(add=("c",), performers_add=("Q",), replace=True), (("c",), ("Q",), 3, "n")),
        (Edit(performers_add=("Q",)), (("a", "B"), ("P", "Q"), 3, "n")),
        (Edit(performers_remove=("p",)), (("a", "B"), (), 3, "n")),
        (Edit(clear_performers=True), (("a", "B"), (), 3, "n")),
        (Edit(clear_performers=True, performers_add=("Q",)), (("a", "B"), ("Q",), 3, "n")),
        (Edit(rating=0), (("a", "B"), ("P",), None, "n")),
        (Edit(rating=5), (("a", "B"), ("P",), 5, "n")),
        (Edit(notes=""), (("a", "B"), ("P",), 3, "")),
        (Edit(), (("a", "B"), ("P",), 3, "n")),
    ],
)
def test_what_an_edit_does(desk, clip, change, expected):
    tags.edit(desk.ctx, clip, Edit(add=("a", "B"), performers_add=("P",), rating=3, notes="n"))
    tags.edit(desk.ctx, clip, change)
    assert desk.index.tags.of(clip) == Tags(*expected)
    assert desk.store.read_tags("clip.mp4")[0] == Tags(*expected)


def test_an_empty_edit_is_a_question():
    assert Edit().empty
    assert not Edit(rating=0).empty


@pytest.mark.parametrize(
    "change",
    [
        Edit(add=("x" * 201,)), Edit(performers_add=("x" * 201,)), Edit(add=("a\0b",)), Edit(add=("\ud800",)),
        Edit(performers_add=("\udfff",)), Edit(notes="\ud800"), Edit(notes="a\0"), Edit(rating=6), Edit(rating=-1),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_changes_nothing(desk, clip, change):
    with pytest.raises(UsageError):
        tags.edit(desk.ctx, clip, change)
    assert not desk.beside("clip.mp4", ".tags.json").exists()


def test_odd_words_are_kept_as_they_are(desk, clip):
    odd = ("a'b\"c", "100%_", "back\\slash", "🎬👨\u200d👩\u200d👧", "家族", "-x", "<b>", "a, b", "x" * 200)
    tags.edit(desk.ctx, clip, Edit(add=odd))
    assert desk.said("clip.mp4")["tags"] == list(odd)
    desk.rebuild()
    desk.scan()
    assert desk.index.tags.of(desk.id("clip.mp4")).tags == odd


# -- by hand, and by two


def test_a_hand_edit_and_an_addition_are_both_kept(desk, clip):
    tags.edit(desk.ctx, clip, Edit(add=("a",)))
    by_hand(desk, tags=["hand"], mood="blue")
    said = tags.edit(desk.ctx, clip, Edit(add=("b",)))
    assert said["tags"] == ["hand", "b"]
    assert "notice" not in said
    assert desk.said("clip.mp4")["mood"] == "blue"


def test_a_hand_edit_and_a_replacement_are_united_with_a_notice(desk, clip):
    tags.edit(desk.ctx, clip, Edit(add=("a",)))
    by_hand(desk, tags=["hand"], performers=["Hand"])
    said = tags.edit(desk.ctx, clip, Edit(add=("b",), performers_add=("P",), replace=True))
    assert (said["tags"], said["performers"]) == (["hand", "b"], ["Hand", "P"])
    assert "by hand" in said["notice"]
    again = tags.edit(desk.ctx, clip, Edit(add=("c",), replace=True))
    assert again["tags"] == ["c"]
    assert "notice" not in again


def test_a_sidecar_never_seen_before_is_a_hand_edit(desk, clip):
    by_hand(desk, tags=["hand"])
    assert "notice" in tags.edit(desk.ctx, clip, Edit(add=("b",), replace=True))


def test_after_the_scan_has_seen_it_a_replacement_replaces(desk, clip):
    by_hand(desk, tags=["hand"])
    desk.scan()
    assert tags.edit(desk.ctx, clip, Edit(add=("b",), replace=True))["tags"] == ["b"]


@pytest.mark.parametrize("content", ["{", '{"tags": "x"}', "", "[]"])
def test_a_broken_sidecar_is_never_overwritten(desk, clip, content):
    tags.edit(desk.ctx, clip, Edit(add=("a",)))
    desk.beside("clip.mp4", ".tags.json").write_text(content)
    with pytest.raises(Conflict, match="valid tags file"):
        tags.edit(desk.ctx, clip, Edit(add=("b",)))
    assert desk.beside("clip.mp4", ".tags.json").read_text() == content
    assert desk.index.tags.of(clip).tags == ("a",)


def test_a_lost_sidecar_is_written_from_what_the_index_knows(desk, clip):
    tags.edit(desk.ctx, clip, Edit(add=("a",), rating=2))
    desk.beside("clip.mp4", ".tags.json").unlink()
    assert tags.edit(desk.ctx, clip, Edit(add=("b",)))["tags"] == ["a", "b"]
    assert desk.said("clip.mp4")["rating"] == 2


def test_people_who_edit_at_once_lose_nothing(desk, clip):
    def add(number):
        index = open_index(desk.config.data_folder)
        for step in range(5):
            tags.edit(Context(desk.ctx.config, index), clip, Edit(add=(f"{number}-{step}",)))
        index.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"{number}-{step}" for number in range(4) for step in range(5)}
    assert set(desk.said("clip.mp4")["tags"]) == set(desk.index.tags.of(clip).tags) == expected


# -- away


@pytest.mark.parametrize("place", ["nothing", "an empty folder"])
def test_nothing_is_written_where_a_disk_is_away(desk, clip, place):
    """Words written into an empty mount point would be hidden, and lost, when the disk is back."""
    tags.edit(desk.ctx, clip, Edit(add=("a",)))
    away = desk.root.rename(desk.folder / "away")
    if place != "nothing":
        desk.root.mkdir()
    with pytest.raises(LibraryOffline):
        tags.edit(desk.ctx, clip, Edit(add=("b",)))
    assert not desk.root.exists() or list(desk.root.iterdir()) == []
    assert desk.index.tags.of(clip).tags == ("a",)
    if place != "nothing":
        desk.root.rmdir()
    away.rename(desk.root)
    assert tags.edit(desk.ctx, clip, Edit(add=("b",)))["tags"] == ["a", "b"]


def test_a_place_that_cannot_be_written_changes_nothing(desk):
    desk.put("d/clip.mp4")
    desk.scan()
    (desk.root / "d" / ".artifacts").write_text("in the way")
    with pytest.raises(StorageError):
        tags.edit(desk.ctx, desk.id("d/clip.mp4"), Edit(add=("a",)))
    assert desk.index.tags.of(desk.id("d/clip.mp4")) == Tags()


def test_an_unknown_video_is_not_found(desk):
    for ask in (lambda: tags.of(desk.ctx, 99), lambda: tags.edit(desk.ctx, 99, Edit(add=("a",)))):
        with pytest.raises(NotFound):
            ask()


# -- named on the command line


def test_a_file_or_a_folder_is_meant(desk):
    for name in ("a.mp4", "d/b.mp4", portable("d/odd\udcff\n.mp4")):
        desk.put(name)
    assert tags.apply(desk.ctx, str(desk.root / "a.mp4"), Edit(add=("x",)))["tags"] == ["x"]
    found = tags.apply(desk.ctx, str(desk.root), Edit(add=("y",)), recursive=True)
    assert [row["tags"] for row in found["videos"]] == [["x", "y"], ["y"], ["y"]]
    assert len(tags.apply(desk.ctx, str(desk.root), Edit())["videos"]) == 1
    assert tags.apply(desk.ctx, str(desk.root / "a.mp4"), Edit())["tags"] == ["x", "y"]


def test_one_broken_sidecar_does_not_stop_a_folder(desk, clip):
    desk.put("other.mp4")
    desk.scan()
    desk.beside("clip.mp4", "").parent.mkdir(exist_ok=True)
    desk.beside("clip.mp4", ".tags.json").write_text("{")
    found = tags.apply(desk.ctx, str(desk.root), Edit(add=("x",)))
    assert [row["path"] for row in found["failed"]] == ["clip.mp4"]
    assert [row["video"] for row in found["videos"]] == ["other.mp4"]


def test_what_is_meant_must_be_there_and_a_video(desk):
    (desk.root / "notes.txt").write_text("x")
    for wrong, error in (("none.mp4", UsageError), ("notes.txt", NotFound), ("none/", (UsageError, InvalidDirectory))):
        with pytest.raises(error):
            tags.targets(desk.ctx, str(desk.root / wrong))


def test_completion(desk, clip):
    tags.edit(desk.ctx, clip, Edit(add=("Sea",), performers_add=("Ann",)))
    assert tags.names(desk.ctx, "tag", "s") == [{"name": "Sea", "count": 1}]
    assert tags.names(desk.ctx, "performer") == [{"name": "Ann", "count": 1}]
    with pytest.raises(UsageError):
        tags.names(desk.ctx, "place")


# -- out and in


def test_an_export_brings_everything_back(tmp_path):
    desk = Desk(tmp_path)
    for name in ("a.mp4", "d/b.mp4", "c.mp4"):
        desk.put(name)
    desk.scan()
    tags.edit(desk.ctx, desk.id("a.mp4"), Edit(add=("x", "Ü"), performers_add=("Ann",), rating=4, notes="n\n"))
    tags.edit(desk.ctx, desk.id("d/b.mp4"), Edit(notes="only a note"))
    videos = tags.inside(desk.ctx, "", recursive=True)
    exported = json.loads(json.dumps(tags.export(desk.ctx, videos)))
    before = {v.id: desk.index.tags.of(v.id) for v in videos}
    for video in videos:
        tags.edit(desk.ctx, video.id, Edit(replace=True, clear_performers=True, rating=0, notes=""))
    entries = [*exported["videos"], {"video": "unknown.mp4", "tags": ["x"]}]
    assert tags.import_(desk.ctx, videos, entries) == {"updated": 2, "unknown": ["unknown.mp4"]}
    assert {v.id: desk.index.tags.of(v.id) for v in videos} == before
    desk.close()


@pytest.mark.parametrize("entry", [{"tags": "abc"}, {"tags": [1]}, {"rating": 9}, {"tags": ["x" * 201]}, [], "x", None])
def test_an_import_that_is_not_in_order_changes_nothing(desk, clip, entry):
    videos = tags.inside(desk.ctx, "")
    bad = {"video": "clip.mp4", **entry} if isinstance(entry, dict) else entry
    with pytest.raises(UsageError):
        tags.import_(desk.ctx, videos, [{"video": "clip.mp4", "tags": ["good"]}, bad])
    assert desk.index.tags.of(clip) == Tags()
