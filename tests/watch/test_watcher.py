"""test_watcher: real folders, real inotify; every wait has a deadline and no assertion depends on speed."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.ignore import Rules
from vidwatchd.watch import Hints, Watcher
from vidwatchd.watch.watcher import MOST_FOLDERS, Collector

FAST = {"debounce_seconds": 0.02, "check_seconds": 0.05}


class Ear:
    """Hears hints and adds them up."""

    def __init__(self) -> None:
        self.heard: list[Hints] = []
        self.changed = threading.Condition()

    def __call__(self, hints: Hints) -> None:
        with self.changed:
            self.heard.append(hints)
            self.changed.notify_all()

    def wait(self, wanted: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(wanted, PATIENCE_SECONDS), f"heard only {self.heard}"

    def forget(self) -> None:
        with self.changed:
            self.heard.clear()

    def of(self, field: str) -> set[str]:
        return set().union(*(getattr(hints, field) for hints in self.heard))

    def wait_folder(self, folder: str) -> None:
        self.wait(lambda: folder in self.of("folders") | self.of("trees"))

    def wait_full(self, library: int = 1) -> None:
        self.wait(lambda: any(hints.full and hints.library == library for hints in self.heard))


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def watching(root, ear):
    """The root, followed; the full hint that opens it already heard."""
    (root / "old").mkdir()
    (root / "old/a.mp4").write_text("a")
    watcher = Watcher({1: str(root)}, ear, **FAST)
    watcher.start()
    ear.wait_full()
    settle(ear)
    yield watcher
    watcher.stop()


def settle(ear: Ear) -> None:
    """Wait until nothing more is heard, then forget it."""
    count = -1
    while count != len(ear.heard):
        count = len(ear.heard)
        time.sleep(0.06)
    ear.forget()


def poke(ear: Ear, root: Path) -> None:
    """Make one event that counts, and wait for it: what was to be heard before it has been heard."""
    (root / "poke").mkdir(exist_ok=True)
    (root / "poke/x.mp4").write_text("x")
    ear.wait_folder("poke")


def follows(root: Path, ear: Ear) -> None:
    """Wait until what happens in a root is told, however often it was looked at as a whole meanwhile."""
    settle(ear)
    until(lambda: (root / "b.mp4").write_text("x") and ear.of("folders"), every_seconds=0.05)
    assert ear.of("folders") == {""}


def test_it_is_followed_by_events(watching):
    assert watching.status(1).mode == "inotify"
    assert not watching.status(1).degraded
    assert watching.status(9).mode == "off"


def test_a_new_file_marks_its_folder(watching, root, ear):
    (root / "old/new.mp4").write_text("x")
    ear.wait_folder("old")
    assert not ear.of("trees")
    assert not any(hints.full for hints in ear.heard)


@pytest.mark.parametrize(
    "act",
    [
        lambda root: (root / "old/a.mp4").unlink(),
        lambda root: (root / "old/a.mp4").chmod(0o600),
        lambda root: os.utime(root / "old/a.mp4"),
        lambda root: (root / "old/a.mp4").open("a").close(),
        lambda root: (root / "old/a.mp4").rename(root.parent / "out.mp4"),
        lambda root: os.link(root / "old/a.mp4", root / "old/b.mp4"),
        lambda root: (root / "old/b.mp4").symlink_to("a.mp4"),
    ],
    ids=["delete", "chmod", "touch", "write", "move out", "hard link", "link"],
)
def test_whatever_happens_to_a_video_marks_its_folder(watching, root, ear, act):
    act(root)
    ear.wait_folder("old")


def test_a_move_marks_both_folders(watching, root, ear):
    (root / "other").mkdir()
    ear.wait_folder("other")
    ear.forget()
    (root / "old/a.mp4").rename(root / "other/a.mp4")
    ear.wait(lambda: {"old", "other"} <= ear.of("folders"))


def test_a_finished_download_marks_its_folder(watching, root, ear):
    (root / "old/b.mp4.part").write_text("x")
    (root / "old/b.mp4.part").rename(root / "old/b.mp4")
    ear.wait_folder("old")


def test_a_new_folder_is_looked_at_with_all_in_it(watching, root, ear):
    (root / "new/deep").mkdir(parents=True)
    (root / "new/deep/b.mp4").write_text("x")
    ear.wait(lambda: "new" in ear.of("trees"))
    ear.forget()
    (root / "new/deep/c.mp4").write_text("x")
    ear.wait_folder("new/deep")


def test_a_folder_moved_in_is_looked_at_with_all_in_it(watching, root, ear, tmp_path):
    (tmp_path / "outside/deep").mkdir(parents=True)
    (tmp_path / "outside/deep/b.mp4").write_text("x")
    (tmp_path / "outside").rename(root / "inside")
    ear.wait(lambda: "inside" in ear.of("trees"))
    ear.forget()
    (root / "inside/deep/c.mp4").write_text("x")
    ear.wait_folder("inside/deep")


def test_a_renamed_folder_is_looked_at_and_its_parent_too(watching, root, ear):
    (root / "old").rename(root / "young")
    ear.wait(lambda: "young" in ear.of("trees") and "" in ear.of("folders"))


def test_a_deleted_folder_marks_its_parent(watching, root, ear):
    shutil.rmtree(root / "old")
    ear.wait(lambda: {"", "old"} <= ear.of("folders"))


def test_names_that_are_no_text_are_portable(watching, root, ear):
    folder = root / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    ear.wait(lambda: any("\U0010ffe9" in name for name in ear.of("trees")))


def test_reading_our_own_artifacts_and_junk_are_no_news(watching, root, ear):
    (root / "old/a.mp4").read_text()
    os.listdir(root / "old")
    for path in ("old/.artifacts/a.mp4.thumbs.jpg", "old/@eaDir/a.mp4", "old/b.mp4.part", "old/notes.txt", ".x/a.mp4"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("x")
    poke(ear, root)
    assert ear.of("folders") | ear.of("trees") <= {"poke"}


def test_peoples_sidecars_are_news(watching, root, ear):
    (root / "old/.artifacts").mkdir()
    for path in ("old/.artifacts/a.mp4.tags.json", ".artifacts/.faces.index.json"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / f"{path}.tmp").write_text("{}")
        (root / f"{path}.tmp").rename(root / path)
    ear.wait(lambda: {"old/.artifacts/a.mp4.tags.json", ".artifacts/.faces.index.json"} <= ear.of("sidecars"))
    assert {"old", ""} <= ear.of("folders")


def test_an_ignore_file_marks_all_beneath(watching, root, ear):
    (root / "old/.ignore").touch()
    ear.wait(lambda: "old" in ear.of("trees"))


def test_a_storm_is_handed_on_in_few_pieces(watching, root, ear):
    for _ in range(300):
        (root / "old/a.mp4").write_text("x")
    ear.wait_folder("old")
    settle(ear)
    (root / "old/a.mp4").write_text("x")
    ear.wait_folder("old")
    assert len(ear.heard) < 50


def test_a_burst_that_never_pauses_is_handed_on_all_the_same(root, ear):
    watcher = Watcher({1: str(root)}, ear, debounce_seconds=0.5)
    watcher.start()
    try:
        ear.wait_full()
        ear.forget()
        until(lambda: (root / "a.mp4").write_text("x") and ear.heard, every_seconds=0.05)
    finally:
        watcher.stop()


def test_too_many_folders_are_one_full_look(ear):
    collector = Collector(ear, debounce_seconds=0.01)
    for number in range(MOST_FOLDERS + 1):
        collector.note(Hints(1, folders=frozenset({f"f{number}"})))
    collector.start()
    ear.wait_full()
    collector.stop()
    collector.join()
    assert ear.heard == [Hints(1, full=True)]


def test_roots_come_and_go_while_it_runs(watching, ear, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    watching.add(2, str(second))
    ear.wait_full(2)
    settle(ear)
    (second / "a.mp4").write_text("x")
    ear.wait(lambda: any(hints.library == 2 and "" in hints.folders for hints in ear.heard))
    watching.remove(2)
    assert watching.status(2).mode == "off"


def test_a_root_that_vanishes_and_comes_back_is_followed_again(watching, root, ear, tmp_path):
    root.rename(tmp_path / "away")
    ear.wait_full()
    wait_status(watching, "off")
    assert watching.status(1).degraded
    settle(ear)
    (tmp_path / "away").rename(root)
    ear.wait_full()
    wait_status(watching, "inotify")
    settle(ear)
    (root / "old/b.mp4").write_text("x")
    ear.wait_folder("old")


def test_a_root_that_is_exchanged_is_followed_again(watching, root, ear, tmp_path):
    root.rename(tmp_path / "away")
    root.mkdir()
    ear.wait_full()
    follows(root, ear)


def test_a_root_that_is_deleted_and_made_again_is_followed_again(watching, root, ear):
    shutil.rmtree(root)
    root.mkdir()
    ear.wait_full()
    follows(root, ear)


def test_a_root_that_is_a_link_is_followed(root, ear, tmp_path):
    (tmp_path / "door").symlink_to(root)
    watcher = Watcher({1: str(tmp_path / "door")}, ear, **FAST)
    watcher.start()
    try:
        ear.wait_full()
        settle(ear)
        (root / "a.mp4").write_text("x")
        ear.wait_folder("")
    finally:
        watcher.stop()


def test_polling_when_the_settings_ask_for_it(root, ear):
    watcher = Watcher({1: str(root)}, ear, polling="always", poll_seconds=0.05, **FAST)
    watcher.start()
    try:
        ear.wait(lambda: sum(hints.full for hints in ear.heard) >= 3)
        assert (watcher.status(1).mode, watcher.status(1).degraded) == ("polling", False)
    finally:
        watcher.stop()


def test_the_persons_endings_count(root, ear):
    watcher = Watcher({1: str(root)}, ear, rules=Rules.of(("mpg",)), **FAST)
    watcher.start()
    try:
        ear.wait_full()
        settle(ear)
        (root / "a.mp4").write_text("x")
        (root / "b").mkdir()
        ear.wait(lambda: "b" in ear.of("trees"))
        assert not ear.of("folders")
    finally:
        watcher.stop()


def test_stopping_ends_every_thread(root, ear):
    before = set(threading.enumerate())
    watcher = Watcher({1: str(root)}, ear, **FAST)
    watcher.start()
    ear.wait_full()
    watcher.stop(PATIENCE_SECONDS)
    assert set(threading.enumerate()) <= before


def test_stopping_one_that_never_started(root, ear):
    Watcher({1: str(root)}, ear).stop()


def wait_status(watcher: Watcher, mode: str, library: int = 1) -> None:
    until(lambda: watcher.status(library).mode == mode)
