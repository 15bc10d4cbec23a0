"""test_probe: what a worker reads of a file."""

import pytest

from vidwatchd.errors import MediaError, Unreadable
from vidwatchd.products import fits
from vidwatchd.products.base import ProductContext
from vidwatchd.products.probe import Probe


def read(path):
    return Probe().make((path,), "", ProductContext()).facts


def test_the_document_is_ffprobes(clips):
    facts = read(clips.normal())
    assert fits.is_document(facts["document"])
    assert facts["document"]["streams"][0]["codec_name"] == "h264"
    assert facts["duration_seconds"] == pytest.approx(3, abs=0.1)


def test_sound_alone_is_no_error(clips):
    assert fits.picture(read(clips.audio_only())["document"]) is None


@pytest.mark.parametrize(
    ("clip", "said"),
    [("empty", "empty"), ("headless", "truncated"), ("junk", "not a media file"), ("silent_picture", "is a picture")],
)
def test_what_is_no_video_is_told(clips, clip, said):
    with pytest.raises(MediaError, match=said):
        read(getattr(clips, clip)())


def test_what_is_not_there_may_be_another_time(tmp_path):
    with pytest.raises(Unreadable):
        read(str(tmp_path / "gone.mp4"))


def test_a_real_file_of_which_nothing_decodes(media_folder):
    with pytest.raises(MediaError, match="damaged"):
        read(str(media_folder / "odd" / "invalid_userdata.mp4"))
