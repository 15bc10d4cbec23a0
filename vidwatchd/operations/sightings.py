"""sightings: the moments at which the people whom a search names are seen, where they are seen best first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from vidwatchd.index.tags import fold
from vidwatchd.operations import Context
from vidwatchd.operations.marking import Marker
from vidwatchd.operations.moments import segments
from vidwatchd.signatures import Sighting

MOST = 3


def of(
    ctx: Context, video_ids: Collection[int], marker: Marker, chosen: Collection[str]
) -> dict[int, list[dict[str, Any]]]:
    """Video → some moments at which people are seen whose names match, or are ``chosen``, in any spelling."""
    names = {fold(name) for name in chosen}
    found: dict[int, list[tuple[float, dict[str, Any]]]] = {}
    for video_id, name, sightings in ctx.index.crowd.sightings(video_ids) if video_ids else ():
        marks = [(0, len(name))] if fold(name) in names else marker.marks(name, named=True)
        if marks:
            shown = ((_visible(sighting), _plain(sighting, name, marks)) for sighting in sightings)
            found.setdefault(video_id, []).extend(shown)
    return {video_id: _best(moments) for video_id, moments in found.items()}


def _best(moments: list[tuple[float, dict[str, Any]]]) -> list[dict[str, Any]]:
    ordered = sorted(moments, key=lambda each: (-each[0], each[1]["start"]))
    return [moment for _, moment in ordered[:MOST]]


def _visible(sighting: Sighting) -> float:
    """How much there is to see: for how many frames, how large."""
    return sighting.frames * sighting.box.width * sighting.box.height


def _plain(sighting: Sighting, name: str, marks: list[tuple[int, int]]) -> dict[str, Any]:
    times = {"start": sighting.start_seconds, "end": sighting.end_seconds, "source": "people"}
    cut = {"cut_before": False, "cut_after": False}
    return {**times, "track": "", "language": "", "text": name, "segments": segments(name, marks), **cut}
