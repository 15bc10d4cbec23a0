"""test_looped: the tables of an MP4 in which one clip is shown more than once; whole films of that kind are in test_mux."""

import subprocess
from fractions import Fraction

import av
import pytest

from tests.clips import lavfi
from vidwatchd.errors import MediaError
from vidwatchd.media.ffmpeg import executable
from vidwatchd.media.looped import Shown, repeat

BASE = Fraction(1, 10)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Five pictures of a tenth of a second, in an MP4 whose index comes first, and in one whose index comes last."""
    folder = tmp_path_factory.mktemp("clip")
    for name, flags in (("first.mp4", "+faststart"), ("last.mp4", "0")):
        words = [*lavfi("testsrc2=s=64x64:r=10:d=0.5"), "-c:v", "mpeg4", "-movflags", flags, folder / name]
        subprocess.run([executable(), "-nostdin", "-v", "error", "-y", *map(str, words)], check=True)
    return folder


def shown(path):
    with av.open(str(path)) as file:
        return [(round(float(p.pts * p.time_base), 3), bytes(p)) for p in file.demux(video=0) if p.size]


def times(*numbers, first=0):
    return [Shown(number, at, at, 1) for at, number in enumerate(numbers, first)]


def test_pictures_are_shown_as_often_and_in_what_order_is_wanted(clip, tmp_path):
    content = [packet for _, packet in shown(clip / "first.mp4")]
    repeat(str(clip / "first.mp4"), str(tmp_path / "out.mp4"), times(0, 1, 2, 3, 4, 0, 1, 2, 0, 1), BASE)
    found = shown(tmp_path / "out.mp4")
    assert [at for at, _ in found] == [round(n * 0.1, 3) for n in range(10)]
    assert [packet for _, packet in found] == [content[n] for n in (0, 1, 2, 3, 4, 0, 1, 2, 0, 1)]
    with av.open(str(tmp_path / "out.mp4")) as file:
        assert file.duration == pytest.approx(1_000_000, abs=1000)
        assert len(list(file.decode(video=0))) == 10


def test_a_file_of_another_shape_is_told(clip, tmp_path):
    with pytest.raises(MediaError, match="its index at its end"):
        repeat(str(clip / "last.mp4"), str(tmp_path / "out.mp4"), times(0, 1), BASE)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes((clip / "first.mp4").read_bytes().replace(b"stsz", b"stsy"))
    with pytest.raises(MediaError, match="has no stsz"):
        repeat(str(broken), str(tmp_path / "out.mp4"), times(0, 1), BASE)
    broken.write_bytes(b"\0\0\0\2ftyp")
    with pytest.raises(MediaError, match="is broken"):
        repeat(str(broken), str(tmp_path / "out.mp4"), times(0, 1), BASE)


def test_times_that_run_backwards_are_refused(clip, tmp_path):
    with pytest.raises(MediaError, match="cannot be shown"):
        repeat(str(clip / "first.mp4"), str(tmp_path / "out.mp4"), [Shown(0, 5, 5, 1), Shown(1, 2, 2, 1)], BASE)
