"""fingerprint: a file's size and the sums of its two ends, as text; the OpenSubtitles hash."""

from __future__ import annotations

import os

from vidwatchd.disk import OS, FileSystem

END_BYTES = 65_536
CHUNK_BYTES = 1 << 20
_WORD = (1 << 64) - 1


def fingerprint(path: str, *, fs: FileSystem = OS) -> str:
    """``<size in hex>-<16 hex digits>`` of the file at the native ``path``; raises OSError.

    The second part is the size plus the little-endian 64-bit words of the first and the last 64 KiB, modulo 2**64; of a
    shorter file both ends are the whole file, its last word filled up with zeros.
    """
    raise NotImplementedError


def same_content(first: str, second: str, *, fs: FileSystem = OS) -> bool:
    """Whether two files (native paths) hold the same bytes, all of them compared; raises OSError."""
    raise NotImplementedError
