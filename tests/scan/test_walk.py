"""test_scan: what a scan reports of real folders, look after look."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import time
from pathlib import Path

import pytest

from vidwatchd import scan
from vidwatchd.errors import Cancelled, LibraryOffline
from vidwatchd.model import FileState, Presence, display, native
from vidwatchd.scan import Changes, KnownFiles, LostFile, Pending, Rules, changes

LONG_AGO_NS = 1_600_000_000_000_000_000


class Box:
    """A library in a temporary folder, with a memory of what was found in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known = KnownFiles(str(root))
        self.rules = Rules()

    def put(self, path: str, content: bytes | str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) and content else content or path.encode() * 50)
        return file

    def look(self, **options) -> Changes:
        options = {"settle_seconds": 0, "rules": self.rules, **options}
        return changes(str(self.root), self.known, **options)

    def learn(self, **options) -> Changes:
        """Look, remember, and fingerprint what is new, as the daemon does."""
        found = self.look(**options)
        for state in (*found.added, *found.changed):
            found.fingerprints[state.path] = scan.fingerprint(str(self.root / native(state.path)))
        self.known.apply(found)
        return found

    def ids(self) -> dict[str, int]:
        return {
            f"{folder}/{name}".lstrip("/"): file.video_id
            for folder, files in self.known.files.items()
            for name, file in files.items()
            if file.presence is Presence.PRESENT
        }


@pytest.fixture
def box(tmp_path):
    root = tmp_path / "library"
    root.mkdir()
    return Box(root)


def paths(states) -> list[str]:
    return sorted(state.path for state in states)


def moves(found: Changes) -> dict[str, str]:
    return {move.old.path: move.new.path for move in found.moved}


def is_quiet(found: Changes) -> bool:
    quiet = Changes(seen=found.seen, bytes=found.bytes, seconds=found.seconds)
    return dataclasses.asdict(found) == dataclasses.asdict(quiet)


# -- added, changed, gone


def test_the_first_look_adds_every_video_and_the_second_is_quiet(box):
    for path in ("a.mp4", "one/b.MKV", "one/two/c.webm", "one/notes.txt", "one/two/d.mp3"):
        box.put(path)
    found = box.learn()
    assert paths(found.added) == ["a.mp4", "one/b.MKV", "one/two/c.webm"]
    assert found.seen == 3
    assert found.bytes == sum((box.root / path).stat().st_size for path in paths(found.added))
    assert set(found.folders) == {"", "one", "one/two"}
    assert is_quiet(box.learn())


def test_an_unchanged_folder_loads_no_rows(box):
    box.put("one/a.mp4")
    box.learn()

    class Blind(KnownFiles):
        def files_in(self, folder):
            raise AssertionError(f"rows of {folder!r} were loaded")

    blind = Blind(box.known.root, box.known.files, box.known.digests)
    assert is_quiet(changes(str(box.root), blind, rules=box.rules, settle_seconds=0))


def test_a_state_is_what_lstat_says(box):
    state = box.put("a.mp4").lstat()
    (added,) = box.look().added
    assert (added.size_bytes, added.mtime_ns, added.ctime_ns, added.inode) == (
        state.st_size,
        state.st_mtime_ns,
        state.st_ctime_ns,
        state.st_ino,
    )


def test_new_content_is_changed_even_with_size_and_mtime_kept(box):
    file = box.put("a.mp4", "first" * 20)
    box.learn()
    before = file.stat()
    file.write_text("other" * 20)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = box.learn()
    assert paths(found.changed) == ["a.mp4"]
    assert not found.added


def test_a_deleted_file_is_gone_once(box):
    box.put("a.mp4")
    box.put("b.mp4").unlink()
    file = box.put("c.mp4")
    box.learn()
    file.unlink()
    assert box.learn().gone == ["c.mp4"]
    assert is_quiet(box.learn())


def test_a_deleted_tree_is_gone_whole(box):
    for path in ("one/a.mp4", "one/two/three/b.mp4", "other/c.mp4"):
        box.put(path)
    box.learn()
    shutil.rmtree(box.root / "one")
    found = box.learn()
    assert sorted(found.gone) == ["one/a.mp4", "one/two/three/b.mp4"]
    assert {"one", "one/two/three"} <= set(found.folders_gone)
    assert is_quiet(box.learn())


