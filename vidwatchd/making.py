"""making: one visit, made and verified in a temporary folder; what a worker runs, knowing no index."""

from __future__ import annotations

from collections.abc import Callable

from vidwatchd.model import Outcome, VisitTask

PROGRESS_FILE = "progress"


def make_visit(task: VisitTask, progress: Callable[[float], None] | None = None) -> list[Outcome]:
    """Make every kind of ``task`` in one opening of its file; one outcome each, in the order asked.

    Without ``progress`` it is written to the file ``progress`` in the task's out folder.
    """
    raise NotImplementedError
