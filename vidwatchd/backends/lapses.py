"""lapses: what torch and the libraries on it raise while a model runs, told in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vidwatchd.errors import BackendFailed

# How the allocators of torch say it, for a card and for the machine.
_SHORT = ("out of memory", "allocate memory", "not enough memory", "alloc_failed")
_FOREIGN = (RuntimeError, ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError, OSError)


@contextmanager
def told(name: str) -> Iterator[None]:
    """Around a model at work: BackendFailed with the reason, and with the remedy where memory was short."""
    try:
        yield
    except MemoryError as error:
        raise _short(name) from error
    except _FOREIGN as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        if any(words in said.casefold() for words in _SHORT):
            raise _short(name, said) from error
        raise BackendFailed(f"{name} failed: {said}") from error


def _short(name: str, said: str = "") -> BackendFailed:
    detail = f": {said}" if said else ""
    return BackendFailed(f"{name} ran out of memory{detail}", hint="a smaller model needs less")
