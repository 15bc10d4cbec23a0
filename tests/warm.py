"""warm: a context whose worker processes stay for the next test: starting one takes longer than most of what it is for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from vidwatchd import operations
from vidwatchd.config import Config
from vidwatchd.operations import Context
from vidwatchd.runners.local import MEMORY_BYTES, LocalRunner

Opened = contextlib.AbstractContextManager[Context]


class Kept(LocalRunner):
    """Real workers; closing it leaves them alone unless they are at something that must end."""

    def close(self, wait_seconds: float = 0.0) -> None:
        if any(not future.done() for future in list(self._running)):
            super().close(wait_seconds)


class WarmContext(Context):
    """A context whose runners come from a ``Bench``, two workers each, however many are asked for."""

    def runner(self, workers: int = 0, memory_bytes: int = MEMORY_BYTES, *, most: int = 0) -> LocalRunner:
        return self.held["bench"].runner(memory_bytes)

    def model_runner(self) -> LocalRunner:
        return self.held["bench"].runner(0)


class Bench:
    """The runners that a module's tests share."""

    def __init__(self) -> None:
        self._runners: dict[int, Kept] = {}

    def runner(self, memory_bytes: int) -> Kept:
        """The one whose workers are bounded like this."""
        return self._runners.setdefault(memory_bytes, Kept(2, memory_bytes=memory_bytes))

    @contextlib.contextmanager
    def open(self, config: Config, how: Callable[[Config], Opened] = operations.open) -> Iterator[Context]:
        """As ``operations.open`` or ``operations.peek``, with these runners."""
        with how(config) as ctx:
            yield WarmContext(ctx.config, ctx.index, ctx.notify, held={"bench": self})

    def close(self) -> None:
        """End all workers."""
        for runner in self._runners.values():
            LocalRunner.close(runner)
