"""test_playable: what is whole passes, what only looks so does not."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from vidwatchd.errors import MediaError
from vidwatchd.media.playable import Promise, plays, prove
from vidwatchd.media.probe import probe

NORMAL = (("video", "h264"), ("audio", "aac"))


def test_a_whole_file_passes(clips):
    assert prove(clips.normal(), Promise(3.0, NORMAL)) == pytest.approx(3, abs=0.1)
    prove(clips.audio_only(), Promise(1.0, (("audio", "aac"),)))
    prove(clips.one_keyframe(), Promise(70.0, (("video", "h264"),)))


@pytest.mark.parametrize("streams", [NORMAL[:1], (("video", "hevc"), NORMAL[1]), (*NORMAL, NORMAL[1])])
def test_other_streams_than_promised(clips, streams):
    with pytest.raises(MediaError, match="it holds h264 video, aac audio, not"):
        prove(clips.normal(), Promise(3.0, streams))


def test_another_length_than_promised(clips):
    prove(clips.normal(), Promise(3.4, NORMAL))
    with pytest.raises(MediaError, match=r"it is 3\.\d+ s long, the source 4\.00 s"):
        prove(clips.normal(), Promise(4.0, NORMAL))


def test_a_file_cut_behind_its_index(clips):
    with pytest.raises(MediaError, match=r"at its (middle|end)"):
        prove(clips.truncated(), Promise(80.0, (("video", "h264"),)))


def test_a_file_cut_behind_its_only_keyframe(clips, tmp_path):
    whole = _index_in_front(clips.one_keyframe(), tmp_path / "front.mp4")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(MediaError, match="at its end"):
        prove(str(cut), Promise(70.0, (("video", "h264"),)))


def test_irregular_times_and_sound_that_lasts_longer(clips):
    seconds = probe(clips.variable_rate()).duration_seconds
    prove(clips.variable_rate(), Promise(seconds, (("video", "h264"),)))
    prove(clips.zero(), Promise(0.04, (("video", "h264"),)))


def test_a_hole_in_the_middle(clips, tmp_path):
    data = bytearray(Path(clips.long()).read_bytes())
    hole = slice(len(data) // 3, len(data) * 2 // 3)
    data[hole] = bytes(hole.stop - hole.start)
    broken = tmp_path / "hole.mp4"
    broken.write_bytes(data)
    with pytest.raises(MediaError, match="at its middle"):
        prove(str(broken), Promise(80.0, (("video", "h264"),)))


def test_empty_and_missing(clips, tmp_path):
    for path in (clips.empty(), str(tmp_path / "none.mp4")):
        with pytest.raises(MediaError):
            prove(path, Promise(1.0, NORMAL))


def _index_in_front(source, target):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", source, "-c", "copy", "-movflags", "+faststart"]
    subprocess.run([*command, str(target)], check=True)
    return target.read_bytes()


def test_pictures_alone_are_proven_without_a_promise(clips):
    assert plays(clips.normal()) == pytest.approx(3, abs=0.05)
    for broken in (clips.truncated(), clips.audio_only()):
        with pytest.raises(MediaError):
            plays(broken)
