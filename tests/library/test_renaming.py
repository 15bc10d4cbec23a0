"""test_renaming: a file gets another name, and never that of a third."""

import errno
import os
import threading

import pytest

from vidwatchd.library import renaming
from vidwatchd.library.renaming import is_taken, rename


@pytest.fixture(params=["in one step", "without the system's help", "where the file system does not know it"])
def how(request, monkeypatch):
    calls = {"without the system's help": None, "where the file system does not know it": lambda old, new: -1}
    if request.param in calls:
        monkeypatch.setattr(renaming, "_call", lambda: calls[request.param])
        monkeypatch.setattr(renaming.ctypes, "get_errno", lambda: errno.EINVAL)
    return request.param


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.mp4").write_text("a")
    return tmp_path


def test_a_free_name(folder, how):
    rename(str(folder / "a.mp4"), str(folder / "b.mp4"))
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"b.mp4": "a"}


@pytest.mark.parametrize("taken", ["file", "folder", "dangling link", "hard link"])
def test_a_name_that_is_taken(folder, how, taken):
    target = folder / "b.mp4"
    {
        "file": lambda: target.write_text("b"),
        "folder": target.mkdir,
        "dangling link": lambda: target.symlink_to("nowhere"),
        "hard link": lambda: os.link(folder / "a.mp4", target),
    }[taken]()
    assert is_taken(str(folder / "a.mp4"), str(target))
    with pytest.raises(FileExistsError):
        rename(str(folder / "a.mp4"), str(target))
    assert (folder / "a.mp4").read_text() == "a"
    assert os.path.lexists(target)


def test_what_is_not_there(folder, how):
    with pytest.raises(FileNotFoundError):
        rename(str(folder / "x.mp4"), str(folder / "y.mp4"))
    with pytest.raises(OSError, match="No such file"):
        rename(str(folder / "a.mp4"), str(folder / "nowhere" / "y.mp4"))


def test_another_spelling_where_case_does_not_count(folder, how, monkeypatch):
    real, seen = os.lstat, []

    def folded(path, **options):
        seen.append(path)
        return real(os.path.join(os.path.dirname(path), os.path.basename(path).lower()), **options)

    monkeypatch.setattr(os, "lstat", folded)
    monkeypatch.setattr(os.path, "lexists", lambda path: True)
    assert not is_taken(str(folder / "a.mp4"), str(folder / "A.mp4"))
    rename(str(folder / "a.mp4"), str(folder / "A.mp4"))
    assert os.listdir(folder) == ["A.mp4"]


def test_of_many_who_want_one_name_only_one_gets_it(folder):
    files = [folder / f"{number}.mp4" for number in range(20)]
    for file in files:
        file.write_text(file.name)
    refused = []

    def want(file):
        try:
            rename(str(file), str(folder / "wanted.mp4"))
        except FileExistsError:
            refused.append(file)

    threads = [threading.Thread(target=want, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 19
    assert all(file.read_text() == file.name for file in refused)
