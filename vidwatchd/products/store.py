"""store: the stored form of one film in any folder, its words found or heard at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from vidwatchd.errors import Unavailable
from vidwatchd.products.base import Produced, Product, ProductContext, setting


class Store(Product):
    """Sound, script, a small picture and the manifest; the film itself is never changed."""

    name: ClassVar[str] = "store"
    summary: ClassVar[str] = "Keep a film in a few megabytes in a folder of its own."

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
