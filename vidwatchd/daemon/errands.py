"""errands: the thread that runs tasks (long operations that are no kind's), one at a time."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import uuid

from vidwatchd.errors import VidwatchdError
from vidwatchd.operations import Context, tasks

log = logging.getLogger(__name__)

# Somebody on the same index may have died meanwhile; what waits here wakes the thread by itself.
IDLE_SECONDS = 60.0


class Errands:
    """Runs what is posted, and sleeps while nothing is."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.owner = f"{socket.gethostname()},{os.getpid()},{uuid.uuid4().hex[:8]}"
        self.busy = False
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="errands", daemon=True)

    def start(self) -> None:
        """Take up what an earlier end left, then what comes."""
        self._thread.start()

    def wake(self) -> None:
        """A task may have been posted."""
        self._wake.set()

    def halt(self) -> None:
        """Have the running task end, without waiting for it."""
        self._stop.set()
        self._wake.set()

    def stop(self, seconds: float = 2.0) -> None:
        """End, and put back into the queue what runs."""
        self.halt()
        self._thread.join(seconds)
        with contextlib.suppress(VidwatchdError):  # one that hangs in a dead mount is left behind, its row is not
            self.ctx.index.tasks.release(self.owner)

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._step():
                self._wake.wait(IDLE_SECONDS)
            self._wake.clear()  # before the look at whether to end: whoever says so wakes it afterwards

    def _step(self) -> bool:
        """Run one task; whether another may wait."""
        try:
            tasks.recover(self.ctx)
            self.busy = True
            return tasks.run_next(self.ctx, self.owner, self._stop.is_set)
        except VidwatchdError as error:  # the index is locked or its disk full
            log.warning("tasks pause: %s", error)
        except Exception as error:  # a thread's edge: one task must not take the others' turn for good
            log.exception("a task failed")
            with contextlib.suppress(VidwatchdError):
                self.ctx.index.tasks.fail(self.owner, f"internal error: {error or type(error).__name__}")
            self.ctx.notify("jobs", {})
            return True
        finally:
            self.busy = False
        return False
