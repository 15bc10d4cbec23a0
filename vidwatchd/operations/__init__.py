"""operations: the verbs a person can ask for, one file each; CLI, API and pages call nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from vidwatchd import artifacts
from vidwatchd.config import Config
from vidwatchd.disk import Pulse, hangs
from vidwatchd.fingerprint import fingerprint
from vidwatchd.index import Index, copied_index, looked_index, memory_index, open_index
from vidwatchd.jobs import Dispatcher
from vidwatchd.library import Store
from vidwatchd.model import native
from vidwatchd.runners import Runner
from vidwatchd.runners.local import MEMORY_BYTES, LocalRunner

Notify = Callable[[str, dict[str, Any]], None]
Learn = Callable[[int, Collection[str]], None]


@dataclass(slots=True)
class Context:
    """What every operation is handed: settings, the index, and whom to tell of changes."""

    config: Config
    index: Index
    notify: Notify = lambda type_, data: None
    problem: Callable[[], str] = lambda: ""
    """Why work pauses by itself just now, as the running daemon knows; "" when it does not."""
    advise: Callable[[Config], Sequence[str]] = lambda config: ()
    """What a person should do so that an installed service fits changed settings."""
    live: Callable[[int], dict[str, Any]] = lambda library_id: {}
    held: dict[str, Any] = field(default_factory=dict)
    pulse: Pulse = field(default_factory=Pulse)
    closers: list[Callable[[], None]] = field(default_factory=list)
    """What ends with the context: processes that were begun for questions."""

    @property
    def read_only(self) -> bool:
        """Whether this is a look at the index or at a private copy: nothing on disk may be written then."""
        return self.index.path is None or self.index.looking

    @property
    def changing_settings(self) -> threading.Lock:
        """Held by whoever reads the settings file, changes it and writes it, so that no other's change is lost."""
        lock: threading.Lock = self.held.setdefault("settings", threading.Lock())
        return lock

    def store(self, library_id: int) -> Store:
        """Where a library's artifacts and sidecars lie. Raises LibraryOffline where its disk hangs: nobody waits for it."""
        library = self.index.libraries.get(library_id)
        if not self.pulse.beats(native(library.root)):
            raise hangs(native(library.root))
        return Store(library, self.config.data_folder)

    def runner(self, workers: int = 0, memory_bytes: int = MEMORY_BYTES, *, most: int = 0) -> Runner:
        """Worker processes on this machine; 0: as many as the settings say, by default one a core (memory: no bound).

        ``most``, when not 0, is how many there is work for: each costs half a second of a core to start.
        """
        settings = self.config.jobs
        count = workers or self.config.workers.total or os.cpu_count() or 1
        return LocalRunner(min(count, most or count), settings.nice, settings.idle_seconds, memory_bytes)

    def model_runner(self) -> Runner:
        """The one worker process that keeps models loaded, on this machine; it starts with its first visit.

        Its memory has no bound: a model may need any amount, and the kernel's memory killer takes it first.
        """
        return LocalRunner(1, self.config.jobs.nice, self.config.models.idle_seconds, memory_bytes=0)

    def close(self) -> None:
        """End what was begun, and let go of the index."""
        for close in self.closers:
            close()
        self.index.close()

    def dispatcher(self, runner: Runner, models: Runner, learn: Learn) -> Dispatcher:
        """What keeps the runners busy with owed work."""
        return Dispatcher(
            self.index, self.config, runner, self.store, fingerprint, self.notify, models, learn, pulse=self.pulse
        )


@contextmanager
def open(config: Config, *, notify: Notify | None = None) -> Iterator[Context]:
    """The context over the index in the data folder. Raises ConfigError, IndexUnusable, StorageError."""
    artifacts.check(config)
    index = open_index(config.data_folder)
    # A command's changes reach the pages of a running daemon through the index itself.
    ctx = Context(config, index, notify or index.outbox.put)
    try:
        yield ctx
    finally:
        ctx.close()


@contextmanager
def nowhere(config: Config) -> Iterator[Context]:
    """A context over an empty index in memory: for what needs a context and no data, such as the API's description."""
    ctx = Context(config, memory_index())
    try:
        yield ctx
    finally:
        ctx.close()


@contextmanager
def peek(config: Config) -> Iterator[Context]:
    """The context over a private copy in memory: what read-only verbs use, so that they write no marker and no row."""
    artifacts.check(config)
    ctx = Context(config, copied_index(config.data_folder))
    try:
        yield ctx
    finally:
        ctx.close()


@contextmanager
def look(config: Config, holds: Callable[[Context], bool] = lambda ctx: True) -> Iterator[Context]:
    """The context over the index itself, which cannot be changed: for verbs that only ask.

    A copy of all that is said in a library takes hundreds of megabytes; without an index, with one of an older version,
    or where not all ``holds`` that it says (see ``current``), it is ``peek``'s all the same.
    """
    artifacts.check(config)
    index = looked_index(config.data_folder)
    if index is not None:
        ctx = Context(config, index)
        try:
            if holds(ctx):
                yield ctx
                return
        finally:
            ctx.close()
    with peek(config) as ctx:
        yield ctx
