"""test_audio: the right track, at the right time, in pieces that fit into memory."""

from itertools import pairwise

import numpy as np
import pytest

from tests.clips import lavfi
from tests.speech import encoded
from vidwatchd.media.audio import SAMPLES_A_SECOND, _Gathered, best_track, stretches
from vidwatchd.media.probe import open_media

BEEP = "aevalsrc='0.5*sin(880*PI*t)*between(t,{at},{at}+0.5)':d={seconds}"


def film(path, *sounds, offset=0.0, more=()):
    """A film with these sound sources, the first of which starts late."""
    inputs = [*lavfi("testsrc2=s=64x36:r=10:d=4")]
    for number, sound in enumerate(sounds):
        inputs += ["-itsoffset", str(offset if number == 0 else 0), *lavfi(sound)]
    maps = [word for number in range(len(sounds) + 1) for word in ("-map", str(number))]
    return encoded(path, *inputs, *maps, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", *more)


def onset(found):
    """When it becomes loud, in seconds from the video's start."""
    for stretch in found:
        loud = np.flatnonzero(np.abs(stretch.samples) > 0.1)
        if len(loud):
            return stretch.at_seconds + loud[0] / SAMPLES_A_SECOND
    return None


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "mov", "avi"])
@pytest.mark.parametrize("offset", [0.0, 1.5])
def test_sound_is_where_it_is_in_the_video(tmp_path, ending, offset):
    if ending == "avi" and offset:
        pytest.skip("AVI knows no offset: its sound is written with silence before it")
    path = film(tmp_path / f"film.{ending}", BEEP.format(at=1, seconds=3), offset=offset)
    with open_media(path) as media:
        found = list(stretches(media, best_track(media)))
        assert onset(found) == pytest.approx(1 + offset, abs=0.08)
        assert found[0].samples.dtype == np.float32
        assert found[0].samples.ndim == 1


def test_stretches_follow_one_another_and_are_cut_where_it_is_quiet(tmp_path):
    path = encoded(tmp_path / "long.mka", *lavfi("aevalsrc='0.4*sin(400*PI*t)*gt(mod(t,3),0.5)':d=31"), "-c:a", "flac")
    with open_media(path) as media:
        found = list(stretches(media, 0, most_seconds=10))
    assert len(found) >= 4
    assert sum(stretch.seconds for stretch in found) == pytest.approx(31, abs=0.1)
    for before, after in pairwise(found):
        assert after.at_seconds == pytest.approx(before.at_seconds + before.seconds, abs=0.001)
        assert before.seconds <= 10
        assert after.at_seconds % 3 < 0.5, "cut in the middle of a tone"


def test_a_pause_of_the_stream_moves_what_follows(tmp_path):
    parts = [film(tmp_path / f"{name}.mkv", BEEP.format(at=0.2, seconds=2)) for name in "ab"]
    with open_media(parts[0]) as media, open_media(parts[1]) as other:
        one, two = (next(iter(stretches(m, best_track(m)))) for m in (media, other))
    gathered = _Gathered(600)
    assert list(gathered.add(0.0, one.samples)) == []
    (early,) = gathered.add(60.0, two.samples)
    (late,) = gathered.rest()
    assert (early.at_seconds, late.at_seconds) == (0.0, 60.0)
    assert list(gathered.add(0.0, one.samples)) == []
    assert list(gathered.add(one.seconds + 1, two.samples)) == []
    (joined,) = gathered.rest()
    assert joined.seconds == pytest.approx(one.seconds + 1 + two.seconds, abs=0.001)


def test_the_track_that_is_spoken_in(tmp_path):
    tone = "sine=f={}:d=2"
    path = film(
        tmp_path / "film.mkv", *(tone.format(200 * n) for n in range(1, 5)), more=[
            "-metadata:s:a:0", "title=Director's commentary", "-metadata:s:a:0", "language=eng", "-disposition:a:0", "default",
            "-metadata:s:a:1", "language=deu", "-disposition:a:1", "0", "-ac:a:1", "1",
            "-metadata:s:a:2", "language=fra", "-disposition:a:2", "0", "-ac:a:2", "2",
            "-metadata:s:a:3", "language=eng", "-disposition:a:3", "visual_impaired",
        ],
    )  # fmt: skip
    with open_media(path) as media:
        assert best_track(media) == 3, "of the two that are no commentary the one with more channels"
        assert best_track(media, "de") == 2
        assert best_track(media, "fr") == 3
        assert best_track(media, "ja") == 3


def test_no_sound_is_no_track(clips):
    with open_media(clips.still()) as media:
        assert best_track(media) is None
