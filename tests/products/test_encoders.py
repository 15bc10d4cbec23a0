"""test_encoders: a person's settings in each encoder's own words."""

import pytest

from vidwatchd.errors import UsageError
from vidwatchd.products import encoders
from vidwatchd.products.encoders import Quality


def quality(crf=None, bitrate=None, preset="medium"):
    return Quality(preset, crf, bitrate, 28, "3000k")


def test_software_keeps_a_quality_and_a_bitrate_beside_it_is_the_cap():
    assert encoders.options("libx264", quality()) == {"preset": "medium", "crf": 28}
    capped = encoders.options("libx264", quality(20, "3000k"))
    assert capped == {"preset": "medium", "crf": 20, "maxrate": 3_000_000, "bufsize": 6_000_000}
    assert encoders.options("libx265", quality(bitrate="2M")) == {"preset": "medium", "b": "2M"}


def test_vp9_and_av1_have_words_of_their_own():
    assert encoders.options("libvpx-vp9", quality(31))["b"] == 0
    assert encoders.options("libvpx-vp9", quality(31, "1M"))["b"] == "1M"
    speeds = [encoders.options("libsvtav1", quality(preset=preset))["preset"] for preset in encoders.PRESETS]
    assert speeds == sorted(speeds, reverse=True)


@pytest.mark.parametrize("name", ["h264_videotoolbox", "h264_nvenc", "hevc_vaapi", "h264_qsv"])
def test_hardware_encodes_to_a_bitrate(name):
    options = encoders.options(name, quality(20))
    assert (options["b"], options["maxrate"]) == ("3000k", 4_500_000)
    assert "crf" not in options


def test_hardware_without_the_codec_says_what_it_has():
    assert encoders.video("hevc", "videotoolbox") == "hevc_videotoolbox"
    with pytest.raises(UsageError, match=r"no encoder for vp9 \(it takes h264, hevc"):
        encoders.video("vp9", "videotoolbox")
    assert encoders.audio("opus") == "libopus"


def test_pixels_keep_their_depth_where_players_take_it():
    assert encoders.pixels("libx264", deep=True) == "yuv420p"
    assert encoders.pixels("libx265", deep=True) == "yuv420p10le"
    assert encoders.pixels("hevc_vaapi", deep=True) == "p010le"
    assert encoders.pixels("h264_nvenc", deep=True) == "nv12"


def test_only_vaapi_must_be_handed_its_pictures():
    assert encoders.surface("h264_vaapi")[0] == ["hwupload"]
    assert encoders.surface("libx264") == ([], {})


@pytest.mark.parametrize(("rate", "bits"), [("3000k", 3_000_000), ("2.5M", 2_500_000), ("64000", 64_000)])
def test_bits(rate, bits):
    assert encoders.bits(rate) == bits
