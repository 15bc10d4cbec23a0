"""test_compact: small films of a wanted size, in time and upright."""

import os

import av
import numpy as np
import pytest

from tests.clips import _run, lavfi
from vidwatchd.errors import Cancelled, MediaError, Unavailable
from vidwatchd.media import compact, ffmpeg
from vidwatchd.media.compact import AV1, H264, Running, Shape
from vidwatchd.media.probe import open_media, probe

pytestmark = pytest.mark.system

EXE = ffmpeg.executable()


def frames(path, size=(64, 36)):
    """(time, RGB picture) of every frame."""
    with av.open(path) as film:
        return [
            (frame.time, frame.reformat(*size, format="rgb24").to_ndarray().astype(float))
            for frame in film.decode(video=0)
        ]


def small(source, tmp_path, pixels=160 * 90, rate=10.0, seconds=None, max_bytes=10**6, made_by=AV1):
    """A film made small in both steps."""
    gathered, made = str(tmp_path / "gathered.mkv"), str(tmp_path / "made.mp4")
    with open_media(source) as media:
        shape = Shape(*compact.fitted(media.info, pixels), rate)
        running = Running(EXE, seconds or media.info.duration_seconds)
        compact.gather(media, shape, gathered, running)
    size = compact.squeeze(gathered, made, [shape], max_bytes, made_by, running)
    assert size == os.path.getsize(made)
    return made


@pytest.mark.parametrize("made_by", [AV1, H264])
def test_it_plays_everywhere_and_lasts_as_long(clips, tmp_path, made_by):
    made = small(clips.normal(), tmp_path, made_by=made_by)
    with av.open(made) as film:
        (stream,) = film.streams
        assert (film.format.name.partition(",")[0], stream.codec_context.codec.canonical_name) == ("mov", made_by.codec)
        assert (stream.pix_fmt, stream.width, stream.height) == ("yuv420p", 160, 90)
    assert probe(made).duration_seconds == pytest.approx(3, abs=0.1)
    with open(made, "rb") as file:
        assert b"moov" in file.read(4096), "it begins to play before it is read to its end"


def test_the_last_picture_is_held_until_the_sound_ends(clips, tmp_path):
    found = frames(small(clips.normal(), tmp_path, seconds=5.0))
    assert found[-1][0] == pytest.approx(4.9, abs=0.01)
    assert np.abs(found[-1][1] - found[31][1]).mean() < 2


def test_what_happens_happens_at_its_time(clips, tmp_path):
    dark = [time for time, picture in frames(small(clips.black_middle(), tmp_path)) if picture.mean() < 8]
    assert (dark[0], dark[-1]) == pytest.approx((3.0, 7.0), abs=0.101)


def test_time_counts_from_where_the_sound_begins(clips, tmp_path):
    late = str(tmp_path / "late.mkv")
    sound = ("-f", "lavfi", "-i", "sine=d=11")
    _run(
        "-itsoffset",
        "1",
        "-i",
        clips.black_middle(),
        *sound,
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c:v",
        "copy",
        "-c:a",
        "aac",
        late,
    )
    shifted = str(tmp_path / "shifted.ts")
    _run("-i", late, "-c", "copy", "-output_ts_offset", "20", shifted)
    for source in (late, shifted):
        found = frames(small(source, tmp_path))
        dark = [time for time, picture in found if picture.mean() < 8]
        assert found[0][0] == 0
        assert (dark[0], dark[-1]) == pytest.approx((4.0, 8.0), abs=0.151)


def test_irregular_frames_keep_their_time(clips, tmp_path):
    made = small(clips.variable_rate(), tmp_path)
    assert np.diff([time for time, _ in frames(made)]) == pytest.approx(0.1, abs=0.001)


def test_it_stands_upright_with_square_pixels(clips, tmp_path):
    turned = small(clips.rotated(), tmp_path)
    info = probe(turned)
    assert (info.width, info.height, info.rotation_degrees) == (90, 160, 0)
    picture = frames(turned, (36, 64))[0][1]
    assert picture[60, 18, 0] > 150 > picture[60, 18, 2], "red is below"
    info = probe(small(clips.narrow_pixels(), tmp_path, pixels=10**6))
    assert (info.width, info.height) == (360, 180)


