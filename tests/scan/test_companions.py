"""test_companions: files beside the videos that something is made from come, change and go."""

import os
import shutil

import pytest

from tests.scan.test_walk import Box, box, paths
from vidwatchd.scan import Rules

__all__ = ["box"]


@pytest.fixture
def films(box: Box) -> Box:
    box.rules = Rules.of(("mp4",), companions=(".srt", ".VTT"))
    box.put("one/a.mp4")
    return box


def test_they_are_found_once(films):
    films.put("one/a.en.srt", "1")
    films.put("one/b.VTT", "2")
    films.put("one/a.txt", "3")
    films.put("one/._a.srt", "4")
    found = films.learn()
    assert paths(found.companions) == ["one/a.en.srt", "one/b.VTT"]
    assert paths(found.added) == ["one/a.mp4"]
    again = films.learn()
    assert not again.companions
    assert not again.folders


def test_one_that_comes_changes_and_goes(films):
    films.learn()
    file = films.put("one/a.srt", "x")
    assert paths(films.learn().companions) == ["one/a.srt"]
    file.write_text("longer")
    found = films.learn()
    assert paths(found.companions) == ["one/a.srt"]
    assert not found.changed
    status = file.stat()
    os.utime(file, ns=(1, 1))
    assert paths(films.learn().companions) == ["one/a.srt"]
    os.utime(file, ns=(status.st_atime_ns, 1))
    assert not films.learn().companions
    file.unlink()
    assert films.learn().companions_gone == ["one/a.srt"]
    assert not films.learn().companions_gone


def test_one_that_is_still_copied_is_left_until_it_rests(films):
    films.learn()
    films.put("one/a.srt", "x")
    found = films.learn(settle_seconds=60)
    assert 50 < found.unsettled["one/a.srt"] <= 60
    assert not found.companions
    assert films.known.folder_digest("one") == ""
    assert paths(films.learn().companions) == ["one/a.srt"]


def test_a_folder_that_hides_itself_has_none_and_one_that_is_gone_forgets_nothing_else(films):
    films.put("one/a.srt", "x")
    films.learn()
    films.put("one/.nomedia", "x")
    assert films.learn().companions_gone == ["one/a.srt"]
    (films.root / "one/.nomedia").unlink()
    assert paths(films.learn().companions) == ["one/a.srt"]
    shutil.rmtree(films.root / "one")
    found = films.learn()
    assert (found.gone, found.folders_gone) == (["one/a.mp4"], ["one"])


def test_links_and_folders_of_such_names_are_none(films):
    (films.root / "one/a.srt").mkdir()
    os.symlink("a.mp4", films.root / "one/b.srt")
    assert not films.learn().companions


def test_without_such_kinds_none_is_asked_for_its_state(films):
    films.put("one/a.srt", "x")
    films.rules = Rules.of(("mp4",))
    assert not films.learn().companions
