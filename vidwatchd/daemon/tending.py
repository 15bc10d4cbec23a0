"""tending: the thread that looks after people now and then, and writes down what changed of them before the end."""

from __future__ import annotations

import contextlib
import logging
import threading

from vidwatchd.errors import Cancelled, VidwatchdError
from vidwatchd.operations import Context, people_files, tending

log = logging.getLogger(__name__)

# The first look at the libraries comes first: it reads what people wrote into the files meanwhile.
FIRST_SECONDS = 20.0
EVERY_SECONDS = 600.0


class Tender:
    """Sleeps, but for a turn every ten minutes; one in which nothing changed asks the index two short questions."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self._begun = False
        self._told: list[str] = []
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tending", daemon=True)

    def start(self) -> None:
        """The first turn comes soon."""
        self._thread.start()

    def wake(self) -> None:
        """The settings changed: a turn now."""
        self._wake.set()

    def halt(self) -> None:
        """End what is under way and write what is owed, without waiting for it."""
        self._stop.set()
        self._wake.set()

    def stop(self, seconds: float = 2.0) -> None:
        """``halt``, and wait for it."""
        self.halt()
        self._thread.join(seconds)

    def _run(self) -> None:
        self._rest(FIRST_SECONDS)
        while not self._stop.is_set():
            self._turn()
            self._rest(EVERY_SECONDS)
        with contextlib.suppress(VidwatchdError):  # it is written after the next start
            people_files.write_pending(self.ctx)

    def _rest(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()  # before the look at whether to end: whoever says so wakes it afterwards

    def _turn(self) -> None:
        try:
            if not self._begun:
                tending.begin(self.ctx)
                self._begun = True
            self._tell(tending.tend(self.ctx, self._check))
        except Cancelled:
            return
        except VidwatchdError as error:  # the index is locked or its disk full: the next turn tries again
            log.warning("people are not looked after: %s", error)
        except Exception:  # a thread's edge: one bad turn must not be the last
            log.exception("looking after people failed")

    def _tell(self, problems: list[str]) -> None:
        """A library that cannot be written is told of once, not every ten minutes."""
        for problem in problems:
            if problem not in self._told:
                log.warning("%s", problem)
        self._told = problems

    def _check(self, done: float) -> None:
        if self._stop.is_set():
            raise Cancelled("the program ends")
