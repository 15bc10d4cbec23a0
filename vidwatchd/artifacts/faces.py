"""faces: the distinct faces of a video: when and where each is seen, and the signature that it is known by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from vidwatchd.artifacts.base import FrameKind, Made, Out, setting
from vidwatchd.errors import Unavailable
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    from PIL.Image import Image

_JSON, _FOLDER = ".faces.signatures.json", ".faces"


class Faces(FrameKind):
    """One signature of every distinct face, with the times at which it is seen."""

    name: ClassVar[str] = "faces"
    title: ClassVar[str] = "Faces"
    summary: ClassVar[str] = "Find the distinct faces of each video, and when they are seen."
    tier: ClassVar[Literal["quick", "heavy", "model"]] = "heavy"
    suffixes: ClassVar[tuple[str, ...]] = (_JSON,)
    folder: ClassVar[str] = _FOLDER
    seen: ClassVar[str] = _JSON
    aliases: ClassVar[tuple[str, ...]] = ("embed",)
    defaults: ClassVar[Mapping[str, str]] = {"device": "device"}

    backend: Literal["auto", "insightface", "sface", "deepface"] = setting("auto", "what finds faces", "--backend")
    device: Literal["auto", "cuda", "cpu"] = setting("auto", "where its models run", "--device")

    def ready(self, models: str) -> Unavailable | None:
        """A backend with its model is needed."""
        return Unavailable("no model for faces is here", hint="vidwatchd models pull sface")

    def wants(self, info: MediaInfo) -> Wants | None:
        """Frames at the sample rate."""
        raise NotImplementedError

    def take(self, at_seconds: float, image: Image) -> None:
        """Find the faces of one frame."""
        raise NotImplementedError

    def finish(self, out: Out) -> Made:
        """Write the signatures."""
        raise NotImplementedError

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """``3 faces``."""
        return f"{facts.get('faces', 0)} faces"
