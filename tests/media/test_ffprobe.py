from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from vidwatchd.media import ffprobe, probe


def test_the_shape_and_its_string_numbers(clips):
    document = probe.ffprobe_document(clips.normal())
    assert list(document) == ["streams", "chapters", "format"]
    video, sound = document["streams"]
    assert (video["codec_type"], video["codec_name"], video["pix_fmt"]) == ("video", "h264", "yuv420p")
    assert (video["r_frame_rate"], video["avg_frame_rate"], video["nb_frames"]) == ("25/1", "25/1", "75")
    assert (sound["sample_rate"], sound["channels"], sound["channel_layout"]) == ("44100", 1, "mono")
    assert document["format"]["filename"] == "normal.mp4"
    assert float(document["format"]["duration"]) == pytest.approx(3, abs=0.1)
    assert int(document["format"]["size"]) > 0
    assert video["disposition"]["default"] == 1


def test_chapters_titles_and_languages(clips):
    document = probe.ffprobe_document(clips.chapters())
    assert [chapter["tags"]["title"] for chapter in document["chapters"]] == ["one", "two"]
    assert [chapter["start_time"] for chapter in document["chapters"]] == ["0.000000", "1.000000"]
    assert document["format"]["tags"]["title"] == "Tïtle"
    assert document["streams"][1]["tags"]["language"] == "deu"


def test_rotation_counts_as_ffprobe_counts(clips):
    side = probe.ffprobe_document(clips.rotated())["streams"][0]["side_data_list"]
    assert side == [{"side_data_type": "Display Matrix", "rotation": 90}]


def test_it_is_json_whatever_the_file_is_called(clips):
    document = probe.ffprobe_document(clips.named("bytes \udcff.mp4"))
    assert json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8"))["format"]["filename"]


def test_the_codec_is_named_not_its_decoder(media_folder):
    with probe.open_media(str(media_folder / "ordinary/hdr10-av1.mp4")) as media:
        assert ffprobe.codec_name(media.video) == "av1"


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="compares with a real ffprobe where there is one")
@pytest.mark.parametrize("clip", ["normal", "rotated", "chapters", "audio_only", "xvid", "vp9"])
def test_the_same_as_ffprobe(clips, clip):
    path = getattr(clips, clip)()
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", path]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    ours = probe.ffprobe_document(path)
    same = ("index", "codec_name", "codec_type", "width", "height", "pix_fmt", "avg_frame_rate", "time_base",
            "nb_frames", "sample_rate", "channels")  # fmt: skip
    for mine, other in zip(ours["streams"], theirs["streams"], strict=True):
        assert {key: mine.get(key) for key in same} == {key: other.get(key) for key in same}
    assert ours["format"]["format_name"] == theirs["format"]["format_name"]
    assert float(ours["format"]["duration"]) == pytest.approx(float(theirs["format"]["duration"]), abs=0.05)
