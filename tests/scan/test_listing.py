"""test_listing: one folder read once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from vidwatchd.disk import OS
from vidwatchd.ignore import Patterns, Rules
from vidwatchd.scan.listing import Listing, marked_hidden, read


def listing_of(folder: Path) -> Listing:
    return read(OS, str(folder), str(folder), Rules(), Patterns())


def test_what_a_folder_holds(tmp_path):
    for name in ("a.mp4", "b.txt", "c.mp4.part"):
        (tmp_path / name).touch()
    for name in ("one", "@eaDir", ".artifacts", "film.mp4"):
        (tmp_path / name).mkdir()
    listing = listing_of(tmp_path)
    assert [row[0] for row in listing.videos] == ["a.mp4"]
    assert sorted(listing.folders) == ["film.mp4", "one"]
    assert sorted(listing.hidden_folders) == [".artifacts", "@eaDir"]
    assert listing.has_artifacts
    assert not listing.problems


def test_a_digest_tells_every_difference_and_nothing_else():
    rows = [("a.mp4", 1, 2, 3, 4), (os.fsdecode(b"\xff.mp4"), 5, 6, 7, 8)]
    digest = Listing(videos=list(rows)).digest()
    assert Listing(videos=rows[::-1]).digest() == digest
    for column in range(5):
        changed = list(rows[0])
        changed[column] = f"{changed[column]}x" if column == 0 else changed[column] + 1
        assert Listing(videos=[tuple(changed), rows[1]]).digest() != digest
    assert Listing(videos=rows[:1]).digest() != digest


def test_a_digest_is_the_same_in_another_process():
    code = (
        "from vidwatchd.scan.listing import Listing\nprint(Listing(videos=[('a' + '.mp4', 1, 2**40, 3, 4)]).digest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert there.stdout.strip() == Listing(videos=[("a.mp4", 1, 2**40, 3, 4)]).digest()


def test_marks_are_read_without_listing(tmp_path):
    assert marked_hidden(OS, str(tmp_path), Patterns()) == (False, Patterns())
    (tmp_path / ".ignore").write_bytes(b"\xef\xbb\xbf*.mp4\r\n")
    hidden, patterns = marked_hidden(OS, str(tmp_path), Patterns())
    assert not hidden
    assert patterns.hides("a.mp4")
    (tmp_path / ".nomedia").touch()
    assert marked_hidden(OS, str(tmp_path), Patterns())[0]


def test_an_ignore_that_is_no_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / ".ignore")
    assert not listing_of(tmp_path).hidden


def test_a_digest_tells_companions_too_and_without_any_is_as_it_was():
    rows, beside = [("a.mp4", 1, 2, 3, 4)], [("a.srt", 1, 2, 3, 4), ("b.srt", 1, 2, 3, 4)]
    digests = {Listing(videos=rows, companions=beside[:count]).digest() for count in range(3)}
    assert len(digests) == 3
    assert Listing(videos=rows, companions=beside[::-1]).digest() == Listing(videos=rows, companions=beside).digest()
