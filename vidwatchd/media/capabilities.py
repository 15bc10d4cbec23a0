"""capabilities: what the ffmpeg and the PyAV at hand can really do, found by trying, never by their lists alone."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from vidwatchd.errors import MediaError, Unavailable
from vidwatchd.media import ffmpeg

# What kinds and products would use, best first.
_SOFTWARE = ("libx264", "libx265", "libvpx-vp9", "libsvtav1", "libwebp")
_HARDWARE = ("h264_nvenc", "hevc_nvenc", "h264_vaapi", "h264_qsv", "h264_videotoolbox", "hevc_videotoolbox")
_SOUND = ("aac", "libopus", "libmp3lame")
_PICTURE_FILTERS = ("scale", "zscale", "tonemap", "tile", "thumbnail", "xfade", "subtitles", "ass", "drawtext")
_SOUND_FILTERS = ("acrossfade", "loudnorm", "ebur128", "silencedetect", "chromaprint")
_MEASURES = ("libvmaf", "ssim", "psnr", "blackdetect", "scdet", "cropdetect")
_FILTERS = (*_PICTURE_FILTERS, *_SOUND_FILTERS, *_MEASURES)
_VIDEO_DECODERS = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mjpeg", "prores")
_SOUND_DECODERS = ("aac", "mp3", "opus", "vorbis", "ac3", "flac")
_DECODERS = (*_VIDEO_DECODERS, *_SOUND_DECODERS)
_TRIAL_SECONDS = 2.0
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What there is: ``encoders`` and ``hwaccels`` have proved themselves, ``unusable`` are listed but fail."""

    ffmpeg_path: str
    ffmpeg_version: str
    ffmpeg_problem: str
    encoders: tuple[str, ...]
    unusable: tuple[str, ...]
    filters: tuple[str, ...]
    missing_filters: tuple[str, ...]
    hwaccels: tuple[str, ...]
    pyav_version: str
    pyav_ffmpeg_version: str
    pyav_decoders: tuple[str, ...]
    pyav_missing_decoders: tuple[str, ...]


def inspect(configured: str = "") -> Capabilities:
    """Look at the ffmpeg that would be used and at PyAV; a missing ffmpeg is told in ``ffmpeg_problem``."""
    try:
        exe, problem = ffmpeg.executable(configured), ""
    except Unavailable as error:
        exe, problem = "", str(error)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        usable, unusable = _tried(pool, exe, _listed(exe, "-encoders", (*_SOFTWARE, *_HARDWARE, *_SOUND)), _encodes)
        hwaccels = _accelerators(pool, exe)
    filters = _listed(exe, "-filters", _FILTERS)
    decoders = [name for name in _DECODERS if _pyav_decodes(name)]
    av_version, av_ffmpeg = _pyav_versions()
    return Capabilities(
        ffmpeg_path=exe,
        ffmpeg_version=version(exe),
        ffmpeg_problem=problem,
        encoders=tuple(usable),
        unusable=tuple(unusable),
        filters=tuple(filters),
        missing_filters=tuple(name for name in _FILTERS if name not in filters),
        hwaccels=tuple(hwaccels),
        pyav_version=av_version,
        pyav_ffmpeg_version=av_ffmpeg,
        pyav_decoders=tuple(decoders),
        pyav_missing_decoders=tuple(name for name in _DECODERS if name not in decoders),
    )


def encodes(encoder: str, configured: str = "", *, seconds: float = 20.0) -> bool:
    """Whether an encoder really encodes here: a list also names those whose hardware or driver is missing.

    Raises Unavailable without any ffmpeg.
    """
    return _encodes(ffmpeg.executable(configured), encoder, seconds)


def version(exe: str) -> str:
    """The version that a program gives as ffmpeg's; "" for one that is not ffmpeg."""
    said = _said(exe, "-version")
    return said.split()[2] if said.startswith("ffmpeg version ") else ""


def has_filter(name: str, configured: str = "") -> bool:
    """Whether the ffmpeg that would be used has a filter. Raises Unavailable without any."""
    return bool(_listed(ffmpeg.executable(configured), "-filters", (name,)))


def _tried(
    pool: ThreadPoolExecutor, exe: str, names: list[str], trial: Callable[[str, str], bool]
) -> tuple[list[str], list[str]]:
    worked = list(pool.map(lambda name: trial(exe, name), names))
    good = [name for name, works in zip(names, worked, strict=True) if works]
    return good, [name for name in names if name not in good]


def _encodes(exe: str, encoder: str, seconds: float = _TRIAL_SECONDS) -> bool:
    source = "anullsrc=d=0.1" if encoder in _SOUND else "testsrc2=s=256x144:r=25:d=0.12"
    upload = ["-vf", "format=nv12,hwupload"] if encoder.endswith("_vaapi") else []
    device = ["-init_hw_device", "vaapi"] if upload else []
    return _works(exe, [*device, "-f", "lavfi", "-i", source, *upload, "-c", encoder, "-f", "null", "-"], seconds)


def _accelerators(pool: ThreadPoolExecutor, exe: str) -> list[str]:
    names = _said(exe, "-hwaccels").split()[3:]
    if not names:
        return []
    with tempfile.TemporaryDirectory(prefix="vidwatchd-") as folder:
        sample = os.path.join(folder, "sample.mp4")
        if not _works(exe, ["-f", "lavfi", "-i", "testsrc2=s=256x144:r=25:d=0.12", "-c:v", "libx264", sample]):
            return []
        return _tried(pool, exe, names, lambda exe, name: _accelerates(exe, name, sample))[0]


def _accelerates(exe: str, hwaccel: str, sample: str) -> bool:
    # Without the download ffmpeg would quietly decode in software and call it a success.
    hardware = ["-hwaccel", hwaccel, "-hwaccel_output_format", hwaccel]
    return _works(exe, [*hardware, "-i", sample, "-vf", "hwdownload,format=nv12", "-f", "null", "-"])


def _works(exe: str, arguments: list[str], seconds: float = _TRIAL_SECONDS) -> bool:
    try:
        ffmpeg.run(arguments, exe=exe, timeout_seconds=seconds)
    except MediaError:
        return False
    return True


def _listed(exe: str, flag: str, wanted: Sequence[str]) -> list[str]:
    names = set(re.findall(r"^ [A-Z.|]{2,6} (\S+)", _said(exe, flag), re.MULTILINE))
    return [name for name in wanted if name in names]


def _said(exe: str, flag: str) -> str:
    if not exe:
        return ""
    try:
        done = subprocess.run([exe, "-hide_banner", flag], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _pyav_decodes(name: str) -> bool:
    from av.codec.codec import Codec, UnknownCodecError

    try:
        return Codec(name, "r").is_decoder
    except UnknownCodecError:
        return False


def _pyav_versions() -> tuple[str, str]:
    import av

    return av.__version__, str(av.ffmpeg_version_info)
