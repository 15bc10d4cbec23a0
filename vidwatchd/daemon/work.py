"""work: the thread that keeps the worker processes busy with what is owed."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from vidwatchd import jobs
from vidwatchd.errors import LibraryOffline, VidwatchdError
from vidwatchd.operations import Context, arrivals, learning

log = logging.getLogger(__name__)

PAUSE_AFTER_ERROR_SECONDS = 5.0


class Work:
    """Steps the dispatcher while there is something to do, and sleeps while there is not."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.runner = ctx.runner()
        self.models = ctx.model_runner()
        self.dispatcher = ctx.dispatcher(self.runner, self.models, partial(learning.after, ctx))
        self.stepped_at = time.monotonic()
        self.problem = ""
        self._prepared = False
        ctx.problem = lambda: self.problem
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="work", daemon=True)

    def start(self) -> None:
        """Sweep up after an earlier end, then begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something may be owed, cancelled or resumed."""
        self._wake.set()

    def try_now(self) -> None:
        """A person says go on: a pause that a full disk caused ends at once."""
        self.dispatcher.blocked.until = 0.0
        self.wake()

    def halt(self) -> None:
        """Have it end what runs and put it back in the queue, without waiting for it."""
        self._stop.set()
        self._wake.set()

    def stop(self, seconds: float = 2.0) -> None:
        """``halt``, wait for it so long, and let no child live on."""
        self.halt()
        self._thread.join(seconds)
        for runner in (self.runner, self.models):
            runner.close()
        with contextlib.suppress(VidwatchdError):  # what a worker still wrote while it was being ended
            self._sweep(lambda name: not name.startswith(self.dispatcher.owner))

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._wake.wait(self._step())
                self._wake.clear()  # before the look at whether to end: whoever says so wakes it afterwards
        finally:
            self.dispatcher.stop()

    def _prepare(self) -> None:
        if self._prepared:
            return
        jobs.refresh(self.ctx.index, self.ctx.config)
        jobs.expire_dead(self.ctx.index)
        learning.catch_up(self.ctx)
        self._sweep(jobs.owner_lives)
        arrivals.tidy(self.ctx)
        self._prepared = True

    def _sweep(self, lives: Callable[[str], bool]) -> None:
        for library in self.ctx.index.libraries.all():
            with contextlib.suppress(LibraryOffline):  # swept at another start
                self.ctx.store(library.id).sweep(lives)

    def _release_lost(self) -> None:
        """What an error tore from its visit belongs to nobody: without this it would wait for its lease to end."""
        kept = {job.id for visit in self.dispatcher.visits for job in visit.jobs.values()}
        lost = self.ctx.index.jobs.owned(self.dispatcher.owner) - kept
        if lost:
            self.ctx.index.jobs.release(self.dispatcher.owner, lost)

    def _step(self) -> float:
        """One turn; how many seconds nothing can happen by itself."""
        self.stepped_at = time.monotonic()
        try:
            self._prepare()
            if self.problem:
                self._release_lost()
            self.dispatcher.step()
            self.problem = self.dispatcher.blocked.reason
        except VidwatchdError as error:  # the index is locked or its disk full: it may have room again soon
            log.warning("work pauses: %s", error)
            self.problem = str(error)
            return PAUSE_AFTER_ERROR_SECONDS
        except Exception as error:  # a thread's edge: work must not end for good for what nobody thought of
            log.exception("work pauses")
            self.problem = f"{type(error).__name__}: {error}"
            return PAUSE_AFTER_ERROR_SECONDS
        wait = self.dispatcher.wait_seconds()
        if not self.dispatcher.visits and self.runner.warm:
            wait = min(wait, self.ctx.config.jobs.idle_seconds + 1)
        return wait
