import numpy as np
import pytest

from vidwatchd.artifacts import tracks
from vidwatchd.artifacts.tracks import Follower, Rules, gather
from vidwatchd.backends.faces import Seen
from vidwatchd.signatures import Box

RULES = Rules(match=0.5, cluster=0.4, gap_seconds=1.75)
LEFT, RIGHT = Box(0.1, 0.2, 0.1, 0.2), Box(0.7, 0.2, 0.1, 0.2)
# Nobody is like anybody else.
ANN, BEN, CYD = np.eye(8, dtype=np.float32)[:3]


def seen(who, box=LEFT, sharpness=100.0, score=0.9):
    return Seen(box, score, sharpness, tracks.unit(np.asarray(who, np.float32)), np.zeros((112, 112, 3), np.uint8))


def moved(box, across, down=0.0):
    return Box(box.left + across, box.top + down, box.width, box.height)


def followed(*frames, rules=RULES, every=1.0):
    """The tracks of frames, each a list of faces, so many seconds apart."""
    follower = Follower(rules)
    for number, faces in enumerate(frames):
        follower.follow(number * every, faces, [face.score for face in faces])
    return follower.finish()


def faces(*frames, rules=RULES):
    """The distinct faces: in which frames each is seen."""
    groups = gather(followed(*frames, rules=rules), rules)
    bits = [sum(track.seen_in for track in group) for group in groups]
    return [[number for number in range(len(frames)) if found >> number & 1] for found in bits]


def test_a_face_that_stays_is_one_track():
    (track,) = followed(*[[seen(ANN)]] * 4)
    assert (track.start_seconds, track.end_seconds, track.frames) == (0, 3, 4)


def test_a_face_that_walks_across_is_one_track():
    assert len(followed(*([seen(ANN, moved(LEFT, 0.2 * step))] for step in range(4)))) == 1


def test_somebody_else_in_the_same_place_is_another_track():
    assert [track.frames for track in followed([seen(ANN)], [seen(ANN)], [seen(BEN)], [seen(BEN)])] == [2, 2]


def test_two_who_change_places_keep_their_tracks():
    steps = [0.0, 0.15, 0.3, 0.45, 0.6]
    crossing = [[seen(ANN, moved(LEFT, step)), seen(BEN, moved(RIGHT, -step))] for step in steps]
    ann, ben = followed(*crossing)
    assert (ann.frames, ben.frames) == (5, 5)
    assert ann.vector @ ANN == pytest.approx(1)
    assert ben.box.left == pytest.approx(LEFT.left)


def test_one_who_looks_a_bit_different_and_is_far_away_is_not_followed():
    turned = 0.7 * ANN + 0.714 * CYD  # 0.3 apart: near enough in the same place, too far across the room
    assert len(followed([seen(ANN)], [seen(turned)])) == 1
    assert len(followed([seen(ANN, Box(0.02, 0.2, 0.05, 0.1))], [seen(turned, Box(0.9, 0.2, 0.05, 0.1))])) == 2
    assert len(followed([seen(ANN, Box(0.02, 0.2, 0.05, 0.1))], [seen(ANN, Box(0.9, 0.2, 0.05, 0.1))])) == 1


def test_one_who_turns_slowly_is_followed_by_the_last_look():
    angles = [step * 0.5 for step in range(5)]  # radians: the last is 114 degrees from the first
    turning = [[seen(np.cos(a) * ANN + np.sin(a) * CYD)] for a in angles]
    assert len(followed(*turning)) == 1


@pytest.mark.parametrize(("missed", "count"), [(0, 1), (1, 2)])
def test_a_gap_beyond_the_next_frame_ends_a_track(missed, count):
    assert len(followed([seen(ANN)], *[[]] * missed, [seen(ANN)])) == count


def test_a_longer_gap_may_be_allowed():
    rules = Rules(match=0.5, cluster=0.4, gap_seconds=3.5)
    (track,) = followed([seen(ANN)], [], [], [seen(ANN)], rules=rules)
    assert track.frames == 2


def test_the_best_moment_is_remembered():
    (track,) = followed([seen(ANN, score=0.6)], [seen(ANN, moved(LEFT, 0.01), score=0.9)], [seen(ANN, score=0.7)])
    assert (track.at_seconds, track.best_box.left, track.quality) == (1.0, pytest.approx(0.11), 0.9)


def test_better_frames_say_more():
    (track,) = followed([seen(ANN, score=0.9)], [seen(ANN + 0.8 * CYD, score=0.1)])
    assert track.vector @ ANN > 0.99


