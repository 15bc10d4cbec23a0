"""test_known: the index answers the scan as the scan asks."""

from tests.desk import file
from vidwatchd.model import Presence
from vidwatchd.operations.known import IndexKnown


def test_it_answers_folder_by_folder(desk):
    library = desk.library_id
    desk.index.videos.add(library, [file("a.mp4"), file("d/b.mp4", 2), file("d/e/c.mp4", 2)])
    desk.index.videos.set_presence(library, ["d/e/c.mp4"], Presence.GONE)
    desk.index.libraries.remember_folders(library, {"": "x", "d": "y", "f": "z"})
    known = IndexKnown(desk.index, desk.library)
    assert (known.folder_digest("d"), known.folder_digest("none")) == ("y", "")
    assert known.files_in("d").keys() == {"b.mp4"}
    assert known.files_in("d/e")["c.mp4"].presence is Presence.GONE
    assert list(known.folders_under("")) == ["d", "f"]
    assert list(known.folders_under("d")) == []
    assert {lost.path for lost in known.same_sizes([2])} == {"d/b.mp4", "d/e/c.mp4"}


def test_a_library_that_is_away_offers_no_moves(desk):
    desk.index.videos.add(desk.library_id, [file("a.mp4")])
    desk.index.libraries.update(desk.library_id, online=False)
    assert list(IndexKnown(desk.index, desk.library).same_sizes([1])) == []


def test_sidecars_by_folder(desk):
    desk.index.tags.remember_sidecar(desk.library_id, file("d/.artifacts/b.mp4.tags.json", 7))
    desk.index.tags.remember_sidecar(desk.library_id, file(".artifacts/a.mp4.tags.json", 8))
    known = IndexKnown(desk.index, desk.library)
    assert known.sidecars_in("d") == {"b.mp4.tags.json": (7, 7)}
    assert known.sidecars_in("") == {"a.mp4.tags.json": (8, 8)}
