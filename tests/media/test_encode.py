"""test_encode: graphs as ffmpeg runs them."""

import imageio_ffmpeg
import pytest

from vidwatchd.errors import MediaError
from vidwatchd.media.encode import Encoding, Track, encode
from vidwatchd.media.probe import probe

EXE = imageio_ffmpeg.get_ffmpeg_exe()


def run(work, **more):
    encode(work, exe=EXE, duration_seconds=3, timeout_seconds=60, **more)


def test_each_track_has_options_of_its_own(clips, tmp_path):
    target, told = str(tmp_path / "-%03d it's [odd]:.mp4"), []
    tracks = [Track(1, {"c": "copy"}), Track(0, {"c": "libx264", "preset": "ultrafast", "filter": "scale=64:-2"})]
    run(Encoding(clips.normal(), "mov,mp4", target, tracks, {"format": "mp4"}), progress=told.append)
    info = probe(target)
    assert [(stream.type, stream.codec, stream.width) for stream in info.streams] == [
        ("audio", "aac", 0),
        ("video", "h264", 64),
    ]
    assert told[-1] == pytest.approx(1, abs=0.05)


def test_one_track_alone(clips, tmp_path):
    target = str(tmp_path / "sound.mp4")
    run(Encoding(clips.normal(), "mov,mp4", target, [Track(1, {"c": "copy"})], {"map_metadata": -1}))
    assert [stream.type for stream in probe(target).streams] == ["audio"]


def test_a_list_of_files_opens_none_of_them(clips, tmp_path):
    for trick in (clips.playlist(), clips.concat()):
        with pytest.raises(MediaError):
            run(Encoding(trick, "mov,mp4", str(tmp_path / "out.mp4"), [Track(0, {"c": "copy"})]))


def test_options_before_the_input_reach_ffmpeg(clips, tmp_path):
    work = Encoding(clips.normal(), "mov", str(tmp_path / "o.mp4"), [Track(0, {"c": "copy"})], before={"nonsense": 1})
    with pytest.raises(MediaError, match="nonsense"):
        run(work)
