from __future__ import annotations

from fractions import Fraction

import pytest

from vidwatchd.media import probe
from vidwatchd.media.units import Target, Timeline, Unit, UnitDecoder


def test_seconds_and_ticks_are_each_others_inverse():
    timeline = Timeline(Fraction(1001, 30000), 1.4)
    for ticks in (0, 1, 42, 1799, 999_999):
        assert timeline.ticks(timeline.seconds(ticks)) == ticks


def _group(media, first_seconds: float) -> list:
    media.container.seek(int(first_seconds / media.video.time_base), stream=media.video)
    return [packet for packet, _ in zip(media.container.demux(media.video), range(20), strict=False)]


def test_a_unit_gives_its_keyframe_and_the_very_frames_after_it(clips):
    with probe.open_media(clips.long()) as media:
        near, exact = Target(0, 10.4, 80, False, 1), [Target(1, at, 80, True, 0) for at in (10.55, 11.3)]
        decoder = UnitDecoder(media.video, media.info, 2)
        taken = list(decoder.pictures([Unit(_group(media, 10), [near], exact)]))
    assert [round(picture.at_seconds, 3) for picture in taken] == [10.0, 10.5, 11.3]
    assert decoder.frames_decoded < 20


def test_units_come_back_in_order_whatever_thread_is_first(clips):
    with probe.open_media(clips.long()) as media:
        units = [Unit(_group(media, at)[:1], [Target(0, at, 80, False, 1)], []) for at in range(0, 40, 2)]
        taken = list(UnitDecoder(media.video, media.info, 4).pictures(units))
    assert [picture.at_seconds for picture in taken] == pytest.approx(list(range(0, 40, 2)))


def test_a_broken_unit_gives_nothing(clips):
    import av

    with probe.open_media(clips.long()) as media:
        broken = av.Packet(b"\0\0\0\4none")
        broken.is_keyframe = True
        good = Unit(_group(media, 4)[:1], [Target(0, 4, 80, False, 1)], [])
        taken = list(UnitDecoder(media.video, media.info, 1).pictures([Unit([broken], [good.snapped[0]], []), good]))
    assert [picture.at_seconds for picture in taken] == [4.0]
