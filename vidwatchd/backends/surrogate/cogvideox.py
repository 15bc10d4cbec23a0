"""cogvideox: a short video that a CogVideoX model (Yang et al. 2024) makes of a film's words and pictures.

A model that takes a picture makes one clip of each of a few of the film's own, one after the other; one that takes
words alone makes one clip.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

from PIL import Image

from vidwatchd.backends import graphics, lapses
from vidwatchd.backends.base import AUTO, BackendContext
from vidwatchd.backends.embed import weights
from vidwatchd.backends.surrogate import moments, pipelines
from vidwatchd.backends.surrogate.pipelines import Found, Shape
from vidwatchd.backends.surrogate.request import FILE, Request, Surrogate
from vidwatchd.errors import BackendFailed, Unavailable, VidwatchdError
from vidwatchd.media import films

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vidwatchd.backends.surrogate import Options

# Each clip takes a card a minute or more, and four show what a film is about.
_MOST_CLIPS = 4
_WORDLESS = "A scene of a film."


class CogVideoX:
    """By itself it is taken only where a graphics card works, or the processor was asked for: it takes very long there."""

    task: ClassVar[str] = "surrogate"
    name: ClassVar[str] = "cogvideox"
    rank: ClassVar[int] = 10

    def __init__(self, options: Options, models: str) -> None:
        self._wanted = options.model
        self._device = options.device
        self._by_itself = options.backend == AUTO
        self._models = models

    def ready(self) -> Unavailable | None:
        """Why it cannot run here, or None."""
        lost = pipelines.lacking()
        if lost is not None:
            return lost
        try:
            pipelines.found(self._models, self._wanted)
        except Unavailable as error:
            return error
        return graphics.too_slow(self.name, "t2v.device", self._device) if self._by_itself else None

    def run(self, request: Request, ctx: BackendContext) -> Surrogate:
        """The clips as one film. Raises BackendFailed (out of memory, no numbers), Unavailable, MediaError, Cancelled."""
        found = pipelines.found(self._models, self._wanted)
        place = weights.place(ctx.device if self._device == AUTO else self._device)
        path = os.path.join(request.out, FILE)
        try:
            with lapses.told(found.name):
                seconds = _Run(self._pipe(found, place), found, request, ctx).write(path)
        except VidwatchdError:
            self.unload()  # what is left of a run that broke off holds the memory that the next one needs
            raise
        return Surrogate(path, "generated", found.name, seconds)

    def unload(self) -> None:
        """Let go of what was loaded."""
        pipelines.unload()

    def _pipe(self, found: Found, place: str) -> Any:
        return pipelines.load(found.folder, found.kind, place)


class _Run:
    """One film's clips, made one after the other while they are written."""

    def __init__(self, pipe: Any, found: Found, request: Request, ctx: BackendContext) -> None:
        self._pipe = pipe
        self._request = request
        self._ctx = ctx
        self._shape: Shape = pipelines.shape(pipe)
        self._frame = self._shape.width, self._shape.height
        media = request.open()
        self._part = moments.inside(self._frame, (media.info.width, media.info.height))
        self._pictures = self._begin(media) if found.takes_picture else [None]

    def write(self, path: str) -> float:
        """The film; gives its seconds. Whatever of it is there when it fails is worth nothing."""
        seconds = self._shape.seconds * len(self._pictures)
        films.write(
            path,
            self._images(),
            frames_per_second=self._shape.frames_per_second,
            most_kbps=self._request.max_bytes * 8 / seconds / 1000,
        )
        return seconds

    def _begin(self, media: Any) -> list[Image.Image | None]:
        """The pictures that clips begin with: as many as the film has scenes, is long enough for, and we make."""
        length = media.info.duration_seconds
        fitting = max(1, ceil(length / self._shape.seconds))
        scenes = len(self._request.scenes) if len(self._request.scenes) > 1 else fitting
        at = moments.times(length, self._request.scenes, min(scenes, fitting, _MOST_CLIPS))
        found = moments.stills(media, at, self._part[0], self._ctx.cancelled)
        return [moments.on_black(image, self._frame, self._part) for image in found]

    def _images(self) -> Iterator[Image.Image]:
        left, top = moments.corner(self._frame, self._part)
        for number, picture in enumerate(self._pictures):
            for values in self._clip(number, picture):
                image = Image.fromarray((values * 255).round().astype("uint8"))
                yield image.crop((left, top, left + self._part[0], top + self._part[1]))

    def _clip(self, number: int, picture: Image.Image | None) -> NDArray[np.float32]:
        """(frames, height, width, 3), 0 to 1. Raises BackendFailed when the model gives no numbers, Cancelled."""
        import numpy as np
        import torch

        self._ctx.check()
        settings = self._pipe.transformer.config
        given = {} if picture is None else {"image": picture}
        try:
            made = self._pipe(
                prompt=self._request.words or _WORDLESS,
                width=self._shape.width,
                height=self._shape.height,
                num_frames=self._shape.frames,
                num_inference_steps=self._request.steps,
                # The processor's numbers, whatever it runs on: a seed makes the same noise everywhere.
                generator=torch.Generator("cpu").manual_seed(self._request.seed + number),
                max_sequence_length=settings.max_text_seq_length,
                output_type="np",
                callback_on_step_end=self._step(number),
                **given,
            )
        finally:
            self._pipe.maybe_free_model_hooks()
        values: NDArray[np.float32] = np.asarray(made.frames[0])
        if not np.isfinite(values).all():
            raise BackendFailed("the model made pictures without numbers (NaN)", hint="another device may compute them")
        return values

    def _step(self, number: int) -> Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]:
        def tell(pipe: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            """After each step: how far it is, and whether to stop, which leaves the rest and the decoding undone."""
            self._ctx.check()
            self._ctx.progress((number + (step + 1) / self._request.steps) / len(self._pictures))
            return values

        return tell