def test_likeliest_pairs_first():
    near = ANN + 0.3 * BEN
    one, other = followed([seen(ANN), seen(near)], [seen(near), seen(ANN)])
    assert one.vector @ tracks.unit(ANN) == pytest.approx(1)
    assert other.vector @ tracks.unit(near) == pytest.approx(1, abs=1e-6)


def test_who_leaves_and_comes_back_is_one_face():
    assert faces(*[[seen(ANN)]] * 3, *[[]] * 5, *[[seen(ANN, RIGHT)]] * 3) == [[0, 1, 2, 8, 9, 10]]


def test_faces_come_in_the_order_in_which_they_are_seen():
    assert faces(*[[seen(BEN, RIGHT)]] * 3, *[[seen(ANN), seen(BEN, RIGHT)]] * 3) == [[0, 1, 2, 3, 4, 5], [3, 4, 5]]


def test_two_seen_side_by_side_are_never_one():
    twins = [seen(ANN), seen(ANN + 0.1 * BEN, RIGHT)]
    assert faces(*[twins] * 3) == [[0, 1, 2], [0, 1, 2]]
    # Also when a third track is like both: it goes with the one it is more like.
    assert faces(*[twins] * 3, [], [], *[[seen(ANN + 0.09 * BEN)]] * 3) == [[0, 1, 2], [0, 1, 2, 5, 6, 7]]


def test_who_is_seen_too_rarely_is_nobody():
    assert faces([seen(ANN)], [seen(ANN)], [], [], [seen(BEN)]) == []


def test_rare_moments_of_somebody_count():
    cuts = [[seen(ANN)], [seen(ANN)], [seen(BEN)], [], [], [seen(ANN, RIGHT)], [seen(CYD)]]
    assert faces(*cuts) == [[0, 1, 5]]
    assert faces(*[[seen(ANN)]] * 3, [], [], [seen(ANN, RIGHT)]) == [[0, 1, 2, 5]]


def test_a_rare_moment_between_two_faces_does_not_join_them():
    between = ANN + BEN  # 0.29 from both, who are 1 apart
    assert faces(*[[seen(ANN)]] * 3, [], [], [seen(between)], [], [], *[[seen(BEN)]] * 3) in (
        [[0, 1, 2, 5], [8, 9, 10]],
        [[0, 1, 2], [5, 8, 9, 10]],
    )


def test_more_tracks_may_be_asked_for():
    rules = Rules(match=0.5, cluster=0.4, gap_seconds=1.75, least_tracks=2)
    frames = [*[[seen(ANN)]] * 3, [], [], *[[seen(ANN)]] * 3, *[[seen(BEN)]] * 3]
    assert faces(*frames, rules=rules) == [[0, 1, 2, 5, 6, 7]]


def test_nobody_is_nobody():
    assert faces([], [], []) == []
    assert faces() == []


def test_five_hundred_in_a_frame():
    dice = np.random.default_rng(3)
    crowd = [seen(dice.standard_normal(128), Box(n % 25 / 25, n // 25 / 20, 0.03, 0.04)) for n in range(500)]
    found = gather(followed(crowd, crowd, crowd), RULES)
    assert len(found) == 500
    assert all(len(group) == 1 for group in found)


def test_a_signature_is_of_length_one_and_weighted():
    good, bad = followed([seen(ANN, score=0.9)], [], [], [seen(BEN, score=0.1)])
    vector = tracks.signature([good, bad])
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert vector @ ANN > 0.99
    assert vector.dtype == np.float32


def test_a_sighting_lasts_until_the_next_frame():
    (track,) = followed([seen(ANN)], [seen(ANN)])
    found = tracks.sighting(track, 1.0, 60.0)
    assert (found.start_seconds, found.end_seconds, found.frames) == (0.0, 2.0, 2)
    assert tracks.sighting(track, 1.0, 1.4).end_seconds == 1.4
    assert tracks.sighting(track, 1.0, 0.0).end_seconds == 1.0  # nobody knows how long the video is


def test_small_soft_doubtful_and_cut_off_faces_count_for_less():
    best = tracks.quality(seen(ANN), 112.0**2)
    assert 0 < best <= 1
    assert tracks.quality(seen(ANN), 40.0**2) < best / 2
    assert tracks.quality(seen(ANN, sharpness=30.0), 112.0**2) < best
    assert tracks.quality(seen(ANN, score=0.5), 112.0**2) < best
    assert tracks.quality(seen(ANN, Box(-0.05, 0.2, 0.1, 0.2)), 112.0**2) == pytest.approx(best / 2)
    assert tracks.quality(seen(ANN, sharpness=0.0), 0.0) > 0
