"""runners: where making runs; the ``Runner`` that jobs are handed, and the ``Ticket`` for one visit."""

from __future__ import annotations

from typing import Protocol

from vidwatchd.model import Outcome, ProductTask, VisitTask


class Ticket(Protocol):
    """One submitted visit or product."""

    def done(self) -> bool:
        """Whether ``result`` would return or raise at once."""

    def result(self) -> list[Outcome]:
        """Wait for what became of each kind. Raises WorkerDied (crash, timeout, memory) or Cancelled."""

    def progress(self) -> float:
        """How far it has come, 0 to 1."""

    def cancel(self) -> None:
        """Stop it, killing its worker when it has begun."""


class Runner(Protocol):
    """Takes visits and products and has them made somewhere else."""

    @property
    def workers(self) -> int:
        """How many visits it makes at once."""

    @property
    def warm(self) -> bool:
        """Whether its workers are there now."""

    def submit(self, task: VisitTask | ProductTask, *, timeout_seconds: float) -> Ticket:
        """Queue one visit or product; the clock of ``timeout_seconds`` starts when a worker takes it."""

    def idle_close(self) -> bool:
        """Let the workers go when there has been no work for the idle time; whether they are gone."""

    def close(self, wait_seconds: float = 0.0) -> None:
        """Wait so long for running visits, then end them; no child is left afterwards."""
