"""test_captions: text tracks of every format and language, as lines without markup."""

import pytest

from tests.clips import lavfi
from tests.speech import encoded
from vidwatchd.media.captions import tracks
from vidwatchd.media.probe import open_media

SRT = "1\n00:00:00,500 --> 00:00:01,500\n<i>{}</i>\nzwei\n\n2\n00:00:02,000 --> 00:00:02,500\nEnde\n"


@pytest.mark.parametrize(("ending", "codec"), [("mp4", "mov_text"), ("mkv", "srt"), ("mkv", "ass"), ("webm", "webvtt")])
def test_every_format_in_every_language(tmp_path, ending, codec):
    for word in ("eins", "one"):
        (tmp_path / f"{word}.srt").write_text(SRT.format(word), encoding="utf-8")
    video = ("-c:v", "libvpx", "-deadline", "realtime") if ending == "webm" else ("-c:v", "libx264")
    path = encoded(
        tmp_path / f"film.{ending}", *lavfi("testsrc2=s=64x36:r=10:d=3"), "-i", str(tmp_path / "eins.srt"), "-i",
        str(tmp_path / "one.srt"), "-map", "0", "-map", "1", "-map", "2", *video, "-c:s", codec,
        "-metadata:s:s:0", "language=deu", "-metadata:s:s:1", "language=eng", "-metadata:s:s:1", "title=Signs",
        "-disposition:s:0", "default", "-disposition:s:1", "forced",
    )  # fmt: skip
    with open_media(path) as media:
        german, english = tracks(media)
    assert (german.language, german.id, german.default, german.forced, german.source) == (
        "de",
        "de",
        True,
        False,
        "embedded",
    )
    assert (english.language, english.id, english.forced) == ("en", "en.forced", True)
    assert english.title in ("Signs", ""), "MP4 keeps no titles of tracks"
    assert [cue.text for cue in german.cues] == ["eins\nzwei", "Ende"]
    first, last = german.cues
    assert (first.start_seconds, first.end_seconds) == pytest.approx((0.5, 1.5), abs=0.05)
    assert (last.start_seconds, last.end_seconds) == pytest.approx((2.0, 2.5), abs=0.05)


def test_a_film_that_people_sent(media_folder):
    told = []
    with open_media(str(media_folder / "speech/nasa_13013.mp4")) as media:
        found = tracks(media, told.append)
    assert [(track.id, track.language, len(track.cues)) for track in found] == [("en", "en", 4), ("en-2", "en", 4)]
    assert "Webb\nspace telescope" in found[0].text
    assert found[0].cues[1].start_seconds == pytest.approx(4.26)
    assert told == sorted(told)


def test_nothing_where_there_is_none(clips):
    with open_media(clips.normal()) as media:
        assert tracks(media) == ()
