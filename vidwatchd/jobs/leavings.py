"""leavings: the folders that visits were made in, removed when they are over, or as soon as that can be."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from vidwatchd.disk import Pulse
from vidwatchd.errors import LibraryOffline


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
            self.pulse.within(base, partial(shutil.rmtree, out, ignore_errors=True))
            if time.monotonic() >= until:
                del self.left[out]
