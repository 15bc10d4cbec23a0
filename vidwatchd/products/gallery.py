"""gallery: what one person looks like, learnt from a folder of their pictures and videos."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.faces import FaceFinder, Look, chosen
from vidwatchd.errors import BackendFailed, MediaError, Unavailable
from vidwatchd.model import MediaInfo, Wants, portable
from vidwatchd.products.base import Produced, Product, ProductContext, setting
from vidwatchd.signatures import Signatures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

# A face that is small in a larger picture is not the one that it was taken of.
_LONGEST_PIXELS = 1600
_WIDTH = 1280
_FEWEST = 8
# More of one video say little more, and an hour of one must not outvote every picture.
_MOST_OF_A_VIDEO = 30
# So many of its frames tell who is in most of them.
_ASKED = 500


class Gallery(Product):
    """The facts are ``{"space", "dimensions", "vectors", "sources", "skipped"}``; no file is written.

    ``vectors`` is base64 of little-endian float16, a row a face; ``sources`` the name of each row's file; ``skipped``
    are files without a row, ``[name, reason]``. Of a picture it is the largest face, of a video the one that is largest
    in most frames.
    """

    name: ClassVar[str] = "gallery"
    summary: ClassVar[str] = "Learn what one person looks like."

    models: str = setting("", "folder of the models (native path)")
    backend: Literal["auto", "insightface", "sface", "deepface"] = setting(AUTO, "what finds faces")
    model: str = setting(AUTO, "its model, by name or the path of its folder", min_length=1)
    device: Literal["auto", "cuda", "cpu"] = setting(AUTO, "where its models run")
    sample_rate: float = setting(1.0, "frames of a video looked at in a second", gt=0, le=60)

    def ready(self) -> Unavailable | None:
        """A backend with its model is needed. Raises UsageError for a backend that there is not."""
        try:
            self._chosen()
        except Unavailable as error:
            return error
        return None

    def make(self, sources: Sequence[str], out: str, ctx: ProductContext) -> Produced:
        """Look at all of one person's files; one that cannot be read is skipped. Raises Unavailable, UsageError."""
        finder = self._chosen()
        album = _Album(finder, BackendContext(self.models, out, self.device), self.sample_rate)
        for number, path in enumerate(sources):
            album.look(path, lambda done, number=number: ctx.progress((number + done) / len(sources)))  # type: ignore[misc]
        return Produced(album.facts())

    def _chosen(self) -> FaceFinder:
        return chosen(self.models, self.backend, self.model, self.device)


@dataclass(slots=True)
class _Album:
    finder: FaceFinder
    ctx: BackendContext
    sample_rate: float
    rows: list[NDArray[np.float32]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    skipped: list[list[str]] = field(default_factory=list)

    def look(self, path: str, progress: Callable[[float], None]) -> None:
        """Take the faces of one file, or note why there is none."""
        name = portable(os.path.basename(path))
        try:
            found = self._found(path, progress)
        except (MediaError, BackendFailed) as error:
            self.skipped.append([name, str(error)])
            return
        if not found:
            self.skipped.append([name, "no face was found in it"])
        self.rows += found
        self.sources += [name] * len(found)

    def facts(self) -> dict[str, Any]:
        """What was learnt, as the product tells it; without a face nobody knows how long a vector would have been."""
        size = len(self.rows[0]) if self.rows else 0
        space = Signatures(self.finder.name, self.finder.model, size).space if size else ""
        blob = b"".join(row.astype("<f2").tobytes() for row in self.rows)
        vectors = base64.b64encode(blob).decode("ascii")
        head = {"space": space, "dimensions": size, "vectors": vectors}
        return {**head, "sources": self.sources, "skipped": self.skipped}

    def _found(self, path: str, progress: Callable[[float], None]) -> list[NDArray[np.float32]]:
        from vidwatchd.media.pictures import read_picture

        image = read_picture(path, _LONGEST_PIXELS)
        if image is not None:
            return self._largest(image)
        from vidwatchd.media.visit import visit

        tap = _Tap(self._largest, self.sample_rate)
        visit(path, [tap], progress=progress)
        return _of_one(tap.found, self.finder.distances.cluster) if tap.found else []

    def _largest(self, image: Image) -> list[NDArray[np.float32]]:
        import numpy as np

        return [face.vector for face in self.finder.run(Look(np.asarray(image), most=1), self.ctx)]


class _Tap:
    """The largest face of evenly spaced frames of a video."""

    def __init__(self, look: Callable[[Image], list[NDArray[np.float32]]], sample_rate: float) -> None:
        self.found: list[NDArray[np.float32]] = []
        self._look = look
        self._rate = sample_rate
        self._shown = -1.0

    def wants(self, info: MediaInfo) -> Wants:
        """As many frames as the sample rate says; a video too short for eight is looked at more often."""
        shortest = 1 / (info.frames_per_second or 25.0)
        wanted = min(1 / self._rate, info.duration_seconds / _FEWEST if info.duration_seconds else shortest)
        step = max(wanted, shortest)
        count = max(1, int(info.duration_seconds / step + 1e-6))
        return Wants(tuple(number * step for number in range(count)), _WIDTH, tolerance_seconds=step / 4)

    def take(self, at_seconds: float, image: Image) -> None:
        """Keep its largest face; a frame that is shown for long counts once."""
        if at_seconds != self._shown:
            self.found += self._look(image)
        self._shown = at_seconds


def _of_one(rows: Sequence[NDArray[np.float32]], distance: float) -> list[NDArray[np.float32]]:
    """The faces of whoever is seen most, in the order of time, thinned evenly: passers-by are nearer at times."""
    import numpy as np

    every = np.stack(rows)
    asked = every[:: -(-len(every) // _ASKED)]
    centre = every[int((every @ asked.T >= 1 - distance).sum(axis=1).argmax())]
    near = every[every @ centre >= 1 - distance]
    return list(near[:: -(-len(near) // _MOST_OF_A_VIDEO)])
