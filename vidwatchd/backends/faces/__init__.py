"""faces: ways to find the faces in a picture, and what tells one person's from another's."""

from __future__ import annotations

from vidwatchd.backends import base
from vidwatchd.backends import models as known
from vidwatchd.backends.base import AUTO
from vidwatchd.backends.faces import deepface, insightface, sface
from vidwatchd.backends.faces.request import Distances, FaceFinder, Look, Seen
from vidwatchd.errors import Unavailable

__all__ = ["Distances", "FaceFinder", "Look", "Seen", "chosen", "distances", "finders"]


def finders(models: str, model: str = AUTO, device: str = AUTO) -> list[FaceFinder]:
    """Every backend, the best first; ``model`` is a known name, one of the folders in ``models``, or a path."""
    return [
        insightface.InsightFace(models, model, device),
        sface.SFace(models, model, device),
        deepface.DeepFace(models, model, device),
    ]


def chosen(models: str, backend: str = AUTO, model: str = AUTO, device: str = AUTO) -> FaceFinder:
    """The best backend that is ready, or the one named. Raises Unavailable with the remedy, UsageError."""
    every = finders(models, model, device)
    try:
        return base.choose(every, backend)[0]
    except Unavailable:
        if backend != AUTO:
            raise
    raise _remedy(every, model)


def distances(space: str) -> Distances:
    """What is near in a ``Signatures.space``; no model is loaded."""
    backend, _, rest = space.partition(":")
    model, _, dimensions = rest.rpartition(":")
    if backend == insightface.InsightFace.name:
        return insightface.DISTANCES
    if backend == deepface.DeepFace.name:
        return deepface.distances(model)
    return sface.distances(int(dimensions) if dimensions.isdecimal() else 0)


def _remedy(every: list[FaceFinder], model: str) -> Unavailable:
    """What to say when nothing is ready: of the backend that reads the model named, else of the one that is free to use."""
    listed = known.MODELS.get(model)
    name = listed.backend if listed else sface.SFace.name
    reasons = {finder.name: finder.ready() for finder in every}
    return reasons.get(name) or Unavailable("nothing here finds faces", hint="vidwatchd doctor says why")
