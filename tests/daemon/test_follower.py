import os
import time

import pytest

from tests.desk import Desk
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd.daemon import follower as module
from vidwatchd.daemon.follower import Follower
from vidwatchd.operations import libraries
from vidwatchd.watch import Hints

pytestmark = pytest.mark.usefixtures("few_kinds")


class Following:
    """A follower of a desk's library, with a count of the looks it finished."""

    def __init__(self, desk):
        self.desk, self.looks = desk, 0
        self.follower = Follower(desk.ctx, desk.library_id, self._owed)
        self.follower.start()
        until(lambda: self.looks)

    def _owed(self):
        self.looks += 1

    def hint(self, *folders, **options):
        self.follower.hint(Hints(self.desk.library_id, frozenset(folders), **options))

    def paths(self):
        found = self.desk.index.videos.in_folder(self.desk.library_id, "", recursive=True)
        return {video.path for video in found}


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path, watch={"settle_seconds": 0.2})
    made.put("a.mp4")
    made.put("sub/b.mp4")
    for path in ("a.mp4", "sub/b.mp4"):
        os.utime(made.root / path, (1, 1))
    time.sleep(0.25)  # ctime cannot be set: both have been still for the settle time
    yield made
    made.close()


@pytest.fixture
def following(desk):
    made = Following(desk)
    yield made
    made.follower.stop()
    made.follower.join(PATIENCE_SECONDS)
    assert not made.follower._thread.is_alive()


def test_it_begins_with_a_look_at_everything_and_owes(following, desk):
    assert following.paths() == {"a.mp4", "sub/b.mp4"}
    assert len(desk.jobs()) == 6
    assert desk.library.online


def test_a_hint_is_a_look_there_and_nowhere_else(following, desk):
    desk.put("sub/c.mp4")
    desk.put("d.mp4")
    time.sleep(0.25)
    looks = following.looks
    following.hint("sub")
    until(lambda: following.looks > looks)
    assert following.paths() == {"a.mp4", "sub/b.mp4", "sub/c.mp4"}
    following.hint(full=True)
    until(lambda: "d.mp4" in following.paths())


def test_a_file_that_has_not_settled_is_looked_at_again_by_itself(following, desk):
    desk.put("sub/young.mp4")
    looks = following.looks
    following.hint("sub")
    until(lambda: "sub/young.mp4" in following.paths())
    assert following.looks <= looks + 3, "it looks again and again instead of waiting"


def test_a_library_that_goes_comes_back_by_itself_and_is_complained_of_once(following, desk, caplog, monkeypatch):
    monkeypatch.setattr(module, "OFFLINE_SECONDS", 0.05)
    os.rename(desk.root, desk.folder / "away")
    following.hint(full=True)
    until(lambda: not desk.library.online)
    looks = following.looks
    time.sleep(0.3)  # several tries go by
    os.rename(desk.folder / "away", desk.root)
    until(lambda: desk.library.online and following.looks > looks)
    assert following.paths() == {"a.mp4", "sub/b.mp4"}
    assert len([record for record in caplog.records if "cannot be read" in record.message]) == 1


def test_a_mass_loss_waits_for_a_person(following, desk, monkeypatch):
    monkeypatch.setattr(module, "HELD_SECONDS", 0.05)
    for number in range(12):
        desk.put(f"many/{number}.mp4", f"content {number}")
    following.hint(full=True)
    until(lambda: len(following.paths()) == 14)
    for number in range(12):
        (desk.root / f"many/{number}.mp4").unlink()
    following.hint("many")
    until(lambda: desk.library.held)
    time.sleep(0.2)
    assert len(following.paths()) == 14
    following.follower.look_again(accept_loss=True)
    until(lambda: len(following.paths()) == 2)
    assert not desk.library.held
    for number in range(12):
        desk.put(f"many/{number}.mp4", f"content {number}")
    following.hint(full=True)
    until(lambda: len(following.paths()) == 14)
    for number in range(12):
        (desk.root / f"many/{number}.mp4").unlink()
    following.hint(full=True)
    until(lambda: desk.library.held)
    assert len(following.paths()) == 14, "yes is said once, not for ever"


def test_what_nobody_thought_of_does_not_end_it(following, desk, caplog, monkeypatch):
    monkeypatch.setattr(module, "OFFLINE_SECONDS", 0.05)
    looks = []

    def notify(type_, data):
        if not looks:
            looks.append(following.looks)
            raise RuntimeError("nobody thought of this")

    desk.ctx.notify = notify
    desk.put("c.mp4")
    following.hint("")
    until(lambda: looks and following.looks > looks[0])  # by itself
    desk.put("d.mp4")
    following.hint("")
    until(lambda: {"c.mp4", "d.mp4"} <= following.paths())
    assert "nobody thought of this" in caplog.text


def test_it_ends_with_its_library(following, desk):
    libraries.remove(desk.ctx, desk.library_id)
    following.hint(full=True)
    following.follower.join(PATIENCE_SECONDS)
    assert not following.follower._thread.is_alive()
