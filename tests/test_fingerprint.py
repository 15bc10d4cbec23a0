"""test_fingerprint: the OpenSubtitles hash, against its own published way of reckoning."""

from __future__ import annotations

import random
import struct

import pytest

from vidwatchd.fingerprint import CHUNK_BYTES, END_BYTES, fingerprint, same_content


def published(data: bytes) -> int:
    """The hash as its authors give it: word by word."""
    total = len(data)
    for end in (data[:END_BYTES], data[max(0, len(data) - END_BYTES) :]):
        padded = end + bytes(-len(end) % 8)
        for at in range(0, len(padded), 8):
            total = (total + struct.unpack_from("<Q", padded, at)[0]) & 0xFFFFFFFFFFFFFFFF
    return total


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 65_535, 65_536, 65_537, 131_072, 200_003])
def test_it_is_the_published_hash(tmp_path, size):
    data = random.Random(size).randbytes(size)
    (tmp_path / "x").write_bytes(data)
    assert fingerprint(str(tmp_path / "x")) == f"{size:x}-{published(data):016x}"


def test_words_that_overflow_wrap_around(tmp_path):
    (tmp_path / "x").write_bytes(b"\xff" * 100_000)
    assert fingerprint(str(tmp_path / "x")) == f"{100_000:x}-{published(bytes([255]) * 100_000):016x}"


def test_both_ends_count_and_the_middle_does_not(tmp_path):
    data = bytearray(300_000)
    path = tmp_path / "x"

    def mark(at: int) -> str:
        changed = bytearray(data)
        changed[at] = 1
        path.write_bytes(changed)
        return fingerprint(str(path))

    path.write_bytes(data)
    plain = fingerprint(str(path))
    assert mark(0) != plain
    assert mark(299_999) != plain
    assert mark(150_000) == plain


def test_same_content_compares_every_byte(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for size in (0, 5, CHUNK_BYTES, CHUNK_BYTES * 2 + 3):
        data = random.Random(size).randbytes(size)
        one.write_bytes(data)
        two.write_bytes(data)
        assert same_content(str(one), str(two))
        if size:
            two.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            assert not same_content(str(one), str(two))
            two.write_bytes(data[:-1])
            assert not same_content(str(one), str(two))


def test_same_content_tells_how_far_it_is(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(bytes(CHUNK_BYTES + 1))
    told = []
    assert same_content(str(tmp_path / "one"), str(tmp_path / "two"), read=told.append)
    assert told == [CHUNK_BYTES, 2 * CHUNK_BYTES]


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        fingerprint(str(tmp_path / "x"))
