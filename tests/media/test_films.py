"""test_films: pictures written as a film, decoded again."""

import pytest
from PIL import Image

from vidwatchd.errors import MediaError, StorageError
from vidwatchd.media import films
from vidwatchd.media.probe import open_media

COLOURS = ("red", "lime", "blue", "white") * 4


def pictures(size=(64, 48)):
    return (Image.new("RGB", size, colour) for colour in COLOURS)


def test_it_plays_in_order_at_its_rate(tmp_path):
    path = str(tmp_path / "film.mp4")
    assert films.write(path, pictures((65, 49)), frames_per_second=8, most_kbps=2000) == 16
    with open_media(path) as media:
        frames = list(media.container.decode(media.video))
        assert (media.info.width, media.info.height, media.info.duration_seconds) == (64, 48, pytest.approx(2.0))
    assert [frame.time for frame in frames] == pytest.approx([n / 8 for n in range(16)])
    assert {frame.format.name for frame in frames} == {"yuv420p"}
    red, green, blue = (frame.to_image().getpixel((32, 24)) for frame in frames[:3])
    assert red[0] > 200 > green[0]
    assert blue[2] > 200 > blue[1]
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "a browser can begin before it has all"


def test_it_keeps_under_the_rate(tmp_path):
    noise = [Image.effect_noise((320, 240), 100) for _ in range(16)]
    sizes = {}
    for kbps in (50, 2000):
        films.write(str(tmp_path / f"{kbps}.mp4"), noise, frames_per_second=8, most_kbps=kbps)
        sizes[kbps] = (tmp_path / f"{kbps}.mp4").stat().st_size
    assert sizes[50] < sizes[2000] / 4


def test_nothing_and_nowhere(tmp_path):
    with pytest.raises(MediaError, match="without a single picture"):
        films.write(str(tmp_path / "film.mp4"), [], frames_per_second=8, most_kbps=100)
    with pytest.raises(StorageError, match="cannot be written"):
        films.write(str(tmp_path / "none" / "film.mp4"), pictures(), frames_per_second=8, most_kbps=100)
