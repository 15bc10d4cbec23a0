"""test_scan_faults: F2, F3, F6, F8, F9 and F17, as far as a scan decides them."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from vidwatchd import scan
from vidwatchd.disk import OperatingSystem
from vidwatchd.errors import LibraryOffline
from vidwatchd.model import Presence, native
from vidwatchd.scan import Changes, KnownFiles, Rules, changes


class FaultyDisk(OperatingSystem):
    """The real file system, but for the paths that are told to fail (call → path → errno)."""

    def __init__(self) -> None:
        self.faults: dict[tuple[str, str], int] = {}
        self.while_listing: dict[str, int] = {}
        self.before: dict[str, object] = {}

    def fail(self, path: Path, number: int, *calls: str) -> None:
        for call in calls or ("scandir", "lstat", "stat", "open", "resolve"):
            self.faults[call, str(path)] = number

    def _ask(self, call: str, path: str) -> None:
        if hook := self.before.pop(f"{call} {path}", None):
            hook()
        if number := self.faults.get((call, path)):
            raise OSError(number, os.strerror(number), path)

    @contextlib.contextmanager
    def scandir(self, path):
        self._ask("scandir", path)
        with super().scandir(path) as entries:
            yield self._entries(path, entries)

    def _entries(self, path, entries):
        for entry in entries:
            if number := self.while_listing.get(path):
                raise OSError(number, os.strerror(number), path)
            fault = self.faults.get(("lstat", f"{path}/{entry.name}"))
            yield FaultyEntry(entry, fault) if fault else entry

    def lstat(self, path):
        self._ask("lstat", path)
        return super().lstat(path)

    def stat(self, path):
        self._ask("stat", path)
        return super().stat(path)

    def open(self, path):
        self._ask("open", path)
        return super().open(path)


class FaultyEntry:
    def __init__(self, entry: os.DirEntry, number: int) -> None:
        self.name, self.is_dir, self.is_symlink, self.number = entry.name, entry.is_dir, entry.is_symlink, number

    def stat(self, *, follow_symlinks=True):
        raise OSError(self.number, os.strerror(self.number), self.name)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "library"
    for path in ("a.mp4", "one/b.mp4", "one/c.mp4", "one/two/d.mp4", "other/e.mp4"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path * 30)
    return folder


@pytest.fixture
def known(root):
    memory = KnownFiles(str(root))
    learn(root, memory)
    return memory


@pytest.fixture
def disk():
    return FaultyDisk()


def look(root: Path, known: KnownFiles, **options) -> Changes:
    return changes(str(root), known, **{"rules": Rules(), "settle_seconds": 0, **options})


def learn(root: Path, known: KnownFiles, **options) -> Changes:
    found = look(root, known, **options)
    for state in (*found.added, *found.changed):
        found.fingerprints[state.path] = scan.fingerprint(f"{root}/{native(state.path)}")
    known.apply(found)
    return found


def paths(states) -> list[str]:
    return sorted(state.path for state in states)


def loses_nothing(found: Changes) -> bool:
    return not (found.gone or found.moved or found.folders_gone or found.changed or found.hidden)


ERRNOS = [errno.EIO, errno.EACCES, errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN, errno.ELOOP]
NAMES = [errno.errorcode[number] for number in ERRNOS]


# -- F2: unknown is not gone


@pytest.mark.parametrize("number", ERRNOS, ids=NAMES)
def test_f2_an_unreadable_folder_loses_nothing_and_the_scan_goes_on(root, known, disk, number):
    disk.fail(root / "one", number)
    (root / "other/new.mp4").write_text("new")
    found = learn(root, known, fs=disk)
    assert loses_nothing(found)
    assert errno.errorcode[number] in found.unreadable["one"]
    assert paths(found.added) == ["other/new.mp4"]
    again = learn(root, known)
    assert loses_nothing(again)
    assert not again.added
    assert set(again.folders) == {"one", "one/two"}, "what was in doubt is looked at again"


@pytest.mark.parametrize("number", ERRNOS, ids=NAMES)
def test_f2_an_unreadable_file_is_named_and_not_gone(root, known, disk, number):
    disk.fail(root / "one/b.mp4", number)
    (root / "one/new.mp4").write_text("new")
    found = learn(root, known, fs=disk)
    assert loses_nothing(found)
    assert set(found.unreadable) == {"one/b.mp4"}
    assert paths(found.added) == ["one/new.mp4"]
    assert known.folder_digest("one") == ""


def test_f2_a_folder_that_fails_halfway_through_its_listing(root, known, disk):
    disk.while_listing[str(root / "one")] = errno.EIO
    (root / "one/b.mp4").unlink()
    found = look(root, known, fs=disk)
    assert loses_nothing(found)
    assert set(found.unreadable) == {"one"}


@pytest.mark.parametrize("call", ["scandir", "stat"])
def test_f2_a_root_that_cannot_be_read_is_offline(root, known, disk, call):
    disk.fail(root, errno.EIO, call)
    with pytest.raises(LibraryOffline, match="EIO"):
        look(root, known, fs=disk)


def test_f2_an_ignore_file_that_cannot_be_read_puts_its_folder_in_doubt(root, known, disk):
    (root / "one/.ignore").write_text("*.mp4")
    disk.fail(root / "one/.ignore", errno.EIO)
    found = look(root, known, fs=disk)
    assert loses_nothing(found)
    assert set(found.unreadable) == {"one"}
    found = look(root, known, fs=disk, only=["one/two"])
    assert loses_nothing(found)
    assert set(found.unreadable) == {"one/two"}


def test_f2_sidecars_that_cannot_be_read_are_not_gone(root, known, disk):
    (root / "one/.artifacts").mkdir()
    (root / "one/.artifacts/b.mp4.tags.json").write_text("{}")
    learn(root, known)
    disk.fail(root / "one/.artifacts/b.mp4.tags.json", errno.EIO)
    found = look(root, known, fs=disk)
    assert not found.sidecars_gone
    assert set(found.unreadable) == {"one/.artifacts/b.mp4.tags.json"}
    disk.fail(root / "one/.artifacts", errno.EACCES)
    found = look(root, known, fs=disk)
    assert not found.sidecars_gone
    assert set(found.unreadable) == {"one/.artifacts"}


def test_f2_what_cannot_be_looked_at_again_is_not_gone(root, known, disk):
    (root / "one/b.mp4").unlink()
    disk.fail(root / "one/b.mp4", errno.ESTALE, "lstat")
    found = learn(root, known, fs=disk)
    assert loses_nothing(found)
    assert look(root, known).gone == ["one/b.mp4"], "seen at the next look, because the folder's digest was forgotten"


def test_f2_a_new_file_whose_content_cannot_be_read_is_no_move(root, known, disk):
    shutil.copy(root / "one/b.mp4", root / "new.mp4")
    (root / "one/b.mp4").unlink()
    disk.fail(root / "new.mp4", errno.EIO, "open")
    found = look(root, known, fs=disk)
    assert (found.moved, found.gone, paths(found.added)) == ([], ["one/b.mp4"], ["new.mp4"])


# -- F3: the mount flaps


def test_f3_a_root_exchanged_during_the_scan_proves_nothing(root, known, disk, tmp_path):
    def flap():
        root.rename(tmp_path / "away")
        root.mkdir()

    disk.before[f"scandir {root / 'other'}"] = flap
    with pytest.raises(LibraryOffline):
        look(root, known, fs=disk)
    with pytest.raises(LibraryOffline):
        root.rmdir()
        look(root, known, fs=disk)


def test_f3_a_name_that_is_there_again_at_the_last_look_is_not_gone(root, known, disk, tmp_path):
    (root / "one/b.mp4").rename(tmp_path / "b.mp4")
    disk.before[f"lstat {root / 'one/b.mp4'}"] = lambda: (tmp_path / "b.mp4").rename(root / "one/b.mp4")
    assert loses_nothing(learn(root, known, fs=disk))
    found = look(root, known)
    assert loses_nothing(replace(found, changed=[])), "its ctime differs now, its content does not"


def test_f3_a_parent_that_no_longer_lists_proves_nothing(root, known, disk):
    (root / "one/b.mp4").unlink()
    disk.before[f"lstat {root / 'one/b.mp4'}"] = lambda: disk.fail(root / "one", errno.EIO)
    assert loses_nothing(look(root, known, fs=disk))


# -- F6: half-copied files


def test_f6_a_slow_writer_is_left_alone_until_it_is_done(root, known):
    path = root / "one/slow.mp4"
    with path.open("wb", buffering=0) as file:
        for _ in range(4):
            file.write(b"x" * 1000)
            time.sleep(0.1)
            found = learn(root, known, settle_seconds=600)
            assert not found.added
            assert set(found.unsettled) == {"one/slow.mp4"}
            assert 0 < found.unsettled["one/slow.mp4"] <= 600 - 0.09
    time.sleep(0.1)
    (added,) = learn(root, known, settle_seconds=0.1).added
    assert added.size_bytes == 4000


def test_f6_a_file_that_grows_after_it_seemed_done_is_changed(root, known):
    path = root / "one/slow.mp4"
    path.write_bytes(b"x" * 1000)
    assert paths(learn(root, known).added) == ["one/slow.mp4"]
    with path.open("ab") as file:
        file.write(b"y")
    found = learn(root, known, settle_seconds=30)
    assert set(found.unsettled) == {"one/slow.mp4"}
    assert not found.changed
    assert paths(learn(root, known).changed) == ["one/slow.mp4"]


def test_f6_a_preallocated_file_is_unsettled_while_it_is_filled(root, known):
    with (root / "pre.mp4").open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, 100_000)
        assert set(look(root, known, settle_seconds=30).unsettled) == {"pre.mp4"}
        file.write(b"x")
    assert set(look(root, known, settle_seconds=30).unsettled) == {"pre.mp4"}


def test_f6_a_file_moved_in_with_old_times_waits_its_turn(root, known, tmp_path):
    path = tmp_path / "old.mp4"
    path.write_text("x")
    os.utime(path, (1, 1))
    path.rename(root / "old.mp4")
    assert set(look(root, known, settle_seconds=30).unsettled) == {"old.mp4"}


# -- F8: moves


def test_f8_a_library_whose_root_moved_is_all_the_same_videos(root, known, tmp_path):
    root.rename(tmp_path / "elsewhere")
    found = look(tmp_path / "elsewhere", known)
    assert loses_nothing(found)
    assert not found.added


def test_f8_a_library_copied_to_a_new_disk_is_all_moves(root, known, tmp_path):
    shutil.copytree(root, tmp_path / "new")
    shutil.rmtree(root / "one")

    class Elsewhere(KnownFiles):
        def same_sizes(self, sizes):
            return known.same_sizes(sizes)

    found = look(tmp_path / "new", Elsewhere(str(tmp_path / "new")))
    assert sorted(m.new.path for m in found.moved) == ["one/b.mp4", "one/c.mp4", "one/two/d.mp4"]
    assert paths(found.added) == ["a.mp4", "other/e.mp4"], "those are still where they were"


# -- F9: content replaced, size and mtime kept


def test_f9_cp_p_over_a_file_is_seen(root, known, tmp_path):
    path = root / "one/b.mp4"
    other = tmp_path / "other.mp4"
    other.write_bytes(b"z" * path.stat().st_size)
    shutil.copystat(path, other)
    shutil.copyfile(other, path)
    shutil.copystat(other, path)
    assert paths(look(root, known).changed) == ["one/b.mp4"]


def test_f9_a_file_renamed_over_with_the_same_times_is_seen(root, known, tmp_path):
    path = root / "one/b.mp4"
    other = tmp_path / "other.mp4"
    other.write_bytes(b"z" * path.stat().st_size)
    shutil.copystat(path, other)
    other.replace(path)
    assert paths(look(root, known).changed) == ["one/b.mp4"]


# -- F17: names and loops


ODD = [
    b"new\nline.mp4", b"braces {},[]*?.mp4", b"caf\xe9.mp4", b"\xff\xfe.mp4", "caf\u00e9 nfc.mp4".encode(),
    "cafe\u0301 nfc.mp4".encode(), b"-dash.mp4", b"percent%20.mp4", b'quote"\'.mp4', "\U0001f3ac.mp4".encode(),
    b"x" * 251 + b".mp4", b" lead and trail .mp4", b"back\\slash.mp4", b"\x01control.mp4",
]  # fmt: skip


def test_f17_every_odd_name_is_listed_once_and_can_be_opened(root, known):
    folder = root / os.fsdecode(b"odd \xe9\n")
    folder.mkdir()
    for number, name in enumerate(ODD):
        (folder / os.fsdecode(name)).write_text(str(number))
    found = learn(root, known)
    assert len(found.added) == len(ODD) == len({state.path for state in found.added})
    assert not found.unreadable
    for state in found.added:
        state.path.encode()
        assert (root / native(state.path)).stat().st_ino == state.inode
    assert not learn(root, known).folders
    shutil.rmtree(folder)
    assert len(learn(root, known).gone) == len(ODD)


def test_f17_loops_end(root, known):
    (root / "one/two/up").symlink_to("../..")
    (root / "one/me").symlink_to(".")
    (root / "ping").symlink_to("pong")
    (root / "pong").symlink_to("ping")
    (root / "ping.mp4").symlink_to("pong.mp4")
    (root / "pong.mp4").symlink_to("ping.mp4")
    found = look(root, known)
    assert found.seen == 5
    assert set(found.unreadable) == {"ping.mp4", "pong.mp4"}


def test_f17_ten_thousand_files_in_one_folder(root, known):
    folder = root / "many"
    folder.mkdir()
    for number in range(10_000):
        os.close(os.open(folder / f"{number}.mp4", os.O_CREAT))
    assert len(look(root, known).added) == 10_000


def test_f17_a_path_too_long_to_open_is_named_and_the_rest_goes_on(root, known):
    deep, here = root, os.getcwd()
    try:
        os.chdir(root)
        for _ in range(17):
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
        found = look(deep, known)
    finally:
        os.chdir(here)
        shutil.rmtree(root / ("d" * 250))
    assert loses_nothing(found)
    assert all("ENAMETOOLONG" in why for why in found.unreadable.values())
    assert found.unreadable


def test_f1_presence_unknown_is_answered_when_the_folder_is_read_again(root, known, disk):
    disk.fail(root / "one", errno.EIO)
    learn(root, known, fs=disk)
    known._mark("one/b.mp4", Presence.UNKNOWN)
    assert paths(learn(root, known).back) == ["one/b.mp4"]
