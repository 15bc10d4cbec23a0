"""test_found: what lies in a folder, and where its documents come from."""

import os
import shutil

import pytest

from vidwatchd import operations
from vidwatchd.config import parse
from vidwatchd.errors import InvalidDirectory
from vidwatchd.operations import make
from vidwatchd.operations.found import found, read


@pytest.fixture
def box(tmp_path, clips):
    (tmp_path / "box" / "sub").mkdir(parents=True)
    shutil.copy(clips.normal(), tmp_path / "box" / "a.mp4")
    shutil.copy(clips.hevc(), tmp_path / "box" / "sub" / "b.mp4")
    (tmp_path / "box" / "broken.mkv").write_bytes(b"no video\n" * 99)
    return tmp_path / "box"


@pytest.fixture
def config(tmp_path):
    return parse({"data_dir": str(tmp_path / "data")}, tmp_path / "videorc.json")


def test_workers_read_what_is_not_known(box, config, bench):
    with bench.open(config, operations.peek) as ctx:
        folder = found(ctx, str(box), recursive=True)
        assert [each.file.path for each in folder.files] == ["a.mp4", "broken.mkv", "sub/b.mp4"]
        assert [each.document for each in folder.files] == [None] * 3
        told = []
        read(ctx, folder.files, workers=2, progress=lambda *said: told.append(said))
        first, broken, last = folder.files
        assert first.duration_seconds == pytest.approx(3, abs=0.1)
        assert (broken.document, broken.duration_seconds) == (None, None)
        assert "not a media file" in broken.error
        assert last.document["streams"][0]["codec_name"] == "hevc"
        assert told[-1][:2] == (3, 3)
    assert not (box / ".artifacts").exists()


def test_what_the_metadata_hold_is_taken_while_the_file_is_the_same(box, config, bench):
    with bench.open(config) as ctx:
        make.make(ctx, str(box), make.Wanted(("metadata",)), workers=1)
    with bench.open(config, operations.peek) as ctx:
        known, broken = found(ctx, str(box)).files
        assert known.document["streams"][0]["codec_name"] == "h264"
        assert broken.document is None
        read(ctx, [known], workers=1)  # no worker is needed
        os.utime(box / "a.mp4")
        assert found(ctx, str(box)).files[0].document is None


@pytest.mark.parametrize("text", ["", "[]", '{"streams": 5}', '{"streams": [{}], "format": {"format_name": "x"}}'])
def test_a_metadata_file_that_is_none_is_read_anew(box, config, bench, text):
    with bench.open(config) as ctx:
        make.make(ctx, str(box), make.Wanted(("metadata",)), workers=1)
    (box / ".artifacts" / "a.mp4.ffprobe.json").write_text(text)
    with bench.open(config, operations.peek) as ctx:
        assert found(ctx, str(box)).files[0].document is None


def test_no_folder_no_files(tmp_path, config):
    with operations.peek(config) as ctx, pytest.raises(InvalidDirectory):
        found(ctx, str(tmp_path / "nowhere"))
