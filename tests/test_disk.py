"""test_disk: when an absence is proven, and how long a disk is waited for."""

from __future__ import annotations

import errno
import os
import threading
import time

import pytest

from vidwatchd.disk import OS, OperatingSystem, Pulse, is_absent, reason
from vidwatchd.errors import LibraryOffline


@pytest.mark.parametrize(
    ("path", "absent"),
    [
        ("a.mp4", False),
        ("one/b.mp4", False),
        ("one", False),
        ("c.mp4", True),
        ("one/c.mp4", True),
        ("two/three/c.mp4", True),
        ("a.mp4/c.mp4", True),
    ],
)
def test_absent_is_what_a_folder_that_lists_does_not_hold(tmp_path, path, absent):
    (tmp_path / "one").mkdir()
    (tmp_path / "a.mp4").touch()
    (tmp_path / "one/b.mp4").touch()
    assert is_absent(OS, str(tmp_path), f"{tmp_path}/{path}") is absent


def test_nothing_is_proven_absent_from_a_root_that_is_not_there(tmp_path):
    assert not is_absent(OS, f"{tmp_path}/gone", f"{tmp_path}/gone/a.mp4")


def test_nothing_is_proven_absent_where_a_folder_does_not_list(tmp_path):
    class Deaf(OperatingSystem):
        def scandir(self, path):
            raise OSError(errno.EIO, "Input/output error")

    assert not is_absent(Deaf(), str(tmp_path), f"{tmp_path}/a.mp4")


def test_listing_leaves_no_descriptor_open(tmp_path):
    before = len(os.listdir("/dev/fd"))
    with OS.scandir(str(tmp_path)) as entries:
        assert list(entries) == []
    with pytest.raises(NotADirectoryError), OS.scandir(__file__):
        pass
    assert len(os.listdir("/dev/fd")) == before


def test_a_link_that_leads_nowhere_does_not_resolve(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError):
        OS.resolve(f"{tmp_path}/loop")


def test_reasons_name_the_error():
    assert reason(OSError(errno.EIO, "Input/output error")) == "Input/output error (EIO)"
    assert reason(OSError("odd")) == "odd (no errno)"


def test_a_disk_that_answers_does_so_at_once(tmp_path):
    pulse = Pulse()
    for place in (tmp_path, tmp_path / "none", tmp_path):
        assert pulse.beats(str(place)), "an error is an answer"
    assert pulse.silent_seconds(str(tmp_path)) < 0.1
    assert pulse.within(str(tmp_path), lambda: 42) == 42
    with pytest.raises(FileNotFoundError):
        pulse.within(str(tmp_path), lambda: os.stat(tmp_path / "none"))
    with pytest.raises(TimeoutError):
        pulse.within(str(tmp_path), lambda: (_ for _ in ()).throw(TimeoutError(errno.ETIMEDOUT, "of its own")))


def test_what_takes_too_long_is_left_behind(tmp_path):
    pulse, gate, late = Pulse(), threading.Event(), []
    with pytest.raises(LibraryOffline, match="does not answer"):
        pulse.within(str(tmp_path), lambda: gate.wait(10) and late.append(1), 0.05)
    gate.set()
    while not late:
        time.sleep(0.01)


def test_what_is_slow_on_a_disk_that_answers_is_waited_for(tmp_path):
    pulse, gate = Pulse(), threading.Event()
    threading.Timer(0.2, gate.set).start()
    assert pulse.within(str(tmp_path), lambda: gate.wait(10), 0.05)


def test_a_disk_that_hangs_is_waited_for_once(tmp_path, monkeypatch):
    pulse = Pulse()
    os.mkfifo(tmp_path / "disk")  # whoever opens it waits for somebody who writes
    monkeypatch.setattr("vidwatchd.disk.os.scandir", lambda path: open(tmp_path / "disk", "rb"))  # noqa: SIM115
    began = time.monotonic()
    assert not pulse.beats(str(tmp_path), 0.1)
    for _ in range(20):
        assert not pulse.beats(str(tmp_path), 0.1)
    assert time.monotonic() - began < 1
    assert pulse.silent_seconds(str(tmp_path)) >= 0.1
    with pytest.raises(LibraryOffline):
        pulse.within(str(tmp_path), lambda: 42)
    with open(tmp_path / "disk", "wb"):
        while not pulse.beats(str(tmp_path), 1):
            time.sleep(0.01)
