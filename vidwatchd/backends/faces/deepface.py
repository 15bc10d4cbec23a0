"""deepface: faces by DeepFace, where a person has installed it and its weights are on the disk already.

It is no extra of this program: it brings a build of OpenCV that is a rival of the one here. What it lacks it would
download, which is refused.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.faces import crops, failures
from vidwatchd.backends.faces.packs import mark
from vidwatchd.backends.faces.request import Distances, Look, Seen
from vidwatchd.errors import BackendFailed, Unavailable
from vidwatchd.model import display, portable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HOME = "DEEPFACE_HOME"
_WEIGHTS = os.path.join(".deepface", "weights")
# Its other detectors need more libraries, or what OpenCV 5 no longer has.
_DETECTOR, _DETECTOR_FILE = "yunet", "face_detection_yunet_2023mar.onnx"
# Its engines, what each needs and how its weights' names end; its own order prefers what takes longer to load.
_ENGINES = {
    "onnx": ("onnxruntime", ".onnx"),
    "pytorch": ("torch", ".pth"),
    "tensorflow": ("tensorflow", ".h5"),
}
_ENGINE = "DEEPFACE_BACKEND_ENGINE"


@dataclass(frozen=True, slots=True)
class _Recogniser:
    name: str
    weights: str
    distances: Distances


# DeepFace's own thresholds for pairs are 0.30 and 0.68 (deepface/config/threshold.py); as with SFace, groups need less.
_RECOGNISERS: Mapping[str, _Recogniser] = {
    "facenet512": _Recogniser("Facenet512", "facenet512_weights", Distances(0.30, 0.22, 0.22, 0.22)),
    "arcface": _Recogniser("ArcFace", "arcface_weights", Distances(0.60, 0.50, 0.45, 0.45)),
}


class DeepFace:
    """``model`` is ``facenet512`` or ``arcface``; where it runs, DeepFace decides."""

    task = "faces"
    name = "deepface"
    rank = 5

    def __init__(self, models: str, model: str = AUTO, device: str = AUTO) -> None:
        self._wanted = model
        names = list(_RECOGNISERS) if model == AUTO else [model.casefold()]
        offered = [_RECOGNISERS[name] for name in names if name in _RECOGNISERS]
        here = (recogniser for recogniser in offered if not _lost(recogniser))
        self._recogniser = next(here, offered[0] if offered else None)
        self._engine = _engine(self._recogniser) if self._recogniser else ""

    @property
    def model(self) -> str:
        """Which weights; "" when none are here."""
        if self._recogniser is None or _lost(self._recogniser):
            return ""
        paths = [_path(_DETECTOR_FILE), _path(_file(self._recogniser, self._engine))]
        return f"{self._recogniser.name.casefold()}:{mark(paths)}"

    @property
    def distances(self) -> Distances:
        """Those of the recogniser."""
        return distances(self._recogniser.name if self._recogniser else "")

    def ready(self) -> Unavailable | None:
        """Whether it is installed and its weights are on the disk."""
        if importlib.util.find_spec("deepface") is None:
            return Unavailable("deepface is not installed", hint="pip install deepface, if you want it")
        if self._recogniser is None:
            return Unavailable(f"deepface has no model {self._wanted!r} here", hint=f"known: {', '.join(_RECOGNISERS)}")
        lost = _lost(self._recogniser)
        if lost:
            said = f"deepface's {lost} is not in {display(portable(_path('')))}"
            return Unavailable(said, hint="put it there: nothing is downloaded here by itself")
        return None

    def run(self, request: Look, ctx: BackendContext) -> list[Seen]:
        """All faces, the largest first. Raises Unavailable, BackendFailed."""
        lacking = self.ready()
        if lacking is not None or self._recogniser is None:
            raise lacking or Unavailable("deepface has no model")
        ctx.check()
        try:
            with _silence():
                os.environ.setdefault(_ENGINE, self._engine)
                found = _represented(request.image, self._recogniser.name)
        except ImportError as error:
            raise Unavailable(
                f"deepface cannot be loaded: {failures.told(error)}", hint="pip install it anew"
            ) from error
        except failures.foreign() as error:
            raise BackendFailed(f"deepface could not look for faces: {failures.told(error)}") from error
        return _seen(request, found)

    def unload(self) -> None:
        """It keeps what it loaded until the process ends."""


def distances(model: str) -> Distances:
    """Those of the model of that name, or of an identity that begins with it."""
    name = model.partition(":")[0].casefold()
    return _RECOGNISERS.get(name, _RECOGNISERS["facenet512"]).distances


def _path(name: str) -> str:
    return os.path.join(os.environ.get(_HOME) or os.path.expanduser("~"), _WEIGHTS, name)


def _engine(recogniser: _Recogniser) -> str:
    """The one told by DeepFace's own setting, else the first that is installed and has its weights, else the lightest."""
    told = os.environ.get(_ENGINE, "").strip().casefold()
    offered = [told] if told in _ENGINES else list(_ENGINES)
    here = (name for name in offered if os.path.isfile(_path(_file(recogniser, name))))
    return next((name for name in here if importlib.util.find_spec(_ENGINES[name][0]) is not None), offered[0])


def _file(recogniser: _Recogniser, engine: str) -> str:
    return recogniser.weights + _ENGINES[engine][1]


def _lost(recogniser: _Recogniser) -> str:
    """The file that is not there; "" when both are."""
    names = (_DETECTOR_FILE, _file(recogniser, _engine(recogniser)))
    return next((name for name in names if not os.path.isfile(_path(name))), "")


def _represented(image: NDArray[np.uint8], name: str) -> list[dict[str, Any]]:
    os.environ.setdefault("DEEPFACE_LOG_LEVEL", "40")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import cv2
    from deepface import DeepFace as library
    from deepface.commons import weight_utils

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of the detector
    weight_utils.download_weights_if_necessary = _here
    bgr = image[:, :, ::-1].copy()
    told = library.represent(bgr, model_name=name, detector_backend=_DETECTOR, enforce_detection=False)
    return [face for face in told if face["face_confidence"] > 0]  # without a face it tells of the whole picture


def _here(file_name: str, *args: Any, **options: Any) -> str:
    """Stands for DeepFace's downloads: the file if it is there. Raises Unavailable."""
    path = _path(file_name)
    if not os.path.isfile(path):
        raise Unavailable(
            f"deepface wants {file_name}, which is not there", hint="nothing is downloaded here by itself"
        )
    return path


def _seen(request: Look, found: list[dict[str, Any]]) -> list[Seen]:
    import numpy as np

    areas = [[face["facial_area"][side] for side in ("x", "y", "w", "h")] for face in found]
    boxes = np.asarray(areas, np.float64).reshape(-1, 4)
    seen = []
    for row in crops.largest(boxes, request):
        crop, vector = _crop(request.image, boxes[row]), crops.unit(found[row]["embedding"])
        if crop is not None and vector is not None:
            box, score = crops.fraction(boxes[row], request.image), float(found[row]["face_confidence"])
            seen.append(Seen(box, score, crops.sharpness(crop), vector, crop))
    return seen


def _crop(image: NDArray[np.uint8], box: NDArray[Any]) -> NDArray[np.uint8] | None:
    """The face as large as an aligned one: DeepFace does not hand out what it aligned."""
    import cv2
    import numpy as np

    left, top, width, height = (max(0, round(float(value))) for value in box)
    part = image[top : top + height, left : left + width]
    return np.asarray(cv2.resize(part, (crops.SIDE, crops.SIDE)), np.uint8) if part.size else None


@contextmanager
def _silence() -> Iterator[None]:
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
