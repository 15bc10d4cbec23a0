"""tones: how high dynamic range is brought to that of a screen: one curve, for pictures and for films by filters."""

from __future__ import annotations

from typing import Any

from vidwatchd.media import capabilities

_CURVES = {"pq": "smpte2084", "hlg": "arib-std-b67"}
# Where HDR programmes put diffuse white (ITU-R BT.2408), the unit of light here; and 1000 nits, what most of them are
# graded for, which becomes the white of a screen.
PAPER_WHITE_NITS, BRIGHTEST = 203.0, 5.0
# The light at which the curve has half its height: shadows become a third lighter, paper white is a fifth below white.
_HALF_WAY = 0.9
# The labels come first, for zscale finds no way from a film that lacks one. What is labelled BT.709 is shown by the
# curve of sRGB in browsers, beside pictures that are.
_TONE_MAP = (
    "setparams=range=tv:color_primaries=bt2020:color_trc={0}:colorspace=bt2020nc",
    f"zscale=t=linear:npl={PAPER_WHITE_NITS:g}",
    "format=gbrpf32le",
    "zscale=p=bt709",
    f"tonemap=reinhard:param={1 / (1 + _HALF_WAY):.4f}:peak={BRIGHTEST:g}:desat=0",
    "zscale=t=iec61966-2-1:m=bt709:r=limited",
    "setparams=color_trc=bt709",
)


def rolled_off(light: Any) -> Any:
    """What is left on a screen, 0 to 1, of so much light (1: paper white) as its brightest channel has: Reinhard's."""
    return light / (light + _HALF_WAY) * (BRIGHTEST + _HALF_WAY) / BRIGHTEST


def chain(transfer: str) -> str:
    """The filters for a ``transfer`` of ``MediaInfo`` (``pq`` or ``hlg``) in ffmpeg's words; empty for any other."""
    return ",".join(_TONE_MAP).format(_CURVES[transfer]) if transfer in _CURVES else ""


def steps(transfer: str) -> list[tuple[str, dict[str, str]]]:
    """The same, filter by filter: name and options."""
    words = (step.partition("=")[::2] for step in filter(None, chain(transfer).split(",")))
    return [(name, dict(_option(name, word) for word in options.split(":"))) for name, options in words]


def _option(name: str, word: str) -> tuple[str, str]:
    """A word without a name is the filter's first option."""
    key, equals, value = word.partition("=")
    return (key, value) if equals else ({"format": "pix_fmts"}.get(name, name), word)


def can_tone_map(ffmpeg_path: str = "") -> bool:
    """Whether the ffmpeg that would be used has these filters. Raises Unavailable without any."""
    return all(capabilities.has_filter(name, ffmpeg_path) for name in ("zscale", "tonemap"))
