"""test_model: paths of any bytes survive storage, and the nouns' small answers."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidwatchd import model


# Bytes that are the UTF-8 of the stand-ins themselves would come back as single bytes; no keyboard makes them.
@given(st.binary(max_size=40).filter(lambda name: b"\xf4\x8f\xbe" not in name and b"\xf4\x8f\xbf" not in name))
def test_any_name_can_be_stored_and_opened_again(name):
    stored = model.portable(os.fsdecode(name))
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert os.fsencode(model.native(stored)) == name


def test_a_broken_byte_is_shown_as_such():
    assert model.display(model.portable(os.fsdecode(b"a\xff\n b"))) == r"a\xff\n b"


@pytest.mark.parametrize("name", ["naïve.mp4", "家族.mkv", "👨\u200d👩\u200d👧.mov"])
def test_readable_names_are_shown_as_they_are(name):
    assert model.display(name) == name


def test_a_video_knows_its_name_and_folder():
    video = model.Video(1, 1, "2024/summer/sea.mp4", 1, 0, 0, 0)
    assert (video.name, video.folder) == ("sea.mp4", "2024/summer")
    assert model.Video(1, 1, "sea.mp4", 1, 0, 0, 0).folder == ""


def test_cover_art_alone_is_no_video():
    assert not model.MediaInfo("mp3", 1.0, 0.0, ()).has_video
    assert model.MediaInfo("mp4", 1.0, 0.0, (), width=2, height=2).has_video
