"""sface: faces by OpenCV alone: YuNet finds them, SFace or another recogniser in its convention tells them apart."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.faces import crops, failures
from vidwatchd.backends.faces.packs import Pack, chosen, for_opencv
from vidwatchd.backends.faces.request import Distances, Look, Seen
from vidwatchd.errors import BackendFailed, Unavailable
from vidwatchd.model import display, portable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODELS = ("sface",)
EXTRA = "pip install 'vidwatchd[faces]'"
# SFace (128) is published with 0.363 as the cosine from which two pictures are one person
# (https://docs.opencv.org/4.x/d0/dd4/tutorial_dnn_face.html). That is where most *pairs* are judged rightly; in a library
# every face meets every other, and one pair judged wrongly joins two people. Users found that it takes above 0.55
# (https://github.com/opencv/opencv_zoo/issues/54). Joining is easily done by hand and parting is not: so 0.55 across
# videos, and less within one, where the same clothes and light help.
_SFACE = Distances(match=0.60, cluster=0.50, people=0.45, label=0.50)
# MobileFace V2 (256): the same person 0.87 on average, different ones 0.05 and at most 0.58, by its makers; signatures of
# two videos of one man measured 0.94, of him and a woman 0.23, single frames of them 0.48 to 0.94 and at most 0.43.
_MOBILEFACE = Distances(match=0.50, cluster=0.40, people=0.40, label=0.40)
DISTANCES: Mapping[int, Distances] = {128: _SFACE, 256: _MOBILEFACE}

# Measured on clips: faces of people are at 0.87 and more, drawn animals and flames at 0.69 and less.
_LEAST_SCORE = 0.75
_OVERLAP = 0.3
_MOST_CANDIDATES = 5000
# Larger pictures cost more than the small faces in them are worth. In the small one are those faces that fill a picture:
# YuNet is sure of none above some 500 pixels.
_LARGE, _SMALL = 1280, 320


class SFace:
    """``model`` is a name such as ``sface`` or the path of a folder with two such models; runs on the CPU only."""

    task = "faces"
    name = "sface"
    rank = 10

    def __init__(self, models: str, model: str = AUTO, device: str = AUTO) -> None:
        self._pack = chosen(models, model, MODELS, for_opencv)

    @property
    def model(self) -> str:
        """Which weights; "" when none are here."""
        return self._pack.model if isinstance(self._pack, Pack) else ""

    @property
    def distances(self) -> Distances:
        """Those of the recogniser, which is loaded where its file does not say how long its vectors are."""
        if not isinstance(self._pack, Pack):
            return _SFACE
        return distances(self._pack.dimensions or _length(self._pack.detector, self._pack.recogniser))

    def ready(self) -> Unavailable | None:
        """Whether OpenCV is installed and the models are here."""
        if importlib.util.find_spec("cv2") is None:
            return Unavailable("OpenCV is not installed", hint=EXTRA)
        return self._pack if isinstance(self._pack, Unavailable) else None

    def run(self, request: Look, ctx: BackendContext) -> list[Seen]:
        """All faces, the largest first. Raises Unavailable, BackendFailed."""
        if isinstance(self._pack, Unavailable):
            raise self._pack
        ctx.check()
        detector, recogniser = _loaded(self._pack.detector, self._pack.recogniser)
        import cv2

        picture = cv2.cvtColor(request.image, cv2.COLOR_RGB2BGR)
        try:
            rows = _found(detector, picture)
            rows = rows[crops.largest(rows[:, :4], request)]
            seen = [_seen(recogniser, picture, row) for row in rows]
        except cv2.error as error:
            raise BackendFailed(f"OpenCV could not look for faces: {failures.told(error)}") from error
        return [face for face in seen if face is not None]

    def unload(self) -> None:
        """Let go of the models."""
        _loaded.cache_clear()


def distances(dimensions: int) -> Distances:
    """Those of a recogniser with vectors of this length; SFace's for one that is not known."""
    return DISTANCES.get(dimensions, _SFACE)


@lru_cache(maxsize=1)
def _loaded(detector: str, recogniser: str) -> tuple[Any, Any]:
    """Detector and recogniser. Handed over as bytes, as OpenCV opens no path that is not UTF-8."""
    try:
        import cv2
    except ImportError as error:
        raise Unavailable(f"OpenCV cannot be loaded: {error}", hint="vidwatchd doctor says why") from error
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of each model that it makes
    nothing = _bytes("")
    try:
        finds = cv2.FaceDetectorYN.create(
            "onnx", _bytes(detector), nothing, (_SMALL, _SMALL), _LEAST_SCORE, _OVERLAP, _MOST_CANDIDATES
        )
        return finds, cv2.FaceRecognizerSF.create("onnx", _bytes(recogniser), nothing)
    except (cv2.error, OSError) as error:
        said = f"the models in {display(portable(detector))} and {display(portable(recogniser))} cannot be loaded"
        raise Unavailable(f"{said}: {failures.told(error)}", hint="pull them again") from error


def _length(detector: str, recogniser: str) -> int:
    """How long the vectors are."""
    import cv2
    import numpy as np

    try:
        blank = np.zeros((crops.SIDE, crops.SIDE, 3), np.uint8)
        return int(_loaded(detector, recogniser)[1].feature(blank).size)
    except cv2.error as error:
        raise BackendFailed(f"OpenCV could not tell faces apart: {failures.told(error)}") from error


def _bytes(path: str) -> NDArray[np.uint8]:
    import numpy as np

    return np.fromfile(path, np.uint8) if path else np.empty(0, np.uint8)


def _found(detector: Any, picture: NDArray[Any]) -> NDArray[Any]:
    """(n, 15) rows in pixels of the picture: box, five points, score."""
    import numpy as np

    fine, coarse = (_looked(detector, picture, longest) for longest in (_LARGE, _SMALL))
    new = [row for row in coarse if not any(_overlap(row, other) > _OVERLAP for other in fine)]
    return np.vstack([fine, *new])


def _looked(detector: Any, picture: NDArray[Any], longest: int) -> NDArray[Any]:
    """What is found at a size of which no side is longer; nothing where that is the size of a larger look."""
    import cv2
    import numpy as np

    scale = min(1.0, longest / max(picture.shape[:2]))
    none = np.empty((0, 15), np.float32)
    if scale == 1.0 and longest != _LARGE:
        return none
    high, wide = (max(1, round(side * scale)) for side in picture.shape[:2])
    small = picture if scale == 1.0 else cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    detector.setInputSize((wide, high))
    rows = detector.detect(small)[1]
    if rows is None:
        return none
    rows[:, :14] /= scale
    return np.asarray(rows)


def _overlap(one: Any, other: Any) -> float:
    from vidwatchd.signatures import Box

    return Box(*one[:4]).overlap(Box(*other[:4]))


def _seen(recogniser: Any, picture: NDArray[Any], row: NDArray[Any]) -> Seen | None:
    import cv2

    crop = recogniser.alignCrop(picture, row)
    vector = crops.unit(recogniser.feature(crop))
    if vector is None:
        return None
    face = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)
    return Seen(crops.fraction(row[:4], picture), float(row[14]), crops.sharpness(face), vector, face)
