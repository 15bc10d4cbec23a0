from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clips import ODD_NAMES
from vidwatchd.errors import MediaError, Unreadable
from vidwatchd.media import probe


def test_a_plain_video(clips):
    info = probe.probe(clips.normal())
    assert info.has_video
    assert (info.width, info.height, info.rotation_degrees) == (320, 180, 0)
    assert info.duration_seconds == pytest.approx(3, abs=0.1)
    assert (info.video_codec, info.audio_codec, info.frames_per_second) == ("h264", "aac", 25)
    assert [stream.type for stream in info.streams] == ["video", "audio"]
    assert info.notes == ()


def test_size_is_as_shown(clips):
    turned = probe.probe(clips.rotated())
    assert (turned.width, turned.height, turned.rotation_degrees) == (180, 320, 270)
    wide_pixels = probe.probe(clips.narrow_pixels())
    assert (wide_pixels.width, wide_pixels.height) == (360, 180)


def test_high_dynamic_range_is_told(clips):
    assert probe.probe(clips.hdr()).transfer == "pq"
    assert probe.probe(clips.normal()).transfer == ""


@pytest.mark.parametrize("clip", ["audio_only", "with_cover", "silent_picture"])
def test_what_has_no_video_says_so(clips, clip):
    assert not probe.probe(getattr(clips, clip)()).has_video


def test_a_picture_is_a_picture_whatever_its_name(clips):
    assert probe.is_picture(probe.probe(clips.silent_picture()))
    assert not probe.is_picture(probe.probe(clips.normal()))


def test_an_unknown_duration_is_measured(clips):
    info = probe.probe(clips.unknown_duration())
    assert info.duration_seconds == pytest.approx(3, abs=0.1)
    assert any("measured" in note for note in info.notes)


def test_an_absurd_duration_is_not_believed(clips, tmp_path):
    info = probe.probe(_with_duration(clips.chapters(), tmp_path / "absurd.mkv", 1e12))
    assert info.duration_seconds == pytest.approx(3, abs=0.1)
    assert any("not believed" in note for note in info.notes)


def _with_duration(source: str, target, milliseconds: float) -> str:
    """A Matroska with another duration in its header (a float after the id 4489 and its size)."""
    whole = bytearray(Path(source).read_bytes())
    at = whole.index(b"\x44\x89\x88") + 3
    whole[at : at + 8] = struct.pack(">d", milliseconds)
    target.write_bytes(whole)
    return str(target)


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        ("empty", "is empty"),
        ("zeros", "only zeros"),
        ("junk", "not a media file"),
        ("headless", "truncated"),
        ("playlist", "names other files"),
        ("concat", "names other files"),
    ],
)
def test_what_is_wrong_is_one_clear_sentence(clips, clip, words):
    with pytest.raises(MediaError, match=words) as caught:
        probe.probe(getattr(clips, clip)())
    assert not isinstance(caught.value, Unreadable)
    assert "\n" not in str(caught.value)


def test_what_may_go_well_another_time_is_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="No such file"):
        probe.probe(str(tmp_path / "gone.mp4"))


def test_only_regular_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path, tmp_path / "pipe.mp4"):
        with pytest.raises(MediaError, match="not a regular file"):
            probe.probe(str(path))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_opens(clips, name, monkeypatch):
    path = clips.named(name)
    assert probe.probe(path).has_video
    monkeypatch.chdir(clips.folder)
    assert probe.probe(name).has_video


def test_a_number_pattern_opens_no_other_file(clips):
    first = clips.named("frame001.jpg")
    os.replace(clips.silent_picture(), first)
    with pytest.raises(MediaError):
        probe.probe(str(clips.folder / "frame%03d.jpg"))


def test_broken_tags_do_not_matter(clips, tmp_path):
    whole = Path(clips.chapters()).read_bytes().replace("Tïtle".encode(), b"T\xff\xfetle")
    (tmp_path / "tags.mkv").write_bytes(whole)
    assert probe.ffprobe_document(str(tmp_path / "tags.mkv"))["format"]["tags"]["title"].startswith("T")


def test_cutting_anywhere_never_crashes(clips, tmp_path):
    """Every prefix of a file either opens or is refused in words."""
    script = (
        "import sys; from vidwatchd.media import probe; from vidwatchd.errors import MediaError\n"
        "whole = open(sys.argv[1], 'rb').read(); path = sys.argv[2]\n"
        "for part in range(40):\n"
        "    open(path, 'wb').write(whole[: len(whole) * part // 40])\n"
        "    try: probe.probe(path)\n"
        "    except MediaError as error: assert str(error)\n"
    )
    for clip in (clips.normal(), clips.chapters(), clips.xvid()):
        arguments = [sys.executable, "-c", script, clip, str(tmp_path / "cut.mp4")]
        done = subprocess.run(arguments, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_real_files(media_folder):
    turned = probe.probe(str(media_folder / "ordinary/sample_edit_list.mp4"))
    assert (turned.width, turned.height, turned.rotation_degrees, turned.transfer) == (1080, 1920, 90, "hlg")
    portrait = probe.probe(str(media_folder / "ordinary/hdr10-av1.mp4"))
    assert (portrait.width, portrait.height, portrait.video_codec, portrait.transfer) == (720, 1280, "av1", "pq")
    assert probe.probe(str(media_folder / "ordinary/fire2.mp4")).rotation_degrees == 180
    assert "no picture can be decoded" in probe.probe(str(media_folder / "odd/invalid_userdata.mp4")).notes
