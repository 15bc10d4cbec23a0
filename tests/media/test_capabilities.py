from __future__ import annotations

import imageio_ffmpeg

from vidwatchd.media import capabilities


def test_the_embedded_one_can_do_what_is_needed():
    found = capabilities.inspect(imageio_ffmpeg.get_ffmpeg_exe())
    assert {"libx264", "libvpx-vp9", "aac", "libopus"} <= set(found.encoders)
    assert {"scale", "tile", "xfade"} <= set(found.filters)
    assert not set(found.encoders) & set(found.unusable)
    assert {"h264", "hevc", "vp9", "av1", "aac"} <= set(found.pyav_decoders)
    assert found.ffmpeg_version
    assert found.pyav_version
    assert found.ffmpeg_problem == ""


def test_a_missing_one_is_told_not_raised():
    found = capabilities.inspect("/nowhere/ffmpeg")
    assert "/nowhere/ffmpeg" in found.ffmpeg_problem
    assert (found.encoders, found.hwaccels, found.ffmpeg_version) == ((), (), "")
    assert found.pyav_decoders


def test_one_encoder_or_filter_can_be_asked_for(tmp_path):
    embedded = imageio_ffmpeg.get_ffmpeg_exe()
    assert capabilities.encodes("libx264", embedded)
    assert capabilities.encodes("aac", embedded)
    assert not capabilities.encodes("libnonsense", embedded)
    assert capabilities.has_filter("ssim", embedded)
    assert not capabilities.has_filter("nonsense", embedded)
