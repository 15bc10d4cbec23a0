"""leavings: the folders that visits were made in, removed when they are over, or as soon as that can be."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from vidwatchd.disk import Pulse
from vidwatchd.errors import LibraryOffline

# One that cannot be removed is given up so long after its time: it is swept at the next start.
LATE_SECONDS = 5.0


@dataclass(slots=True)
class Leavings:
    """What is still to be removed: folder → the place whose disk it lies on, and until when it may come anew."""

    pulse: Pulse
    left: dict[str, tuple[str, float]] = field(default_factory=dict)

    def sweep(self) -> None:
        """Try again what is left."""
        for out, (base, until) in list(self.left.items()):
            self.clear(out, base, until)

    def clear(self, out: str, base: str, until: float = 0.0) -> None:
        """Remove a folder, and up to that moment again: a worker that is being ended may still write there.

        Where its disk does not answer, it is removed once that does.
        """
        self.left[out] = base, until
        with suppress(LibraryOffline):
            left = self.pulse.within(base, partial(_still_there, out))
            now = time.monotonic()
            if now >= until + LATE_SECONDS or (now >= until and not left):
                del self.left[out]


def _still_there(out: str) -> bool:
    shutil.rmtree(out, ignore_errors=True)
    return os.path.lexists(out)