def test_a_file_that_comes_back_unchanged_is_back(box, tmp_path):
    file = box.put("one/a.mp4")
    box.learn()
    box.known._mark("one/a.mp4", Presence.UNKNOWN)
    box.known.digests["one"] = ""
    assert paths(box.learn().back) == ["one/a.mp4"]
    assert is_quiet(box.learn())
    assert file.exists()


def test_a_gone_file_that_is_restored_keeps_its_id(box):
    file = box.put("a.mp4")
    box.learn()
    ids = box.ids()
    content = file.read_bytes()
    file.unlink()
    box.learn()
    file.write_bytes(content)
    found = box.learn()
    assert paths(found.changed) == ["a.mp4"]
    assert not found.moved
    assert box.ids() == ids


def test_a_folder_in_place_of_a_video_means_the_video_is_gone(box):
    file = box.put("a.mp4")
    box.learn()
    file.unlink()
    box.put("a.mp4/inner.mp4")
    found = box.learn()
    assert found.gone == ["a.mp4"]
    assert paths(found.added) == ["a.mp4/inner.mp4"]


def test_a_file_in_place_of_a_folder_means_all_in_it_is_gone(box):
    box.put("one/a.mp4")
    box.learn()
    shutil.rmtree(box.root / "one")
    box.put("one")
    assert box.learn(only=["one"]).gone == ["one/a.mp4"]


# -- which folders


def test_only_looks_at_the_folders_named(box):
    for path in ("a.mp4", "one/b.mp4", "one/two/c.mp4", "other/d.mp4"):
        box.put(path)
    assert paths(box.look(only=["one"]).added) == ["one/b.mp4", "one/two/c.mp4"]
    assert paths(box.look(only=["one"], recursive=False).added) == ["one/b.mp4"]
    assert paths(box.look(only=["one"], trees=["one/two", "other"], recursive=False).added) == [
        "one/b.mp4",
        "one/two/c.mp4",
        "other/d.mp4",
    ]
    assert paths(box.look(recursive=False).added) == ["a.mp4"]
    assert paths(box.look(only=[], trees=[""]).added) == ["a.mp4", "one/b.mp4", "one/two/c.mp4", "other/d.mp4"]


def test_a_flat_look_leaves_the_folders_beneath_alone(box):
    box.put("one/two/a.mp4")
    box.put("one/b.mp4")
    box.learn()
    assert is_quiet(box.look(only=["one"], recursive=False))
    assert is_quiet(box.look(recursive=False))


def test_a_flat_look_sees_that_a_subfolder_is_gone(box):
    box.put("one/two/three/a.mp4")
    box.put("one/b.mp4")
    box.learn()
    shutil.rmtree(box.root / "one/two")
    assert box.learn(only=["one"], recursive=False).gone == ["one/two/three/a.mp4"]


def test_a_vanished_folder_may_be_named(box):
    box.put("one/two/a.mp4")
    box.learn()
    shutil.rmtree(box.root / "one")
    found = box.learn(only=["one/two"], recursive=False)
    assert found.gone == ["one/two/a.mp4"]
    assert not found.unreadable


def test_a_named_folder_inside_an_ignored_one_stays_hidden(box):
    box.put("one/.ignore", b" \n")
    box.put("one/two/a.mp4")
    box.put("@eaDir/b.mp4")
    found = box.look(only=["one/two", "@eaDir"])
    assert is_quiet(found)


def test_a_named_folder_behind_a_link_is_not_entered(box):
    box.put("one/two/a.mp4")
    (box.root / "link").symlink_to("one")
    assert is_quiet(box.look(only=["link", "link/two"]))


# -- settled


def test_a_young_file_is_unsettled_until_its_time(box):
    box.put("one/a.mp4")
    found = box.learn(settle_seconds=30)
    assert not found.added
    assert 25 < found.unsettled["one/a.mp4"] <= 30
    assert "one" not in found.folders
    assert paths(box.learn(settle_seconds=0).added) == ["one/a.mp4"]


def test_an_old_mtime_does_not_make_a_young_file_settled(box):
    file = box.put("a.mp4")
    os.utime(file, ns=(LONG_AGO_NS, LONG_AGO_NS))
    assert set(box.look(settle_seconds=30).unsettled) == {"a.mp4"}


