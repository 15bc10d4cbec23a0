"""patterns: new names for many files by a text or a regular expression: worked out, checked, and put in an order."""

from __future__ import annotations

import math
import os
import re
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidwatchd.errors import UsageError
from vidwatchd.ignore import Rules, is_junk
from vidwatchd.model import MAX_NAME_BYTES, native

# Time for all names together: 100,000 take a fraction of a second, a bad pattern would take for ever on one.
PATTERN_SECONDS = 5.0
MOST_CHARACTERS = 1000
# Counted repeats are written out while a pattern is prepared, which nothing can stop: a million took two seconds.
MOST_REPEATS = 10_000
_REPEATS = re.compile(r"\{\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Substitution:
    """What stands in a name, and what shall; ``regex``: as a Python regular expression, whose groups the target may name."""

    source: str
    target: str
    regex: bool = False

    def apply(self, names: Collection[str]) -> list[str]:
        """The new name of each. Raises UsageError for an expression that is wrong, or takes too long."""
        if not self.source:
            raise UsageError("there is nothing to look for", hint="give --source a text")
        if len(self.source) > MOST_CHARACTERS or len(self.target) > MOST_CHARACTERS:
            raise UsageError("the pattern is too long", hint=f"at most {MOST_CHARACTERS} characters")
        if not self.regex:
            return [name.replace(self.source, self.target) for name in names]
        return self._expressed(names)

    def _expressed(self, names: Collection[str]) -> list[str]:
        if math.prod(max(1, int(count)) for count in _REPEATS.findall(self.source)) > MOST_REPEATS:
            raise UsageError(f"the pattern {self.source!r} repeats too much", hint="names have 255 characters at most")
        import regex  # not by every command that starts: it takes 20 ms

        until = time.monotonic() + PATTERN_SECONDS
        try:
            pattern = regex.compile(self.source)
            # The target is looked at when something matches only; this matches: a wrong one is wrong from the first.
            regex.compile(f"(?:{self.source})|").sub(self.target, "", timeout=PATTERN_SECONDS)
            return [self._one(pattern, name, until - time.monotonic()) for name in names]
        except TimeoutError as error:
            raise UsageError(
                f"the pattern {self.source!r} takes too long", hint="make it simpler: no repeats inside repeats"
            ) from error
        except (regex.error, IndexError, RecursionError, OverflowError) as error:
            raise UsageError(
                f"the pattern {self.source!r} or its target {self.target!r} is wrong: {error}",
                hint="leave out --regex for plain text",
            ) from error

    def _one(self, pattern: Any, name: str, seconds: float) -> str:
        if seconds <= 0:
            raise TimeoutError
        return str(pattern.sub(self.target, name, timeout=seconds))


def problem(name: str, rules: Rules) -> str:
    """Why a video cannot be called that; "" when it can."""
    try:
        size = len(os.fsencode(native(name)))
    except UnicodeEncodeError:
        return "it holds characters that no file name can"
    if not name or name in (".", ".."):
        return "the name is empty" if not name else f"{name} means a folder"
    if "/" in name or "\0" in name:
        return "a name cannot hold a slash or a NUL"
    if size > MAX_NAME_BYTES:
        return f"the name is {size} bytes long, at most {MAX_NAME_BYTES} are possible"
    if is_junk(name) or rules.patterns.hides(name):
        return f"a file called {name} is never looked at: it would be lost to the library"
    if not rules.is_video_name(name):
        return f"{name} would be no video any more: keep one of the endings {', '.join(sorted(rules.extensions))}"
    return ""


@dataclass(frozen=True, slots=True)
class Step:
    """One rename; ``origin`` is what the file was called at first, and ``last`` whether it is there now."""

    origin: str
    source: str
    target: str
    last: bool = True


def ordered(ways: Mapping[str, str]) -> Iterator[Step]:
    """Renames (old path → new path) in an order in which nothing is in the way of another.

    Where they form a ring one file steps aside, under a name that is a video's too: a crash in between hides nothing.
    """
    waiting = dict(ways)
    for first in ways:
        chain = []
        at = first
        while at in waiting:
            chain.append((at, waiting.pop(at)))
            at = chain[-1][1]
        ring = bool(chain) and at == first
        aside = _aside(first)
        if ring:
            yield Step(first, first, aside, last=False)
        for source, target in reversed(chain[1:] if ring else chain):
            yield Step(source, source, target)
        if ring:
            yield Step(first, aside, chain[0][1])


def _aside(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, ending = os.path.splitext(name)
    return f"{folder}{slash}{stem[:40]}.renaming-{uuid.uuid4().hex[:8]}{ending}"
