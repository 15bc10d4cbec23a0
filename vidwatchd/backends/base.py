"""base: what a backend is: one way to do one task, with a model or without, chosen by rank among those that are ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from vidwatchd.errors import Cancelled, Unavailable, UsageError, VidwatchdError

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class BackendContext:
    """What a run is handed: progress (0 to 1), whether to stop, and where the models and temporary files lie."""

    models: str
    workdir: str = ""
    device: str = AUTO
    progress: Callable[[float], None] = lambda done: None
    cancelled: Callable[[], bool] = lambda: False

    def check(self) -> None:
        """Raise Cancelled when somebody stopped this."""
        if self.cancelled():
            raise Cancelled("stopped")


class Backend(Protocol):
    """One way to do a task. ``rank``: the higher is tried first; below 0 it needs no model."""

    task: str
    name: str
    rank: int

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, with the command that fixes it, or None. Never downloads, never loads a model."""

    def run(self, request: Any, ctx: BackendContext) -> Any:
        """Do it. None: it has nothing to say about this file, and the next one is asked."""

    def unload(self) -> None:
        """Let go of what was loaded."""


B = TypeVar("B", bound=Backend)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a backend gave, and which; ``fallback_from`` tells of better ones that failed: name → reason."""

    result: Any
    backend: str
    fallback_from: tuple[tuple[str, str], ...] = ()


def choose(backends: Sequence[B], wanted: str = AUTO) -> list[B]:
    """The backends to try, best first: all that are ready, or the one of that name.

    Raises UsageError for an unknown name, Unavailable when the one named, or every one, is not ready.
    """
    if wanted != AUTO:
        named = next((backend for backend in backends if backend.name == wanted), None)
        if named is None:
            raise UsageError(f"there is no backend {wanted!r}", hint=f"known: {', '.join(b.name for b in backends)}")
        lacking = named.ready()
        if lacking is not None:
            raise lacking
        return [named]
    reasons = [(backend, backend.ready()) for backend in sorted(backends, key=lambda b: -b.rank)]
    found = [backend for backend, lacking in reasons if lacking is None]
    if not found and reasons:
        raise reasons[0][1] or Unavailable("nothing can do this here")
    return found


def run(backends: Sequence[Backend], request: Any, ctx: BackendContext) -> Ran | None:
    """Run the first that succeeds; a failure falls to the next. None when none has anything to say.

    Raises the first failure when all failed, Cancelled at once.
    """
    failures: list[tuple[str, VidwatchdError]] = []
    for backend in backends:
        ctx.check()
        try:
            result = backend.run(request, ctx)
        except Cancelled:
            raise
        except VidwatchdError as error:
            failures.append((backend.name, error))
            continue
        if result is not None:
            return Ran(result, backend.name, tuple((name, str(error)) for name, error in failures))
    if failures:
        raise failures[0][1]
    return None
