"""test_tracks: what becomes of each stream."""

from dataclasses import replace

from vidwatchd.products.fits import Target
from vidwatchd.products.tracks import How, plan

HOW = How(Target(containers=("mp4",)), "libx264", {"crf": 28}, "aac", "128k")
PICTURE = {
    "index": 0,
    "codec_type": "video",
    "codec_name": "vp9",
    "width": 321,
    "height": 180,
    "pix_fmt": "yuv420p10le",
}
AAC = {"index": 1, "codec_type": "audio", "codec_name": "aac"}
MP3 = {"index": 2, "codec_type": "audio", "codec_name": "mp3"}
TEXT = {"index": 3, "codec_type": "subtitle", "codec_name": "subrip"}
PGS = {"index": 4, "codec_type": "subtitle", "codec_name": "hdmv_pgs_subtitle"}
DATA = {"index": 5, "codec_type": "data", "codec_name": "unknown"}
COVER = {**PICTURE, "index": 6, "codec_name": "mjpeg", "disposition": {"attached_pic": 1}}


def planned(*streams, how=HOW, transfer=""):
    return plan({"streams": list(streams), "format": {"format_name": "matroska,webm"}}, transfer, how)


def test_picture_sounds_and_texts_go_in_the_rest_is_left_out_and_said():
    made = planned(PICTURE, AAC, MP3, TEXT, PGS, DATA, COVER)
    assert [track.index for track in made.tracks] == [0, 1, 2, 3]
    assert made.promised == [("video", "h264"), ("audio", "aac"), ("audio", "aac"), ("subtitle", "mov_text")]
    assert made.copied == ["audio"]
    assert [note.partition(" left out")[0] for note in made.notes] == ["1 subtitle tracks", "1 further pictures"]


def test_subtitles_can_be_dropped():
    made = planned(PICTURE, TEXT, PGS, how=replace(HOW, drop_subtitles=True))
    assert (len(made.tracks), made.notes) == (1, [])


def test_what_fits_is_copied_unless_forbidden():
    fitting = {**PICTURE, "codec_name": "h264"}
    assert planned(fitting).tracks[0].options == {"c": "copy"}
    assert planned(fitting, how=replace(HOW, copies=False)).copied == []
    hevc = replace(HOW, target=Target("hevc"), video_encoder="libx265")
    assert planned({**fitting, "codec_name": "hevc"}, how=hevc).tracks[0].options == {"c": "copy", "tag": "hvc1"}


def test_filters_make_even_map_tones_and_keep_depth():
    def chain(transfer="", **more):
        return planned(PICTURE, how=replace(HOW, **more), transfer=transfer).tracks[0].options["filter"]

    assert chain() == "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,format=yuv420p"
    assert "tonemap" in chain("pq")
    assert "tonemap" not in chain("pq", tone_maps=False)
    deep = {"target": Target("hevc"), "video_encoder": "libx265"}
    assert chain("hlg", **deep).endswith("format=yuv420p10le")
    assert "tonemap" not in chain("hlg", **deep)


def test_an_allowed_profile_is_asked_for():
    how = replace(HOW, target=Target(profiles=("Constrained Baseline", "main")))
    assert planned(PICTURE, how=how).tracks[0].options["profile"] == "baseline"


def test_hardware_is_opened_first():
    made = planned(PICTURE, how=replace(HOW, video_encoder="h264_vaapi"))
    assert made.tracks[0].options["filter"].endswith("format=nv12,hwupload")
    assert made.before["init_hw_device"] == "vaapi=hw"
