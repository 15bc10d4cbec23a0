from __future__ import annotations

from dataclasses import replace

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from vidwatchd.media import frames, probe


def _first(path: str, width: int):
    with probe.open_media(path) as media:
        frame = next(media.container.decode(media.video))
        return frames.picture(frame, media.info, width)


def test_pictures_are_upright(clips):
    image = _first(clips.rotated(), 90)
    assert image.size == (90, 160)
    (above, below) = (image.getpixel((45, y)) for y in (20, 140))
    assert above[2] > 200 > 60 > above[0]
    assert below[0] > 200 > 60 > below[2]


def test_pixels_are_square_and_nothing_is_enlarged(clips):
    assert _first(clips.narrow_pixels(), 200).size == (200, 100)
    assert _first(clips.normal(), 4000).size == (320, 180)


def test_the_widest_picture_is_scaled_at_once(clips):
    assert _first(clips.wide(), 320).size == (320, 18)


@pytest.mark.parametrize("clip", ["still"])
def test_colours_are_true(clips, clip):
    assert _first(getattr(clips, clip)(), 100).getpixel((50, 20)) == pytest.approx((0x40, 0x80, 0xC0), abs=4)


def test_hdr_is_mapped_to_the_screen(clips):
    assert 190 <= _first(clips.hdr(), 100).getpixel((50, 20))[1] <= 235


def test_hdr_has_the_same_colours_in_every_size(clips):
    with probe.open_media(clips.normal()) as media:
        info = replace(media.info, transfer="pq")
        frame = next(media.container.decode(media.video)).reformat(format="yuv420p10le")
    full, half = (frames.picture(frame, info, width) for width in (320, 160))
    difference = ImageChops.difference(full.resize(half.size, Image.Resampling.BOX), half)
    assert max(ImageStat.Stat(difference).mean) < 6


def test_a_decoder_of_our_own_outlives_seeking(clips):
    with probe.open_media(clips.long()) as media:
        ours = frames.decoder(media.video, 1)
        packet = next(p for p in media.container.demux(media.video) if p.is_keyframe)
        media.container.seek(0)
        assert len(frames.decoded(ours, packet) + frames.decoded(ours, None)) == 1


def test_a_broken_packet_brings_nothing(clips):
    with probe.open_media(clips.normal()) as media:
        ours = frames.decoder(media.video, 1)
        packet = av.Packet(b"\0\0\0\1 no picture")
        assert frames.decoded(ours, packet) == []
