"""produce: have products made by workers, several at once, with progress; when stopped, nothing is left running."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from vidwatchd.errors import WorkerDied
from vidwatchd.model import ArtifactState, Outcome, ProductTask
from vidwatchd.operations.make import Progress
from vidwatchd.runners import Runner, Ticket

_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Piece:
    """One product to be made; ``name`` is for people."""

    name: str
    task: ProductTask
    timeout_seconds: float


def quiet(done: float, of: int, names: object) -> None:
    """Progress that nobody follows."""


def produce(
    runner: Runner,
    pieces: Iterable[Piece],
    total: int,
    take: Callable[[int, Outcome], None],
    progress: Progress = quiet,
    *,
    ahead: int = 0,
) -> None:
    """Make all; ``take`` is handed each outcome with the piece's number, in the order they end. The runner is closed.

    A piece is asked for when a worker is free, ``ahead`` so many pieces sooner. What ``pieces``, ``take`` or
    ``progress`` raise ends everything, StorageError too.
    """
    left, running, ended = iter(enumerate(pieces)), dict[int, tuple[Piece, Ticket]](), 0
    try:
        progress(0.0, total, ())
        while _fill(runner, left, running, runner.workers + ahead):
            time.sleep(_POLL_SECONDS)
            for number in [number for number, (_, ticket) in running.items() if ticket.done()]:
                piece, ticket = running.pop(number)
                take(number, _outcome(piece, ticket))
                ended += 1
            part = sum(ticket.progress() for _, ticket in running.values())
            progress(ended + part, total, [piece.name for piece, _ in running.values()][: runner.workers])
    finally:
        runner.close()


def _fill(
    runner: Runner, left: Iterator[tuple[int, Piece]], running: dict[int, tuple[Piece, Ticket]], most: int
) -> bool:
    """Give the workers what they can take; whether anything runs."""
    while len(running) < most:
        number, piece = next(left, (-1, None))
        if piece is None:
            break
        running[number] = piece, runner.submit(piece.task, timeout_seconds=piece.timeout_seconds)
    return bool(running)


def _outcome(piece: Piece, ticket: Ticket) -> Outcome:
    try:
        return ticket.result()[0]
    except WorkerDied as error:
        return Outcome(piece.task.product, ArtifactState.FAILED, error=str(error))
