"""meaning: vectors of what a video shows and of what is said in it, for a search that needs no common word."""

from __future__ import annotations

import base64
import binascii
import json
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from vidwatchd import cues
from vidwatchd.artifacts.base import Kind, Made, MakeContext, Out, setting
from vidwatchd.backends.base import BackendContext
from vidwatchd.backends.embed import Embedder, Pictures, Words, embedder, weights
from vidwatchd.backends.embed.request import BATCH
from vidwatchd.cues import Cue, Track
from vidwatchd.errors import Unavailable, UsageError
from vidwatchd.model import MediaInfo, Wants

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_JSON = ".meaning.json"
FRAMES, SPEECH = "frames", "speech"
# Models look at 224 to 384 pixels; wider ones would only be scaled down again.
_WIDTH = 384
_PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Part:
    """The vectors of one video from one source: (n, dimensions) little-endian float16 of length 1, and n times."""

    source: str
    model: str
    dimensions: int
    starts: Sequence[float]
    ends: Sequence[float]
    vectors: bytes
    backend: str = ""


class Meaning(Kind):
    """A vector of a frame every few seconds, and one of every few sentences of the main track."""

    name: ClassVar[str] = "meaning"
    title: ClassVar[str] = "Meaning"
    summary: ClassVar[str] = "Note what is shown and said, for the search by meaning."
    tier: ClassVar[Literal["quick", "heavy", "model"]] = "model"
    suffixes: ClassVar[tuple[str, ...]] = (_JSON,)
    requires: ClassVar[tuple[str, ...]] = ("subtitles",)
    meant: ClassVar[str] = _JSON
    defaults: ClassVar[Mapping[str, str]] = {"device": "device"}

    model: str = setting(
        "auto", "model for pictures: auto, none, siglip2-base, clip-base, or the folder of one", "--model", min_length=1
    )
    text_model: str = setting(
        "auto", "model for speech: auto, none, minilm, or the folder of one", "--text-model", min_length=1
    )
    every_seconds: float = setting(10.0, "a frame is looked at this often", "--every", gt=0, le=3600)
    most_frames: int = setting(200, "of a longer video so many frames, evenly", "--most-frames", ge=1, le=10_000)
    words: int = setting(30, "so many words of speech are taken together", "--words", ge=1, le=200)
    device: Literal["auto", "cuda", "cpu"] = setting("auto", "where its models run", "--device")

    @property
    def settings_hash(self) -> str:
        """Where models run changes nothing of what they say."""
        if self.device == type(self).model_fields["device"].default:
            return super().settings_hash
        return self.model_copy(update={"device": type(self).model_fields["device"].default}).settings_hash

    def ready(self, models: str) -> Unavailable | None:
        """Its libraries and one of its models are needed."""
        return weights.lacking() or (None if self._looks(models) or self._reads(models) else self.lacks(models))

    def lacks(self, models: str) -> Unavailable | None:
        """Without a model for pictures, videos without speech must do without."""
        lacking = weights.lacking()
        if lacking:
            return lacking
        for wanted, known in ((self.model, weights.PICTURE_MODELS), (self.text_model, weights.SENTENCE_MODELS)):
            try:
                if weights.chosen(models, wanted, known):
                    return None
            except Unavailable as error:
                return error
        return Unavailable("neither pictures nor speech are to be looked at", hint='set "artifacts.meaning.model"')

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """``12 frames by siglip2-base:…, 4 passages by minilm:…``."""
        told = (f"{part['count']} {part['source']} by {part['model']}" for part in facts.get("parts", ()))
        return ", ".join(told) or "nothing to see or hear"

    def make(self, source: str, out: Out, ctx: MakeContext) -> Made:
        """Look and listen. Raises MediaError, Unavailable when the only model here has nothing to do."""
        info = ctx.open().info
        looks, reads = self._looks(ctx.models), self._reads(ctx.models)
        tracks = _tracks(ctx)
        if info.has_video and not looks and not tracks:
            raise self.lacks(ctx.models) or weights.missing(self.model)
        parts = [*self._frames(ctx, info, looks), *self._speech(ctx, tracks, reads)]
        facts = {"parts": [_fact(part) for part in parts]}
        document = {"video": out.name, "duration_seconds": round(info.duration_seconds, 3)}
        text = json.dumps({**document, "parts": [_plain(part) for part in parts]}, ensure_ascii=False)
        backends = "+".join(dict.fromkeys(part.backend for part in parts)) or "none"
        return Made({_JSON: out.write(_JSON, f"{text}\n".encode())}, facts, backend=backends)

    def _looks(self, models: str) -> str:
        """The model that looks at pictures; "" when there is none."""
        return _here(models, self.model, weights.PICTURE_MODELS)

    def _reads(self, models: str) -> str:
        return _here(models, self.text_model, weights.SENTENCE_MODELS)

    def _frames(self, ctx: MakeContext, info: MediaInfo, name: str) -> Iterator[Part]:
        from vidwatchd.media.probe import is_picture
        from vidwatchd.media.visit import visit

        if not name or not info.has_video or is_picture(info):
            return
        backend = embedder(weights.folder_of(ctx.models, name))
        if not backend.sees:
            raise UsageError(f"the model {name} sees no pictures", hint="name a SigLIP or CLIP model")
        eye = _Eye(backend, self._context(ctx), self._times(info))
        visit(ctx.open(), [eye], progress=lambda done: ctx.progress(0.9 * done), cancelled=ctx.cancelled)
        vectors = eye.finish()
        if len(vectors):
            ends = _until(eye.seen, info.duration_seconds)
            yield _part(FRAMES, weights.identity(ctx.models, name), backend.name, eye.seen, ends, vectors)

    def _times(self, info: MediaInfo) -> tuple[float, ...]:
        count = min(max(1, int(info.duration_seconds / self.every_seconds)), self.most_frames)
        return tuple((number + 0.5) * info.duration_seconds / count for number in range(count))

    def _speech(self, ctx: MakeContext, tracks: Sequence[Track], name: str) -> Iterator[Part]:
        passages = list(_passages(tracks[0].cues, self.words)) if tracks and name else []
        if passages:
            backend = embedder(weights.folder_of(ctx.models, name))
            vectors = backend.run(Words([cue.text for cue in passages]), self._context(ctx))
            starts, ends = [cue.start_seconds for cue in passages], [cue.end_seconds for cue in passages]
            yield _part(SPEECH, weights.identity(ctx.models, name), backend.name, starts, ends, vectors)

    def _context(self, ctx: MakeContext) -> BackendContext:
        return BackendContext(ctx.models, ctx.workdir, self.device, cancelled=ctx.cancelled)