def test_high_dynamic_range_becomes_that_of_a_screen(clips, tmp_path):
    with av.open(small(clips.hdr(), tmp_path)) as film:
        frame = next(film.decode(video=0))
    bt709 = 1
    assert (frame.colorspace, frame.color_trc, frame.format.name) == (bt709, bt709, "yuv420p")


@pytest.mark.parametrize(("height", "matrix"), [(720, 1), (480, 6)])
def test_colours_without_a_label_stay_what_players_took_them_for(tmp_path, height, matrix):
    source = str(tmp_path / "red.mkv")
    _run(*lavfi(f"color=c=red:s=640x{height}:r=5:d=0.4,format=yuv420p"), "-c:v", "mpeg4", source)
    with av.open(small(source, tmp_path)) as film:
        assert next(film.decode(video=0)).colorspace == matrix


def test_a_film_of_one_frame_has_one(clips, tmp_path):
    assert len(frames(small(clips.zero(), tmp_path))) == 1


@pytest.mark.parametrize(
    ("made", "pixels", "size"),
    [("wide", 57600, (1012, 56)), ("odd_size", 10**6, (320, 180)), ("audio_only", 57600, (320, 180))],
)
def test_sizes_are_even_and_never_enlarged(clips, made, pixels, size):
    assert compact.fitted(probe(getattr(clips, made)()), pixels) == size


@pytest.mark.parametrize("made_by", [AV1, H264])
def test_a_size_that_is_aimed_at_is_held_to(clips, tmp_path, made_by):
    free = os.path.getsize(small(clips.normal(), tmp_path, made_by=made_by))
    assert os.path.getsize(small(clips.normal(), tmp_path, max_bytes=free * 2 // 3, made_by=made_by)) <= free * 2 // 3


def test_the_next_shape_is_tried_where_the_first_cannot_hold_to_it(clips, tmp_path):
    gathered, made = str(tmp_path / "gathered.mkv"), str(tmp_path / "made.mp4")
    shapes, running = [Shape(160, 90, 10), Shape(80, 46, 2)], Running(EXE, 3.0)
    with open_media(clips.normal()) as media:
        compact.gather(media, shapes[0], gathered, running)
    size = compact.squeeze(gathered, made, shapes, 4500, H264, running)
    info = probe(made)
    assert (info.width, info.height, info.frames_per_second, size <= 4500) == (80, 46, 2, True)


def test_progress_never_goes_back(clips, tmp_path):
    told = []
    running = compact.part(Running(EXE, 3.0, progress=told.append), 0.5, 1.0)
    for _ in range(2):
        compact.blank(str(tmp_path / "black.mp4"), Shape(64, 64, 5), AV1, running)
    assert told == sorted(told)
    assert 0.5 <= told[0] <= told[-1] == pytest.approx(1, abs=0.1)
    assert compact.part(Running(EXE, 3.0), 0, 1).progress is None


def test_it_can_be_stopped(clips, tmp_path):
    with open_media(clips.long()) as media, pytest.raises(Cancelled):
        running = Running(EXE, 80.0, cancelled=lambda: True)
        compact.gather(media, Shape(160, 90, 10), str(tmp_path / "g.mkv"), running)


def test_the_limit_grows_with_the_film(clips):
    short, long, large = (compact.time_limit(probe(path)) for path in (clips.normal(), clips.long(), clips.wide()))
    assert 600 < short < long
    assert large > 600 + 10


def test_av1_where_it_can_be(tmp_path):
    assert compact.encoder("", 180) is AV1
    assert compact.encoder("", 56) is H264, "AV1 takes no side below 64"
    lame = tmp_path / "ffmpeg"
    lame.write_text(f'#!/bin/sh\ncase "$*" in *libsvtav1*) exit 1;; esac\nexec {EXE} "$@"\n')
    lame.chmod(0o755)
    assert compact.encoder(str(lame), 180) is H264
    lamer = tmp_path / "ffmpeg2"
    lamer.write_text("#!/bin/sh\nexit 1\n")
    lamer.chmod(0o755)
    with pytest.raises(Unavailable, match="encodes neither libsvtav1 nor libx264"):
        compact.encoder(str(lamer), 180)


def test_ffmpegs_last_words_are_handed_on(tmp_path):
    with pytest.raises(MediaError, match="No such file"):
        compact.blank(str(tmp_path / "nowhere" / "black.mp4"), Shape(64, 64, 5), AV1, Running(EXE, 1.0))
