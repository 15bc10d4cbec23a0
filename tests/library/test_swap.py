"""test_swap: a folder takes another's place as a whole."""

import errno
import os
import subprocess
import sys

import pytest

from tests.sources import ROOT
from vidwatchd.library import bench, swap


def fresh(folder, **files):
    """Finished files for a folder ``film.stored``: name → content, dots for underscores."""
    folder.mkdir(exist_ok=True)
    found = {}
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_text(content)
        found[f"film.stored/{path.name}"] = str(path)
    return found


def content(folder):
    return {path.name: path.read_text() for path in (folder / "film.stored").iterdir()}


def test_a_folder_comes_whole_and_nothing_else_is_left(tmp_path):
    swap.swap_in(str(tmp_path), fresh(tmp_path / "made", a_txt="1", b_txt="2"), [])
    assert content(tmp_path) == {"a.txt": "1", "b.txt": "2"}
    assert sorted(os.listdir(tmp_path)) == ["film.stored", "made"]


def test_it_takes_the_place_of_another_whose_files_go_and_what_people_put_there_stays(tmp_path):
    swap.swap_in(str(tmp_path), fresh(tmp_path / "made", a_txt="1", b_txt="2"), [])
    (tmp_path / "film.stored" / "poster.png").write_text("mine")
    (tmp_path / "film.stored" / "notes").mkdir()
    swap.swap_in(str(tmp_path), fresh(tmp_path / "made", a_txt="new"), ["film.stored/b.txt"])
    assert (tmp_path / "film.stored" / "notes").is_dir()
    (tmp_path / "film.stored" / "notes").rmdir()
    assert content(tmp_path) == {"a.txt": "new", "poster.png": "mine"}
    assert sorted(os.listdir(tmp_path)) == ["film.stored", "made"]


def test_a_link_in_its_place_leads_nowhere(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "film.stored").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        swap.swap_in(str(tmp_path), fresh(tmp_path / "made", a_txt="1"), [])
    assert os.listdir(tmp_path / "elsewhere") == []


def test_a_folder_in_the_place_of_a_file_is_nobodys_to_remove(tmp_path):
    swap.swap_in(str(tmp_path), fresh(tmp_path / "made", a_txt="1"), [])
    (tmp_path / "film.stored" / "b.txt").mkdir()
    (tmp_path / "film.stored" / "b.txt" / "mine").write_text("mine")
    with pytest.raises(OSError, match="directory"):
        swap.swap_in(str(tmp_path), fresh(tmp_path / "made", b_txt="2"), [])
    assert (tmp_path / "film.stored" / "b.txt" / "mine").read_text() == "mine"
    assert (tmp_path / "film.stored" / "a.txt").read_text() == "1"


@pytest.mark.parametrize("renames", [1, 2])
def test_when_a_rename_fails_all_that_people_put_there_is_back(tmp_path, monkeypatch, renames):
    """1: the new one cannot take its place, 2: what people put there cannot be carried over at once."""
    swap.swap_in(str(tmp_path), fresh(tmp_path / "made", a_txt="old"), [])
    (tmp_path / "film.stored" / "poster.png").write_text("mine")
    files, real, count = fresh(tmp_path / "made", a_txt="new"), os.rename, iter(range(9))

    def failing(old, new, **more):
        if next(count) == renames:
            raise OSError(errno.EIO, "an error of the disk")
        real(old, new, **more)

    monkeypatch.setattr(os, "rename", failing)
    monkeypatch.setattr(swap, "carry_rest", lambda old, new: failing(old, new))
    with pytest.raises(OSError, match="an error of the disk"):
        swap.swap_in(str(tmp_path), files, [])
    assert content(tmp_path) == {"a.txt": "new" if renames == 2 else "old", "poster.png": "mine"}
    assert sorted(os.listdir(tmp_path)) == ["film.stored", "made"]


@pytest.mark.system
@pytest.mark.parametrize("renames", [0, 1, 2])
def test_killed_at_any_moment_there_is_one_whole_folder_after_the_next_look(tmp_path, renames):
    """0: before the old one went aside, 1: between the two renames, 2: before what people put there was carried over."""
    swap.swap_in(str(tmp_path), fresh(tmp_path / "made", a_txt="old", b_txt="old"), [])
    (tmp_path / "film.stored" / "poster.png").write_text("mine")
    files = fresh(tmp_path / "made", a_txt="new", b_txt="new")
    script = (
        "import os, signal, sys; from vidwatchd.library import swap\n"
        "count, rename = 0, os.rename\n"
        "def dying(a, b):\n"
        "    global count\n"
        "    if count == int(sys.argv[2]): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    count += 1; rename(a, b)\n"
        "os.rename = dying\n"
        "swap.carry_rest = lambda a, b: os.kill(os.getpid(), signal.SIGKILL)\n"
        "swap.swap_in(sys.argv[1], eval(sys.argv[3]), [])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(renames), repr(files)], cwd=ROOT, check=False
    )
    assert ended.returncode == -9
    assert len(os.listdir(tmp_path)) > 2 or renames == 1
    bench.sweep(str(tmp_path))
    made = "new" if renames == 2 else "old"
    assert content(tmp_path) == {"a.txt": made, "b.txt": made, "poster.png": "mine"}
    assert sorted(os.listdir(tmp_path)) == ["film.stored", "made"]


def test_what_lies_in_an_open_folder_is_carried_along(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    (old / "poster.png").write_text("mine")
    (new / "kept.txt").write_text("there")
    (old / "kept.txt").write_text("other")
    swap.carry_folder(str(old), str(new))
    assert (new / "poster.png").read_text() == "mine"
    assert (new / "kept.txt").read_text() == "there"
    assert os.listdir(old) == ["kept.txt"], "nothing is overwritten or lost"


def test_only_open_folders_are_carried_whole():
    files = {
        "kept": {"stored/a": "film.mp4.stored/a"},
        "shots": {".shots/a": ".film.mp4.shots/a", ".jpg": "film.mp4.jpg"},
    }
    new = {"kept": {"stored/a": "new.mp4.stored/a"}, "shots": {".shots/a": ".new.mp4.shots/a", ".jpg": "new.mp4.jpg"}}
    assert swap.open_folders(files, new) == {"film.mp4.stored": "new.mp4.stored"}