class _Eye:
    """The tap of a visit: pictures become vectors some at a time, so that few are in memory."""

    def __init__(self, backend: Embedder, ctx: BackendContext, times: tuple[float, ...]) -> None:
        self.seen: list[float] = []
        self._backend, self._ctx, self._times = backend, ctx, times
        self._waiting: list[Image] = []
        self._vectors: list[NDArray[np.float16]] = []

    def wants(self, info: MediaInfo) -> Wants:
        """A keyframe nearby serves: what is shown is the same."""
        return Wants(self._times, _WIDTH)

    def take(self, at_seconds: float, image: Image) -> None:
        """One picture; one that serves twice is looked at once."""
        if self.seen and round(at_seconds, 3) <= self.seen[-1]:
            return
        self.seen.append(round(at_seconds, 3))
        self._waiting.append(image)
        if len(self._waiting) == BATCH:
            self._look()

    def finish(self) -> NDArray[np.float16]:
        """All vectors, in the order of ``seen``."""
        import numpy as np

        self._look()
        return np.concatenate(self._vectors) if self._vectors else np.zeros((0, 0), dtype=np.float16)

    def _look(self) -> None:
        if self._waiting:
            self._vectors.append(self._backend.run(Pictures(self._waiting), self._ctx))
            self._waiting = []


def parts(values: Any) -> tuple[Part, ...]:
    """What a file says, as far as it has the form that we write: files come from anywhere with a copied folder."""
    try:
        found = [_read(entry) for entry in values["parts"]]
    except (KeyError, TypeError, ValueError, binascii.Error):
        return ()
    return tuple(part for part in found if _sound(part))


def _here(models: str, wanted: str, known: tuple[str, ...]) -> str:
    try:
        return weights.chosen(models, wanted, known)
    except Unavailable:
        return ""


def _tracks(ctx: MakeContext) -> list[Track]:
    """What is said, the main track first; a file that is broken says nothing."""
    files = ctx.inputs.get("subtitles", {})
    path = next((path for suffix, path in files.items() if suffix.endswith(".json")), "")
    if not path or not os.path.isfile(path):
        return []
    try:
        with open(path, encoding="utf-8") as file:
            found = cues.tracks_from_plain(json.load(file))
    except (OSError, ValueError):
        return []
    return sorted((track for track in found if track.cues and not track.forced), key=lambda track: not track.default)


def _passages(lines: Sequence[Cue], most_words: int) -> Iterator[Cue]:
    """Lines taken together until they have so many words, or somebody pauses."""
    together: list[Cue] = []
    for cue in lines:
        if together and cue.start_seconds - together[-1].end_seconds > _PAUSE_SECONDS:
            yield _joined(together)
            together = []
        together.append(cue)
        if sum(len(each.text.split()) for each in together) >= most_words:
            yield _joined(together)
            together = []
    if together:
        yield _joined(together)


def _joined(together: Sequence[Cue]) -> Cue:
    text = " ".join(" ".join(cue.text.split()) for cue in together)
    return Cue(together[0].start_seconds, max(cue.end_seconds for cue in together), text)


def _until(starts: Sequence[float], duration_seconds: float) -> list[float]:
    return [*starts[1:], max(duration_seconds, starts[-1])]


def _part(
    source: str, model: str, backend: str, starts: Sequence[float], ends: Sequence[float], vectors: NDArray[np.float16]
) -> Part:
    return Part(source, model, vectors.shape[1], starts, ends, vectors.astype("<f2").tobytes(), backend)


def _fact(part: Part) -> dict[str, Any]:
    return {"source": part.source, "model": part.model, "dimensions": part.dimensions, "count": len(part.starts)}


def _plain(part: Part) -> dict[str, Any]:
    told = {"source": part.source, "backend": part.backend, "model": part.model, "dimensions": part.dimensions}
    times = {name: [round(at, 3) for at in getattr(part, name)] for name in ("starts", "ends")}
    return {**told, **times, "vectors": base64.b64encode(part.vectors).decode("ascii")}


def _read(entry: Mapping[str, Any]) -> Part:
    starts, ends = (array("d", map(float, entry[name])).tolist() for name in ("starts", "ends"))
    vectors = base64.b64decode(entry["vectors"], validate=True)
    return Part(str(entry["source"]), str(entry["model"]), int(entry["dimensions"]), starts, ends, vectors)


def _sound(part: Part) -> bool:
    n = len(part.starts)
    return n == len(part.ends) and part.dimensions > 0 and len(part.vectors) == 2 * n * part.dimensions > 0
