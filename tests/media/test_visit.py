from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from vidwatchd.errors import Cancelled, MediaError
from vidwatchd.media import probe, visit
from vidwatchd.model import MediaInfo, Wants


class Tap:
    """Wants times and keeps what it gets."""

    def __init__(self, times: Callable[[float], list[float]], width: int = 80, **rest) -> None:
        self._times = times
        self._rest = {"width": width, **rest}
        self.asked: tuple[float, ...] = ()
        self.times: list[float] = []
        self.sizes: set[tuple[int, int]] = set()

    def wants(self, info: MediaInfo) -> Wants | None:
        self.asked = tuple(self._times(info.duration_seconds))
        return Wants(self.asked, **self._rest)

    def take(self, at_seconds, image) -> None:
        assert image.mode == "RGB"
        self.times.append(at_seconds)
        self.sizes.add(image.size)


def spread(count: int) -> Callable[[float], list[float]]:
    return lambda duration: [(number + 0.5) * duration / count for number in range(count)]


def furthest(tap: Tap) -> float:
    return max(abs(asked - real) for asked, real in zip(sorted(tap.asked), tap.times, strict=True))


def test_a_short_clip_is_decoded_in_full(clips):
    tap = Tap(spread(10))
    facts = visit.visit(clips.normal(), [tap])
    assert (facts.plan, facts.ended_early_seconds) == ("full", None)
    assert furthest(tap) <= 0.09
    assert tap.sizes == {(80, 45)}


@pytest.mark.parametrize(
    ("clip", "plan"),
    [
        (lambda clips: clips.long(), "seek"),
        (lambda clips: clips.long(".mkv"), "seek"),
        (lambda clips: clips.vp9(), "seek"),
        (lambda clips: clips.xvid(), "seek"),
        (lambda clips: clips.long(".ts"), "keys"),
        (lambda clips: clips.fragmented(), "seek"),
    ],
)
def test_a_longer_one_is_visited_by_keyframes(clips, clip, plan):
    tap = Tap(spread(10))
    facts = visit.visit(clip(clips), [tap])
    assert facts.plan == plan
    assert facts.frames_decoded <= 12
    assert furthest(tap) <= 1.65
    assert tap.times == sorted(tap.times)


def test_most_keyframes_wanted_are_read_in_passing(clips):
    tap = Tap(spread(38))
    facts = visit.visit(clips.long(), [tap])
    assert facts.plan == "keys"
    assert facts.frames_decoded <= 40
    assert furthest(tap) <= 1.1


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_exact_frames_are_the_very_ones(clips, suffix):
    exact = Tap(lambda _: [10.0, 33.33, 33.58, 71.0], exact=True)
    facts = visit.visit(clips.long(suffix), [exact, Tap(spread(10))])
    assert facts.plan in ("seek", "keys")
    assert [round(at, 2) for at in exact.times] == [10.0, 33.3, 33.5, 71.0]


def test_a_keyframe_too_far_off_is_walked_on_from(clips):
    near = Tap(lambda _: [20.9, 21.5, 41.0])
    visit.visit(clips.long(), [near])
    assert furthest(near) <= 0.31


def test_one_keyframe_is_decoded_in_full(clips):
    tap = Tap(spread(7))
    facts = visit.visit(clips.one_keyframe(), [tap])
    assert (facts.plan, facts.why) == ("full", "one keyframe only")
    assert furthest(tap) <= 0.5


def test_one_keyframe_without_an_index_is_found_out(clips, tmp_path):
    from tests.clips import _run

    stream = str(tmp_path / "one.ts")
    _run("-i", clips.one_keyframe(), "-c", "copy", stream)
    tap = Tap(spread(7))
    facts = visit.visit(stream, [tap])
    assert facts.plan in ("keys", "full")
    assert furthest(tap) <= 5


def test_broken_timestamps_fall_back_to_all_frames(clips):
    tap = Tap(lambda _: [5.0, 50.0, 70.0, 120.0])
    facts = visit.visit(clips.jumping(), [tap])
    assert facts.plan == "full"
    assert "broken timestamps" in facts.why
    assert len(tap.times) == 4
    assert tap.times == sorted(tap.times)


def test_a_file_that_ends_early_gives_what_there_is(clips):
    many, late = Tap(spread(10)), Tap(lambda _: [79.0])
    facts = visit.visit(clips.truncated(), [many, late])
    assert facts.ended_early_seconds == pytest.approx(39, abs=4)
    assert 4 <= len(many.times) <= 6


def test_an_unfinished_matroska_gives_what_there_is(clips):
    tap = Tap(spread(10))
    facts = visit.visit(clips.without_cues(), [tap])
    assert facts.plan == "keys"
    assert len(tap.times) == 9
    assert facts.ended_early_seconds == pytest.approx(72, abs=3)


def test_a_tap_that_only_wants_the_missing_end_gets_the_last_picture(clips):
    late = Tap(lambda _: [79.0])
    facts = visit.visit(clips.truncated(), [late])
    assert facts.ended_early_seconds is not None
    assert len(late.times) == 1


def test_every_frame(clips):
    every, few = Tap(lambda _: [], every=True, exact=True), Tap(spread(3))
    facts = visit.visit(clips.normal(), [every, few])
    assert (facts.plan, len(every.times), len(few.times)) == ("full", 75, 3)
    assert every.times == sorted(set(every.times))


