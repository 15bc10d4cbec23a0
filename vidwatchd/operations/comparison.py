"""comparison: every video compared with every other; the last result is kept, and renewed in a thread when it is old.

Comparing 100,000 videos takes seconds: no request may wait for that. Whoever asks is given the last result at once, and
told whether a newer one is on its way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from vidwatchd.errors import VidwatchdError
from vidwatchd.operations import Context, copies

# The kind whose facts hold the hashes.
HASHES = "phash"
# More pairs than this nobody looks through; the least alike are left out.
MOST_PAIRS = 100_000
# How long a request may wait: small libraries are compared by then.
WAIT_SECONDS = 0.8
# Whether something changed is asked at most so often; and while things change all the time (a new library), comparing
# may take a tenth of the time.
LOOK_SECONDS, REST = 2.0, 10.0

Couple = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing: alike pairs (ids, the lower first), the most alike first, and pairs that may be copies."""

    near: Mapping[Couple, float]
    copies: frozenset[Couple]
    compared: int
    without_hash: int
    threshold: float
    stamp: tuple[object, ...] = ()


def compare(ctx: Context, threshold: float, video_ids: Collection[int] | None = None) -> Compared:
    """Compare all videos, or these, with one another, now and here."""
    # Here, not above: a daemon that nobody asks for duplicates does without numpy's 25 MB.
    from vidwatchd.operations import alike

    shelves = alike.shelves(ctx.index.hashes.packed(HASHES, video_ids))
    near: dict[Couple, float] = {}
    for shelf in shelves:
        near |= alike.best(alike.pairs(shelf, threshold), MOST_PAIRS)
    near = dict(sorted(near.items(), key=lambda item: -item[1])[:MOST_PAIRS])
    found = frozenset(copies.likely(ctx, video_ids))
    without = ctx.index.hashes.without(HASHES, video_ids)
    return Compared(near, found, sum(map(len, shelves)), without, threshold)


class Comparison:
    """The last results by threshold, and the one thread that renews them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._results: dict[float, Compared] = {}
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._failure: VidwatchdError | None = None
        self._stamp: tuple[object, ...] = ()
        self._looked_at = self._rested_at = float("-inf")

    def latest(
        self, ctx: Context, threshold: float, wait_seconds: float = WAIT_SECONDS
    ) -> tuple[Compared | None, bool]:
        """The last result, None before the first, and whether nothing changed since. Raises what the last try raised."""
        stamp = self._now(ctx)
        found = self._results.get(threshold)
        if found is not None and found.stamp == stamp:
            return found, True
        if found is None or self._clock() >= self._rested_at:
            self.start(ctx, lambda: self._renew(ctx, threshold, stamp))
        self.wait(wait_seconds)
        found = self._results.get(threshold)
        return found, found is not None and found.stamp == stamp

    def start(self, ctx: Context, work: Callable[[], None]) -> None:
        """Do this in the thread, unless it is at something already."""
        with self._lock:
            if not self._idle.is_set():
                return
            self._idle.clear()
        threading.Thread(target=self._run, args=(ctx, work), name="duplicates", daemon=True).start()

    def wait(self, seconds: float = WAIT_SECONDS) -> None:
        """Wait until the thread is idle, at most so long. Raises what it raised."""
        self._idle.wait(seconds)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _run(self, ctx: Context, work: Callable[[], None]) -> None:
        try:
            work()
        except VidwatchdError as error:
            self._failure = error
        finally:
            ctx.index.release()
            self._idle.set()

    def _renew(self, ctx: Context, threshold: float, stamp: tuple[object, ...]) -> None:
        began = self._clock()
        found = compare(ctx, threshold)
        # Two thresholds: the usual one, and the one that somebody plays with.
        self._results = {**dict(list(self._results.items())[-1:]), threshold: replace(found, stamp=stamp)}
        self._rested_at = self._clock() + REST * (self._clock() - began)
        ctx.notify("duplicates", {})

    def _now(self, ctx: Context) -> tuple[object, ...]:
        """What the index holds now, as a stamp."""
        with self._lock:
            if not self._stamp or self._clock() - self._looked_at >= LOOK_SECONDS:
                self._stamp, self._looked_at = ctx.index.hashes.stamp(HASHES), self._clock()
            return self._stamp


def held(ctx: Context) -> Comparison:
    """The comparison of a context."""
    found: Comparison = ctx.held.setdefault("comparison", Comparison())
    return found
