"""visits: one on its way, and what can be heard of it while its disks answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from vidwatchd.disk import Pulse
from vidwatchd.errors import LibraryOffline
from vidwatchd.library import Store
from vidwatchd.model import Job, Video
from vidwatchd.runners import Ticket


@dataclass(slots=True)
class Visit:
    """A visit on its way: the claimed jobs of one video, and the ticket for the worker that makes them."""

    video: Video
    store: Store
    jobs: dict[str, Job]
    out: str
    ticket: Ticket
    modelled: bool = False

    def progress(self, pulse: Pulse, hung_seconds: float) -> float | None:
        """How far it has come; None while its disks do not answer. Hangs one for so long, others need the worker."""
        disks = (self.store.root, self.store.base)
        if all(map(pulse.beats, disks)):
            with suppress(LibraryOffline):
                return pulse.within(self.store.base, self.ticket.progress)
        if max(map(pulse.silent_seconds, disks)) > hung_seconds:
            self.ticket.cancel()
        return None
