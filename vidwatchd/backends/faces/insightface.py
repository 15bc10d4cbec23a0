"""insightface: faces by SCRFD and ArcFace out of a pack that lies on the disk; its published packs are non-commercial."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vidwatchd.backends import quiet
from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.faces import crops, failures
from vidwatchd.backends.faces.packs import Pack, chosen, for_insightface
from vidwatchd.backends.faces.request import Distances, Look, Seen
from vidwatchd.errors import BackendFailed, Unavailable, UsageError
from vidwatchd.model import display, portable

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The best first.
MODELS = ("buffalo_l", "antelopev2", "buffalo_m", "buffalo_s")
EXTRA = "pip install 'vidwatchd[insightface]'"
DISTANCES = Distances(match=0.55, cluster=0.40, people=0.45, label=0.40)
_LIBRARIES = ("insightface", "onnxruntime", "onnx", "cv2", "skimage")
_MODULES = ("detection", "recognition")
_CUDA, _CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
_LEAST_SCORE = 0.5
_AT_ONCE = 32


class InsightFace:
    """``model`` is a name such as ``buffalo_l`` or the path of a pack's folder."""

    task = "faces"
    name = "insightface"
    rank = 20

    def __init__(self, models: str, model: str = AUTO, device: str = AUTO) -> None:
        self._pack = chosen(models, model, MODELS, for_insightface)
        self._device = device

    @property
    def model(self) -> str:
        """Which weights; "" when none are here."""
        return self._pack.model if isinstance(self._pack, Pack) else ""

    @property
    def distances(self) -> Distances:
        """The same for every pack."""
        return DISTANCES

    def ready(self) -> Unavailable | None:
        """Whether the extra is installed and a pack is here."""
        lost = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
        if lost:
            return Unavailable(f"{lost[0]} is not installed", hint=EXTRA)
        return self._pack if isinstance(self._pack, Unavailable) else None

    def run(self, request: Look, ctx: BackendContext) -> list[Seen]:
        """All faces, the largest first. Raises Unavailable, UsageError, BackendFailed."""
        if isinstance(self._pack, Unavailable):
            raise self._pack
        ctx.check()
        finds, tells = _loaded(os.path.dirname(self._pack.detector), self._device)
        try:
            with _silence():
                return _seen(finds, tells, request)
        except failures.foreign() as error:
            raise BackendFailed(f"insightface could not look for faces: {failures.told(error)}") from error

    def unload(self) -> None:
        """Let go of the models."""
        _loaded.cache_clear()


@lru_cache(maxsize=1)
def _loaded(folder: str, device: str) -> tuple[Any, Any]:
    """Detector and recogniser. Raises Unavailable, UsageError."""
    if not os.path.isdir(folder):  # a name that is no folder would be taken for one to download
        raise Unavailable(f"there is no folder {display(portable(folder))}", hint="pull the model again")
    quiet.bars()
    try:
        with _silence():
            from insightface.app import FaceAnalysis

            wanted = providers(device)
            found = FaceAnalysis(folder, allowed_modules=list(_MODULES), providers=wanted)
            found.prepare(0 if _CUDA in wanted else -1, det_thresh=_LEAST_SCORE)
            models = found.det_model, found.models["recognition"]
    except ImportError as error:
        raise Unavailable(f"insightface cannot be loaded: {error}", hint="vidwatchd doctor says why") from error
    except failures.foreign() as error:
        said = f"the pack in {display(portable(folder))} cannot be loaded: {failures.told(error)}"
        raise Unavailable(said, hint="pull it again") from error
    if device == "cuda" and _CUDA not in models[0].session.get_providers():
        raise _no_card()
    return models


def providers(device: str) -> list[str]:
    """What onnxruntime is to run on, the first that works. Raises UsageError where a card is asked for and none is there."""
    import onnxruntime

    there = _CUDA in onnxruntime.get_available_providers()
    if device == "cuda" and not there:
        raise _no_card()
    return [_CUDA, _CPU] if there and device != "cpu" else [_CPU]


def _seen(finds: Any, tells: Any, request: Look) -> list[Seen]:
    import cv2
    import numpy as np
    from insightface.utils import face_align

    picture = cv2.cvtColor(request.image, cv2.COLOR_RGB2BGR)
    rows, points = finds.detect(picture)
    if not len(rows):
        return []
    boxes = np.column_stack([rows[:, :2], rows[:, 2:4] - rows[:, :2]])
    chosen_rows = crops.largest(boxes, request)
    side = tells.input_size[0]
    faces = [face_align.norm_crop(picture, points[row], side) for row in chosen_rows]
    found = []
    for row, face, vector in zip(chosen_rows, faces, _vectors(tells, faces), strict=True):
        crop = cv2.cvtColor(cv2.resize(face, (crops.SIDE, crops.SIDE)), cv2.COLOR_BGR2RGB)
        if (told := crops.unit(vector)) is not None:
            box = crops.fraction(boxes[row], picture)
            found.append(Seen(box, float(rows[row, 4]), crops.sharpness(crop), told, crop))
    return found


def _vectors(tells: Any, faces: list[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """A vector a face, several at once where the model takes several."""
    at_once = 1 if isinstance(tells.input_shape[0], int) else _AT_ONCE
    for start in range(0, len(faces), at_once):
        yield from tells.get_feat(faces[start : start + at_once])


@contextmanager
def _silence() -> Iterator[None]:
    """It prints what it loads, and skimage warns of how it aligns faces."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _no_card() -> UsageError:
    return UsageError("no graphics card works here", hint='set "device" to "auto" or "cpu"')
