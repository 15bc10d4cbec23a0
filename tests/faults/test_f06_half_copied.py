"""test_f06_half_copied: a file on its way is left alone, and what was made too early is made again."""

import os
import threading
import time

import pytest

from tests.live import Daemon, is_done, put, unlike

CHUNKS = 3


def slowly(path, data):
    """Arrives in pieces, each after a pause that is longer than the settle time; the index of the MP4 comes last."""
    with open(path, "wb") as file:
        for number in range(CHUNKS):
            if number:
                time.sleep(0.3)
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
            time.sleep(0.3)
            file.write(data[number * len(data) // CHUNKS : (number + 1) * len(data) // CHUNKS])
            file.flush()


@pytest.fixture(scope="module")
def lib(tmp_path_factory):
    folder = tmp_path_factory.mktemp("half") / "lib"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def daemon(lib):
    with Daemon(lib.parent / "home", lib) as daemon:
        yield daemon
        daemon.stop()


def test_f06_files_that_arrive_with_pauses(daemon, lib):
    arriving = [
        threading.Thread(target=arrive, args=(lib / f"{arrive.__name__}.mp4", unlike(arrive.__name__)))
        for arrive in (slowly, preallocated)
    ]
    for thread in arriving:
        thread.start()
    for thread in arriving:
        thread.join()
    items = daemon.wait_done("slowly.mp4", "preallocated.mp4")
    daemon.wait_idle()
    for name in ("slowly", "preallocated"):
        details = daemon.api(f"/api/videos/{items[f'{name}.mp4']['id']}")
        assert details["duration_seconds"] == 1.5
        assert {entry.get("error", "") for entry in details["details"].values()} == {""}
        assert daemon.ask(f"/api/videos/{details['id']}/file")[2] == unlike(name)
    # What ran when the next piece came was stopped; nothing failed, and nothing waits for another try.
    assert {job["state"] for job in daemon.jobs()} <= {"done", "cancelled"}


def test_f06_a_whole_file_that_grows_later_is_made_again(daemon, lib):
    put(lib, "grows.mp4", "short")
    before = daemon.wait_done("grows.mp4")["grows.mp4"]
    with open(lib / "grows.mp4", "ab") as file:
        file.write(unlike("grown")[-40:])

    def again():
        after = daemon.videos()["grows.mp4"]
        return after["size_bytes"] > before["size_bytes"] and is_done(after) and after

    after = daemon.wait_for(again)
    assert after["id"] == before["id"]
    assert after["thumb_url"] != before["thumb_url"]


def test_f09_other_content_of_the_same_size_and_time(daemon, lib):
    file = put(lib, "same.mp4", "aaa")
    before = daemon.wait_done("same.mp4")["same.mp4"]
    state = os.stat(file)
    put(lib.parent, "new", "bbb")
    os.utime(lib.parent / "new", ns=(state.st_atime_ns, state.st_mtime_ns))
    os.rename(lib.parent / "new", file)
    assert (os.stat(file).st_size, os.stat(file).st_mtime_ns) == (state.st_size, state.st_mtime_ns)
    again = lambda: daemon.videos()["same.mp4"]  # noqa: E731
    daemon.wait_for(lambda: is_done(again()) and again()["thumb_url"] != before["thumb_url"])
    assert again()["id"] == before["id"]
