"""placing: which face of a video is meant by a time and a place in the picture, whatever model found either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vidwatchd.signatures import Box, Sighting

# Another sample rate sees a face a moment earlier or later, another model cuts it out a little wider.
SLACK_SECONDS = 1.0
LEAST_OVERLAP = 0.2


@dataclass(frozen=True, slots=True)
class Spot:
    """Something said of whoever is seen at that time at that place: ``key`` is what."""

    key: int
    at_seconds: float
    box: Box


def spots(key: int, sightings: Iterable[Sighting]) -> list[Spot]:
    """A face's own places, one for each time that it is followed."""
    return [Spot(key, sighting.at_seconds, sighting.box) for sighting in sightings]


def matched(faces: Sequence[Sequence[Sighting]], known: Sequence[Spot]) -> dict[int, int]:
    """Place in ``faces`` → the key of the spot that lies on it best, for those on which one lies."""
    found = {}
    for place, sightings in enumerate(faces):
        score, key = max(((overlap(sightings, spot), spot.key) for spot in known), default=(0.0, 0))
        if score >= LEAST_OVERLAP:
            found[place] = key
    return found


def overlap(sightings: Iterable[Sighting], spot: Spot) -> float:
    """How well a spot lies on a face at its time, 0 to 1."""
    return max(
        (sighting.box.overlap(spot.box) for sighting in sightings if _covers(sighting, spot.at_seconds)), default=0.0
    )


def _covers(sighting: Sighting, at_seconds: float) -> bool:
    return sighting.start_seconds - SLACK_SECONDS <= at_seconds <= sighting.end_seconds + SLACK_SECONDS