def test_a_file_settles_by_itself(box):
    box.put("a.mp4")
    wait = box.look(settle_seconds=600).unsettled["a.mp4"]
    time.sleep(0.05)
    assert 0 < box.look(settle_seconds=600).unsettled["a.mp4"] <= wait - 0.04
    assert paths(box.look(settle_seconds=0.04).added) == ["a.mp4"]


def test_a_known_file_that_is_written_again_is_unsettled_not_changed(box):
    file = box.put("a.mp4")
    box.learn()
    file.write_text("more")
    found = box.learn(settle_seconds=30)
    assert not found.changed
    assert set(found.unsettled) == {"a.mp4"}
    assert found.folders == {"": ""}
    assert paths(box.learn().changed) == ["a.mp4"]


def test_a_known_unchanged_file_needs_no_time_to_settle(box):
    box.put("a.mp4")
    box.learn()
    box.put("b.mp4")
    assert set(box.look(settle_seconds=30).unsettled) == {"b.mp4"}


def test_a_clock_that_runs_ahead_is_answered_by_a_second_look():
    state = FileState("a.mp4", 1, 2, 3, 4)
    pending = Pending()
    assert pending.wait_seconds(state, 5, now=100) == 5
    assert pending.wait_seconds(state, 5, now=103) == 2
    grown = dataclasses.replace(state, size_bytes=9)
    assert pending.wait_seconds(grown, 5, now=104) == 5
    assert pending.wait_seconds(grown, 5, now=109) <= 0
    assert not pending.looks


# -- moves


def test_a_rename_keeps_the_id(box):
    file = box.put("a.mp4")
    box.learn()
    ids = box.ids()
    file.rename(box.root / "b.mp4")
    found = box.learn()
    assert moves(found) == {"a.mp4": "b.mp4"}
    assert not (found.added or found.gone or found.changed)
    assert box.ids() == {"b.mp4": ids["a.mp4"]}
    assert is_quiet(box.learn())


def test_a_rename_needs_no_time_to_settle(box):
    file = box.put("a.mp4")
    box.learn()
    file.rename(box.root / "b.mp4")
    found = box.learn(settle_seconds=30)
    assert moves(found) == {"a.mp4": "b.mp4"}
    assert not found.unsettled


def test_a_move_between_folders_seen_from_the_new_one_alone(box):
    file = box.put("one/a.mp4")
    (box.root / "two").mkdir()
    box.learn()
    file.rename(box.root / "two/a.mp4")
    assert moves(box.learn(only=["two"])) == {"one/a.mp4": "two/a.mp4"}
    assert is_quiet(box.learn(only=["one"])) or not box.ids().get("one/a.mp4")


def test_a_move_whose_first_half_was_seen_before(box):
    file = box.put("one/a.mp4")
    (box.root / "two").mkdir()
    box.learn()
    ids = box.ids()
    shutil.copy(file, box.root / "two/b.mp4")
    file.unlink()
    assert box.learn(only=["one"]).gone == ["one/a.mp4"]
    assert moves(box.learn(only=["two"])) == {"one/a.mp4": "two/b.mp4"}
    assert box.ids() == {"two/b.mp4": ids["one/a.mp4"]}


def test_a_renamed_folder_moves_all_in_it(box):
    for path in ("one/a.mp4", "one/two/b.mp4"):
        box.put(path)
    box.learn()
    (box.root / "one").rename(box.root / "new")
    found = box.learn()
    assert moves(found) == {"one/a.mp4": "new/a.mp4", "one/two/b.mp4": "new/two/b.mp4"}
    assert not (found.added or found.gone)
    assert is_quiet(box.learn())


def test_a_rename_that_only_changes_case(box):
    file = box.put("film.mp4")
    box.learn()
    file.rename(box.root / "Film.MP4")
    assert moves(box.learn()) == {"film.mp4": "Film.MP4"}


def test_a_copy_is_a_new_video(box):
    file = box.put("a.mp4")
    box.learn()
    shutil.copy(file, box.root / "b.mp4")
    os.link(file, box.root / "c.mp4")
    found = box.learn()
    assert paths(found.added) == ["b.mp4", "c.mp4"]
    assert not (found.moved or found.gone)


