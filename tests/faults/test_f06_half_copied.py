"""test_f06_half_copied: a file on its way is left alone, and what was made too early is made again."""

import os
import time

import pytest

from tests.live import is_done, put, unlike

CHUNKS = 4


def slowly(path, data):
    """Arrives in pieces, each after a pause that is longer than the settle time; the index of the MP4 comes last."""
    with open(path, "wb") as file:
        for number in range(CHUNKS):
            if number:
                time.sleep(0.5)
            file.write(data[number * len(data) // CHUNKS : (number + 1) * len(data) // CHUNKS])
            file.flush()


def preallocated(path, data):
    """Has its whole size from the start."""
    with open(path, "wb") as file:
        file.truncate(len(data))
    slowly_over(path, data)


def slowly_over(path, data):
    with open(path, "r+b") as file:
        for number in range(CHUNKS):
            time.sleep(0.5)
            file.write(data[number * len(data) // CHUNKS : (number + 1) * len(data) // CHUNKS])
            file.flush()


@pytest.mark.parametrize("arrive", [slowly, preallocated])
def test_f06_a_file_that_arrives_with_pauses(daemons, tmp_path, arrive):
    (tmp_path / "lib").mkdir()
    daemon = daemons(tmp_path / "lib")
    arrive(tmp_path / "lib/slow.mp4", unlike("slow"))
    item = daemon.wait_done("slow.mp4")["slow.mp4"]
    daemon.wait_idle()
    details = daemon.api(f"/api/videos/{item['id']}")
    assert details["duration_seconds"] == 1.5
    assert {entry["error"] for entry in details["details"].values()} == {""}
    # What ran when the next piece came was stopped; nothing failed, and nothing waits for another try.
    assert {job["state"] for job in daemon.jobs()} <= {"done", "cancelled"}
    assert daemon.ask(f"/api/videos/{item['id']}/file")[2] == unlike("slow")
    daemon.stop()


def test_f06_a_whole_file_that_grows_later_is_made_again(daemons, tmp_path):
    put(tmp_path / "lib", "a.mp4", "short")
    daemon = daemons(tmp_path / "lib")
    before = daemon.wait_done("a.mp4")["a.mp4"]
    with open(tmp_path / "lib/a.mp4", "ab") as file:
        file.write(unlike("grown")[-40:])

    def again():
        after = daemon.videos()["a.mp4"]
        return after["size_bytes"] > before["size_bytes"] and is_done(after) and after

    after = daemon.wait_for(again)
    assert after["id"] == before["id"]
    assert after["thumb_url"] != before["thumb_url"]
    daemon.stop()


def test_f09_other_content_of_the_same_size_and_time(daemons, tmp_path):
    file = put(tmp_path / "lib", "a.mp4", "aaa")
    daemon = daemons(tmp_path / "lib")
    before = daemon.wait_done("a.mp4")["a.mp4"]
    state = os.stat(file)
    put(tmp_path, "new", "bbb")
    os.utime(tmp_path / "new", ns=(state.st_atime_ns, state.st_mtime_ns))
    os.rename(tmp_path / "new", file)
    assert (os.stat(file).st_size, os.stat(file).st_mtime_ns) == (state.st_size, state.st_mtime_ns)
    again = lambda: daemon.videos()["a.mp4"]  # noqa: E731
    daemon.wait_for(lambda: is_done(again()) and again()["thumb_url"] != before["thumb_url"])
    assert again()["id"] == before["id"]
    daemon.stop()
