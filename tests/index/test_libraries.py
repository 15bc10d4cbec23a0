"""test_libraries: the rows of libraries, their digests, and what goes with them."""

import pytest

from tests.desk import file
from vidwatchd.errors import IndexUnusable, NotFound
from vidwatchd.index.jobs import Owing
from vidwatchd.model import Presence, Tags


def test_a_library_is_found_by_id_root_and_uuid(index, library):
    assert index.libraries.all() == [library]
    assert index.libraries.get(library.id) == library
    assert index.libraries.by_root("/box") == library
    assert index.libraries.by_uuid("u1") == library
    assert index.libraries.by_root("/Box") is None
    assert index.libraries.by_uuid("") is None
    with pytest.raises(NotFound):
        index.libraries.get(99)


def test_two_libraries_never_share_a_root_or_uuid(index, library):
    for uuid, root in (("u1", "/other"), ("u2", "/box")):
        with pytest.raises(IndexUnusable):
            index.libraries.add(uuid=uuid, root=root, name="x", watched=True, layout="beside")


def test_an_update_that_changes_nothing_writes_nothing(index, library):
    index.libraries.update(library.id, name="new", held="h")
    before = index.db.conn.total_changes
    index.libraries.update(library.id, name="new", held="h")
    assert index.db.conn.total_changes == before
    assert index.libraries.get(library.id).held == "h"


def test_removing_forgets_everything_of_it_and_nothing_else(index, library):
    other = index.libraries.add(uuid="u2", root="/other", name="o", watched=True, layout="beside")
    for where in (library, other):
        ids = index.videos.add(where.id, [file("a.mp4"), file("b/c.mp4")])
        index.tags.put(ids[0], Tags(("sea",)))
        index.jobs.owe(Owing("thumbs", "quick", 1, {}, "h"), library_id=where.id)
        index.libraries.remember_folders(where.id, {"": "x"})
        index.tags.remember_sidecar(where.id, file(".artifacts/a.mp4.tags.json"))
    index.libraries.remove(library.id)
    for table, left in (("videos", 2), ("words", 2), ("jobs", 2), ("folders", 1), ("sidecars", 1), ("video_tags", 1)):
        assert index.one(f"SELECT count(*) FROM {table}") == (left,), table


def test_counts_and_bytes(index, library):
    index.videos.add(library.id, [file(f"{n}.mp4", size=10) for n in range(4)])
    index.videos.set_presence(library.id, ["0.mp4"], Presence.GONE)
    index.videos.set_presence(library.id, ["1.mp4"], Presence.UNKNOWN)
    (row,) = index.libraries.with_counts()
    assert [row[name] for name in ("videos", "gone", "unknown", "bytes")] == [2, 1, 1, 20]


def test_digests_are_kept_and_forgotten(index, library):
    index.libraries.remember_folders(library.id, {"": "1", "a\nb": "2"})
    index.libraries.remember_folders(library.id, {"": "3"})
    assert index.libraries.folder_digests(library.id) == {"": "3", "a\nb": "2"}
    index.libraries.forget_folders(library.id, ["", "never"])
    assert index.libraries.folder_digests(library.id) == {"a\nb": "2"}


def test_a_library_takes_in_one_that_lies_inside_it(index):
    outer = index.libraries.add(uuid="o", root="/box", name="o", watched=True, layout="beside")
    inner = index.libraries.add(uuid="i", root="/box/a/b", name="i", watched=False, layout="beside")
    one, two = index.videos.add(inner.id, [file("x.mp4"), file("c/y.mp4")])
    index.tags.put(one, Tags(("sea",)))
    index.jobs.owe(Owing("thumbs", "quick", 1, {}, "h"), library_id=inner.id)
    index.libraries.absorb(outer, inner)
    assert index.libraries.all() == [outer]
    assert index.videos.at(outer.id, "a/b/x.mp4").id == one
    assert index.videos.at(outer.id, "a/b/c/y.mp4").id == two
    assert index.tags.of(one).tags == ("sea",)
    assert index.rows("SELECT DISTINCT library_id FROM jobs") == [(outer.id,)]
    assert index.rows("SELECT rowid FROM words WHERE words MATCH 'folder : b' ORDER BY rowid") == [(one,), (two,)]
