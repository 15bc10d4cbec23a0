from __future__ import annotations

import json

import av
import pytest

from tests.kinds import make
from vidwatchd.artifacts.previews import Previews


def seconds(path) -> list[float]:
    with av.open(str(path)) as clip:
        return [frame.time for frame in clip.decode(video=0)]


def index(tmp_path):
    return json.loads((tmp_path / "previews/made.previews.json").read_text())


@pytest.mark.parametrize(
    ("duration", "count", "first", "each"),
    [(100, 9, 10, 1.0), (3600, 9, 360, 1.0), (5, 9, 0.5, 0.5), (1, 4, 0.2, 0.2), (0.1, 1, 0.05, 0.05), (0, 1, 0, 1.0)],
)
def test_where_clips_begin(duration, count, first, each):
    starts, length = Previews().places(duration)
    assert (len(starts), starts[0], length) == (count, pytest.approx(first), pytest.approx(each))
    assert duration == 0 or starts[-1] + length <= duration + 1e-9


def test_nine_clips_an_index_and_one_that_joins_them(clips, tmp_path):
    made = make("previews", clips.long(), tmp_path, width=80)
    found = index(tmp_path)
    assert set(made.files) == {
        ".previews.json", ".preview.webm", *(f".previews/seg_{n:02d}.webm" for n in range(1, 10)),
    }  # fmt: skip
    assert [part["start"] for part in found["segments"]] == pytest.approx([8 * n for n in range(1, 10)], abs=0.01)
    assert all(part["duration"] == pytest.approx(1.0, abs=0.11) for part in found["segments"])
    assert found["segments"][2]["file"] == ".long.mp4.previews/seg_03.webm"
    assert found["joined"] == "long.mp4.preview.webm"
    parts = [seconds(made.files[f".previews/seg_{n:02d}.webm"]) for n in range(1, 10)]
    assert [len(part) for part in parts] == [10] * 9
    joined = seconds(made.files[".preview.webm"])
    assert len(joined) == 90
    assert joined == sorted(set(joined))
    assert joined[-1] == pytest.approx(8.9, abs=0.05)
    with av.open(made.files[".preview.webm"]) as clip:
        stream = clip.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp9", 80, 44)
        assert not clip.streams.audio


def test_only_what_is_shown_is_decoded(clips, tmp_path):
    facts = make("previews", clips.long(), tmp_path, segments=3).facts
    assert facts["visit"]["plan"] == "seek"
    assert facts["visit"]["frames_decoded"] <= 3 * 13  # of 800


def test_a_container_without_an_index(clips, tmp_path):
    made = make("previews", clips.without_cues(), tmp_path, segments=5)
    assert made.facts["visit"]["frames_decoded"] < 200
    assert [len(seconds(path)) for suffix, path in sorted(made.files.items()) if "/" in suffix] == [10] * 5


def test_h264_in_mp4(clips, tmp_path):
    made = make("previews", clips.normal(), tmp_path, format="mp4", index=False, segments=2, bitrate="1M")
    assert set(made.files) == {".preview.mp4", ".previews/seg_01.mp4", ".previews/seg_02.mp4"}
    with av.open(made.files[".preview.mp4"]) as clip:
        assert (clip.streams.video[0].codec_context.name, clip.streams.video[0].width) == ("h264", 320)
    assert len(seconds(made.files[".preview.mp4"])) == pytest.approx(50, abs=2)


@pytest.mark.parametrize("clip", ["zero", "moment", "rotated", "variable_rate", "one_keyframe"])
def test_odd_ones_have_a_preview_too(clips, tmp_path, clip):
    made = make("previews", getattr(clips, clip)(), tmp_path)
    assert seconds(made.files[".preview.webm"])


def test_better_quality_takes_more_bytes(clips, tmp_path):
    sizes = []
    for crf in (50, 20):
        made = make("previews", clips.normal(), tmp_path / str(crf), crf=crf, bitrate="5M", format="mp4")
        sizes.append(made.facts["segments"] and (tmp_path / str(crf) / "previews/made.preview.mp4").stat().st_size)
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("wrong", ["300x", "0k", "", "-3k"])
def test_a_bitrate_that_is_none_is_refused(wrong):
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        Previews(bitrate=wrong)