def test_one_lost_video_is_only_one_of_its_copies(box):
    file = box.put("one/a.mp4")
    box.learn()
    box.put("two/z.mp4", file.read_bytes())
    box.put("two/a.mp4", file.read_bytes())
    file.unlink()
    found = box.learn()
    assert len(found.moved) == 1
    assert len(found.added) == 1


def test_two_files_that_exchange_names(box):
    a, b = box.put("a.mp4", "a" * 500), box.put("b.mp4", "b" * 500)
    box.learn()
    ids = box.ids()
    a.rename(box.root / "t")
    b.rename(a)
    (box.root / "t").rename(b)
    found = box.learn()
    assert moves(found) == {"a.mp4": "b.mp4", "b.mp4": "a.mp4"}
    assert not (found.changed or found.added or found.gone)
    assert box.ids() == {"a.mp4": ids["b.mp4"], "b.mp4": ids["a.mp4"]}


def test_a_renumbering_moves_every_file(box):
    for number in (1, 2, 3):
        box.put(f"{number}.mp4", str(number) * 500)
    box.learn()
    for number in (3, 2, 1):
        (box.root / f"{number}.mp4").rename(box.root / f"{number + 1}.mp4")
    found = box.learn(settle_seconds=30)
    assert moves(found) == {"1.mp4": "2.mp4", "2.mp4": "3.mp4", "3.mp4": "4.mp4"}
    assert not (found.changed or found.added or found.gone or found.unsettled)


def test_a_new_encoding_renamed_over_the_old_is_a_change_of_the_old(box):
    box.put("a.mp4", "a" * 500)
    new = box.put("a.new.mp4", "b" * 500)
    box.learn()
    new.rename(box.root / "a.mp4")
    found = box.learn()
    assert paths(found.changed) == ["a.mp4"]
    assert found.gone == ["a.new.mp4"]
    assert not found.moved


def test_a_backup_made_before_new_content_is_a_new_video(box):
    file = box.put("a.mp4", "a" * 500)
    box.learn()
    file.rename(box.root / "a.orig.mp4")
    box.put("a.mp4", "b" * 500)
    found = box.learn()
    assert paths(found.changed) == ["a.mp4"]
    assert paths(found.added) == ["a.orig.mp4"]
    assert not found.moved


def test_a_rename_onto_the_name_of_a_gone_video_is_a_move(box):
    box.put("a.mp4", "a" * 500)
    b = box.put("b.mp4", "b" * 500)
    box.learn()
    ids = box.ids()
    (box.root / "a.mp4").unlink()
    box.learn()
    b.rename(box.root / "a.mp4")
    assert moves(box.learn()) == {"b.mp4": "a.mp4"}
    assert box.ids() == {"a.mp4": ids["b.mp4"]}


def test_a_video_without_fingerprint_moves_by_inode_and_time(box):
    file = box.put("a.mp4")
    box.known.apply(box.look())
    file.rename(box.root / "b.mp4")
    assert moves(box.look()) == {"a.mp4": "b.mp4"}
    shutil.copy(box.root / "b.mp4", box.root / "c.mp4")
    (box.root / "b.mp4").unlink()
    found = box.look()
    assert found.gone == ["a.mp4"]
    assert paths(found.added) == ["c.mp4"]


def test_empty_files_are_not_alike(box):
    file = box.root / "a.mp4"
    file.touch()
    box.learn()
    (box.root / "b.mp4").touch()
    file.unlink()
    found = box.learn()
    assert found.gone == ["a.mp4"]
    assert paths(found.added) == ["b.mp4"]


def other_library(box: Box, root: Path, name: str, content: bytes) -> LostFile:
    root.mkdir(exist_ok=True)
    file = root / name
    file.write_bytes(content)
    state = file.stat()
    return LostFile(77, str(root), name, state.st_size, state.st_mtime_ns, state.st_ino, scan.fingerprint(str(file)))


def test_a_move_from_another_library(box, tmp_path, monkeypatch):
    lost = other_library(box, tmp_path / "other", "x.mp4", b"x" * 900)

    class WithOther(KnownFiles):
        def same_sizes(self, sizes):
            return [lost]

    box.known = WithOther(str(box.root))
    box.put("y.mp4", b"x" * 900)
    assert not box.look().moved, "the other file is still there"
    (tmp_path / "other/x.mp4").unlink()
    found = box.look()
    assert [(m.video_id, m.old.library_root, m.new.path) for m in found.moved] == [
        (77, str(tmp_path / "other"), "y.mp4")
    ]
    (tmp_path / "other").rmdir()
    assert not box.look().moved, "a root that does not list proves nothing"


