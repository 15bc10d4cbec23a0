"""visit: one opening of a video that serves several taps, decoding as little as their wants allow."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol

from PIL.Image import Image

from vidwatchd.errors import Cancelled, MediaError
from vidwatchd.media import plans
from vidwatchd.media.keyframes import KeyIndex, index_of
from vidwatchd.media.probe import Media, is_picture, open_media
from vidwatchd.media.units import Taken, Target, UnitDecoder
from vidwatchd.model import MediaInfo, Wants

Plan = Literal["seek", "keys", "full", "none"]

# A minute of 1080p is decoded in full in a few seconds, and its tiles then lie where they should.
_SHORT_SECONDS = 60
_SHORT_PIXELS = _SHORT_SECONDS * 30 * 1920 * 1080
# Measured: seeking reads about half the file and costs more than walking once most keyframes are wanted.
_SEEK_SHARE = 0.8
_FORWARD_SHARE = 0.5
_LARGE_PICTURE = 4096 * 2304
_MOST_THREADS = 4


class Tap(Protocol):
    """Something that wants pictures of a video."""

    def wants(self, info: MediaInfo) -> Wants | None:
        """The frames it wants, None for none."""

    def take(self, at_seconds: float, image: Image) -> None:
        """Be handed one picture, in the order of the times wanted."""


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """How a visit went: the plan and why, its cost, and where the video ended when that was too early."""

    plan: Plan
    why: str
    frames_decoded: int
    seconds: float
    ended_early_seconds: float | None = None


def visit(
    source: str | Media,
    taps: Sequence[Tap],
    *,
    info: MediaInfo | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> VisitFacts:
    """Hand each tap the pictures it wants of ``source`` (native path or an opened file), each with its real time.

    ``info`` is what the taps are asked with, the file's own by default. Raises MediaError when the file has no
    picture to show, Unreadable when the disk fails, Cancelled when ``cancelled`` says so.
    """
    with ExitStack() as stack:
        media = source if isinstance(source, Media) else stack.enter_context(open_media(source))
        return _Visit(media, taps, info or media.info, progress, cancelled).run()


class _Visit:
    def __init__(
        self,
        media: Media,
        taps: Sequence[Tap],
        info: MediaInfo,
        progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._media = media
        self._taps = taps
        self._info = info
        self._progress = progress
        self._cancelled = cancelled
        self._tally = plans.Tally(self._beat)
        self._handed = 0
        self._why = ""

    def run(self) -> VisitFacts:
        """Ask, plan, decode, hand out."""
        began = time.perf_counter()
        targets, every = _targets(self._taps, self._info)
        plan: Plan = "none"
        if targets or every:
            self._refuse_the_invisible()
            plan = self._carry_out(targets, every)
        return VisitFacts(
            plan=plan,
            why=self._why,
            frames_decoded=self._tally.frames_decoded,
            seconds=time.perf_counter() - began,
            ended_early_seconds=round(self._tally.last_seconds, 3) if self._tally.ended_early else None,
        )

    def _carry_out(self, targets: list[Target], every: list[Target]) -> Plan:
        index = self._index()
        plan, self._why, found = choose(self._info, index, targets, bool(every))
        if plan == "full":
            self._hand(self._full(targets, every))
        else:
            walk = plan == "keys"
            self._hand(self._units(targets, found, keys_only=walk and index is not None, walk=walk))
            plan = self._make_up(plan, targets)
        if not self._handed:
            raise MediaError(f"no picture of {self._media.name} can be decoded")
        return plan

    def _index(self) -> KeyIndex | None:
        media = self._media
        assert media.video is not None
        return index_of(media.container, media.video, self._info.start_seconds, self._info.duration_seconds)

    def _units(self, targets: list[Target], found: list[plans.Stop], *, keys_only: bool, walk: bool) -> Iterator[Taken]:
        assert self._media.video is not None
        decoder = UnitDecoder(self._media.video, self._info, _threads(self._info))
        units = (
            plans.walk(self._media, targets, self._tally, keys_only=keys_only)
            if walk
            else plans.seek(self._media, found, self._tally)
        )
        yield from decoder.pictures(units)
        self._tally.frames_decoded += decoder.frames_decoded

    def _make_up(self, plan: Plan, targets: list[Target]) -> Plan:
        """Decode in full what a cheaper plan could not serve."""
        rest = self._tally.rest if self._handed else targets
        if not rest:
            return plan
        self._why = f"{self._why}; then {self._tally.why_rest or 'no keyframe could be decoded'}"
        self._tally.ended_early = False
        self._hand(self._full(rest, []))
        return "full"

    def _full(self, targets: list[Target], every: list[Target]) -> Iterator[Taken]:
        return plans.full(self._media, targets, every, self._tally, _threads(self._info))

    def _hand(self, pictures: Iterator[Taken]) -> None:
        for taken in pictures:
            self._handed += 1
            self._taps[taken.target.tap].take(taken.at_seconds, taken.image)

    def _beat(self, at_seconds: float) -> None:
        if self._cancelled and self._cancelled():
            raise Cancelled(f"the visit of {self._media.name} was stopped")
        if self._progress and self._info.duration_seconds:
            self._progress(min(max(at_seconds / self._info.duration_seconds, 0.0), 1.0))

    def _refuse_the_invisible(self) -> None:
        if is_picture(self._info):
            raise MediaError(f"{self._media.name} is a still picture ({self._info.container}), not a video")
        if not self._info.has_video:
            sound = self._info.audio_codec
            raise MediaError(f"{self._media.name} has no video stream" + (f", only sound ({sound})" if sound else ""))


def choose(
    info: MediaInfo, index: KeyIndex | None, targets: list[Target], every: bool
) -> tuple[Plan, str, list[plans.Stop]]:
    """The plan for these targets, the reason in words, and for ``seek`` the keyframes to visit."""
    if every:
        return "full", "every frame is wanted", []
    pixels = info.duration_seconds * info.frames_per_second * info.width * info.height
    if info.duration_seconds < _SHORT_SECONDS and pixels <= _SHORT_PIXELS:
        return "full", "shorter than a minute", []
    if index is None:
        return "keys", "no usable index", []
    if index.count(2) < 2:
        return "full", "one keyframe only", []
    return _by_index(info, index, plans.stops(index, targets))


def _by_index(info: MediaInfo, index: KeyIndex, found: list[plans.Stop]) -> tuple[Plan, str, list[plans.Stop]]:
    ahead = sum(s.reach_seconds - s.key.at_seconds for s in found if s.reach_seconds is not None)
    if ahead >= _FORWARD_SHARE * info.duration_seconds:
        return "full", f"{ahead:.0f} of {info.duration_seconds:.0f} s lie between keyframes and wanted frames", []
    keyframes = index.count(math.ceil(len(found) / _SEEK_SHARE) + 1)
    if not ahead and len(found) >= _SEEK_SHARE * keyframes:
        return "keys", f"{len(found)} of {keyframes} keyframes wanted", []
    return "seek", f"{len(found)} keyframes wanted of {keyframes} or more", found


def _targets(taps: Sequence[Tap], info: MediaInfo) -> tuple[list[Target], list[Target]]:
    """All wanted pictures in the order of time, and one stand-in for each tap that wants every frame."""
    targets: list[Target] = []
    every: list[Target] = []
    for number, tap in enumerate(taps):
        wants = tap.wants(info)
        if wants is None:
            continue
        if wants.every:
            every.append(Target(number, 0.0, wants.width, wants.exact, tolerance_seconds=0.0))
            continue
        slack = wants.tolerance_seconds
        slack = _tolerance(sorted(set(wants.times)), info) if slack is None else slack
        targets += [
            Target(number, max(at, 0.0), wants.width, wants.exact, slack, wants.span_seconds) for at in wants.times
        ]
    return sorted(targets, key=lambda target: target.at_seconds), every


def _tolerance(times: list[float], info: MediaInfo) -> float:
    """Half the smallest distance between two times; for a single one a twentieth of the video."""
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return min(gaps) / 2 if gaps else info.duration_seconds / 20


def _threads(info: MediaInfo) -> int:
    """Decoder threads: each holds frames of its own, so the largest pictures get one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if info.width * info.height > _LARGE_PICTURE else min(cores, _MOST_THREADS)
