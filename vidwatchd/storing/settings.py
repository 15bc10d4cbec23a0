"""settings: how a stored form is to be, as fields with flags: of the kind, and of the product for any folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel

from vidwatchd.config import setting
from vidwatchd.storing import form, sound

DEFAULTS: Mapping[str, str] = {
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
"""Field → dotted key of the settings file that its default stands under."""


class Settings(BaseModel):
    """All that can be chosen of a form."""

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
    model_id: str = setting(
        "", "model that makes it, as THUDM/CogVideoX-2b; empty: the best that is here", "--t2v-model-id"
    )
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
