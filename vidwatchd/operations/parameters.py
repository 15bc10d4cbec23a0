"""parameters: what an order says of how it is to be done; what means nothing is refused in a sentence that names it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from vidwatchd.errors import UsageError


def known(task: str, params: Mapping[str, Any], names: Collection[str] = ()) -> None:
    """Raises UsageError for a parameter that is none of ``names``, with the nearest right one; no ``task``: several kinds."""
    for name in sorted(params.keys() - set(names)):
        near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
        takes = f"it takes {', '.join(sorted(names))}" if names else "it takes none"
        has = f"{task} has no" if task else "none of these kinds has a"
        raise UsageError(f"{has} parameter {name!r}", hint=f"did you mean {near[0]}?" if near else takes)


def whole(params: Mapping[str, Any], name: str, default: int = 0, *, least: int = 0) -> int:
    """A whole number. Raises UsageError."""
    value = params.get(name, default)
    if type(value) is not int or value < least:
        raise UsageError(f"{name} must be a whole number from {least} on, not {value!r}")
    return value


def flag(params: Mapping[str, Any], name: str) -> bool:
    """True or false; false by default. Raises UsageError."""
    value = params.get(name, False)
    if not isinstance(value, bool):
        raise UsageError(f"{name} must be true or false, not {value!r}")
    return value


def text(params: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text; nothing or null is the default. Raises UsageError."""
    value = params.get(name) or default
    if not isinstance(value, str):
        raise UsageError(f"{name} must be text, not {value!r}")
    return value