# -- rules


def test_junk_is_never_looked_at(box):
    for path in (
        "._a.mp4", ".hidden/a.mp4", "@eaDir/a.mp4", "#recycle/a.mp4", "#snapshot/a.mp4", "$RECYCLE.BIN/a.mp4",
        "System Volume Information/a.mp4", "lost+found/a.mp4", ".Trash-1000/a.mp4", ".stfolder/a.mp4", "~a.mp4",
        "a.mp4.part", "a.mp4.crdownload", "a.mp4.partial", "a.mp4.!qB", "a.mp4.tmp", "b.mp4.download/b.mp4",
        ".artifacts/a.mp4.previews.webm", ".artifacts/a.mp4",
    ):  # fmt: skip
        box.put(path)
    assert not box.look().added


def test_extensions_and_patterns_are_settings(box):
    for path in ("a.MPG", "b.mp4", "c.sample.mpg", "extras/d.mpg"):
        box.put(path)
    box.rules = Rules.of((".mpg",), ("*.sample.*", "Extras"))
    assert paths(box.look().added) == ["a.MPG"]


def test_an_empty_ignore_file_hides_the_folder(box):
    box.put("one/a.mp4")
    box.put("one/two/b.mp4")
    box.put("c.mp4")
    box.learn()
    (box.root / "one/.ignore").touch()
    found = box.learn()
    assert sorted(found.hidden) == ["one/a.mp4", "one/two/b.mp4"]
    assert not found.gone
    assert is_quiet(box.learn())
    (box.root / "one/.ignore").unlink()
    assert paths(box.learn().back) == ["one/a.mp4", "one/two/b.mp4"]


def test_nomedia_hides_the_folder(box):
    box.put("one/a.mp4")
    (box.root / "one/.nomedia").touch()
    assert not box.look().added


def test_an_ignore_file_holds_patterns_for_all_beneath(box):
    box.put("one/.ignore", "# samples\n*sample*\n!keep*\nextras/\n")
    for path in ("one/a.mp4", "one/Sample.mp4", "one/keep sample.mp4", "one/two/sample.mp4", "one/extras/b.mp4"):
        box.put(path)
    box.put("one/two/.ignore", "!sample.mp4")
    box.put("one/two/other sample.mp4")
    box.put("sample.mp4")
    assert paths(box.look().added) == ["one/a.mp4", "one/keep sample.mp4", "one/two/sample.mp4", "sample.mp4"]
    assert paths(box.look(only=["one/two"]).added) == ["one/two/sample.mp4"]


def test_a_video_that_a_new_pattern_excludes_is_hidden_not_gone(box):
    box.put("one/a.mp4")
    box.put("one/b.mp4")
    box.learn()
    box.rules = Rules(ignore=("b.*",))
    found = box.learn()
    assert found.hidden == ["one/b.mp4"]
    assert not found.gone


# -- people's sidecars and artifacts


def test_peoples_sidecars_are_found_and_compared(box):
    box.put("one/a.mp4")
    box.put("one/.artifacts/a.mp4.thumbs.jpg")
    sidecar = box.put("one/.artifacts/a.mp4.tags.json", "{}")
    box.put(".artifacts/.faces.index.json", "{}")
    found = box.learn()
    assert paths(found.sidecars) == [".artifacts/.faces.index.json", "one/.artifacts/a.mp4.tags.json"]
    assert not box.learn().sidecars

    sidecar.write_text('{"tags": []}')
    assert paths(box.learn().sidecars) == ["one/.artifacts/a.mp4.tags.json"]
    sidecar.unlink()
    assert box.learn().sidecars_gone == ["one/.artifacts/a.mp4.tags.json"]
    shutil.rmtree(box.root / ".artifacts")
    assert box.learn().sidecars_gone == [".artifacts/.faces.index.json"]
    assert not box.learn().sidecars_gone


def settle_artifacts(box: Box, folder: str) -> None:
    os.utime(box.root / folder / ".artifacts", ns=(LONG_AGO_NS, LONG_AGO_NS))


