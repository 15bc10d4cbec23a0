"""errands: the thread that runs tasks (long operations that are no kind's), one at a time, and else minds the models."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import uuid

from vidwatchd.daemon.loop import Loop
from vidwatchd.errors import VidwatchdError
from vidwatchd.operations import Context, models, tasks

log = logging.getLogger(__name__)

# Somebody on the same index may have died meanwhile; what waits here wakes the thread by itself.
IDLE_SECONDS = 60.0


class Errands(Loop):
    """Runs what is posted, and sleeps while nothing is."""

    def __init__(self, ctx: Context) -> None:
        super().__init__("errands")
        self.ctx = ctx
        self.owner = f"{socket.gethostname()},{os.getpid()},{uuid.uuid4().hex[:8]}"
        self.busy = False

    def stop(self, seconds: float = 2.0) -> None:
        """End, and put back into the queue what runs."""
        super().stop(seconds)
        with contextlib.suppress(VidwatchdError):  # one that hangs in a dead mount is left behind, its row is not
            self.ctx.index.tasks.release(self.owner)

    def _turn(self) -> float:
        return 0.0 if self._step() else IDLE_SECONDS

    def _step(self) -> bool:
        """Run one task, or look at the models while there is none; whether another may wait."""
        try:
            tasks.recover(self.ctx)
            self.busy = True
            ran = tasks.run_next(self.ctx, self.owner, self._stop.is_set)
            self.busy = False
            return ran or models.notice(self.ctx)
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
