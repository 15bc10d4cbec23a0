"""formats: durations, sizes, times and names as a person reads them; the filters that templates use."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from vidwatchd import amounts

MINUTE, HOUR, DAY = 60, 3600, 86_400
_HEIGHTS = ((4000, "8K"), (2000, "4K"), (1400, "1440p"), (1000, "1080p"), (700, "720p"), (560, "576p"), (400, "480p"))
_CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
    "mpeg4": "MPEG-4",
    "mpeg2video": "MPEG-2",
    "prores": "ProRes",
    "mjpeg": "MJPEG",
    "wmv3": "WMV",
    "aac": "AAC",
    "mp3": "MP3",
    "opus": "Opus",
    "vorbis": "Vorbis",
    "flac": "FLAC",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
}
_STATES = {
    "missing": "not made yet",
    "done": "done",
    "stale": "out of date",
    "failed": "failed",
    "unavailable": "not available here",
}


def clock(seconds: float | None) -> str:
    """Seconds as a player shows them, ``4:05`` or ``1:02:03``; ``""`` for an unknown length."""
    if seconds is None:
        return ""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def iso_duration(seconds: float | None) -> str:
    """Seconds as HTML's ``<time datetime>`` wants them: ``PT245S``."""
    return f"PT{max(0, int(seconds or 0))}S"


def rough(seconds: float | None) -> str:
    """A time that is left, in the coarsest honest words: ``about 3 min``; ``""`` when nobody knows."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return "less than a minute"
    if seconds < HOUR:
        return f"about {round(seconds / MINUTE)} min"
    return f"about {seconds / HOUR:.1f} h" if seconds < DAY else f"about {round(seconds / DAY)} days"


def took(seconds: float | None) -> str:
    """A time that something cost: ``0.4 s``, ``12 s``, ``3:20 min``; ``""`` for nothing measured."""
    if not seconds:
        return ""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < MINUTE else f"{clock(seconds)} min"


def size(count: int | None) -> str:
    """Bytes with the unit people compare disks by: ``1.4 GB``; ``""`` for unknown."""
    return "" if count is None else amounts.size(count)


def rate(bits_per_second: float | None) -> str:
    """Bits a second as players name them: ``850 kbit/s``, ``4.2 Mbit/s``; ``""`` for unknown."""
    if not bits_per_second:
        return ""
    if bits_per_second < 999_500:
        return f"{bits_per_second / 1000:.0f} kbit/s"
    millions = bits_per_second / 1_000_000
    return f"{millions:.1f} Mbit/s" if millions < 9.95 else f"{millions:.0f} Mbit/s"


def exact_length(seconds: float | None) -> str:
    """A length to the tenth of a second, so that a trimmed copy shows: ``4:05.3``; ``""`` for unknown."""
    if seconds is None:
        return ""
    tenths = int(seconds * 10 + 0.5)
    return f"{clock(tenths // 10)}.{tenths % 10}"


def likeness(found: Mapping[str, Any]) -> str:
    """How alike duplicates are: ``every byte the same``, ``98 % alike``; never 100 for what is not the same."""
    if found.get("kind") == "exact":
        return "every byte the same"
    return f"{min(99, int(100 * (found.get('similarity') or 0)))} % alike"


def number(count: int | None) -> str:
    """A count with thin separators: ``12,345``."""
    return f"{count or 0:,}"


def ago(then: float | None, now: float | None = None) -> str:
    """How long since ``then`` (epoch seconds): ``just now``, ``5 minutes ago``, ``3 March 2024``."""
    if not then:
        return "never"
    passed = (time.time() if now is None else now) - then
    if passed < MINUTE:
        return "just now"
    for limit, unit, word in ((HOUR, MINUTE, "minute"), (DAY, HOUR, "hour"), (14 * DAY, DAY, "day")):
        if passed < limit:
            count = int(passed // unit)
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return day(then)


def day(then: float | None) -> str:
    """A date in the daemon's own time zone: ``3 March 2024``."""
    return time.strftime("%d %B %Y", time.localtime(then)).lstrip("0") if then else ""


def moment(then: float | None) -> str:
    """Date and time for a tooltip: ``2024-03-03 14:05:09``."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(then)) if then else ""


def iso(then: float | None) -> str:
    """Epoch seconds as ``<time datetime>`` wants them, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(then)) if then else ""


def resolution(video: Mapping[str, Any]) -> str:
    """The picture's class by its shorter side, ``4K`` or ``1080p``; its own size when small, ``""`` when unknown.

    The shorter side, so that a phone's upright film is not called 4K for being tall; a film cut to 2.39:1 is classed
    by the width it came from.
    """
    width, height = video.get("width") or 0, video.get("height") or 0
    lines = max(min(width, height), max(width, height) * 9 / 16 if width > height else 0)
    return next((label for floor, label in _HEIGHTS if lines >= floor), f"{height}p" if height else "")


def codec(name: str | None) -> str:
    """A codec as people write it: ``h264`` → ``H.264``."""
    return _CODECS.get((name or "").lower(), (name or "").upper())


def state_words(state: str) -> str:
    """An artifact's state in words that need no manual."""
    return _STATES.get(state, state)


def by_folder(files: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Files by the folder in their names, those without one first: a hundred segments are one line of a page."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for file in files:
        found.setdefault(file["name"].rpartition("/")[0], []).append(file)
    return sorted(found.items())


def shape(video: Mapping[str, Any]) -> str:
    """``upright`` for a picture taller than wide, else ``wide``."""
    return "upright" if (video.get("height") or 0) > (video.get("width") or 0) else "wide"


FILTERS = {
    function.__name__: function
    for function in (
        clock,
        iso_duration,
        rough,
        took,
        size,
        rate,
        exact_length,
        likeness,
        number,
        ago,
        day,
        moment,
        iso,
        resolution,
        codec,
        state_words,
        by_folder,
        shape,
    )
}
