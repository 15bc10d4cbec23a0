"""places: a place in a video as a person types it: ``middle``, seconds (10) or a percentage (25%)."""

from __future__ import annotations

from typing import Any

# Of a video whose length is not known, the frame after the first black ones.
_WITHOUT_DURATION_SECONDS = 1.0


def as_place(value: Any) -> str:
    """The place as text. Raises ValueError for what is none."""
    text = str(value).strip()
    number = text.removesuffix("%")
    share = text.endswith("%")
    if text != "middle" and not (_is_number(number) and (not share or float(number) <= 100)):
        raise ValueError("must be middle, seconds such as 10, or a percentage such as 25%")
    return text


def seconds_of(place: str, duration_seconds: float) -> float:
    """Where that is in a video of this length (0: not known)."""
    if place == "middle":
        return duration_seconds / 2 or _WITHOUT_DURATION_SECONDS
    if place.endswith("%"):
        return duration_seconds * float(place[:-1]) / 100
    return min(float(place), duration_seconds or float(place))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text.isascii()
