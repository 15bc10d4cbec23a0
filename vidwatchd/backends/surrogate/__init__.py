"""surrogate: what stands in for the picture of a stored film: a model, a tiny proxy, its scenes as stills, or a stub."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vidwatchd.backends.base import AUTO, Backend, BackendContext, Ran, choose, run
from vidwatchd.backends.surrogate.check import check
from vidwatchd.backends.surrogate.keyframes import Keyframes
from vidwatchd.backends.surrogate.proxy import Proxy
from vidwatchd.backends.surrogate.request import FILE, Request, Surrogate
from vidwatchd.backends.surrogate.stub import Stub
from vidwatchd.errors import MediaError, StorageError, VidwatchdError

__all__ = ["FILE", "Options", "Request", "Surrogate", "replace", "surrogates"]


@dataclass(frozen=True, slots=True)
class Options:
    """Which backend, which model it takes and where that runs."""

    backend: str = AUTO
    model: str = ""
    device: str = AUTO


def surrogates(options: Options, models: str, ffmpeg_path: str = "") -> list[Backend]:
    """Every backend, the best first."""
    return [*_models(options, models), Proxy(ffmpeg_path), Keyframes(ffmpeg_path), Stub(ffmpeg_path)]


def replace(request: Request, options: Options, ctx: BackendContext) -> Ran:
    """Make what stands in for the picture, by the best backend that can; its result is a ``Surrogate`` that was checked.

    Raises UsageError for an unknown backend, Unavailable when the one named is not ready, StorageError for a full disk
    (no other backend is tried), Cancelled, and what the first one failed with when all did.
    """
    chosen = choose(surrogates(options, ctx.models, request.ffmpeg_path), options.backend)
    return proven(chosen, request, ctx)


def proven(backends: Sequence[Backend], request: Request, ctx: BackendContext) -> Ran:
    """What the first of ``backends`` made that is worth keeping."""
    trouble: list[StorageError] = []
    ran = run([_Proven(backend, trouble) for backend in backends], request, ctx)
    if ran is None:
        raise MediaError(f"nothing can stand in for the picture of {request.open().name}")
    return ran


class _Proven:
    """A backend whose work is checked; what it leaves behind when it fails is deleted."""

    def __init__(self, backend: Backend, trouble: list[StorageError]) -> None:
        self.task, self.name, self.rank = backend.task, backend.name, backend.rank
        self.ready, self.unload = backend.ready, backend.unload
        self._backend = backend
        self._trouble = trouble

    def run(self, request: Request, ctx: BackendContext) -> Any:
        """Do it and look at it."""
        if self._trouble:
            # A smaller one might still fit on the disk, and would stay for good.
            raise self._trouble[0]
        try:
            made = self._backend.run(request, ctx)
            if made is not None:
                check(made, request)
            return made
        except VidwatchdError as error:
            if isinstance(error, StorageError):
                self._trouble.append(error)
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(request.out, FILE))
            raise


def _models(options: Options, models: str) -> list[Backend]:
    from vidwatchd.backends.surrogate.cogvideox import CogVideoX

    made: list[Any] = [CogVideoX(options, models)]
    return made