def test_irregular_frames_keep_their_real_times(clips):
    every = Tap(lambda _: [], every=True, exact=True)
    visit.visit(clips.variable_rate(), [every])
    gaps = {round(b - a, 2) for a, b in zip(every.times, every.times[1:], strict=False)}
    assert len(gaps) > 1
    assert every.times[-1] == pytest.approx(3.9, abs=0.2)


def test_each_tap_has_its_own_width(clips):
    small, large = Tap(spread(2), 64), Tap(spread(2), 160)
    visit.visit(clips.long(), [small, large])
    assert (small.sizes, large.sizes) == ({(64, 36)}, {(160, 90)})


def test_the_start_of_the_file_is_zero(clips):
    """MPEG-TS begins its clock at 1.4 s."""
    tap = Tap(lambda _: [0.0])
    visit.visit(clips.long(".ts"), [tap])
    assert tap.times == [0.0]


@pytest.mark.parametrize(
    ("clip", "words"),
    [("audio_only", "only sound"), ("with_cover", "no video"), ("silent_picture", "still picture")],
)
def test_what_is_no_video_is_refused_in_words(clips, clip, words):
    with pytest.raises(MediaError, match=words):
        visit.visit(getattr(clips, clip)(), [Tap(spread(3))])


def test_nothing_wanted_opens_but_decodes_nothing(clips):
    class Content:
        def wants(self, info):
            return None

    assert visit.visit(clips.normal(), [Content()]).plan == "none"


def test_an_open_file_is_visited_again_and_again(clips):
    with probe.open_media(clips.long()) as media:
        for _ in range(3):
            tap = Tap(spread(5))
            visit.visit(media, [tap])
            assert len(tap.times) == 5


@pytest.mark.parametrize("suffix", [".mp4", ".ts"])
def test_it_tells_how_far_it_is_and_stops_when_asked(clips, suffix):
    told: list[float] = []
    visit.visit(clips.long(suffix), [Tap(spread(10))], progress=told.append)
    assert told == sorted(told)
    assert 0.8 < told[-1] <= 1
    with pytest.raises(Cancelled):
        visit.visit(clips.long(suffix), [Tap(spread(10))], cancelled=lambda: True)


def test_nothing_of_a_hollow_file_is_an_error(media_folder):
    with pytest.raises(MediaError, match="no picture"):
        visit.visit(str(media_folder / "odd/invalid_userdata.mp4"), [Tap(spread(5))])


def test_every_frame_but_those_that_no_other_needs(clips):
    every, stretch = Tap(lambda _: [], every=True), Tap(lambda _: [30.0], span_seconds=2.0)
    facts = visit.visit(clips.cuts(), [every, stretch])
    assert facts.plan == "full"
    assert len(stretch.times) == 50  # there none is left out
    assert 70 * 25 * 0.3 < len(every.times) < 70 * 25 * 0.8


@pytest.mark.parametrize(
    ("clip", "plan"),
    [
        (lambda clips: clips.long(), "seek"),
        (lambda clips: clips.vp9(), "seek"),
        (lambda clips: clips.xvid(), "seek"),
        (lambda clips: clips.long(".ts"), "keys"),
        (lambda clips: clips.without_cues(), "keys"),
        (lambda clips: clips.normal(), "full"),
    ],
)
@pytest.mark.parametrize("tolerance", [0.0, 0.9])
def test_stretches(clips, clip, plan, tolerance):
    """Every frame of each stretch once and in order, from the asked frame or from a keyframe near it."""
    path = clip(clips)
    duration = probe.probe(path).duration_seconds
    starts = [duration * share + 0.33 for share in (0.2, 0.5, 0.7)]
    length = 0.6 if duration > 10 else 0.4
    tap = Tap(lambda _: starts, span_seconds=length, tolerance_seconds=tolerance)
    facts = visit.visit(path, [tap])
    rate = 25 if plan == "full" else 10
    assert facts.plan == plan
    assert tap.times == sorted(set(tap.times))
    slack = tolerance + 0.11 if plan != "full" else 0.05
    groups = [[at for at in tap.times if start - slack < at < start + length + slack] for start in starts]
    assert sum(map(len, groups)) == len(tap.times)
    for start, group in zip(starts, groups, strict=True):
        assert len(group) == pytest.approx(length * rate, abs=1.1)
        assert abs(group[0] - start) <= (tolerance if plan != "full" else 0) + 1 / rate + 0.01
        assert [b - a for a, b in itertools.pairwise(group)] == pytest.approx([1 / rate] * (len(group) - 1), abs=0.011)
    if plan == "seek":
        assert facts.frames_decoded < 3 * 30


def test_a_stretch_over_several_groups_of_pictures(clips):
    for path in (clips.long(), clips.long(".ts")):
        tap = Tap(lambda _: [19.5], span_seconds=6.0, tolerance_seconds=0.0)
        visit.visit(path, [tap])
        assert len(tap.times) == pytest.approx(60, abs=1)
        assert tap.times[0] == pytest.approx(19.5, abs=0.11)


def test_one_frame_at_several_widths(clips):
    small, large = Tap(spread(4), 32), Tap(spread(4), 160)
    visit.visit(clips.long(), [small, large])
    assert (small.sizes, large.sizes) == ({(32, 18)}, {(160, 90)})
    assert small.times == large.times


def test_a_tolerance_of_ones_own(clips):
    tap = Tap(lambda _: [10.9, 30.9, 50.9], tolerance_seconds=1.0)
    facts = visit.visit(clips.long(), [tap])
    assert tap.times == pytest.approx([10, 30, 50])
    assert facts.frames_decoded == 3
