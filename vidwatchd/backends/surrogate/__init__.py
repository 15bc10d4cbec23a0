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

__all__ = ["FILE", "Options", "Request", "Surrogate", "loads", "replace", "surrogates"]


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

    A model that was named gives way, as one that fails does. Raises UsageError for an unknown backend, Unavailable when
    one that needs no model was named and is not ready, StorageError for a full disk (no other backend is tried),
    Cancelled, and what the first one failed with when all did.
    """
    return proven(_in_turn(surrogates(options, ctx.models, request.ffmpeg_path), options.backend), request, ctx)


def loads(options: Options, models: str) -> bool:
    """Whether a model is going to be loaded for it. Raises UsageError for an unknown backend."""
    return any(
        _is_model(each) and each.ready() is None for each in _in_turn(surrogates(options, models), options.backend)
    )


def proven(backends: Sequence[Backend], request: Request, ctx: BackendContext) -> Ran:
    """What the first of ``backends`` made that is worth keeping."""
    trouble: list[StorageError] = []
    ran = run([_Proven(backend, trouble) for backend in backends], request, ctx)
    if ran is None:
        raise MediaError(f"nothing can stand in for the picture of {request.open().name}")
    return ran


def _in_turn(backends: Sequence[Backend], wanted: str) -> Sequence[Backend]:
    """Those to try, the best first."""
    named = [backend for backend in backends if backend.name == wanted]
    if named and not _is_model(named[0]):
        return choose(backends, wanted)
    small = [backend for backend in backends if not _is_model(backend)]
    if named:
        return [*named, *(backend for backend in small if backend.ready() is None)]
    # With nothing ready at all, what the small ones lack is what to tell of: models are for those who want them.
    return choose(backends, wanted) if any(backend.ready() is None for backend in backends) else choose(small, wanted)


def _is_model(backend: Backend) -> bool:
    return backend.rank >= 0


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
            if lacking := self.ready():
                raise lacking
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
