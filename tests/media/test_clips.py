from __future__ import annotations

import io

import av
import pytest
from PIL import Image

from vidwatchd.errors import MediaError
from vidwatchd.media.clips import ClipWriter, Encoding, join


def frames(data: bytes) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(data)) as clip:
        return list(clip.decode(video=0))


def written(encoding: Encoding, colour: str, count: int, start: float = 7.0, size=(64, 36)) -> ClipWriter:
    clip = ClipWriter(encoding, 25)
    for number in range(count):
        clip.add(Image.new("RGB", size, colour), start + number / 25)
    clip.close()
    return clip


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_pictures_become_a_clip_that_begins_at_zero(form):
    clip = written(Encoding(form), "red", 25)
    found = frames(clip.data)
    assert [frame.time for frame in found] == pytest.approx([n / 25 for n in range(25)], abs=0.002)
    assert (clip.frames, clip.first_seconds, clip.seconds) == (25, 7.0, pytest.approx(1.0))
    red, green, blue = found[12].to_image().resize((1, 1)).getpixel((0, 0))
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_joined_clips_follow_one_another(form):
    encoding = Encoding(form)
    joined = frames(join([written(encoding, "red", 10), written(encoding, "blue", 5, start=99.0)], encoding))
    assert [frame.time for frame in joined] == pytest.approx([n / 25 for n in range(15)], abs=0.003)
    assert joined[9].to_image().resize((1, 1)).getpixel((0, 0))[0] > 150
    assert joined[10].to_image().resize((1, 1)).getpixel((0, 0))[2] > 150


def test_odd_sizes_are_made_even_and_others_fitted():
    clip = ClipWriter(Encoding(), 25)
    clip.add(Image.new("RGB", (33, 19)), 0.0)
    clip.add(Image.new("RGB", (80, 80)), 0.04)
    clip.close()
    assert [(frame.width, frame.height) for frame in frames(clip.data)] == [(32, 18)] * 2


def test_what_follows_too_closely_is_left_out():
    clip = ClipWriter(Encoding(), 120)
    for number in range(120):
        clip.add(Image.new("RGB", (32, 18)), number / 120)
    clip.close()
    assert 25 <= clip.frames == len(frames(clip.data)) <= 41


def test_a_clip_of_nothing_is_refused():
    with pytest.raises(MediaError, match="without a single picture"):
        ClipWriter(Encoding(), 25).close()
