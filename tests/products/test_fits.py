"""test_fits: what fits a target, and the words for what does not."""

import pytest

from vidwatchd.products import fits
from vidwatchd.products.fits import Target

H264 = {"index": 0, "codec_type": "video", "codec_name": "h264", "profile": "High", "width": 320, "height": 180}
COVER = {**H264, "index": 9, "codec_name": "mjpeg", "width": 3000, "height": 3000, "disposition": {"attached_pic": 1}}
AAC = {"index": 1, "codec_type": "audio", "codec_name": "aac"}
MP3 = {**AAC, "index": 2, "codec_name": "mp3"}


def document(*streams, name="mov,mp4,m4a,3gp,3g2,mj2"):
    return {"streams": list(streams), "format": {"format_name": name}}


@pytest.mark.parametrize(
    ("target", "streams", "reasons"),
    [
        (Target(), (H264, AAC), []),
        (Target(), (H264, COVER, AAC), []),
        (Target(), (H264,), []),
        (Target(), (AAC,), []),
        (Target(), (H264, AAC, MP3, MP3), ["audio is mp3, not aac"]),
        (Target("H.265"), (H264, AAC), ["video is h264, not hevc"]),
        (Target("AVC", "mp4a"), (H264, AAC), []),
        (Target(profiles=("main", "high")), (H264,), []),
        (
            Target(profiles=("Constrained Baseline", "main")),
            (H264,),
            ["profile is High, not Constrained Baseline or main"],
        ),
        (Target(containers=("mp4", "mov")), (H264, AAC), []),
        (Target(containers=("matroska",)), (H264, AAC), ["container is mov, not matroska"]),
    ],
)
def test_reasons(target, streams, reasons):
    assert target.misfits(document(*streams)) == reasons


def test_a_profile_that_nobody_tells_does_not_fit():
    assert Target(profiles=("high",)).misfits(document({**H264, "profile": None})) == ["profile is unknown, not high"]


def test_the_default_picture_is_shown_else_the_largest():
    large = {**H264, "index": 3, "width": 1920, "height": 1080}
    assert fits.picture(document(H264, large, COVER)) is large
    default = {**H264, "disposition": {"default": 1}}
    assert fits.picture(document(large, default)) is default
    assert fits.picture(document(COVER, AAC)) is None


@pytest.mark.parametrize(
    "value",
    [None, [], {}, {"streams": []}, {"streams": [5], "format": {"format_name": "mp4"}}, {"streams": {}, "format": {}}],
)
def test_what_anybody_may_have_written_is_no_document(value):
    assert not fits.is_document(value)
    assert fits.is_document(document(H264, AAC))
