"""caption: sentences about pictures, by a model that looks at them or by what can be measured of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from vidwatchd.backends import base
from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.caption.blip import Blip
from vidwatchd.backends.caption.blip2 import Blip2
from vidwatchd.backends.caption.facts import Facts
from vidwatchd.backends.caption.request import Caption, Captioner, Pictures

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Caption", "Captioner", "Described", "Options", "Pictures", "captioner", "captioners", "describe", "unload"]


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody chose: the backend's name or ``auto``, its model by name or folder ("": its own), the device."""

    backend: str = AUTO
    model: str = ""
    device: str = AUTO


@dataclass(frozen=True, slots=True)
class Described:
    """What was said, in order, and by what; where a better one failed on the way, ``backend`` said the rest."""

    captions: tuple[Caption, ...]
    backend: str
    model: str
    fallback_from: tuple[tuple[str, str], ...] = ()


def captioners(options: Options, models: str) -> list[Captioner]:
    """Every way to describe pictures; each is for one film, as it remembers the last picture."""
    by_itself = options.backend == AUTO
    return [made(models, options.model, options.device, by_itself=by_itself) for made in (Blip2, Blip, Facts)]


def captioner(options: Options, models: str) -> Captioner:
    """The best that is ready, or the one named. Raises UsageError for an unknown name, Unavailable."""
    return base.choose(captioners(options, models), options.backend)[0]


def describe(
    frames: Iterable[tuple[float, Image]], options: Options, ctx: BackendContext, *, batch: int = 8
) -> Described:
    """A caption a picture, so many at a time; what is said several times in a row is told once.

    One that fails leaves the rest to the next. Raises UsageError, Unavailable, BackendFailed when none is left, Cancelled.
    """
    left = base.choose(captioners(options, ctx.models), options.backend)
    captions: list[Caption] = []
    failed: dict[str, str] = {}
    for some in _batches(frames, batch):
        request = Pictures([image for _, image in some], [at for at, _ in some])
        ran = base.run(left, request, ctx)
        assert ran is not None  # a captioner always has something to say
        failed |= ran.fallback_from
        left = [backend for backend in left if backend.name not in failed]
        for at, text in zip(request.at_seconds, ran.result, strict=True):
            if text and not (captions and captions[-1].text == text):
                captions.append(Caption(at, text))
    return Described(tuple(captions), left[0].name, left[0].model, tuple(failed.items()))


def unload() -> None:
    """Let go of every model that was loaded for this."""
    for each in captioners(Options(), ""):
        each.unload()


def _batches(frames: Iterable[tuple[float, Image]], size: int) -> Iterator[list[tuple[float, Image]]]:
    left = iter(frames)
    return iter(lambda: list(islice(left, size)), [])
