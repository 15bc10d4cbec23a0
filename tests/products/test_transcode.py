"""test_transcode: one real file into one MP4, and what must hold of it."""

import json
import os

import av
import imageio_ffmpeg
import pytest
from pydantic import ValidationError

from vidwatchd.errors import MediaError, UsageError
from vidwatchd.media.probe import open_media
from vidwatchd.products.base import ProductContext
from vidwatchd.products.transcode import Transcode, time_limit

pytestmark = pytest.mark.system

FAST = {"preset": "ultrafast", "ffmpeg_path": imageio_ffmpeg.get_ffmpeg_exe()}


def transcoded(source, out, told=None, **settings):
    context = ProductContext(told.append) if told is not None else ProductContext()
    made = Transcode(**{**FAST, **settings}).make((source,), str(out), context)
    with open_media(made.files[".mp4"]) as media:
        return made.facts, media.info, media.document()


def times(path):
    with av.open(path) as container:
        return [frame.time for frame in container.decode(video=0)]


def test_codecs_that_do_not_fit_are_encoded_and_the_others_copied(clips, tmp_path):
    told = []
    facts, info, _ = transcoded(clips.hevc(), tmp_path, told)
    assert (info.video_codec, info.audio_codec, info.width, info.height) == ("h264", "aac", 320, 180)
    assert facts["copied"] == ["audio"]
    assert info.duration_seconds == pytest.approx(2, abs=0.1)
    assert told == sorted(told)
    assert 0 < told[-1] <= 1


def test_every_track_language_chapter_and_title_is_kept_the_rest_dropped(clips, tmp_path):
    facts, _, document = transcoded(clips.many_tracks(), tmp_path)
    kept = [s for s in document["streams"] if s["codec_type"] != "data"]
    assert [s["codec_name"] for s in kept] == ["h264", "aac", "aac", "mov_text"]
    assert [s["tags"]["language"] for s in kept[1:]] == ["deu", "fra", "deu"]
    assert [chapter["tags"]["title"] for chapter in document["chapters"]] == ["one", "two"]
    assert document["format"]["tags"]["title"] == "Tïtle"
    assert facts["copied"] == ["video", "audio"]


def test_subtitles_go_when_asked(clips, tmp_path):
    facts, _, _ = transcoded(clips.many_tracks(), tmp_path, drop_subtitles=True)
    assert facts["streams"] == ["h264 video", "aac audio", "aac audio"]


def test_odd_sizes_become_even(clips, tmp_path):
    _, info, document = transcoded(clips.odd_size(), tmp_path, force=True)
    assert (info.width, info.height) == (320, 180)
    assert document["streams"][0]["pix_fmt"] == "yuv420p"


def test_what_was_turned_stands_upright(clips, tmp_path):
    _, info, _ = transcoded(clips.rotated(), tmp_path, force=True)
    assert (info.width, info.height, info.rotation_degrees) == (180, 320, 0)
    _, copied, _ = transcoded(clips.rotated(), tmp_path)
    assert (copied.width, copied.height) == (180, 320)


def test_irregular_times_are_kept(clips, tmp_path):
    transcoded(clips.variable_rate(), tmp_path, force=True)
    before, after = times(clips.variable_rate()), times(str(tmp_path / "made.mp4"))
    assert [at - after[0] for at in after] == pytest.approx([at - before[0] for at in before], abs=0.001)


def test_high_dynamic_range_is_mapped_for_h264_and_kept_for_hevc(clips, tmp_path):
    facts, info, document = transcoded(clips.hdr(), tmp_path)
    assert (info.transfer, document["streams"][0]["color_transfer"]) == ("", "bt709")
    assert facts["notes"] == ["high dynamic range was mapped to standard range"]
    facts, info, document = transcoded(clips.hdr(), tmp_path, target_v="hevc", force=True)
    assert (info.transfer, document["streams"][0]["pix_fmt"]) == ("pq", "yuv420p10le")


@pytest.mark.parametrize(("video", "audio"), [("vp9", "opus"), ("av1", "mp3"), ("hevc", "aac")])
def test_other_targets(clips, tmp_path, video, audio):
    _, info, _ = transcoded(clips.normal(), tmp_path, target_v=video, target_a=audio)
    assert (info.video_codec, info.audio_codec) == (video, audio)


def test_a_profile_that_is_not_allowed_is_encoded_to_one_that_is(clips, tmp_path):
    facts, _, document = transcoded(clips.still(), tmp_path, allowed_profiles=("main",), preset="veryfast")
    assert (facts["copied"], document["streams"][0]["profile"]) == ([], "Main")


def test_the_index_stands_in_front(clips, tmp_path):
    transcoded(clips.hevc(), tmp_path)
    head = (tmp_path / "made.mp4").read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_sound_alone_stays_sound(clips, tmp_path):
    facts, info, _ = transcoded(clips.with_cover(), tmp_path, target_a="opus")
    assert (facts["streams"], info.has_video) == (["opus audio"], False)


def test_what_cannot_be_copied_is_encoded(clips, tmp_path):
    picky = tmp_path / "ffmpeg"
    picky.write_text(f'#!/bin/sh\ncase "$*" in *copy*) exit 1;; esac\nexec {FAST["ffmpeg_path"]} "$@"\n')
    picky.chmod(0o755)
    facts, info, _ = transcoded(clips.hevc(), tmp_path, ffmpeg_path=str(picky))
    assert (info.video_codec, info.audio_codec) == ("h264", "aac")
    assert (facts["copied"], facts["notes"]) == ([], ["what fits could not be copied and was encoded"])


@pytest.mark.parametrize("clip", ["truncated", "headless", "junk", "silent_picture", "empty"])
def test_broken_sources_come_to_nothing(clips, tmp_path, clip):
    with pytest.raises(MediaError):
        transcoded(getattr(clips, clip)(), tmp_path)


def test_the_source_is_only_read(clips, tmp_path):
    before = os.stat(clips.hevc())
    transcoded(clips.hevc(), tmp_path)
    after = os.stat(clips.hevc())
    assert (before.st_size, before.st_mtime_ns, before.st_ctime_ns) == (
        after.st_size,
        after.st_mtime_ns,
        after.st_ctime_ns,
    )


def test_an_encoder_is_tried_before_it_is_believed(tmp_path):
    assert Transcode(**FAST).ready() is None
    liar = tmp_path / "ffmpeg"
    liar.write_text("#!/bin/sh\nexit 1\n")
    liar.chmod(0o755)
    assert "libx264 does not work" in str(Transcode(ffmpeg_path=str(liar)).ready())
    assert "no executable" in str(Transcode(ffmpeg_path=str(tmp_path / "none")).ready())
    with pytest.raises(UsageError):
        Transcode(**FAST, hardware="videotoolbox", target_v="vp9").ready()


@pytest.mark.parametrize("wrong", [{"crf": 60}, {"v_bitrate": "fast"}, {"preset": "hasty"}, {"hardware": "magic"}])
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        Transcode(**wrong)
    assert Transcode(target_v="av1", crf=60).crf == 60


def test_settings_travel_as_plain_values():
    given = Transcode(crf=20, allowed_profiles=("high",)).model_dump(exclude_unset=True)
    assert Transcode(**json.loads(json.dumps(given))).allowed_profiles == ("high",)
    assert time_limit(100) > time_limit(10)
