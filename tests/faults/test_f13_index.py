"""test_f13_index: an index that is busy, damaged or from the future is refused in one sentence, or waited for."""

import sqlite3
import subprocess
import sys
import threading

import pytest

from tests.live import artifacts, put
from tests.sources import ROOT
from tests.waiting import PATIENCE_SECONDS


def refused(daemon):
    """What a start that must fail says: (exit code, its last words)."""
    command = [sys.executable, "-m", "vidwatchd", "serve", "--config", str(daemon.config)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stderr


@pytest.fixture
def stopped(daemons, tmp_path):
    """A daemon that has made what one library wants, and was stopped."""
    put(tmp_path / "lib", "a.mp4")
    daemon = daemons(tmp_path / "lib")
    item = daemon.wait_done("a.mp4")["a.mp4"]
    daemon.api(f"/api/videos/{item['id']}/tags", {"add": ["kept"]})
    daemon.wait_idle()
    daemon.stop()
    return daemon


def test_f13_damaged_or_newer_is_refused_with_the_remedy_which_works(stopped, tmp_path):
    file = stopped.data / "index.db"
    good = file.read_bytes()
    file.write_bytes(b"no database at all" * 1000)
    code, said = refused(stopped)
    assert code == 1
    assert str(file) in said
    assert "scan" in said
    file.write_bytes(good)
    with sqlite3.connect(file) as index:
        index.execute("PRAGMA user_version = 9999")
    index.close()
    code, said = refused(stopped)
    assert code == 1
    assert "newer" in said
    before = artifacts(tmp_path / "lib")
    for part in stopped.data.glob("index.db*"):
        part.rename(tmp_path / f"moved-{part.name}")
    stopped.start()
    item = stopped.wait_done("a.mp4")["a.mp4"]
    assert item["tags"] == ["kept"]
    assert stopped.jobs() == []
    assert artifacts(tmp_path / "lib") == before
    stopped.stop()


def test_f13_locked_by_another_program_is_waited_for(stopped, tmp_path):
    stopped.start()
    item = stopped.videos()["a.mp4"]
    other = sqlite3.connect(stopped.data / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answered = []
    writing = threading.Thread(
        target=lambda: answered.append(stopped.api(f"/api/videos/{item['id']}/tags", {"add": ["waited"]})["tags"])
    )
    writing.start()
    put(tmp_path / "lib", "b.mp4", "b")
    for _ in range(10):  # the writer waits for ten seconds
        assert stopped.videos()["a.mp4"]["id"] == item["id"], "readers never wait"
    assert answered == []
    other.execute("ROLLBACK")
    other.close()
    writing.join(PATIENCE_SECONDS)
    assert answered == [["kept", "waited"]]
    stopped.wait_done("b.mp4")
    stopped.stop()


def test_f13_what_is_deleted_from_the_index_comes_back_from_the_disk(daemons, tmp_path):
    for count in range(3):
        put(tmp_path / "lib", f"s/{count}.mp4", count)
    daemon = daemons(tmp_path / "lib")
    items = daemon.wait_done(*(f"s/{count}.mp4" for count in range(3)))
    daemon.api(f"/api/videos/{items['s/1.mp4']['id']}/tags", {"add": ["said"], "rating": 3})
    daemon.wait_idle()
    daemon.stop()
    before = artifacts(tmp_path / "lib")
    for file in daemon.data.glob("index.db*"):
        file.unlink()
    daemon.start()
    items = daemon.wait_done(*(f"s/{count}.mp4" for count in range(3)))
    daemon.wait_idle()
    assert items["s/1.mp4"]["tags"] == ["said"]
    assert daemon.jobs() == []
    assert artifacts(tmp_path / "lib") == before
    daemon.stop()
