"""test_groups: groups stand around the video that is best kept, and alike is not handed on."""

import pytest

from vidwatchd.model import Video
from vidwatchd.operations.groups import EXACT, NEAR, Pair, grouped, rank


def video(number, width=100, height=100, size=10, mtime=5, path=""):
    return Video(number, 1, path or f"{number}.mp4", size, mtime, 1, 1, width=width, height=height)


def shelf(*videos):
    return {each.id: each for each in videos}


def members(groups):
    return [group.members for group in groups]


@pytest.mark.parametrize(
    ("best", "others", "reason"),
    [
        (video(2, 200), [video(1)], "largest picture (200×100)"),
        (video(2, size=11), [video(1)], "largest file"),
        (video(2, size=11), [video(1), video(3, 50, size=99)], "largest file of the largest pictures"),
        (video(2, mtime=4), [video(1)], "oldest file"),
        (video(1), [video(2)], "first by name"),
        (video(2), [video(1, None, None, size=99)], "largest picture (100×100)"),
    ],
)  # fmt: skip
def test_the_keeper_and_its_reason(best, others, reason):
    pairs = [Pair(*sorted((best.id, other.id)), 0.95) for other in others]
    (group,) = grouped(pairs, shelf(best, *others))
    assert (group.keeper, group.reason) == (best.id, reason)
    assert min([best, *others], key=rank) == best


def test_alike_is_not_handed_on():
    """The first is like the second, the second like the third; the first and the third are not."""
    videos = shelf(video(1, size=30), video(2, size=20), video(3, size=10))
    assert members(grouped([Pair(1, 2, 0.95), Pair(2, 3, 0.95)], videos)) == [(1, 2)]
    videos[2] = video(2, size=99)
    assert members(grouped([Pair(1, 2, 0.95), Pair(2, 3, 0.96)], videos)) == [(2, 3, 1)]


def test_a_group_says_what_is_least_sure():
    videos = shelf(video(1, size=30), video(2, size=20), video(3, size=10))
    (group,) = grouped([Pair(1, 2, 1.0, EXACT), Pair(1, 3, 0.95)], videos)
    assert (group.kind, group.similarity, group.members) == (NEAR, 0.95, (1, 2, 3))
    (group,) = grouped([Pair(1, 2, 1.0, EXACT)], videos)
    assert (group.kind, group.similarity) == (EXACT, 1.0)


def test_the_surest_groups_come_first():
    videos = shelf(*map(video, range(1, 7)))
    pairs = [Pair(1, 2, 0.93), Pair(3, 4, 0.99), Pair(5, 6, 1.0, EXACT)]
    assert members(grouped(pairs, videos)) == [(5, 6), (3, 4), (1, 2)]


def test_two_that_a_person_called_different_are_in_no_group_together():
    videos = shelf(video(1, size=30), video(2, size=20), video(3, size=10))
    pairs = [Pair(1, 2, 0.99), Pair(1, 3, 0.98)]
    assert members(grouped(pairs, videos, lambda one, other: {one, other} == {2, 3})) == [(1, 2)]


def test_what_was_not_proven_counts_for_its_looks():
    assert Pair(1, 2, 1.0, EXACT, 0.97).unproven == Pair(1, 2, 0.97)
