"""test_upkeep: what is done at night."""

import sqlite3
import time

import pytest

from vidwatchd.errors import StorageError
from vidwatchd.operations.upkeep import BACKUPS_KEPT, backup, nightly


def test_a_backup_can_be_opened_and_the_old_ones_go(desk):
    desk.made()
    folder = desk.folder / "data" / "backups"
    folder.mkdir()
    for day in range(10):
        (folder / f"index-202001{day:02}.db").write_text("old")
    (folder / "mine.txt").write_text("kept")
    target = backup(desk.ctx)
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT path FROM videos").fetchall() == [("clip.mp4",)]
    copy.close()
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == BACKUPS_KEPT + 1
    assert f"index-{time.strftime('%Y%m%d')}.db" in left
    assert backup(desk.ctx) == target


def test_a_backup_that_cannot_be_written_says_so(desk):
    (desk.folder / "data" / "backups").write_text("in the way")
    with pytest.raises(StorageError):
        backup(desk.ctx)


def test_the_night_backs_up_cleans_and_forgets_old_jobs(desk):
    desk.made()
    (desk.root / "clip.mp4").unlink()
    desk.made("other.mp4")
    desk.index.db.conn.execute("UPDATE videos SET gone_at = 1 WHERE presence = 'gone'")
    desk.index.db.conn.execute("UPDATE jobs SET ended_at = 1")
    nightly(desk.ctx)
    assert desk.ids().keys() == {"other.mp4"}
    assert desk.jobs() == []
    assert set(desk.states("other.mp4").values()) == {"done"}
    assert desk.index.check() == ""
    desk.scan()
    assert desk.work() == []
