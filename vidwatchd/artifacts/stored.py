"""stored: a film in a few megabytes, to be read, heard and looked at when the film itself is gone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from vidwatchd.artifacts.base import Kind, Made, MakeContext, Out, setting
from vidwatchd.backends.base import BackendContext
from vidwatchd.errors import Unavailable
from vidwatchd.storing import form, manifest, sound, words
from vidwatchd.storing.manifest import Manifest

_FOLDER = "stored"
_MANIFEST = f"{_FOLDER}/{manifest.FILE}"
_NAMES = (manifest.FILE, manifest.SCRIPT, manifest.RESULTANT, *manifest.SOUNDS.values())
_UNITS = ("KB", "MB", "GB", "TB")


class Stored(Kind):
    """Sound, script and a small picture that stands in for the film's own, in a folder with a manifest that says what is
    real. The film itself is never changed. The transcript is that of the subtitles as they were made; lines that people
    changed since are with the video and not in the script."""

    name: ClassVar[str] = "stored"
    title: ClassVar[str] = "Stored form"
    summary: ClassVar[str] = "Keep a film in a few megabytes: its sound, its words and a small picture."
    tier: ClassVar[Literal["quick", "heavy", "model"]] = "model"
    suffixes: ClassVar[tuple[str, ...]] = tuple(f"{_FOLDER}/{name}" for name in _NAMES)
    folder: ClassVar[str] = _FOLDER
    requires: ClassVar[tuple[str, ...]] = ("subtitles", "scenes")
    kept: ClassVar[str] = _MANIFEST
    last: ClassVar[bool] = True
    # What a kind is told under another name than the settings file has it.
    defaults: ClassVar[Mapping[str, str]] = {
        "audio_format": "audio.format",
        "audio_max_mb": "audio.max_mb",
        "mono": "audio.mono",
        "script_backend": "script.backend",
        "script_model": "script.model",
        "visual_backend": "script.visual_backend",
        "visual_interval_sec": "script.visual_interval_sec",
        "visual_max_frames": "script.visual_max_frames",
        "backend": "t2v.backend",
        "model_id": "t2v.model_id",
        "model_path": "t2v.model_path",
        "video_max_mb": "t2v.max_mb",
        "stub_seconds": "t2v.duration_sec",
        "steps": "t2v.steps",
        "seed": "t2v.seed",
        "device": "device",
        "t2v_device": "t2v.device",
        "ffmpeg_path": "ffmpeg_path",
    }

    audio_format: Literal["aac", "mp3", "opus"] = setting("aac", "how the sound is kept", "--audio-format")
    audio_max_mb: float = setting(5.0, "aimed-at size of the sound in megabytes", "--audio-max-mb", gt=0, le=10_000)
    mono: bool = setting(False, "keep one channel", "--mono")
    script_backend: Literal["auto", "whisper", "stub"] = setting(
        "auto", "where the transcript comes from; whisper: a speech model only, stub: none", "--script-backend"
    )
    script_model: str = setting("small", "speech model, by name or the path of its folder", "--script-model")
    visual_backend: Literal["none", "auto", "facts", "blip", "blip2"] = setting(
        "none", "what describes the pictures", "--visual-backend"
    )
    visual_interval_sec: float = setting(1.0, "a picture is described this often", "--visual-interval", gt=0, le=3600)
    visual_max_frames: int = setting(60, "at most so many, evenly", "--visual-max-frames", ge=1, le=10_000)
    backend: Literal["auto", "cogvideox", "proxy", "keyframes", "stub"] = setting(
        "auto", "what stands in for the picture; auto: a ready model, else a tiny real proxy", "--t2v-backend"
    )
    model_id: str = setting("THUDM/CogVideoX-2b", "model that makes it", "--t2v-model-id")
    model_path: str = setting("", "folder of such a model; wins over the id", "--t2v-model-path")
    video_max_mb: float = setting(5.0, "aimed-at size of the picture in megabytes", "--video-max-mb", gt=0, le=10_000)
    stub_seconds: float = setting(6.0, "length of the stub", "--stub-seconds", gt=0, le=3600)
    steps: int = setting(50, "denoising steps of the model", "--steps", ge=1, le=1000)
    seed: int = setting(0, "the same seed makes the same picture", "--seed", ge=0)
    device: Literal["auto", "cuda", "cpu"] = setting("auto", "where models run", "--device")
    t2v_device: Literal["", "auto", "cuda", "cpu"] = setting(
        "", "where the model of the picture runs; empty: as device says", "--t2v-device"
    )
    ffmpeg_path: str = setting("", "ffmpeg to use; empty: as the settings say", "--ffmpeg-path")

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
        """``57 KB of 17.7 MB (1/311), SSIM 0.84, proxy``."""
        parts = [f"{_size(facts['bytes'])} of {_size(facts['source_bytes'])} ({_share(facts['ratio'])})"]
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
        told = facts(stored.manifest)
        return Made(files, told, backend=told["backend"])

    @property
    def wanted(self) -> form.Wanted:
        """These settings as the making has them."""
        return form.Wanted(
            sound=sound.Wanted(self.audio_format, self.audio_max_mb, self.mono, self.ffmpeg_path),
            visual_backend=self.visual_backend,
            visual_interval_seconds=self.visual_interval_sec,
            visual_max_frames=self.visual_max_frames,
            backend=self.backend,
            model=self.model_path or self.model_id,
            picture_device=self.t2v_device,
            max_mb=self.video_max_mb,
            stub_seconds=self.stub_seconds,
            steps=self.steps,
            seed=self.seed,
        )


def facts(made: Manifest) -> dict[str, Any]:
    """What the index keeps of a form."""
    audio, picture = made.audio, made.resultant
    return {
        "id": made.id,
        "bytes": made.stored_bytes,
        "source_bytes": made.source.size_bytes,
        "ratio": made.ratio,
        "ssim": picture.ssim if picture else None,
        "seconds": made.seconds,
        "backend": picture.backend if picture else form.NOTHING,
        "model": picture.model if picture else "",
        "origin": picture.origin if picture else "",
        "audio_kbps": audio.kbps if audio else 0,
        "target_exceeded": bool(audio and audio.target_exceeded),
        "fallback_from": dict(picture.fallback_from) if picture else {},
    }


def _scenes(files: Mapping[str, str]) -> tuple[float, ...]:
    """Where scenes begin; () where nobody knows: the file may be anybody's."""
    path = next((path for suffix, path in files.items() if suffix.endswith(".json")), "")
    try:
        with open(path, encoding="utf-8") as file:
            return tuple(sorted(float(scene["start"]) for scene in json.load(file)["scenes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _size(count: int) -> str:
    size, unit = count / 1000, 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if size < 99.5 and unit else f"{size:.0f} {_UNITS[unit]}"


def _share(ratio: float) -> str:
    """``1/311``; of what grew, ``1.4 times``."""
    return f"1/{ratio:.0f}" if ratio >= 1.5 else f"{1 / ratio:.1f} times" if ratio else "?"
