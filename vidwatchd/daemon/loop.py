"""loop: a thread that takes turns, sleeps between them until it is woken or long enough, and ends when it is told."""

from __future__ import annotations

import threading


class Loop:
    """What such threads of the daemon share; each says what a turn is, and what is to be done at the end."""

    def __init__(self, name: str) -> None:
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to take turns."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do: a turn now."""
        self._wake.set()

    def halt(self) -> None:
        """End what is under way, without waiting for it."""
        self._stop.set()
        self._wake.set()

    def stop(self, seconds: float = 2.0) -> None:
        """``halt``, and wait for the end; a thread that hangs in a dead mount is left behind."""
        self.halt()
        self._thread.join(seconds)

    def _first_seconds(self) -> float:
        """How long after the start the first turn comes."""
        return 0.0

    def _turn(self) -> float:
        """Do what there is to do; how many seconds nothing will happen by itself."""
        raise NotImplementedError

    def _end(self) -> None:
        """The last that the thread does."""

    def _run(self) -> None:
        try:
            self._rest(self._first_seconds())
            while not self._stop.is_set():
                self._rest(self._turn())
        finally:
            self._end()

    def _rest(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()  # before the look at whether to end: whoever says so wakes it afterwards
