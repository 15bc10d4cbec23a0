import os
import subprocess
import sys

import pytest

from vidwatchd.library import partial
from vidwatchd.library.partial import replacing, tidy


def test_the_target_is_the_old_one_until_it_is_the_new_one(tmp_path):
    target = tmp_path / "x.json"
    target.write_text("old")
    with replacing(str(target)) as file:
        file.write(b"new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["x.json"]


def test_a_write_that_fails_leaves_the_old_one_and_nothing_else(tmp_path):
    target = tmp_path / "x.json"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(str(target)) as file:
        file.write(b"ne")
        raise ZeroDivisionError
    assert (target.read_text(), os.listdir(tmp_path)) == ("old", ["x.json"])


def test_what_is_being_written_is_not_tidied_away(tmp_path):
    with replacing(str(tmp_path / "x.json")) as file:
        tidy(str(tmp_path))
        file.write(b"whole")
    assert (tmp_path / "x.json").read_text() == "whole"


def test_what_a_killed_writer_left_is_litter_at_once(tmp_path):
    lines = [
        "import os, sys",
        "from vidwatchd.library.partial import replacing",
        "with replacing(sys.argv[1]) as file:",
        "    os.kill(os.getpid(), 9)",
    ]
    ended = subprocess.run([sys.executable, "-c", "\n".join(lines), tmp_path / "x.json"])
    assert ended.returncode == -9
    assert len(os.listdir(tmp_path)) == 1
    tidy(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_without_locks_age_tells(tmp_path, monkeypatch):
    def no_locks(file, operation):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(partial.fcntl, "flock", no_locks)
    for letter, age in (("a", 4000), ("b", 10)):
        file = tmp_path / f".{letter * 32}.part"
        file.write_text("x")
        os.utime(file, (os.stat(file).st_mtime - age,) * 2)
    tidy(str(tmp_path))
    assert os.listdir(tmp_path) == [f".{'b' * 32}.part"]
    with replacing(str(tmp_path / "x")) as file:
        file.write(b"whole")
    assert (tmp_path / "x").read_text() == "whole"


def test_one_tidied_away_before_it_was_locked_is_begun_again(tmp_path, monkeypatch):
    real, before = partial.fcntl.flock, []

    def tidied(file, operation):
        if not before:
            before.append(file.name)
            os.unlink(file.name)
        real(file, operation)

    monkeypatch.setattr(partial.fcntl, "flock", tidied)
    with replacing(str(tmp_path / "x")) as file:
        file.write(b"whole")
    assert (tmp_path / "x").read_text() == "whole"
    assert before


def test_a_folder_that_is_not_there_is_left_alone(tmp_path):
    tidy(str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()