def test_a_sidecar_edited_in_place_is_seen_though_its_folder_looks_the_same(box):
    box.put("one/a.mp4")
    sidecar = box.put("one/.artifacts/a.mp4.tags.json", "{}")
    settle_artifacts(box, "one")
    box.learn()
    assert is_quiet(box.learn())
    sidecar.write_text('{"tags": ["x"]}')
    settle_artifacts(box, "one")
    assert paths(box.learn().sidecars) == ["one/.artifacts/a.mp4.tags.json"]


def test_folders_whose_artifacts_came_or_went_are_told(box):
    box.put("one/a.mp4")
    box.put("one/.artifacts/a.mp4.thumbs.jpg")
    settle_artifacts(box, "one")
    assert box.learn().artifact_folders == {"one": LONG_AGO_NS}
    assert is_quiet(box.learn())
    (box.root / "one/.artifacts/a.mp4.thumbs.jpg").unlink()
    assert set(box.learn().artifact_folders) == {"one"}
    assert set(box.learn().artifact_folders) == {"one"}, "too young to trust its mtime"
    settle_artifacts(box, "one")
    box.learn()
    assert is_quiet(box.learn())
    (box.root / "one/.artifacts").rmdir()
    assert box.learn().artifact_folders == {"one": 0}
    assert is_quiet(box.learn())


# -- links and odd files


def test_links_inside_the_library_are_passed_over_and_loops_end(box):
    box.put("one/a.mp4")
    (box.root / "one/loop").symlink_to(box.root)
    (box.root / "b.mp4").symlink_to("one/a.mp4")
    (box.root / "self.mp4").symlink_to("self.mp4")
    found = box.look()
    assert paths(found.added) == ["one/a.mp4"]
    assert set(found.unreadable) == {"self.mp4"}


def test_a_link_to_a_file_that_is_not_listed_itself_is_a_video(box):
    store = box.put(".git/annex/objects/x.mp4")
    (box.root / "a.mp4").symlink_to(store)
    (added,) = box.look().added
    assert (added.path, added.inode) == ("a.mp4", store.stat().st_ino)


def test_links_out_of_the_library_are_refused_and_named(box, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.mp4").write_text("x")
    (tmp_path / "library-2").mkdir()
    (box.root / "folder").symlink_to(tmp_path / "outside")
    (box.root / "twin").symlink_to(tmp_path / "library-2")
    (box.root / "x.mp4").symlink_to(tmp_path / "outside/x.mp4")
    (box.root / "note.txt").symlink_to(tmp_path / "outside/x.mp4")
    found = box.look()
    assert not found.added
    assert set(found.unreadable) == {"folder", "twin", "x.mp4"}
    assert "out of the library" in found.unreadable["x.mp4"]


def test_what_is_no_regular_file_is_named(box):
    os.mkfifo(box.root / "pipe.mp4")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(box.root)
        try:
            server.bind("socket.mp4")
        finally:
            os.chdir(here)
    assert set(box.look().unreadable) == {"pipe.mp4", "socket.mp4"}


def test_the_root_itself_may_be_a_link(box, tmp_path):
    box.put("one/a.mp4")
    (tmp_path / "door").symlink_to(box.root)
    found = changes(f"{tmp_path}/door/", KnownFiles(), rules=Rules(), settle_seconds=0)
    assert paths(found.added) == ["one/a.mp4"]


# -- the root


def test_a_root_that_cannot_be_read_is_offline(box, tmp_path):
    box.put("a.mp4")
    box.learn()
    box.root.rename(tmp_path / "away")
    with pytest.raises(LibraryOffline, match="cannot be read"):
        box.look()
    box.root.write_text("a file")
    with pytest.raises(LibraryOffline):
        box.look(only=["one"])


def test_a_scan_can_be_stopped(box):
    box.put("one/a.mp4")
    with pytest.raises(Cancelled):
        box.look(cancelled=lambda: True)


def test_names_are_portable_in_what_is_reported(box):
    name = os.fsdecode(b"caf\xe9.mp4")
    (box.root / name).write_text("x")
    (added,) = box.learn().added
    assert display(added.path) == "caf\\xe9.mp4"
    added.path.encode()
    (box.root / name).rename(box.root / os.fsdecode(b"th\xe9.mp4"))
    assert [display(new) for new in moves(box.look()).values()] == ["th\\xe9.mp4"]
