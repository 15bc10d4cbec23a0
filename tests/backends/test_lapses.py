"""test_lapses: what goes wrong inside a model, told in one line."""

import pytest

from vidwatchd.backends import lapses
from vidwatchd.errors import BackendFailed, Cancelled


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "m ran out of memory: CUDA out of memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "m ran out of memory: Default"),
        (RuntimeError("CUBLAS_STATUS_ALLOC_FAILED"), "m ran out of memory"),
        (MemoryError(), r"^m ran out of memory \(a smaller model"),
        (ValueError("sizes\n  do not\nfit"), "m failed: sizes do not fit"),
        (AssertionError(), "m failed: AssertionError"),
    ],
)
def test_in_our_words(error, words):
    with pytest.raises(BackendFailed, match=words), lapses.told("m"):
        raise error


def test_ours_pass():
    with pytest.raises(Cancelled), lapses.told("m"):
        raise Cancelled("stopped")
