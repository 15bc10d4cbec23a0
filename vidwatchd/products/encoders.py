"""encoders: which encoder serves a codec on which hardware, and a person's settings in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vidwatchd.errors import UsageError

SOFTWARE = "none"
_VIDEO = {
    SOFTWARE: {"h264": "libx264", "hevc": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1"},
    "videotoolbox": {"h264": "h264_videotoolbox", "hevc": "hevc_videotoolbox"},
    "nvenc": {"h264": "h264_nvenc", "hevc": "hevc_nvenc", "av1": "av1_nvenc"},
    "vaapi": {"h264": "h264_vaapi", "hevc": "hevc_vaapi", "vp9": "vp9_vaapi", "av1": "av1_vaapi"},
    "qsv": {"h264": "h264_qsv", "hevc": "hevc_qsv", "vp9": "vp9_qsv", "av1": "av1_qsv"},
}
_AUDIO = {"aac": "aac", "opus": "libopus", "mp3": "libmp3lame"}
PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
_SVT = (12, 11, 10, 9, 8, 6, 5, 4, 2)
_VP9 = (8, 7, 6, 5, 4, 3, 2, 1, 0)
_NVENC = ("p1", "p1", "p2", "p2", "p3", "p4", "p5", "p6", "p7")
_MULTIPLES = {"k": 1000, "K": 1000, "m": 1_000_000, "M": 1_000_000}


@dataclass(frozen=True, slots=True)
class Quality:
    """How good and how large: ``crf`` or ``bitrate`` None when a person left it out."""

    preset: str
    crf: int | None
    bitrate: str | None
    default_crf: int
    default_bitrate: str


def video(codec: str, hardware: str) -> str:
    """The encoder. Raises UsageError where that hardware has none for the codec."""
    found = _VIDEO[hardware].get(codec)
    if found is None:
        takes = ", ".join(_VIDEO[hardware])
        raise UsageError(f"{hardware} has no encoder for {codec}", hint=f"it takes {takes}; or --hardware none")
    return found


def audio(codec: str) -> str:
    """The encoder for sound."""
    return _AUDIO[codec]


def options(encoder: str, quality: Quality) -> dict[str, Any]:
    """Quality and speed in the encoder's own words.

    Software encodes to a constant quality, and with a bitrate too no part exceeds it for long; a bitrate alone is the
    average. Hardware encodes to a bitrate.
    """
    speed = _speed(encoder, quality.preset)
    if encoder not in _VIDEO[SOFTWARE].values():
        rate = quality.bitrate or quality.default_bitrate
        return {**speed, "b": rate, "maxrate": bits(rate) * 3 // 2, "bufsize": bits(rate) * 2}
    if quality.crf is None and quality.bitrate:
        return {**speed, "b": quality.bitrate}
    crf = quality.default_crf if quality.crf is None else quality.crf
    if encoder == _VIDEO[SOFTWARE]["vp9"]:  # its bitrate is the cap where there is a crf; 0 is none
        return {**speed, "crf": crf, "b": quality.bitrate or 0}
    cap = {"maxrate": bits(quality.bitrate), "bufsize": bits(quality.bitrate) * 2} if quality.bitrate else {}
    return {**speed, "crf": crf, **cap}


def pixels(encoder: str, *, deep: bool) -> str:
    """The pixel format: 4:2:0, of 10 bits where the source has more than 8 and players of the codec take it."""
    deep = deep and not encoder.startswith(("libx264", "h264"))
    if encoder in _VIDEO[SOFTWARE].values():
        return "yuv420p10le" if deep else "yuv420p"
    return "p010le" if deep else "nv12"


def surface(encoder: str) -> tuple[list[str], Mapping[str, Any]]:
    """Filters that bring a picture to the hardware, and options that open it."""
    if encoder.endswith("_vaapi"):
        return ["hwupload"], {"init_hw_device": "vaapi=hw", "filter_hw_device": "hw"}
    return [], {}


def bits(rate: str) -> int:
    """Bits a second: ``3000k`` is 3,000,000."""
    return int(float(rate.rstrip("kKmM")) * _MULTIPLES.get(rate[-1], 1))


def _speed(encoder: str, preset: str) -> dict[str, Any]:
    step = PRESETS.index(preset)
    if encoder == _VIDEO[SOFTWARE]["vp9"]:
        return {"deadline": "good", "cpu-used": _VP9[step], "row-mt": 1}
    if encoder == _VIDEO[SOFTWARE]["av1"]:
        return {"preset": _SVT[step]}
    if encoder.startswith("libx26"):
        return {"preset": preset}
    if encoder.endswith("_nvenc"):
        return {"preset": _NVENC[step]}
    return {"preset": PRESETS[max(step, 2)]} if encoder.endswith("_qsv") else {}
