"""faces: the distinct faces of a video: when and where each is seen, and the signature that it is known by."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import PrivateAttr

from vidwatchd.artifacts import tracks
from vidwatchd.artifacts.base import FrameKind, Made, MakeContext, Out, setting
from vidwatchd.backends import faces as backends
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.faces import FaceFinder, Look, Seen
from vidwatchd.errors import MediaError, Unavailable, UsageError
from vidwatchd.model import MediaInfo, Wants
from vidwatchd.signatures import Box, Face, Signatures, to_plain

if TYPE_CHECKING:
    from PIL.Image import Image

_JSON, _FOLDER = ".faces.signatures.json", ".faces"
# A face of 40 pixels in full HD still has 27 then; wider pictures cost more than the few smaller faces are worth.
_WIDTH = 1280
_FEWEST = 8
_PICTURE_PIXELS = 160
# So much of the surroundings, in faces: hair and chin are outside the box.
_AROUND = 0.4
_PICTURE_QUALITY = 4.0


class Faces(FrameKind):
    """One signature of every distinct face, with the times at which it is seen. No face is a result, too.

    A video too short for eight frames at the sample rate is looked at more often. Signatures of different models are
    never compared: with a better model here all are made again.
    """

    name: ClassVar[str] = "faces"
    title: ClassVar[str] = "Faces"
    summary: ClassVar[str] = "Find the distinct faces of each video, and when they are seen."
    tier: ClassVar[Literal["quick", "heavy", "model"]] = "heavy"
    suffixes: ClassVar[tuple[str, ...]] = (_JSON,)
    folder: ClassVar[str] = _FOLDER
    seen: ClassVar[str] = _JSON
    aliases: ClassVar[tuple[str, ...]] = ("embed",)
    defaults: ClassVar[Mapping[str, str]] = {"device": "device"}

    sample_rate: float = setting(1.0, "frames looked at in a second", "--sample-rate", gt=0, le=60)
    min_face_area: float = setting(1600.0, "smaller faces are left out; pixels of the video", "--min-face-area", ge=0)
    blur_threshold: float = setting(
        30.0, "faces less sharp are left out; variance of the Laplacian", "--blur-threshold", ge=0
    )
    max_gap: float = setting(
        0.75, "seconds beyond the next frame that a face may be out of sight", "--max-gap", ge=0, le=3600
    )
    min_track_frames: int = setting(3, "frames in which a face must be seen", "--min-track-frames", ge=1, le=1000)
    match_distance: float = setting(
        0.0, "cosine distance that is one face from frame to frame; 0: the model's own", "--match-distance", ge=0, le=2
    )
    cluster_eps: float = setting(
        0.0, "cosine distance that is one face at different times; 0: the model's own", "--cluster-eps", ge=0, le=2
    )
    cluster_min_samples: int = setting(
        1, "tracks that must be near each other to be a face", "--cluster-min-samples", ge=1, le=1000
    )
    thumbnails: bool = setting(True, "write a JPEG of each face", "--thumbnails")
    backend: Literal["auto", "insightface", "sface", "deepface"] = setting(
        "auto", "what finds faces; auto: the best that is here", "--backend"
    )
    model: str = setting("auto", "its model, by name or the path of its folder", "--model", min_length=1)
    device: Literal["auto", "cuda", "cpu"] = setting("auto", "where its models run", "--device")

    _weights: str = PrivateAttr("")
    _finder: Any = PrivateAttr(None)
    _ctx: Any = PrivateAttr(None)
    _info: MediaInfo | None = PrivateAttr(None)
    _interval: float = PrivateAttr(1.0)
    _shown: float = PrivateAttr(-1.0)
    _at: float = PrivateAttr(-1.0)
    _found: list[Seen] = PrivateAttr(default_factory=list)
    _follower: Any = PrivateAttr(None)

    @property
    def settings_hash(self) -> str:
        """Where models run changes nothing of what they see; which they are changes all."""
        usual = type(self).model_fields["device"].default
        if self.device == usual and not self._weights:
            return super().settings_hash
        plain = self.model_copy(update={"device": usual, "model": self._weights or self.model})
        plain._weights = ""
        return plain.settings_hash

    def resolved(self, models: str) -> Self:
        """With the backend and weights that "auto" means here, so that better ones make what others made stale."""
        try:
            finder = self._chosen(models)
        except (Unavailable, UsageError):
            return self
        found = self.model_copy(update={"backend": finder.name})
        found._weights = finder.model
        return found

    def ready(self, models: str) -> Unavailable | None:
        """A backend with its model is needed."""
        try:
            self._chosen(models)
        except Unavailable as error:
            return error
        except UsageError as error:
            return Unavailable(error.message, hint=error.hint)
        return None

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """``3 faces``."""
        count = facts.get("faces", 0)
        return "1 face" if count == 1 else f"{count or 'no'} faces"

    def begin(self, ctx: MakeContext) -> None:
        """Choose what looks; it loads its model with the first frame."""
        self._finder = self._chosen(ctx.models)
        self._ctx = BackendContext(ctx.models, ctx.workdir, self.device, cancelled=ctx.cancelled)

    def wants(self, info: MediaInfo) -> Wants | None:
        """Evenly spaced frames; the one before will do where that spares decoding it."""
        self._info = info
        if not info.has_video:
            return Wants((0.0,))  # so that the visit says what is wrong with the file
        shortest = 1 / (info.frames_per_second or 25.0)
        wanted = min(1 / self.sample_rate, info.duration_seconds / _FEWEST if info.duration_seconds else shortest)
        self._interval = max(wanted, shortest)
        count = max(1, int(info.duration_seconds / self._interval + 1e-6))
        times = tuple(number * self._interval for number in range(count))
        return Wants(times, _WIDTH, tolerance_seconds=self._interval / 4)

    def take(self, at_seconds: float, image: Image) -> None:
        """Find the faces of one frame and follow them; a frame that is shown for long is looked at once."""
        if at_seconds == self._shown:
            self._at += self._interval
        else:
            self._found, self._shown, self._at = self._look(image), at_seconds, at_seconds
        qualities = [tracks.quality(face, self._area(face.box)) for face in self._found]
        found = self._following.follow(self._at, self._found, qualities)
        for track in found if self.thumbnails else ():
            if track.at_seconds == self._at:  # better than before
                track.picture = _picture(image, track.best_box)

    def finish(self, out: Out) -> Made:
        """Write the signatures, and the pictures when they are wanted."""
        if self._follower is None:
            raise MediaError("no frame could be decoded for finding faces")
        groups = tracks.gather(self._follower.finish(), self._rules)
        files: dict[str, str] = {}
        faces = tuple(self._face(number, group, out, files) for number, group in enumerate(groups))
        dimensions = len(faces[0].vector) // 2 if faces else 0
        found = Signatures(self._finder.name, self._finder.model, dimensions, faces)
        head = {"video": out.name, "duration_seconds": round(self._duration, 3)}
        looked = {"sample_rate": round(1 / self._interval, 4), "frames": self._follower.frames}
        document = json.dumps({**head, **looked, **to_plain(found)}, ensure_ascii=False, indent=1)
        files[_JSON] = out.write(_JSON, f"{document}\n".encode())
        facts = {"faces": len(faces), "frames": self._follower.frames, "backend": found.backend, "model": found.model}
        seconds = round(sum(face.seconds for face in faces), 3)
        return Made(files, {**facts, "seconds": seconds}, backend=found.backend)

    def _chosen(self, models: str) -> FaceFinder:
        return backends.chosen(models, self.backend, self.model, self.device)

    @property
    def _rules(self) -> tracks.Rules:
        own = self._finder.distances
        return tracks.Rules(
            self.match_distance or own.match,
            self.cluster_eps or own.cluster,
            # The frames before and after are up to a quarter of an interval off.
            self._interval + max(self.max_gap, self._interval / 2),
            # A video of a frame or two has faces all the same.
            min(self.min_track_frames, max(self._follower.frames, 1) if self._follower else self.min_track_frames),
            self.cluster_min_samples,
        )

    @property
    def _following(self) -> tracks.Follower:
        if self._follower is None:
            self._follower = tracks.Follower(self._rules)
        follower: tracks.Follower = self._follower
        return follower

    @property
    def _duration(self) -> float:
        return self._info.duration_seconds if self._info else 0.0

    def _look(self, image: Image) -> list[Seen]:
        """The faces of a frame that are large and sharp enough."""
        import numpy as np

        scale = image.width / self._info.width if self._info and self._info.width else 1.0
        seen = self._finder.run(Look(np.asarray(image), self.min_face_area * scale**2), self._ctx)
        return [face for face in seen if face.sharpness >= self.blur_threshold]

    def _area(self, box: Box) -> float:
        """Of a face, in pixels of the video's own size."""
        return box.width * box.height * self._info.width * self._info.height if self._info else 0.0

    def _face(self, number: int, group: Sequence[tracks.Track], out: Out, files: dict[str, str]) -> Face:
        best, suffix = max(group, key=lambda track: track.quality), ""
        if best.picture:
            suffix = f"{_FOLDER}/face_{number:03d}.jpg"
            files[suffix] = out.write(suffix, best.picture)
        sightings = tuple(tracks.sighting(track, self._interval, self._duration) for track in group)
        return Face(number, tracks.signature(group).astype("<f2").tobytes(), sightings, suffix)


def _picture(image: Image, box: Box) -> bytes:
    """A JPEG of a face with some of what is around it."""
    from vidwatchd.media.images import jpeg_quality

    width, height = box.width * image.width, box.height * image.height
    middle, reach = ((box.left + box.width / 2) * image.width, (box.top + box.height / 2) * image.height), 0.5 + _AROUND
    side = max(width, height) * reach
    corners = (middle[0] - side, middle[1] - side, middle[0] + side, middle[1] + side)
    limits = (image.width, image.height, image.width, image.height)
    cut = image.crop(tuple(round(min(max(at, 0), most)) for at, most in zip(corners, limits, strict=True)))  # type: ignore[arg-type]
    cut.thumbnail((_PICTURE_PIXELS, _PICTURE_PIXELS))
    written = io.BytesIO()
    cut.save(written, "JPEG", quality=jpeg_quality(_PICTURE_QUALITY))
    return written.getvalue()
