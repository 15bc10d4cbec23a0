"""stored: a film in a few megabytes, to be read, heard and looked at when the film itself is gone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from vidwatchd.amounts import size
from vidwatchd.artifacts.base import Kind, Made, MakeContext, Out
from vidwatchd.backends.base import BackendContext
from vidwatchd.errors import Unavailable
from vidwatchd.storing import form, manifest, words
from vidwatchd.storing.settings import DEFAULTS, Settings

_FOLDER = "stored"
_MANIFEST = f"{_FOLDER}/{manifest.FILE}"


class Stored(Settings, Kind):
    """Sound, script and a small picture that stands in for the film's own, in a folder with a manifest that says what is
    real. The film itself is never changed. The transcript is that of the subtitles, with the lines that people changed,
    before or since."""

    name: ClassVar[str] = "stored"
    title: ClassVar[str] = "Stored form"
    summary: ClassVar[str] = "Keep a film in a few megabytes: its sound, its words and a small picture."
    tier: ClassVar[Literal["quick", "heavy", "model"]] = "model"
    suffixes: ClassVar[tuple[str, ...]] = tuple(f"{_FOLDER}/{name}" for name in manifest.NAMES)
    folder: ClassVar[str] = _FOLDER
    requires: ClassVar[tuple[str, ...]] = ("subtitles", "scenes")
    kept: ClassVar[str] = _MANIFEST
    last: ClassVar[bool] = True
    programs: ClassVar[tuple[str, ...]] = ("ffmpeg_path",)
    defaults: ClassVar[Mapping[str, str]] = DEFAULTS

    @property
    def settings_hash(self) -> str:
        """Where models run, and which ffmpeg it is, changes nothing that anybody sees."""
        fields = type(self).model_fields
        usual = {name: fields[name].default for name in ("device", "t2v_device", "ffmpeg_path")}
        if all(getattr(self, name) == value for name, value in usual.items()):
            return super().settings_hash
        return self.model_copy(update=usual).settings_hash

    # ``resolved`` stays as it is: a form that is good is not made again because a model has appeared since; who wants
    # that names the backend.

    def ready(self, models: str) -> Unavailable | None:
        """Nothing but an ffmpeg is needed."""
        from vidwatchd.media.ffmpeg import executable

        try:
            executable(self.ffmpeg_path)
        except Unavailable as error:
            return error
        return None

    @classmethod
    def line(cls, facts: Mapping[str, Any]) -> str:
        """``57 KB of 18 MB (1/311), SSIM 0.84, proxy``."""
        parts = [f"{size(facts['bytes'])} of {size(facts['source_bytes'])} ({_share(facts['ratio'])})"]
        if facts["ssim"] is not None:
            parts.append(f"SSIM {facts['ssim']:.2f}")
        return ", ".join([*parts, facts["backend"]])

    def make(self, source: str, out: Out, ctx: MakeContext) -> Made:
        """Store it. Raises MediaError for what is no film, StorageError for a full disk, Cancelled."""
        media = ctx.open()
        folder = os.path.dirname(out.path(_MANIFEST))
        os.mkdir(folder)
        found = ctx.inputs.get("subtitles", {})
        film = form.Film(
            media,
            out.name,
            lambda part: words.found(found, self.script_backend, media, self.script_model, part),
            _scenes(ctx.inputs.get("scenes", {})),
        )
        backend_ctx = BackendContext(ctx.models, ctx.workdir, self.device, ctx.progress, ctx.cancelled)
        stored = form.store(film, self.wanted, folder, backend_ctx)
        files = {f"{_FOLDER}/{name}": path for name, path in stored.files.items()}
        told = form.facts(stored.manifest)
        return Made(files, told, backend=told["backend"])


def _scenes(files: Mapping[str, str]) -> tuple[float, ...]:
    """Where scenes begin; () where nobody knows: the file may be anybody's."""
    path = next((path for suffix, path in files.items() if suffix.endswith(".json")), "")
    try:
        with open(path, encoding="utf-8") as file:
            return tuple(sorted(float(scene["start"]) for scene in json.load(file)["scenes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _share(ratio: float) -> str:
    """``1/311``; of what grew, ``1.4 times``."""
    return f"1/{ratio:.0f}" if ratio >= 1.5 else f"{1 / ratio:.1f} times" if ratio else "?"
