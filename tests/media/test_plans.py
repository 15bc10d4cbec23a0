from __future__ import annotations

import pytest

from vidwatchd.media import keyframes, plans, probe
from vidwatchd.media.units import Target


def _tally() -> plans.Tally:
    return plans.Tally(lambda at_seconds: None)


def _target(at_seconds: float, *, exact: bool = False, tolerance: float = 1.0) -> Target:
    return Target(0, at_seconds, 80, exact, tolerance)


def test_stops_snap_where_a_keyframe_is_near_and_walk_on_where_none_is(clips):
    with probe.open_media(clips.long()) as media:
        index = keyframes.index_of(media.container, media.video, 0.0, 80.0)
        found = plans.stops(index, [_target(3.8), _target(7.0, tolerance=0.5), _target(9.9, exact=True)])
    assert [(stop.key.at_seconds, len(stop.snapped), len(stop.forward)) for stop in found] == [
        (pytest.approx(4), 1, 0),
        (pytest.approx(6), 0, 1),
        (pytest.approx(8), 0, 1),
    ]


def test_walking_serves_near_and_exact_targets_from_the_groups_as_they_pass(clips):
    targets = [_target(3.8), _target(7.0, exact=True), _target(7.9)]
    tally = _tally()
    with probe.open_media(clips.long(".ts")) as media:
        units = list(plans.walk(media, targets, tally, keys_only=False))
    assert [(len(unit.snapped), len(unit.forward)) for unit in units] == [(1, 0), (0, 1), (1, 0)]
    assert (tally.rest, tally.ended_early) == ([], False)


def test_walking_gives_back_what_it_cannot_serve(clips):
    tally = _tally()
    targets = [_target(1.9), _target(50.0), _target(70.0), _target(90.0)]
    with probe.open_media(clips.jumping()) as media:
        units = list(plans.walk(media, targets, tally, keys_only=False))
    assert len(units) >= 1
    assert tally.rest == targets[-len(tally.rest) :] != []
    assert "timestamps" in tally.why_rest


def test_full_gives_the_frame_shown_at_each_time(clips):
    targets = [_target(at, exact=True) for at in (0.0, 0.59, 1.0, 2.95)]
    with probe.open_media(clips.normal()) as media:
        taken = list(plans.full(media, targets, [], _tally(), 2))
    assert [round(picture.at_seconds, 2) for picture in taken] == [0.0, 0.56, 1.0, 2.92]
