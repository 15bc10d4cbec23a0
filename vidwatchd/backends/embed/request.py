"""request: what an embedder is asked, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from vidwatchd.backends.base import BackendContext
from vidwatchd.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

# So many at a time: enough to keep a processor busy, few enough that stopping takes a moment.
BATCH = 16

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures (RGB) to be turned into vectors."""

    images: Sequence[Image]


@dataclass(frozen=True, slots=True)
class Words:
    """Texts to be turned into vectors; ``question``: somebody looks for them, so they are put as captions are."""

    texts: Sequence[str]
    question: bool = False


class Embedder(Protocol):
    """A backend of the task ``embed``; ``sees``: it reads pictures too, and its words lie in the same space."""

    task: ClassVar[str]
    name: ClassVar[str]
    rank: ClassVar[int]
    sees: ClassVar[bool]

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, with the command that fixes it, or None. Never downloads, never loads a model."""

    def run(self, request: Pictures | Words, ctx: BackendContext) -> NDArray[np.float16]:
        """(n, dimensions) float16, each of length 1. Raises Unavailable, Cancelled."""

    def unload(self) -> None:
        """Let go of what was loaded."""


def batches(items: Sequence[T], ctx: BackendContext) -> Iterator[list[T]]:
    """Some at a time; between two of them it can be stopped, and tells how far it is."""
    left = iter(items)
    for number, some in enumerate(iter(lambda: list(islice(left, BATCH)), [])):
        ctx.check()
        yield some
        ctx.progress(min(1.0, (number + 1) * BATCH / len(items)))


def unit(rows: Any) -> NDArray[np.float16]:
    """A tensor's rows at length 1, as float16. Raises Unavailable for a model that gives no numbers."""
    import numpy as np

    values = rows.float().cpu().numpy()
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise Unavailable("the model gives no numbers", hint="its files are damaged: pull it again")
    return np.asarray(values / np.maximum(lengths, 1e-12), dtype=np.float16)


def stacked(
    items: Sequence[T], ctx: BackendContext, embed: Callable[[list[T]], NDArray[np.float16]]
) -> NDArray[np.float16]:
    """All batches' vectors, one below the other."""
    import numpy as np

    found = [embed(some) for some in batches(items, ctx)]
    return np.concatenate(found) if found else np.zeros((0, 0), dtype=np.float16)
