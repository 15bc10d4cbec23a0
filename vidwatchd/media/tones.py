"""tones: the filters that bring high dynamic range to that of a screen."""

from __future__ import annotations

from vidwatchd.media import capabilities

_CURVES = {"pq": "smpte2084", "hlg": "arib-std-b67"}
# HDR's paper white (203 nits, ITU-R BT.2408) becomes the white of a screen; hable keeps what shines above it apart.
_TONE_MAP = (
    "zscale=tin={0}:pin=bt2020:min=bt2020nc:rin=limited:t=linear:npl=203",
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=hable:desat=0",
    "zscale=t=bt709:m=bt709:r=limited",
)


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
